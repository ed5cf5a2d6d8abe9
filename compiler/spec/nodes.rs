//! Node groups.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{
    Bottlerocket, Disk, FurtherDisk, InstanceMetadata, Kubelet, LocalStorage, NodeImage, Placement,
    SelfManaged,
};
use crate::catalog::ami::OperatingSystem;
use crate::domain::{
    Architecture, CapacityType, GoDuration, InstanceType, Key, KubernetesVersion, LabelKey, LabelValue,
    PercentOrCount, Taint, ZoneName,
};

/// A node group: a fixed floor of nodes that EKS keeps, or with `selfManaged` an auto scaling group.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct NodeGroup {
    /// The operating system. Changing it later replaces a managed group.
    #[serde(default = "default_os")]
    pub os: OperatingSystem,
    /// The machine image, where it is not the one that AWS (for `ubuntu`, Canonical) makes for the system and the
    /// Kubernetes version. `os` says what starts in it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image: Option<NodeImage>,
    /// The processor architecture. Without it, the one of the instance types.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub arch: Option<Architecture>,
    /// Instance types that the group may use, best first. All of one architecture. Changing them later replaces a
    /// managed group.
    #[schemars(length(min = 1, max = 20))]
    pub instance_types: Vec<InstanceType>,
    /// Whether the nodes are bought on demand or as Spot. Changing it later replaces a managed group.
    #[serde(default = "NodeGroup::default_capacity")]
    pub capacity: CapacityType,
    /// The Kubernetes version of its nodes; the control plane's without it. It may stay up to three minor versions
    /// behind.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<KubernetesVersion>,
    /// The exact release of the machine image, such as `1.35.2-20260724`; the newest one at the first apply without
    /// it. A self-managed group without it takes the newest one at each apply, and replaces its nodes when that is
    /// another.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[0-9]+\.[0-9]+\.[0-9]+-[0-9a-f]+$"))]
    pub ami_release: Option<String>,
    /// How many nodes; with `perZone`, in each zone.
    #[serde(default)]
    pub size: Size,
    /// Makes one group in each zone, named after the zone's letter (`workers-a`). A pod with a volume needs a node in
    /// the volume's zone, and only of a group in one zone is it known where the next node will be.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub per_zone: bool,
    /// Only these of the network's zones; all of them without it. A group for each zone, each with a version and a size
    /// of its own, lets one zone go first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(extend("uniqueItems" = true))]
    pub zones: Vec<ZoneName>,
    /// Which subnets the nodes are in. In `public` ones each node has a public address. Changing it later replaces a
    /// managed group.
    #[serde(default)]
    pub subnets: NodeSubnets,
    /// Whether cluster-autoscaler changes how many nodes there are, between `min` and `max`; tags then tell it what a
    /// node of an empty group will look like. Without it: yes, where that component is and `min` is below `max`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub autoscaled: Option<bool>,
    /// The root disk (for Bottlerocket the data disk).
    #[serde(default)]
    pub disk: Disk,
    /// Further disks, by name. They arrive empty; a script of `userData` formats and mounts them.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub disks: BTreeMap<Key, FurtherDisk>,
    /// Labels on every node.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub labels: BTreeMap<LabelKey, LabelValue>,
    /// Taints on every node. System components tolerate `CriticalAddonsOnly`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub taints: Vec<Taint>,
    /// How many nodes may be away at once while the group is updated.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub max_unavailable: Option<PercentOrCount>,
    /// Whether an update goes on when pods cannot be evicted, such as against a disruption budget.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub force_update: bool,
    /// How long Terraform waits for an update of the group; an hour without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub update_timeout: Option<GoDuration>,
    /// The generation of the group. A higher number makes a new group, named after it, and takes the old one away when
    /// the new nodes are there: its pods are moved as in an update.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 9999))]
    pub generation: Option<u32>,
    /// How pods reach the instance metadata service.
    #[serde(default)]
    pub metadata: InstanceMetadata,
    /// Where AWS puts the machines, to each other and to those of others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub placement: Option<Placement>,
    /// Whether Nitro enclaves can be started on the machines.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub enclave: bool,
    /// Whether the machines have bandwidth of their own for their disks. Nitro types always do, and older ones for a
    /// price; left out, as AWS does for the type.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ebs_optimized: Option<bool>,
    /// Whether CloudWatch gets the machines' figures every minute, for a price, rather than every five.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub monitoring: bool,
    /// The name of an EC2 key pair that may log in. No port is opened for it; Session Manager works without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub ssh_key: Option<String>,
    /// Settings of the kubelet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kubelet: Option<Kubelet>,
    /// Settings of Bottlerocket; for no other system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bottlerocket: Option<Bottlerocket>,
    /// Shell scripts that run before the node joins, in this order; not for `bottlerocket`. Each runs by itself: one that
    /// ends early or fails does not keep the node from joining.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub user_data: Vec<String>,
    /// How the disks in the machine are used; for `al2023`, and only where every instance type has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub local_storage: Option<LocalStorage>,
    /// Makes the group an auto scaling group of its own instead of one that EKS manages.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub self_managed: Option<SelfManaged>,
}

/// The subnets of a group's nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NodeSubnets {
    /// Private ones.
    #[default]
    Private,
    /// Public ones.
    Public,
}

impl NodeSubnets {
    pub(super) fn is_private(&self) -> bool {
        *self == NodeSubnets::Private
    }
}

pub(super) fn default_os() -> OperatingSystem {
    OperatingSystem::Al2023
}

impl NodeGroup {
    /// A group of which only the instance types are written.
    pub fn of(instance_types: Vec<InstanceType>) -> NodeGroup {
        NodeGroup {
            os: default_os(),
            image: None,
            arch: None,
            instance_types,
            capacity: NodeGroup::default_capacity(),
            version: None,
            ami_release: None,
            size: Size::default(),
            per_zone: false,
            zones: Vec::new(),
            subnets: NodeSubnets::default(),
            autoscaled: None,
            disk: Disk::default(),
            disks: BTreeMap::new(),
            labels: BTreeMap::new(),
            taints: Vec::new(),
            max_unavailable: None,
            force_update: false,
            update_timeout: None,
            generation: None,
            metadata: InstanceMetadata::default(),
            placement: None,
            enclave: false,
            ebs_optimized: None,
            monitoring: false,
            ssh_key: None,
            kubelet: None,
            bottlerocket: None,
            user_data: Vec::new(),
            local_storage: None,
            self_managed: None,
        }
    }

    fn default_capacity() -> CapacityType {
        CapacityType::OnDemand
    }
}

/// How many nodes a group has.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Size {
    /// Never fewer.
    pub min: u32,
    /// Never more.
    #[schemars(range(min = 1))]
    pub max: u32,
    /// At the first apply; `min` without it, and where the group is autoscaled.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub desired: Option<u32>,
}

impl Default for Size {
    fn default() -> Size {
        Size { min: 2, max: 3, desired: None }
    }
}
