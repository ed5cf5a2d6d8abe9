//! What is bound to a node group can be bound to it.

use super::fixed_nodes::nodes;
use crate::check::Context;
use crate::component::{Place, Runs};
use crate::diagnostic::{Finding, Sink};
use crate::domain::{Key, nearest};
use crate::source::Address;

crate::diagnostic! {
    /// Something is bound to a node group, and nothing can bind it.
    ///
    /// Pods select nodes by labels. Without a label of the group, or a place in the chart's values for it, they would run
    /// anywhere.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///     nodeGroups:
    ///       stable: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 }, taints: [ { key: dedicated, value: infra, effect: NoSchedule } ] }
    ///       general: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } }
    ///   components: { metrics-server: { runsOn: stable } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the group a label:
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///     nodeGroups:
    ///       stable: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 }, labels: { node-group: stable }, taints: [ { key: dedicated, value: infra, effect: NoSchedule } ] }
    ///       general: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } }
    ///   components: { metrics-server: { runsOn: stable } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub CANNOT_CHOOSE_NODES = E0415: "nothing can bind pods to a node group"
}

crate::diagnostic! {
    /// Flux is bound to a node group that has no node.
    ///
    /// Flux brings everything else, an autoscaler included. It waits for a node that nobody makes, and the apply ends in a
    /// timeout. The same holds for Karpenter.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///     nodeGroups:
    ///       stable: { instanceTypes: [ m7g.large ], size: { min: 0, max: 3, desired: 0 }, labels: { node-group: stable } }
    ///       general: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git", runsOn: stable }
    /// ```
    ///
    /// Keep nodes in the group:
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///     nodeGroups:
    ///       stable: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 }, labels: { node-group: stable } }
    ///       general: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git", runsOn: stable }
    /// ```
    pub CHOSEN_NODES_MISSING = E0416: "the chosen node group starts without a node"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let flux = context.cluster.gitops.iter().filter_map(|gitops| gitops.flux.runs_on.as_ref());
    for group in flux {
        let address = Address::of("spec.gitops.flux.runsOn");
        if is_known(context, group, &address, sink) {
            has_nodes(context, group, &address, "Flux", sink);
        }
    }
    for component in context.cluster.components.values() {
        let Some(group) = &component.runs_on else { continue };
        let address = Address::of("spec.components").key(component.name.as_str()).key("runsOn");
        if !is_known(context, group, &address, sink) {
            continue;
        }
        let runs = &component.contract().runs;
        if let Some(why) = unbound(context, group, runs) {
            sink.report(
                CANNOT_CHOOSE_NODES
                    .at(context.spec.value(&address), why)
                    .title(format!("`{}` cannot be bound to `{group}`", component.name))
                    .why("its pods would run on other nodes, or on none")
                    .help("remove `runsOn`, or choose its nodes by `values`")
                    .help("a bare chart or a component of your own names the paths: `nodeSelectors`, `tolerations`"),
            );
        } else if runs.early {
            has_nodes(context, group, &address, component.name.as_str(), sink);
        }
    }
}

/// Why a component cannot be bound, if it cannot.
fn unbound(context: &Context<'_>, group: &Key, runs: &Runs) -> Option<&'static str> {
    let taints = &context.cluster.group(group)?.written.taints;
    if runs.place == Place::EveryNode {
        return Some("it runs on every node");
    }
    if runs.node_selectors.is_empty() {
        return Some("its contract names no place for a node selector");
    }
    let is_tainted = taints.iter().any(|taint| taint.effect.is_hard());
    let tolerates = runs.tolerates_all || !runs.tolerations.is_empty();
    (is_tainted && !tolerates).then_some("its contract names no place for tolerations")
}

/// Whether the group exists and has a label to select.
fn is_known(context: &Context<'_>, group: &Key, address: &Address, sink: &mut Sink) -> bool {
    let place = context.spec.value(address);
    let Some(known) = context.cluster.group(group) else {
        let finding = CANNOT_CHOOSE_NODES
            .at(place, "no node group has this name")
            .title(format!("node group `{group}` does not exist"))
            .why("the pods would wait for nodes that nobody makes");
        let groups: Vec<&str> = context.groups().map(|(name, _)| name.as_str()).collect();
        sink.report(match nearest(group.as_str(), groups.iter().copied()) {
            Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
            None => finding.help(format!("take one of `{}`", groups.join("`, `"))),
        });
        return false;
    };
    let is_labelled = !known.written.labels.is_empty();
    if !is_labelled {
        sink.report(
            CANNOT_CHOOSE_NODES
                .at(place, "pods select nodes by labels")
                .also(context.spec.key(&known.address), "has no label")
                .title(format!("node group `{group}` has no label to select"))
                .why("the name that EKS gives the group ends in letters that are not known before")
                .help(format!("write on the group: `labels: {{ node-group: {group} }}`")),
        );
    }
    is_labelled
}

fn has_nodes(context: &Context<'_>, group: &Key, address: &Address, who: &str, sink: &mut Sink) {
    let Some(known) = context.cluster.group(group) else { return };
    let mut groups = context.ir.infra.node_groups.iter().filter(|one| one.address == known.address);
    if groups.all(|one| nodes(one) == 0) {
        let finding: Finding = CHOSEN_NODES_MISSING
            .at(context.spec.value(address), "has to run before anything can make a node")
            .also(context.spec.key(&known.address.key("size")), "no node at first")
            .title(format!("{who} is bound to `{group}`, which starts without a node"))
            .why("it waits for a node that nobody makes")
            .help("raise `min` of the group to 1 or more");
        sink.report(finding);
    }
}
