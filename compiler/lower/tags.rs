//! Tags that both halves must agree on.

use crate::cluster::Cluster;
use crate::ir::SharedTag;

/// The tag that Karpenter's classes select subnets and security groups by.
pub(super) fn discovery(cluster: &Cluster) -> SharedTag {
    SharedTag { key: "karpenter.sh/discovery".to_owned(), value: cluster.name.to_string() }
}
