//! What Flux applies: kinds, variables, patches, API versions, files and namespaces.

pub mod circle;
pub mod credentials;
pub mod fixed_names;
pub mod external_secrets;
pub mod image_override;
pub mod kinds;
pub mod late_namespace;
pub mod layers;
pub mod listing;
pub mod namespaces;
pub mod notifications;
pub mod object_size;
pub mod owner;
pub mod patch_target;
pub mod references;
pub mod removed_api;
pub mod selector_labels;
pub mod replicas;
pub mod same_name;
pub mod unused_fact;
pub mod variables;
