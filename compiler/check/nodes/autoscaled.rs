//! What a group says about being scaled is what happens.

use crate::check::Context;
use crate::cluster::NodeGroup;
use crate::diagnostic::Sink;
use crate::domain::Key;
use crate::source::Address;

crate::diagnostic! {
    /// A group says that it is autoscaled, or that it is not, and the rest of the spec says otherwise.
    ///
    /// A group whose `min` is its `max` cannot grow, whoever tries:
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 3, max: 3 }, autoscaled: true } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// EKS marks every managed group for discovery, so cluster-autoscaler scales a group as soon as its `min` and
    /// `max` differ, also one that says no:
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
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 4 }, autoscaled: false }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give a scaled group room, and one that is not scaled none:
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
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 }, autoscaled: false }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 }, autoscaled: true }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SCALING_CONTRADICTED = E0205: "a group is not scaled as it says"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        match group.written.autoscaled {
            Some(true) if context.cluster.karpenter.is_some() => beside_karpenter(context, name, group, sink),
            Some(true) if group.written.size.min == group.written.size.max => {
                without_room(context, name, group, sink);
            }
            // Nobody marks a self-managed group against its will.
            Some(false)
                if group.written.self_managed.is_none()
                    && group.written.size.min < group.written.size.max =>
            {
                all_the_same(context, name, group, sink);
            }
            _ => {}
        }
    }
}

fn beside_karpenter(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    sink.report(
        SCALING_CONTRADICTED
            .at(context.spec.value(&group.address.key("autoscaled")), "asks for cluster-autoscaler")
            .also(context.spec.key(&Address::of("spec.aws.karpenter")), "makes the nodes here")
            .title(format!("group `{name}` is autoscaled beside Karpenter"))
            .why("nobody scales it: Karpenter does not, and both together would undo each other's work")
            .help("remove `autoscaled`, or take the group's work into a pool of Karpenter"),
    );
}

fn without_room(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let size = group.written.size;
    sink.report(
        SCALING_CONTRADICTED
            .at(context.spec.value(&group.address.key("autoscaled")), "may change the number of nodes")
            .also(
                context.spec.value(&group.address.key("size")),
                format!("never fewer and never more than {}", size.max),
            )
            .title(format!("group `{name}` is autoscaled between {} and {} nodes", size.min, size.max))
            .why("pods that find no room wait for ever: \"max node group size reached\"")
            .help("raise `max`, or remove `autoscaled`"),
    );
}

/// EKS puts the tags of discovery on every managed group, and nothing takes them off.
fn all_the_same(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let components = &context.cluster.components;
    let Some(autoscaler) = components.values().find(|one| one.name.as_str() == "cluster-autoscaler") else {
        return;
    };
    let size = group.written.size;
    sink.report(
        SCALING_CONTRADICTED
            .at(context.spec.value(&group.address.key("autoscaled")), "shall keep its number of nodes")
            .also(
                context.spec.value(&group.address.key("size")),
                format!("{} to {} nodes", size.min, size.max),
            )
            .also(context.spec.key(&autoscaler.address), "finds every managed group")
            .title(format!("group `{name}` is scaled, although it says not to"))
            .why("EKS marks every managed group for cluster-autoscaler, and nothing takes the mark off")
            .help(format!(
                "write `min` and `max` the same, such as `size: {{ min: {0}, max: {0} }}`",
                size.min.max(1)
            ))
            .help("or remove `autoscaled: false`"),
    );
}
