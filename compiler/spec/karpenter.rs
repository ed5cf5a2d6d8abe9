//! Karpenter: pools of nodes that are made when pods need them.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{
    Architecture, CapacityType, ChartVersion, Cron, ExpireAfter, GoDuration, InstanceType, Key, LabelKey,
    LabelValue, PercentOrCount, Quantity, TagKey, TagValue, Taint, ZoneName, fixed,
};

use super::nodes::default_os;
use super::{Bottlerocket, Disk, FurtherDisk, Kubelet, NodeSubnets};
use crate::catalog::ami::OperatingSystem;

/// Karpenter and what it may make. Its controller, CRDs, identity, queue and discovery tags are derived.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Karpenter {
    /// The version of the controller and of its CRDs; the newest known one that fits the cluster without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ChartVersion>,
    /// The name of the role that Karpenter's nodes take; `Karpenter-CLUSTER` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 64), regex(pattern = r"^[A-Za-z0-9+=,.@_-]+$"))]
    pub node_role_name: Option<String>,
    /// The name of the interruption queue; `Karpenter-CLUSTER` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 80), regex(pattern = r"^[A-Za-z0-9_-]+$"))]
    pub queue_name: Option<String>,
    /// How nodes start, by name. A pool without `class` uses `default`, which exists even when it is not written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub classes: BTreeMap<Key, NodeClass>,
    /// What may be made, by name.
    #[schemars(extend("minProperties" = 1))]
    pub pools: BTreeMap<Key, NodePool>,
}

/// How a node starts: image, disk, tags.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeClass {
    /// The operating system.
    #[serde(default = "default_os")]
    pub os: OperatingSystem,
    /// The image's release, such as `v20260815`; `latest` rolls nodes whenever AWS publishes an image.
    #[serde(default = "NodeClass::latest")]
    #[schemars(regex(pattern = r"^(latest|v[0-9A-Za-z.\-]+)$"))]
    pub image: String,
    /// Which subnets the nodes are in. In `public` ones each node has a public address.
    #[serde(default, skip_serializing_if = "NodeSubnets::is_private")]
    pub subnets: NodeSubnets,
    /// The root disk (for Bottlerocket the data disk).
    #[serde(default)]
    pub disk: Disk,
    /// Further disks, by name. They arrive empty; a script of `userData` formats and mounts them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub disks: BTreeMap<Key, FurtherDisk>,
    /// Further tags on instances and disks.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// Whether local NVMe disks are joined to hold images, logs and scratch space.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub instance_store: bool,
    /// Whether CloudWatch gets the machines' figures every minute, for a price, rather than every five.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub monitoring: bool,
    /// Settings of the kubelet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubelet: Option<Kubelet>,
    /// Settings of Bottlerocket; for no other system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottlerocket: Option<Bottlerocket>,
    /// Shell scripts that run before the node joins, in this order; for `al2023` only. Each runs by itself: one that
    /// ends early or fails does not keep the node from joining.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_data: Vec<String>,
}

impl NodeClass {
    fn latest() -> String {
        "latest".to_owned()
    }
}

impl Default for NodeClass {
    fn default() -> NodeClass {
        NodeClass {
            os: default_os(),
            image: NodeClass::latest(),
            subnets: NodeSubnets::default(),
            disk: Disk::default(),
            disks: BTreeMap::new(),
            tags: BTreeMap::new(),
            instance_store: false,
            monitoring: false,
            kubelet: None,
            bottlerocket: None,
            user_data: Vec::new(),
        }
    }
}

/// What Karpenter may make, and when it takes nodes away.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodePool {
    /// The class that its nodes start from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub class: Option<Key>,
    /// Processor architectures; `[amd64]` without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub arch: Vec<Architecture>,
    /// Ways of buying; `[on-demand]` without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub capacity: Vec<CapacityType>,
    /// Instance families by category letter (`c`) or full family (`g5g`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub families: Vec<FamilyWord>,
    /// Exact instance types, instead of families.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub instance_types: Vec<InstanceType>,
    /// Only instance generations newer than this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub newer_than_generation: Option<u8>,
    /// Only these zones.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub zones: Vec<ZoneName>,
    /// Further requirements in Karpenter's own words.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub requirements: Vec<Requirement>,
    /// Labels on every node.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<LabelKey, LabelValue>,
    /// Taints on every node.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taints: Vec<Taint>,
    /// Taints that something on the node removes when it is ready.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub startup_taints: Vec<Taint>,
    /// The most that all nodes of the pool may add up to, by resource: `cpu`, `memory`, `nvidia.com/gpu`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub limits: BTreeMap<LabelKey, Quantity>,
    /// How old a node may become.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub expire_after: Option<ExpireAfter>,
    /// How long draining may take before pods are killed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub termination_grace_period: Option<GoDuration>,
    /// When nodes that are not needed go.
    #[serde(default)]
    pub disruption: Disruption,
    /// Pools with a higher weight are tried first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 100))]
    pub weight: Option<u8>,
}

/// A category letter such as `c` or a family such as `g5g`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct FamilyWord(#[schemars(regex(pattern = r"^[a-z]+([0-9][a-z0-9-]*)?$"), example = &"m")] pub String);

impl FamilyWord {
    /// Whether this is a whole category rather than one family.
    pub fn is_category(&self) -> bool {
        !self.0.contains(|letter: char| letter.is_ascii_digit())
    }
}

/// A requirement in Karpenter's own words.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Requirement {
    /// The node label, such as `karpenter.k8s.aws/instance-cpu`.
    pub key: LabelKey,
    /// How the label's value is compared.
    pub operator: Operator,
    /// What it is compared with.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub values: Vec<String>,
    /// At least that many different values must remain possible.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 50))]
    pub min_values: Option<u8>,
}

/// How a requirement compares.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Operator {
    /// One of the values.
    In,
    /// None of the values.
    NotIn,
    /// The label is there.
    Exists,
    /// The label is not there.
    DoesNotExist,
    /// Greater than the one value.
    Gt,
    /// Less than the one value.
    Lt,
}

/// When nodes that are not needed go.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Disruption {
    /// Which nodes may be consolidated.
    #[serde(default)]
    pub consolidate: Consolidate,
    /// How long a node must have been unneeded.
    #[serde(default = "Disruption::one_minute")]
    pub after: ExpireAfter,
    /// How many nodes may be disrupted at once; Karpenter's default is 10 %.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub budgets: Vec<Budget>,
}

impl Disruption {
    fn one_minute() -> ExpireAfter {
        ExpireAfter::After(fixed("1m"))
    }
}

impl Default for Disruption {
    fn default() -> Disruption {
        Disruption {
            consolidate: Consolidate::default(),
            after: Disruption::one_minute(),
            budgets: Vec::new(),
        }
    }
}

/// Which nodes may be consolidated.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Consolidate {
    /// Empty nodes, and nodes whose pods fit elsewhere.
    #[default]
    WhenEmptyOrUnderutilized,
    /// Only empty nodes.
    WhenEmpty,
}

impl Consolidate {
    /// Karpenter's word.
    pub fn word(self) -> &'static str {
        match self {
            Consolidate::WhenEmptyOrUnderutilized => "WhenEmptyOrUnderutilized",
            Consolidate::WhenEmpty => "WhenEmpty",
        }
    }
}

/// How many nodes may be disrupted at once.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Budget {
    /// A number or a share of the pool's nodes.
    pub nodes: PercentOrCount,
    /// For which reasons; all without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<Reason>,
    /// When the budget begins, as a cron line in UTC.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub schedule: Option<Cron>,
    /// How long it lasts from then.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub duration: Option<GoDuration>,
}

/// Why Karpenter disrupts a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum Reason {
    /// Its pods fit elsewhere.
    Underutilized,
    /// It runs nothing.
    Empty,
    /// It no longer matches its pool or class.
    Drifted,
}
