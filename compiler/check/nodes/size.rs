//! A group's size has its numbers in order.

use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A node group's smallest size is above its largest, or its first size lies outside the two.
    ///
    /// EKS refuses the group after the network and the control plane are up.
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 3, max: 2 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep `min` <= `desired` <= `max`:
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 2, desired: 3, max: 4 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SIZE_OUT_OF_ORDER = E0203: "a node group's sizes contradict each other"
}

const WHY: &str = "AWS refuses the group after the network and the control plane are up";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let size = group.written.size;
        let at = |field: &str| context.spec.value(&group.address.key("size").key(field));
        if size.min > size.max {
            sink.report(
                SIZE_OUT_OF_ORDER
                    .at(at("min"), "never fewer than this")
                    .also(at("max"), "and never more than this")
                    .title(format!("group `{name}` has at least {} and at most {} nodes", size.min, size.max))
                    .why(WHY)
                    .help(format!("write `min: {}, max: {}`, if that was meant", size.max, size.min)),
            );
            continue;
        }
        let Some(desired) = size.desired.filter(|desired| !(size.min..=size.max).contains(desired)) else {
            continue;
        };
        let (bound, number) = if desired < size.min { ("min", size.min) } else { ("max", size.max) };
        sink.report(
            SIZE_OUT_OF_ORDER
                .at(at("desired"), "the size at the first apply")
                .also(at(bound), format!("`{bound}` is {number}"))
                .title(format!(
                    "group `{name}` starts with {desired} nodes, outside {} to {}",
                    size.min, size.max
                ))
                .why(WHY)
                .help(format!("write a number from {} to {}, or leave `desired` out", size.min, size.max)),
        );
    }
}
