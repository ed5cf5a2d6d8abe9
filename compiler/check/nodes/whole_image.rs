//! A self-managed group has a system whose nodes can be told to register themselves.

use crate::catalog::ami::OperatingSystem;
use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A self-managed group runs Amazon Linux 2.
    ///
    /// AWS makes no more images of it, and none for Kubernetes 1.33 or newer. Groups that EKS manages may keep it until they
    /// are moved; a group whose nodes register themselves is set up for the systems that stay.
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
    ///       workers: { os: al2, instanceTypes: [ m7i.large ], version: "1.32", selfManaged: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take another system:
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
    ///       workers: { os: bottlerocket, instanceTypes: [ m7i.large ], selfManaged: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SYSTEM_NOT_SELF_MANAGED = E0216: "a self-managed group has an operating system that ends"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let written = &group.written;
        if written.self_managed.is_none() || written.os != OperatingSystem::Al2 {
            continue;
        }
        sink.report(
            SYSTEM_NOT_SELF_MANAGED
                .at(context.spec.value(&group.address.key("os")), "AWS makes no more images of it")
                .also(
                    context.spec.key(&group.address.key("selfManaged")),
                    "its nodes would register themselves",
                )
                .title(format!("the self-managed group `{name}` runs {}", written.os))
                .why("the node would not be told of the cluster, and never join")
                .help("write `os: al2023` or `os: bottlerocket`, or remove `selfManaged`"),
        );
    }
}
