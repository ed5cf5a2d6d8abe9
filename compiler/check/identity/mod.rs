//! AWS identities and the service accounts that use them.

pub mod account_pattern;
pub mod boundary;
pub mod broad_trust;
pub mod document_length;
pub mod empty_foundation;
mod grants;
pub mod managed_policy;
pub mod mechanism;
pub mod operator_boundary;
pub mod operator_trust;
mod pattern;
pub mod provider_twice;
pub mod role_annotation;
pub mod scaling_tags;
pub mod service_account;
pub mod tag_condition;
