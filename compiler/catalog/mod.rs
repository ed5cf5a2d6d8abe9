//! Dated tables of outside facts. Each file says in words where its facts come from and of what day they are.

pub mod access;
pub mod addons;
pub mod ami;
pub mod autoscaling;
pub mod cni;
pub mod endpoints;
pub mod flux;
pub mod images;
pub mod instances;
pub mod karpenter;
pub mod kubernetes;
pub mod limits;
pub mod logs;
pub mod operations;
pub mod policies;
pub mod policy_actions;
pub mod regions;
pub mod removals;
pub mod volumes;
