//! Self-managed groups: what EKS does for the nodes of others, and nobody does for theirs.

use crate::catalog::autoscaling;
use crate::cluster::{Cluster, NodeGroup};
use crate::domain::CapacityType;
use crate::ir::{Purchase, Role, ScalingTag, SelfManaged, SharedTag};
use crate::source::Origin;
use crate::spec;

pub(super) fn role(cluster: &Cluster) -> Role {
    Role { suffix: "self-managed-node".to_owned(), managed_policies: super::nodes::node_policies(cluster) }
}

pub(super) fn lower(cluster: &Cluster, group: &NodeGroup, own: &spec::SelfManaged) -> SelfManaged {
    let written = &group.written;
    let purchase = match (written.capacity, written.instance_types.as_slice()) {
        (CapacityType::Spot, _) => Purchase::Spot(own.mixed_instances.unwrap_or_default()),
        (CapacityType::OnDemand, [_]) => Purchase::OneType,
        (CapacityType::OnDemand, _) => Purchase::OnDemand,
    };
    SelfManaged {
        purchase,
        warm_up: own.warm_up.seconds(),
        refresh: own.refresh.rolling(),
        ownership: SharedTag {
            key: format!("kubernetes.io/cluster/{}", cluster.name),
            value: "owned".to_owned(),
        },
    }
}

/// The tags by which cluster-autoscaler finds the group; EKS puts them on managed ones only.
pub(super) fn discovery(cluster: &Cluster, group: &NodeGroup) -> Vec<ScalingTag> {
    if !group.autoscaled {
        return Vec::new();
    }
    let origin = Origin::Spec(group.address.key("autoscaled"));
    let tags = autoscaling::discovery_tags(cluster.name.as_str()).into_iter();
    tags.map(|(key, value)| ScalingTag { key, value, origin: origin.clone() }).collect()
}
