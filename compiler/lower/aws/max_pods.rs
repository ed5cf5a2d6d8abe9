//! How many pods the nodes of a group take, where nobody else tells their kubelet.

use serde_json::Value;

use crate::catalog::instances;
use crate::cluster::{Cluster, NodeGroup};
use crate::ir::PodNetwork;
use crate::spec::Kubelet;

/// The kubelet's settings for nodes that EKS does not complete. Where the network add-on gives nodes whole prefixes of
/// addresses, EKS tells the others how many pods they take; these would take as many as without prefixes.
pub(super) fn kubelet(cluster: &Cluster, group: &NodeGroup) -> Option<Kubelet> {
    let written = group.written.kubelet.clone();
    let is_told = written.as_ref().is_some_and(|kubelet| kubelet.max_pods.is_some());
    if is_told || !delegates_prefixes(cluster) {
        return written;
    }
    let rows = group.written.instance_types.iter().filter_map(instances::find);
    let most = rows.filter_map(|row| row.max_pods_prefix.or(row.max_pods)).min();
    match most {
        Some(most) => Some(Kubelet { max_pods: Some(most), ..written.unwrap_or_default() }),
        None => written,
    }
}

fn delegates_prefixes(cluster: &Cluster) -> bool {
    let cni = cluster.addons.iter().find(|(name, _)| name.as_str() == "vpc-cni").map(|(_, addon)| addon);
    let settings = cni.and_then(|cni| cni.written.configuration.as_ref()).and_then(|all| all.get("env"));
    settings.and_then(Value::as_object).is_some_and(|env| PodNetwork::told(env).prefixes)
}
