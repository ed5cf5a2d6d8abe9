//! Versions that work together.

pub mod flux;
pub mod image;
pub mod karpenter;
pub mod kubernetes;
pub mod support;

/// The day that the tables of the catalog are of. There is no clock here: the same spec gives the same answer.
const TABLES_OF: &str = "2026-08-22";
