//! What Flux applies: kinds, variables, patches, API versions, files and namespaces.

pub mod credentials;
pub mod image_override;
pub mod kinds;
pub mod listing;
pub mod namespaces;
pub mod owner;
pub mod patch_target;
pub mod references;
pub mod removed_api;
pub mod replicas;
pub mod unused_fact;
pub mod variables;
