//! Managed node groups and the roles of nodes.

use crate::catalog::ami;
use crate::cluster::Cluster;
use crate::ir::{NodeGroup, Role};

/// What every node may do. Sessions by Session Manager replace SSH, so no port is opened for it.
const NODE_POLICIES: [&str; 3] =
    ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"];

/// Managed policies of the nodes: those of every node, and the network add-on's unless it has a role of its own.
pub(super) fn node_policies(cluster: &Cluster) -> Vec<String> {
    let cni_has_role = cluster
        .addons
        .iter()
        .any(|(name, addon)| name.as_str() == "vpc-cni" && addon.written.mechanism.is_some());
    let own = NODE_POLICIES.iter().map(|name| (*name).to_owned());
    own.chain((!cni_has_role).then(|| "AmazonEKS_CNI_Policy".to_owned())).collect()
}

pub(super) fn role(cluster: &Cluster) -> Role {
    Role { suffix: "node".to_owned(), managed_policies: node_policies(cluster) }
}

pub(super) fn groups(cluster: &Cluster) -> Vec<NodeGroup> {
    let lower = |(key, group): (&crate::domain::Key, &crate::cluster::NodeGroup)| {
        let written = &group.written;
        NodeGroup {
            key: key.to_string(),
            os: written.os,
            arch: group.arch,
            driver: group.driver,
            // A combination without an image is an error of its own (the image rule); the word then never shows.
            ami_type: ami::ami_type(written.os, group.arch, group.driver, false)
                .unwrap_or("CUSTOM")
                .to_owned(),
            instance_types: written.instance_types.clone(),
            capacity: written.capacity,
            size: written.size,
            disk: written.disk.clone(),
            labels: written.labels.clone(),
            taints: written.taints.clone(),
            max_unavailable: written
                .max_unavailable
                .as_ref()
                .map_or_else(|| "1".to_owned(), ToString::to_string),
            hop_limit: written.metadata.hop_limit,
            address: group.address.clone(),
        }
    };
    cluster.node_groups.iter().map(lower).collect()
}
