//! Names that the compiler derives.

pub mod collision;
pub mod length;
