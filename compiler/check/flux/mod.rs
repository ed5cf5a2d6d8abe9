//! What Flux applies: kinds, variables, patches, API versions, files and namespaces.

pub mod kinds;
pub mod listing;
pub mod namespaces;
pub mod patch_target;
pub mod removed_api;
pub mod variables;
