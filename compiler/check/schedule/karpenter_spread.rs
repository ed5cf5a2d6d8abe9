//! Karpenter's replicas have a fixed node each.

use super::fixed_nodes::{live, nodes, tenants};
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Karpenter's two replicas have only one fixed node that accepts them.
    ///
    /// The replicas refuse to share a node. The second one waits for ever, the release of the chart never becomes
    /// ready, and everything after it waits, too. And when the one node is replaced, nobody makes nodes meanwhile.
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.xlarge ], size: { min: 1, max: 3 } } }
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep two nodes:
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.xlarge ], size: { min: 2, max: 3 } } }
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub KARPENTER_NEEDS_TWO_NODES = E0503: "Karpenter's replicas need a fixed node each"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.karpenter.is_none() {
        return;
    }
    let tenants = tenants(context);
    let Some(karpenter) = tenants.iter().find(|tenant| tenant.name == "`karpenter`") else { return };
    let replicas: u64 = karpenter.pods.iter().map(|pods| pods.count).sum();
    let groups: Vec<_> = live(context).into_iter().filter(|group| karpenter.fits(group)).collect();
    let found: u64 = groups.iter().map(|group| u64::from(nodes(group))).sum();
    // Without any node, another rule has spoken.
    let Some(group) = groups.first().filter(|_| found < replicas) else { return };
    let size = group.address.key("size");
    let at = if group.size.desired.is_some() { size.key("desired") } else { size.key("min") };
    sink.report(
        KARPENTER_NEEDS_TWO_NODES
            .at(context.spec.value(&at), format!("{} for {replicas} replicas", counted(found)))
            .also(context.spec.key(&Address::of("spec.aws.karpenter")), "its replicas refuse to share a node")
            .title(format!("Karpenter's {replicas} replicas have only {} to run on", counted(found)))
            .why("one replica waits for ever, and its release, with everything after it, never becomes ready")
            .help(format!("write `min: {replicas}` for group `{}`", group.key))
            .help("or run one: `components: { karpenter: { values: { replicas: 1 } } }`"),
    );
}

fn counted(nodes: u64) -> String {
    if nodes == 1 { "1 node".to_owned() } else { format!("{nodes} nodes") }
}
