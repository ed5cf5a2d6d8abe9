//! How the IR is spelled: Terraform, Kustomize with Flux, and the runbook for people.

pub mod kustomize;
pub mod runbook;
pub mod terraform;
