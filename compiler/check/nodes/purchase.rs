//! A self-managed group buys its machines in a way that is possible.

use crate::check::Context;
use crate::cluster::NodeGroup;
use crate::diagnostic::Sink;
use crate::domain::{CapacityType, Key};
use crate::spec::MixedInstances;

crate::diagnostic! {
    /// A group says how Spot and on-demand nodes are mixed, and buys only one of the two.
    ///
    /// `mixedInstances` keeps a part of a Spot group on demand. On a group that buys on demand it has nothing to mix:
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
    ///       workers: { instanceTypes: [ m7i.large, m6i.large ], selfManaged: { mixedInstances: { onDemandBase: 1 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// And a group whose nodes are all on demand is no Spot group:
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
    ///       workers:
    ///         instanceTypes: [ m7i.large, m6i.large ]
    ///         capacity: spot
    ///         size: { min: 2, max: 4 }
    ///         selfManaged: { mixedInstances: { onDemandBase: 4 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write `capacity: spot`, and leave room for some:
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
    ///       workers:
    ///         instanceTypes: [ m7i.large, m6i.large ]
    ///         capacity: spot
    ///         size: { min: 2, max: 4 }
    ///         selfManaged: { mixedInstances: { onDemandBase: 1 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PURCHASE_CONTRADICTED = E0213: "a self-managed group does not buy what it says"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let Some(mix) = group.written.self_managed.as_ref().and_then(|own| own.mixed_instances) else {
            continue;
        };
        match group.written.capacity {
            CapacityType::OnDemand => nothing_to_mix(context, name, group, sink),
            CapacityType::Spot => no_spot(context, name, group, mix, sink),
        }
    }
}

fn nothing_to_mix(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let place = group.address.key("selfManaged").key("mixedInstances");
    sink.report(
        PURCHASE_CONTRADICTED
            .at(context.spec.key(&place), "mixes Spot with on-demand")
            .also(context.spec.value(&group.address.key("capacity")), "the group buys on demand only")
            .title(format!("group `{name}` mixes Spot into nodes that are all on demand"))
            .why("there would be no Spot node, or many where none was wanted")
            .help("write `capacity: spot`, and in `mixedInstances` what stays on demand")
            .help("or remove `mixedInstances`"),
    );
}

fn no_spot(context: &Context<'_>, name: &Key, group: &NodeGroup, mix: MixedInstances, sink: &mut Sink) {
    let most = group.written.size.max;
    let (field, label) = if mix.on_demand_percent >= 100 {
        ("onDemandPercent", "all nodes are on demand".to_owned())
    } else if mix.on_demand_base >= most {
        ("onDemandBase", format!("so many are on demand first, and there are at most {most}"))
    } else {
        return;
    };
    let place = group.address.key("selfManaged").key("mixedInstances").key(field);
    sink.report(
        PURCHASE_CONTRADICTED
            .at(context.spec.value(&place), label)
            .also(context.spec.value(&group.address.key("capacity")), "asks for Spot")
            .title(format!("group `{name}` asks for Spot and never buys any"))
            .why("the group would cost what on-demand nodes cost")
            .help("write `capacity: on-demand` without `mixedInstances`, or leave room for Spot"),
    );
}
