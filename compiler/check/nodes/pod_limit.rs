//! A node does not take more pods than it has addresses for.

use crate::catalog::instances;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{NodeGroup, PodNetwork};

crate::diagnostic! {
    /// The kubelet takes more pods than its machine has addresses for.
    ///
    /// Each pod has an address of the VPC, and a machine has as many as its type has network interfaces and addresses on
    /// each: an `m3.medium` has room for 12 pods. The scheduler counts by `maxPods` alone, so it sends more pods than that,
    /// and they hang in `ContainerCreating`.
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], kubelet: { maxPods: 110 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave `maxPods` out, or give nodes whole prefixes of addresses:
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
    ///     addons: { vpc-cni: { configuration: { env: { ENABLE_PREFIX_DELEGATION: "true" } } } }
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], kubelet: { maxPods: 110 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub MORE_PODS_THAN_ADDRESSES = W0250: "a node takes more pods than it has addresses for"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, written) in context.groups() {
        let same = |group: &&NodeGroup| group.address == written.address;
        let Some(group) = context.ir.infra.node_groups.iter().find(same) else { continue };
        let Some(limit) = written.written.kubelet.as_ref().and_then(|kubelet| kubelet.max_pods) else {
            continue;
        };
        let Some((room, row)) = least_room(context, group) else { continue };
        if limit <= room {
            continue;
        }
        let place = group.address.key("kubelet").key("maxPods");
        let mut finding = MORE_PODS_THAN_ADDRESSES
            .at(context.spec.value(&place), format!("{limit} pods"))
            .also(
                context.spec.value(&group.address.key("instanceTypes")),
                format!("`{}` has addresses for {room}", row.name),
            )
            .title(format!("a node of group `{name}` takes {limit} pods, and has addresses for {room}"))
            .why("the others are sent there all the same, and hang in `ContainerCreating`")
            .help("leave `maxPods` out: it then follows the instance type");
        if row.max_pods_prefix.is_some() {
            finding = finding.help("or give nodes whole prefixes: `ENABLE_PREFIX_DELEGATION: \"true\"` below `env` of the add-on `vpc-cni`");
        }
        sink.report(finding);
    }
}

/// The type of a group with the fewest addresses for pods, unless prefixes give it more than it ever needs.
fn least_room(context: &Context<'_>, group: &NodeGroup) -> Option<(u32, instances::Instance)> {
    let prefixes = PodNetwork::of(&context.ir.infra).prefixes;
    let rows = group.instance_types.iter().filter_map(instances::find);
    let limited = rows.filter(|row| !prefixes || row.max_pods_prefix.is_none());
    limited.filter_map(|row| Some((row.max_pods?, row))).min_by_key(|(room, _)| *room)
}
