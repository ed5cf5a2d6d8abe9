//! Names that the compiler derives.

pub mod collision;
mod derived;
pub mod group_labels;
pub mod length;
