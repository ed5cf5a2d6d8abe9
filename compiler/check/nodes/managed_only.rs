//! A self-managed group has no option that only EKS could follow.

use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A self-managed group has an option that tells EKS how to update a managed one.
    ///
    /// EKS does not know a self-managed group, so nobody would follow the option: its nodes are replaced by the refresh of
    /// the auto scaling group.
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers: { instanceTypes: [ m7i.large ], maxUnavailable: 2, selfManaged: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Say it in the words of the refresh:
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers: { instanceTypes: [ m7i.large ], selfManaged: { refresh: { minHealthyPercent: 50 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub MANAGED_ONLY = E0212: "an option of managed groups is on a self-managed one"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let written = &group.written;
        if written.self_managed.is_none() {
            continue;
        }
        let options = [
            ("generation", written.generation.is_some(), "remove it: a refresh replaces the nodes in place"),
            (
                "maxUnavailable",
                written.max_unavailable.is_some(),
                "write `selfManaged.refresh.minHealthyPercent`, the share of nodes that stay",
            ),
            (
                "forceUpdate",
                written.force_update,
                "remove it: a refresh waits for no pod, whatever its disruption budget",
            ),
            (
                "updateTimeout",
                written.update_timeout.is_some(),
                "remove it: Terraform does not wait for a refresh",
            ),
        ];
        for (field, is_written, help) in options {
            if !is_written {
                continue;
            }
            sink.report(
                MANAGED_ONLY
                    .at(context.spec.key(&group.address.key(field)), "is for groups that EKS updates")
                    .also(context.spec.key(&group.address.key("selfManaged")), "EKS does not know this group")
                    .title(format!("`{field}` has no meaning for the self-managed group `{name}`"))
                    .why("nobody would follow it: the auto scaling group replaces the nodes, not EKS")
                    .help(help),
            );
        }
    }
}
