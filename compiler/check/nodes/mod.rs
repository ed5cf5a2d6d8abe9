//! The node groups by themselves.

pub mod autoscaled;
pub mod autoscaler;
pub mod desired;
pub mod priorities;
pub mod public;
pub mod settings;
pub mod size;
pub mod system;
