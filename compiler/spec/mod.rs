//! What the user wrote: one declaration of types gives the decoder, the JSON Schema and the reference page.

mod access;
mod aws;
mod bastion;
mod bootstrap;
mod bottlerocket;
mod certificates;
mod components;
mod decode;
mod disks;
mod fargate;
mod flow_logs;
mod foundation;
mod gitops;
mod given;
mod identities;
mod images;
mod karpenter;
mod kubernetes;
mod machines;
mod network;
mod nodes;
mod notifications;
mod overlay;
mod secrets;
mod security_groups;
mod self_managed;
pub mod shape;

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{ClusterName, InputName, TagKey, TagValue};

pub use access::*;
pub use aws::*;
pub use bastion::*;
pub use bootstrap::*;
pub use bottlerocket::*;
pub use certificates::*;
pub use components::*;
pub use decode::*;
pub use disks::*;
pub use fargate::*;
pub use flow_logs::*;
pub use foundation::*;
pub use gitops::*;
pub use given::*;
pub use identities::*;
pub use images::*;
pub use karpenter::*;
pub use kubernetes::*;
pub use machines::*;
pub use network::*;
pub use nodes::*;
pub use notifications::*;
pub use overlay::{Chain, Extends};
pub use secrets::*;
pub use security_groups::*;
pub use self_managed::*;

/// One cluster, both halves: what Terraform makes and what Flux delivers.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "clusterc spec")]
pub struct Written {
    /// The version of this language.
    pub api_version: ApiVersion,
    /// The kind of document.
    pub kind: DocumentKind,
    /// What this spec builds on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub extends: Option<Extends>,
    /// The cluster's name and its tags.
    pub metadata: Metadata,
    /// The cluster.
    pub spec: ClusterSpec,
}

/// The version of the language.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ApiVersion {
    /// The first version.
    #[serde(rename = "clusterc.dev/v1alpha1")]
    V1alpha1,
}

/// The kinds of documents that `clusterc build` reads.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum DocumentKind {
    /// One cluster.
    Cluster,
}

/// The cluster's name and what marks everything that belongs to it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Metadata {
    /// The name: of the EKS cluster, of its folders, and the first part of every derived name. Changing it later
    /// replaces the cluster.
    pub name: ClusterName,
    /// Tags on every AWS resource (`default_tags` of the provider).
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
}

/// The cluster: exactly one platform, what runs on it, and how it is delivered.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ClusterSpec {
    /// Warnings that are accepted, each with its reason. Errors cannot be silenced.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Allowed>,
    /// Values that are given when Terraform plans and stay out of Git: an address, a token, a role.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub inputs: BTreeMap<InputName, InputDeclaration>,
    /// The Kubernetes version and its support.
    pub kubernetes: Kubernetes,
    /// The platform: EKS on AWS.
    pub aws: Aws,
    /// What runs on the cluster for the platform's sake, by component name. `null` or `{}` takes the defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub components: BTreeMap<crate::domain::Key, Option<ComponentUse>>,
    /// The user's own manifests, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub apps: BTreeMap<crate::domain::Key, App>,
    /// Secrets that are copied from AWS into the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_secrets: Option<ExternalSecrets>,
    /// How Flux delivers components and apps. Without it only Terraform is written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub gitops: Option<GitOps>,
}

/// A warning that is accepted.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Allowed {
    /// The warning's code.
    #[schemars(regex(pattern = r"^W[0-9]{4}$"), example = &"W0407")]
    pub code: String,
    /// Why it is acceptable here. Reviewers read this.
    #[schemars(length(min = 8))]
    pub reason: String,
}

static SCHEMA: LazyLock<serde_json::Value> = LazyLock::new(|| schemars::schema_for!(Written).to_value());

/// The JSON Schema of the language, for editors and for the structural check.
pub fn schema() -> &'static serde_json::Value {
    &SCHEMA
}

/// Diagnostics of this floor.
pub static CODES: &[&crate::diagnostic::Code] = &[
    &shape::codes::UNKNOWN_KEY,
    &shape::codes::MISSING_KEY,
    &shape::codes::WRONG_TYPE,
    &shape::codes::UNKNOWN_WORD,
    &shape::codes::MALFORMED,
    &shape::codes::OUT_OF_RANGE,
    &decode::INPUT_WHERE_VALUE_IS_NEEDED,
    &decode::UNDECLARED_INPUT,
    &decode::UNREADABLE_VALUE,
    &overlay::BASE_UNREADABLE,
    &overlay::EXTENDS_ITSELF,
];
