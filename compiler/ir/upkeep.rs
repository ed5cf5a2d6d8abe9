//! Who keeps the nodes of a group: EKS, or an auto scaling group of the cluster's own.

use serde::Serialize;

use super::{NodeGroup, SharedTag};
use crate::spec::{MixedInstances, Rolling};

/// Who keeps the nodes of a group.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum Upkeep {
    /// EKS.
    Managed(Managed),
    /// An auto scaling group of the cluster's own.
    SelfManaged(SelfManaged),
}

/// What EKS is told of a group that it manages.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Managed {
    /// EKS' word for the image.
    pub ami_type: String,
    /// The Kubernetes version, where it is not the control plane's.
    pub version: Option<String>,
    /// The exact release of its image.
    pub release: Option<String>,
    /// Whether an update goes on when pods cannot be evicted.
    pub force_update: bool,
    /// How long an update may take.
    pub update_timeout: Option<String>,
    /// How many may be away during an update.
    pub max_unavailable: String,
}

/// What an auto scaling group needs beside its launch template.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SelfManaged {
    /// How the machines are bought.
    pub purchase: Purchase,
    /// Seconds until a new machine counts as healthy.
    pub warm_up: u64,
    /// How nodes are replaced when the launch template changes, if they are.
    pub refresh: Option<Rolling>,
    /// The tag by which the cluster owns the machines.
    pub ownership: SharedTag,
}

impl SelfManaged {
    /// The key of the role of all self-managed nodes.
    pub const ROLE: &'static str = "self_managed_node";
}

/// How the machines of an auto scaling group are bought.
#[derive(Debug, Clone, Copy, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Purchase {
    /// All of one type, on demand.
    OneType,
    /// On demand, of the first type that is there.
    OnDemand,
    /// As Spot, with some on demand.
    Spot(MixedInstances),
}

impl NodeGroup {
    /// Whether cluster-autoscaler changes how many nodes it has.
    pub fn is_autoscaled(&self) -> bool {
        // A node always has a disk, so there is always a tag that says how large it is.
        !self.scaling_tags.is_empty()
    }

    /// What EKS is told of the group, if EKS keeps its nodes.
    pub fn managed(&self) -> Option<&Managed> {
        match &self.upkeep {
            Upkeep::Managed(managed) => Some(managed),
            Upkeep::SelfManaged(_) => None,
        }
    }

    /// What its auto scaling group needs, if EKS does not keep its nodes.
    pub fn self_managed(&self) -> Option<&SelfManaged> {
        match &self.upkeep {
            Upkeep::Managed(_) => None,
            Upkeep::SelfManaged(own) => Some(own),
        }
    }
}
