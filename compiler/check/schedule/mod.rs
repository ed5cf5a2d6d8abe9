//! Cold start: everything that must run before Karpenter makes a node has a fixed node to run on.

mod fixed_nodes;

pub mod capacity;
pub mod fargate_daemons;
pub mod fargate_identity;
pub mod fargate_pods;
pub mod gpu;
pub mod karpenter_spread;
pub mod no_place;
pub mod pool_class;
pub mod pool_families;
pub mod pool_requirements;
pub mod runs_on;
