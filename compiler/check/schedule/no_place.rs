//! What comes up before Karpenter has a fixed node whose taints it tolerates.

use super::fixed_nodes::{Tenant, live, tenants};
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::NodeGroup;
use crate::source::Address;

crate::diagnostic! {
    /// Something that the cluster needs from the first minute can run on no fixed node.
    ///
    /// CoreDNS, Flux, Karpenter and the add-ons come up before Karpenter can make a node. If the taints of every
    /// fixed group refuse one of them, it waits for a node that nobody makes: the apply ends in a timeout, or nothing
    /// is ever delivered.
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
    ///       system:
    ///         instanceTypes: [ m7g.large ]
    ///         size: { min: 2, max: 3 }
    ///         taints: [ { key: dedicated, value: ci, effect: NoSchedule } ]
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Taint the group by `CriticalAddonsOnly`, which system components tolerate, or not at all:
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
    ///       system:
    ///         instanceTypes: [ m7g.large ]
    ///         size: { min: 2, max: 3 }
    ///         taints: [ { key: CriticalAddonsOnly, value: "true", effect: NoSchedule } ]
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_PLACE_TO_RUN = E0501: "no fixed node accepts what the cluster needs first"
}

crate::diagnostic! {
    /// There is no fixed node for Karpenter to run on.
    ///
    /// Karpenter's controller runs in the cluster. Without a fixed node it waits for a node, and no node comes without
    /// the controller.
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 0, max: 3 } } }
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep two fixed nodes, one for each of its replicas:
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } } }
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub KARPENTER_WITHOUT_NODES = E0502: "Karpenter has no node to run on"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let groups = live(context);
    let tenants = tenants(context);
    if groups.is_empty() {
        if !tenants.is_empty() {
            no_nodes(context, &tenants, sink);
        }
        return;
    }
    let homeless: Vec<&Tenant> =
        tenants.iter().filter(|tenant| groups.iter().all(|group| !tenant.fits(group))).collect();
    let Some(first) = homeless.first() else { return };
    let names: Vec<&str> = homeless.iter().map(|tenant| tenant.name.as_str()).collect();
    let names = listed(&names);
    let mut refusing = groups.iter().filter_map(|group| Some((taint_place(context, first, group)?, *group)));
    let Some(((span, label), _)) = refusing.next() else { return };
    let mut finding = NO_PLACE_TO_RUN.at(span, label).title(format!("nothing can run {names}")).why(
        "they come up before Karpenter can make a node, so they would wait for a node that nobody makes",
    );
    if context.cluster.karpenter.is_none() {
        finding = finding.why("these are the only nodes of the cluster, so the pods would wait for ever");
    }
    for ((span, label), _) in refusing {
        finding = finding.also(span, label);
    }
    for tenant in homeless.iter().filter(|tenant| context.spec.writes(&tenant.address)).take(3) {
        finding = finding.also(context.spec.key(&tenant.address), format!("{} needs a node", tenant.name));
    }
    sink.report(
        finding
            .help("give one fixed node group no taint, or taint it `CriticalAddonsOnly` (system components tolerate that)"),
    );
}

/// Where and why a group refuses a tenant.
fn taint_place(
    context: &Context<'_>,
    tenant: &Tenant,
    group: &NodeGroup,
) -> Option<(crate::source::Span, String)> {
    let taint = tenant.refused_by(group)?;
    let index = group.taints.iter().position(|one| one == taint)?;
    let span = context.spec.value(&group.address.key("taints").index(index));
    Some((span, format!("`{}` refuses pods that do not tolerate `{taint}`", group.key)))
}

fn no_nodes(context: &Context<'_>, tenants: &[Tenant], sink: &mut Sink) {
    let groups = context.spec.key(&Address::of("spec.aws.nodeGroups"));
    let help = "keep at least two nodes in one group: `size: { min: 2, max: 3 }`";
    let label = match context.ir.infra.node_groups.is_empty() {
        true => "no group at all",
        false => "no group starts with a node",
    };
    if !context.cluster.fargate.is_empty() {
        let names: Vec<&str> = tenants.iter().map(|tenant| tenant.name.as_str()).collect();
        sink.report(
            NO_PLACE_TO_RUN
                .at(groups, label)
                .also(
                    context.spec.key(&Address::of("spec.aws.fargate")),
                    "none of these takes it for certain",
                )
                .title(format!("nothing can run {}", listed(&names)))
                .why("the rest is on Fargate; this would wait for a node that nobody makes")
                .help("add a selector for its namespace to a Fargate profile")
                .help(help),
        );
        return;
    }
    sink.report(if context.cluster.karpenter.is_some() {
        KARPENTER_WITHOUT_NODES
            .at(groups, label)
            .also(context.spec.key(&Address::of("spec.aws.karpenter")), "runs on a node, too")
            .why("Karpenter would wait for a node, and no node comes without Karpenter")
            .help(help)
    } else {
        NO_PLACE_TO_RUN
            .at(groups, label)
            .title("the cluster has no node")
            .why("CoreDNS and the add-ons would wait for ever, and the apply ends in a timeout")
            .help(help)
    });
}

fn listed(names: &[&str]) -> String {
    match names {
        [] => String::new(),
        [one] => (*one).to_owned(),
        [all @ .., last] => format!("{} and {last}", all.join(", ")),
    }
}
