//! Who may use the Kubernetes API.

pub mod no_admin;
pub mod policy_scope;
pub mod principal_twice;
