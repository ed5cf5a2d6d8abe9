//! Versions that work together.

pub mod flux;
pub mod group;
pub mod image;
pub mod karpenter;
pub mod kubernetes;
mod offered;
pub mod own_image;
pub mod support;
