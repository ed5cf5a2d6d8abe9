//! Names that the compiler derives.

pub mod collision;
mod derived;
pub mod length;
