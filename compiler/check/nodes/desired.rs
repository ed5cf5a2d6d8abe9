//! A first size is not written where nobody looks at it.

use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A group that is autoscaled has a `desired` size.
    ///
    /// It starts with `min`, and from the first node on the autoscaler decides. A number that is written and has no
    /// effect misleads whoever reads the spec during an incident.
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 2, desired: 4, max: 9 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave `desired` out. For more nodes from the beginning, raise `min`:
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 4, max: 9 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub DESIRED_WITHOUT_EFFECT = W0206: "a group's first size has no effect"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let size = group.written.size;
        let Some(desired) = size.desired.filter(|desired| group.autoscaled && *desired != size.min) else {
            continue;
        };
        sink.report(
            DESIRED_WITHOUT_EFFECT
                .at(context.spec.value(&group.address.key("size").key("desired")), "nobody looks at it")
                .title(format!("`desired: {desired}` has no effect on group `{name}`"))
                .why(format!(
                    "the group is autoscaled: it starts with `min`, {}, and then the autoscaler decides",
                    size.min
                ))
                .help("leave it out; for more nodes from the beginning, raise `min`"),
        );
    }
}
