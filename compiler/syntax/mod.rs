//! How YAML and HCL are spelled, and who asked for every line that is printed.

mod printed;

pub mod hcl;
pub mod marks;
pub mod yaml;

pub use printed::Printed;
