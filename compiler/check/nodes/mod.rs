//! The node groups by themselves.

pub mod autoscaled;
pub mod autoscaler;
pub mod desired;
pub mod disks;
pub mod enclaves;
pub mod placement;
pub mod public;
pub mod settings;
pub mod size;
pub mod system;
