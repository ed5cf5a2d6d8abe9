//! Groups of nodes: what their machines are, read when they start, and tell the autoscaler.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{MachinePlacement, OwnImage, Text, Upkeep, Volume};
use crate::catalog::ami::{Driver, OperatingSystem};
use crate::cluster::Tier;
use crate::domain::{Architecture, CapacityType, InstanceType, LabelKey, LabelValue, Taint};
use crate::source::{Address, Origin};
use crate::spec::{InstanceMetadata, Size};

/// A node group with its launch template.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeGroup {
    /// Its key in the spec.
    pub key: String,
    /// The operating system.
    pub os: OperatingSystem,
    /// The architecture.
    pub arch: Architecture,
    /// What its image needs drivers for.
    pub driver: Driver,
    /// The image, where EKS does not choose it.
    pub image: Option<OwnImage>,
    /// Who keeps its nodes.
    #[serde(flatten)]
    pub upkeep: Upkeep,
    /// Instance types, best first.
    pub instance_types: Vec<InstanceType>,
    /// How they are bought.
    pub capacity: CapacityType,
    /// How many.
    pub size: Size,
    /// Keys of the subnets that its nodes are in.
    pub subnets: Vec<String>,
    /// The tier of those subnets.
    pub tier: Tier,
    /// Whether the machines' figures come every minute.
    pub monitoring: bool,
    /// The name of a key pair.
    pub ssh_key: Option<String>,
    /// How many pods a node takes, where the spec says so.
    pub max_pods: Option<u32>,
    /// What the machine reads when it starts.
    pub user_data: Option<UserData>,
    /// Tags on its auto scaling group that tell cluster-autoscaler what its nodes look like.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub scaling_tags: Vec<ScalingTag>,
    /// The disks that its machines get when they start.
    pub volumes: Vec<Volume>,
    /// Labels.
    pub labels: BTreeMap<LabelKey, LabelValue>,
    /// Taints.
    pub taints: Vec<Taint>,
    /// Its generation, if it is numbered.
    pub generation: Option<u32>,
    /// How the metadata service answers.
    pub metadata: InstanceMetadata,
    /// Where the machines are put.
    pub placement: Option<MachinePlacement>,
    /// Whether enclaves can be started on the machines.
    pub enclave: bool,
    /// Whether the machines have bandwidth of their own for disks, where the spec says so.
    pub ebs_optimized: Option<bool>,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

/// What a machine reads when it starts.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserData {
    /// The text; a node that EKS does not complete is told values that are known only after the apply.
    pub text: Text,
    /// The field of the group that asks for it, or for the first part of it.
    #[serde(skip)]
    pub field: &'static str,
}

/// A tag on the auto scaling group of a node group.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ScalingTag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}
