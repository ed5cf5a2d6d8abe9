//! How YAML, HCL, TOML and words of a shell are spelled, and who asked for every line that is printed.

mod printed;

pub mod hcl;
pub mod marks;
pub mod shell;
pub mod toml;
pub mod yaml;

pub use printed::Printed;
