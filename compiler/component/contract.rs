//! `component.yaml`: what a component states about itself.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{
    ChartVersion, GroupKind, Key, KubernetesVersion, LabelKey, LabelValue, Namespace, ObjectName, PolicyName,
    Quantity,
};
use crate::spec::ApiVersion;

/// A component's contract.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "clusterc component")]
pub struct Contract {
    /// The version of this language.
    pub api_version: ApiVersion,
    /// The kind of document.
    pub kind: ContractKind,
    /// The component's name.
    pub metadata: ContractMetadata,
    /// What it states.
    pub spec: ContractSpec,
}

/// The kind of document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum ContractKind {
    /// A component.
    Component,
}

/// The component's name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContractMetadata {
    /// The name, which is also that of its folder.
    pub name: Key,
}

/// What a component states about itself.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ContractSpec {
    /// What it does for the user, in one sentence.
    pub summary: String,
    /// Where it lives.
    #[serde(default)]
    pub homepage: Option<String>,
    /// Set when its project has ended.
    #[serde(default)]
    pub retired: Option<Retired>,
    /// The Helm chart; absent for plain manifests.
    #[serde(default)]
    pub chart: Option<Chart>,
    /// Known versions, newest first.
    #[serde(default)]
    pub versions: Vec<KnownVersion>,
    /// The namespace that it runs in.
    pub namespace: Namespace,
    /// Its service accounts.
    #[serde(default)]
    pub service_accounts: Vec<ServiceAccount>,
    /// What it brings.
    #[serde(default)]
    pub provides: Provides,
    /// What must be there first.
    #[serde(default)]
    pub needs: Needs,
    /// What must not be there beside it.
    #[serde(default)]
    pub conflicts: Conflicting,
    /// Ports that the control plane must reach.
    #[serde(default)]
    pub ports: Vec<Port>,
    /// Where it runs and what it asks of the nodes.
    #[serde(default)]
    pub runs: Runs,
    /// JSON Schema of its parameters.
    #[serde(default)]
    pub parameters: Option<serde_json::Value>,
}

/// The end of a project.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Retired {
    /// The month, `2026-03`.
    pub since: String,
    /// What that means for its users.
    pub why: String,
    /// The component to use instead.
    pub instead: Key,
}

/// A Helm chart.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Chart {
    /// `oci://` and the whole path of the chart, or the `https://` address of its repository.
    pub source: String,
    /// The chart's name.
    pub name: String,
    /// The name of the Helm release.
    pub release: String,
    /// Where the chart keeps its CRDs.
    #[serde(default)]
    pub crds: Crds,
    /// Whether another component brings the CRDs.
    #[serde(default)]
    pub skip_crds: bool,
}

/// Where a chart keeps its CRDs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Crds {
    /// It has none.
    #[default]
    None,
    /// Among its templates: Helm keeps them current.
    Templates,
    /// In its `crds` folder: Helm installs them once and never again.
    Folder,
}

/// A version that is known to work.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KnownVersion {
    /// The chart's version (for plain manifests, the component's own).
    pub version: ChartVersion,
    /// The version of the software in it.
    pub app: String,
    /// The Kubernetes versions that it supports, where that is known.
    #[serde(default)]
    pub kubernetes: Option<KubernetesRange>,
}

/// A range of Kubernetes versions, both ends included.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct KubernetesRange {
    /// The oldest.
    #[serde(default)]
    pub min: Option<KubernetesVersion>,
    /// The newest.
    #[serde(default)]
    pub max: Option<KubernetesVersion>,
}

impl KubernetesRange {
    /// Whether a version lies in the range.
    pub fn contains(&self, version: &KubernetesVersion) -> bool {
        self.min.as_ref().is_none_or(|min| min <= version)
            && self.max.as_ref().is_none_or(|max| version <= max)
    }
}

/// A service account.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ServiceAccount {
    /// Its name.
    pub name: ObjectName,
    /// The path in the chart's values that sets the name.
    #[serde(default)]
    pub value: Option<String>,
    /// The path in the chart's values for annotations.
    #[serde(default)]
    pub annotations: Option<String>,
    /// Its AWS identity, if it calls AWS.
    #[serde(default)]
    pub identity: Option<Identity>,
}

/// What a service account may do in AWS.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Identity {
    /// An expression; without it, always.
    #[serde(default)]
    pub when: Option<String>,
    /// AWS managed policies, by name.
    #[serde(default)]
    pub managed_policies: Vec<PolicyName>,
    /// The file with own statements.
    #[serde(default)]
    pub policy: Option<String>,
}

/// What a component brings.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Provides {
    /// Kinds of its CRDs.
    #[serde(default)]
    pub kinds: Vec<GroupKind>,
}

/// What must be there before a component starts.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Needs {
    /// Components; they are added when they are not written.
    #[serde(default)]
    pub components: Vec<Key>,
    /// Components that come first where they are there.
    #[serde(default)]
    pub after: Vec<Key>,
    /// Kinds.
    #[serde(default)]
    pub kinds: Vec<GroupKind>,
    /// EKS add-ons; they are added when they are not written.
    #[serde(default)]
    pub addons: Vec<Key>,
}

/// What must not be there beside a component.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Conflicting {
    /// EKS add-ons.
    #[serde(default)]
    pub addons: Vec<Key>,
    /// Components.
    #[serde(default)]
    pub components: Vec<Key>,
}

/// A port that the control plane must reach.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Port {
    /// The number.
    pub port: u16,
    /// What answers there.
    pub why: String,
}

/// Where a component runs and what it asks of the nodes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Runs {
    /// On which nodes.
    #[serde(default, rename = "where")]
    pub place: Place,
    /// Whether it must be up before Karpenter can make nodes.
    #[serde(default)]
    pub early: bool,
    /// Every path in its values that takes a list of tolerations.
    #[serde(default)]
    pub tolerations: Vec<String>,
    /// Every path in its values that takes a node selector.
    #[serde(default)]
    pub node_selectors: Vec<String>,
    /// Whether its pods tolerate every taint by themselves.
    #[serde(default)]
    pub tolerates_all: bool,
    /// What it requests.
    #[serde(default)]
    pub workloads: Vec<Workload>,
}

/// On which nodes a component runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Place {
    /// On the fixed nodes.
    System,
    /// Wherever there is room.
    #[default]
    Anywhere,
    /// On every node.
    EveryNode,
}

/// One of a component's workloads.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Workload {
    /// Its name.
    pub name: String,
    /// On which nodes, if not where the component runs.
    #[serde(default, rename = "where")]
    pub place: Option<Place>,
    /// How many pods; one on every node for `where: every-node`.
    #[serde(default = "Workload::one")]
    pub replicas: u32,
    /// CPU that one pod requests.
    #[serde(default)]
    pub cpu: Option<Quantity>,
    /// Memory that one pod requests.
    #[serde(default)]
    pub memory: Option<Quantity>,
    /// Labels of its pods that a selector of a Fargate profile may name.
    #[serde(default)]
    pub labels: BTreeMap<LabelKey, LabelValue>,
}

impl Workload {
    fn one() -> u32 {
        1
    }
}
