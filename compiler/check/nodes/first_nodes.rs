//! Some node can join before the rows of `aws-auth` are written.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// All nodes need a row of `aws-auth` that is written only after they are wanted.
    ///
    /// With `authentication: config-map` a node gets in by its row. EKS writes the row of the groups that it manages;
    /// those of self-managed groups are written by the stack `gitops`, which comes after the cluster's. But CoreDNS waits
    /// for a node in the cluster's own apply, and so that one never gets to its end.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     authentication: config-map
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 }, selfManaged: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Let EKS manage one group, or use access entries, which are there before the nodes:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     authentication: api-and-config-map
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 }, selfManaged: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_FIRST_NODE = E0250: "no node can join before `aws-auth` is written"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let joins_at_once = |group: &crate::ir::NodeGroup| {
        group.managed().is_some() && group.size.min.max(group.size.desired.unwrap_or(0)) > 0
    };
    if infra.authentication.has_entries() || infra.node_groups.iter().any(joins_at_once) {
        return;
    }
    // EKS writes the row of Fargate, too; what CoreDNS needs there is asked elsewhere.
    if !infra.fargate.is_empty() {
        return;
    }
    let Some(group) = infra.node_groups.iter().find(|group| group.self_managed().is_some()) else { return };
    sink.report(
        NO_FIRST_NODE
            .at(
                context.spec.value(&Address::of("spec.aws.authentication")),
                "nodes get in by rows of `aws-auth` alone",
            )
            .also(
                context.spec.key(&group.address.key("selfManaged")),
                "EKS writes no row for these, and the stack `gitops` comes later",
            )
            .why("CoreDNS waits for a node in the apply of the cluster, until that ends in a timeout")
            .help("let EKS manage one group, which it lets in by itself")
            .help("or write `authentication: api-and-config-map`: access entries are there before the nodes"),
    );
}
