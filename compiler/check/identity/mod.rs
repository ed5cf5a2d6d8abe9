//! AWS identities and the service accounts that use them.

pub mod managed_policy;
pub mod mechanism;
pub mod scaling_tags;
pub mod service_account;
