//! Self-managed groups: what EKS does for the nodes of others, and nobody does for theirs.

use serde_json::{Value, json};

use crate::catalog::{autoscaling, instances};
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

/// The kubelet's settings. Where the network add-on gives nodes whole prefixes of addresses, EKS tells managed nodes
/// how many pods they take; nobody tells others, and they would take as many as without prefixes.
pub(super) fn kubelet(cluster: &Cluster, group: &NodeGroup) -> Option<spec::Kubelet> {
    let written = group.written.kubelet.clone();
    let is_told = written.as_ref().is_some_and(|kubelet| kubelet.max_pods.is_some());
    if is_told || !delegates_prefixes(cluster) {
        return written;
    }
    let rows = group.written.instance_types.iter().filter_map(instances::find);
    let most = rows.filter_map(|row| row.max_pods_prefix.or(row.max_pods)).min();
    match most {
        Some(most) => Some(spec::Kubelet { max_pods: Some(most), ..written.unwrap_or_default() }),
        None => written,
    }
}

fn delegates_prefixes(cluster: &Cluster) -> bool {
    let cni = cluster.addons.iter().find(|(name, _)| name.as_str() == "vpc-cni").map(|(_, addon)| addon);
    let settings = cni.and_then(|cni| cni.written.configuration.as_ref()).and_then(|all| all.get("env"));
    let setting = settings.and_then(|env| env.get("ENABLE_PREFIX_DELEGATION"));
    setting.is_some_and(|value| *value == json!("true") || *value == Value::Bool(true))
}
