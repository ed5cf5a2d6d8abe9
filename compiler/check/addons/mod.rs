//! What EKS add-ons are told.

pub mod cni_effect;
pub mod cni_form;
mod env;
