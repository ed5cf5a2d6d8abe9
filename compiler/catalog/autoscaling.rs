//! Tags by which cluster-autoscaler finds groups and knows their nodes (its AWS provider, August 2026; EKS user guide).

/// What the key of a tag starts with that describes a node of the group, for as long as the group has none.
pub const NODE_TEMPLATE: &str = "k8s.io/cluster-autoscaler/node-template";
/// The label by which cluster-autoscaler knows that a node will have GPUs.
pub const ACCELERATOR_LABEL: &str = "k8s.amazonaws.com/accelerator";
/// Tags that EKS itself puts on the auto scaling group of a managed node group.
pub const TAGS_OF_EKS: usize = 5;

/// The tags by which cluster-autoscaler finds a group that EKS does not manage.
pub fn discovery_tags(cluster: &str) -> [(String, String); 2] {
    [
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true".to_owned()),
        (format!("k8s.io/cluster-autoscaler/{cluster}"), "owned".to_owned()),
    ]
}

/// The tags that EKS puts on the auto scaling group of each managed node group, as far as they are the same for all.
pub fn managed_group_tags(cluster: &str) -> [(String, String); 4] {
    [
        ("eks:cluster-name".to_owned(), cluster.to_owned()),
        ("k8s.io/cluster-autoscaler/enabled".to_owned(), "true".to_owned()),
        (format!("k8s.io/cluster-autoscaler/{cluster}"), "owned".to_owned()),
        (format!("kubernetes.io/cluster/{cluster}"), "owned".to_owned()),
    ]
}
