//! The sizes of groups.

pub mod size;
