//! The node groups by themselves.

pub mod autoscaled;
pub mod autoscaler;
pub mod autoscaler_version;
pub mod blocked_update;
pub mod desired;
pub mod disks;
pub mod enclaves;
pub mod placement;
pub mod kubelet_labels;
pub mod managed_only;
pub mod pod_limit;
pub mod priorities;
pub mod public;
pub mod purchase;
pub mod refresh;
pub mod settings;
pub mod size;
pub mod system;
pub mod user_data;
pub mod whole_image;
pub mod zones;
