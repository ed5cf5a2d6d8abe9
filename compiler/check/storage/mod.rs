//! Volumes: claims have a class that serves them, and nodes where their volume is.

pub mod class;
pub mod zones;
