//! Who may use the Kubernetes API.

pub mod cluster_role;
pub mod config_map;
pub mod no_admin;
pub mod policy_scope;
pub mod principal_twice;
pub mod runner;
pub mod same_people;
pub mod unbound_group;
pub mod unknown_role;
pub mod username;
