//! Machines of nodes: where they are placed, what they tell about themselves.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How the instance metadata service may be reached. Tokens (IMDSv2) are always required.
///
/// Tags never show there: EC2 takes no `/` in the key of a tag that does, and EKS puts such tags on every node.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InstanceMetadata {
    /// `1` keeps pods from taking the node's identity; `2` lets them.
    #[serde(default = "InstanceMetadata::one")]
    #[schemars(range(min = 1, max = 64))]
    pub hop_limit: u8,
    /// Whether it answers under an IPv6 address, too.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub ipv6: bool,
}

impl InstanceMetadata {
    fn one() -> u8 {
        1
    }
}

impl Default for InstanceMetadata {
    fn default() -> InstanceMetadata {
        InstanceMetadata { hop_limit: 1, ipv6: false }
    }
}

/// Where AWS puts the machines of a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Placement {
    /// A placement group: one made with the node group, or one that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<PlacementGroup>,
    /// Whose machines share the hardware.
    #[serde(default)]
    pub tenancy: Tenancy,
}

/// A placement group.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PlacementGroup {
    /// One made with the node group.
    Made(MadePlacementGroup),
    /// One that exists.
    Existing(ExistingPlacementGroup),
}

/// A placement group that is made with the node group.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "a placement group to make")]
pub struct MadePlacementGroup {
    /// How the machines are placed to each other.
    pub strategy: PlacementStrategy,
    /// How many partitions in each zone, for `partition`; two without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 7))]
    pub partitions: Option<u8>,
}

/// A placement group that exists.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "a placement group that exists")]
pub struct ExistingPlacementGroup {
    /// Its name.
    #[schemars(length(min = 1, max = 255))]
    pub name: String,
}

/// How machines of a placement group are placed to each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum PlacementStrategy {
    /// Close together in one zone, for fast networks between them.
    Cluster,
    /// In partitions that share no rack with each other.
    Partition,
    /// Each on a rack of its own; at most seven in a zone.
    Spread,
}

impl PlacementStrategy {
    /// AWS' word.
    pub fn word(self) -> &'static str {
        match self {
            PlacementStrategy::Cluster => "cluster",
            PlacementStrategy::Partition => "partition",
            PlacementStrategy::Spread => "spread",
        }
    }
}

/// Whose machines share the hardware.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Tenancy {
    /// Anyone's.
    #[default]
    Default,
    /// Only the account's own, for a price.
    Dedicated,
}
