//! Tags that both halves must agree on.

use crate::cluster::Cluster;
use crate::ir::SharedTag;

/// The tag that Karpenter's classes select subnets and security groups by.
pub(super) fn discovery(cluster: &Cluster) -> SharedTag {
    SharedTag { key: "karpenter.sh/discovery".to_owned(), value: cluster.name.to_string() }
}

/// The tag that classes for public subnets select those by. Its key is the same, so that one subnet is never both.
pub(super) fn public_discovery(cluster: &Cluster) -> SharedTag {
    SharedTag { value: format!("{}-public", cluster.name), ..discovery(cluster) }
}
