//! Fargate profiles: which pods run without a node.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{LabelKey, LabelValue, NamespacePattern};

/// A Fargate profile: pods that one of its selectors fits get a machine each from AWS, and need no node. Its pods are in
/// the private subnets. EKS replaces a profile for every change of it; pods that run stay until they are made anew.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FargateProfile {
    /// Which pods run on it: those that any of these fits. At most five.
    #[schemars(length(min = 1, max = 5))]
    pub selectors: Vec<FargateSelector>,
}

/// Pods of a namespace, all or those with certain labels.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FargateSelector {
    /// The namespace; `*` stands for any characters, `?` for one.
    pub namespace: NamespacePattern,
    /// Labels that a pod must have, all of them; every pod of the namespace without them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<LabelKey, LabelValue>,
}
