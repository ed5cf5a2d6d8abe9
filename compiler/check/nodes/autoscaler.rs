//! The cluster autoscaler has something to do.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The component `cluster-autoscaler` is there, but no node group that it may scale.
    ///
    /// It finds groups whose `min` is their `max`, says "max node group size reached" for each pod that waits, and
    /// does nothing.
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 3, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give a group room between `min` and `max`:
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 3, max: 9 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NOTHING_TO_SCALE = E0204: "cluster-autoscaler has no group that it may scale"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let cluster = context.cluster;
    let groups = || context.groups().map(|(_, group)| group);
    let Some(component) = cluster.components.values().find(|one| one.name.as_str() == "cluster-autoscaler")
    else {
        return;
    };
    // What a group says of itself has rules of its own.
    if cluster.karpenter.is_some()
        || groups().any(|group| group.autoscaled || group.written.autoscaled.is_some())
    {
        return;
    }
    let mut finding = NOTHING_TO_SCALE
        .at(context.spec.key(&component.address), "scales groups between `min` and `max`")
        .why(
            "pods that find no room wait for ever: it says \"max node group size reached\" and makes no node",
        )
        .help("raise the `max` of a group above its `min`, or leave the component out");
    for group in groups().take(3) {
        let size = context.spec.value(&group.address.key("size"));
        finding = finding.also(size, format!("always {} nodes", group.written.size.max));
    }
    if groups().next().is_none() {
        finding = finding.also(context.spec.key(&Address::of("spec.aws.nodeGroups")), "no group at all");
    }
    sink.report(finding);
}
