//! How YAML, HCL and TOML are spelled, and who asked for every line that is printed.

mod printed;

pub mod hcl;
pub mod marks;
pub mod toml;
pub mod yaml;

pub use printed::Printed;
