//! What runs on every node has nodes to run on.

use crate::check::Context;
use crate::check::workloads::workloads;
use crate::diagnostic::{Finding, Sink};
use crate::source::{Address, Span};

crate::diagnostic! {
    /// Pods that belong on every node are meant for Fargate, or for a cluster without nodes.
    ///
    /// Fargate runs no pods of a DaemonSet: what an agent on the node would do for its neighbours (logs, metrics, volumes,
    /// credentials) is done for no pod there. Where a profile takes the DaemonSet's own pods, they stay `Pending`.
    ///
    /// ```yaml,file=apps/shop/agent.yaml
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata: { name: agent }
    /// spec:
    ///   selector: { matchLabels: { app: agent } }
    ///   template:
    ///     metadata: { labels: { app: agent } }
    ///     spec: { containers: [ { name: agent, image: fluent-bit } ] }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     fargate: { apps: { selectors: [ { namespace: shop } ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep it in a namespace that stays on nodes; for pods on Fargate, run the agent beside the app in its pod:
    ///
    /// ```yaml,file=apps/shop/agent.yaml
    /// apiVersion: apps/v1
    /// kind: DaemonSet
    /// metadata: { name: agent }
    /// spec:
    ///   selector: { matchLabels: { app: agent } }
    ///   template:
    ///     metadata: { labels: { app: agent } }
    ///     spec: { containers: [ { name: agent, image: fluent-bit } ] }
    /// ```
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     fargate: { apps: { selectors: [ { namespace: shop } ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: agents } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub DAEMONS_WITHOUT_NODES = W0517: "pods of every node are meant for Fargate"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let cluster = context.cluster;
    if cluster.fargate.is_empty() {
        return;
    }
    let objects = context.app_objects();
    for pods in workloads(&objects).filter(|one| one.object.kind() == "DaemonSet") {
        if let Some(taken_by) = cluster.fargate_selector(pods.object.namespace(), &pods.labels) {
            let finding = finding(&pods.name(), pods.object.place("metadata.name"));
            sink.report(finding.also(context.spec.value(&taken_by), "takes its pods to Fargate"));
        }
    }
    if !cluster.node_groups.is_empty() || cluster.karpenter.is_some() {
        return;
    }
    let units =
        context.ir.delivery.iter().flat_map(|delivery| &delivery.layers).flat_map(|layer| &layer.units);
    for unit in units.filter(|unit| unit.placement.every_node) {
        let finding = finding(&format!("component `{}`", unit.name), context.spec.key(&unit.address));
        let place = context.spec.key(&Address::of("spec.aws.fargate"));
        sink.report(finding.also(place, "everything in this cluster is on Fargate"));
    }
}

fn finding(who: &str, place: Span) -> Finding {
    DAEMONS_WITHOUT_NODES
        .at(place, "one pod on every node")
        .title(format!("{who} runs on every node, and Fargate has none"))
        .why("what it does for pods on a node is done for none on Fargate")
        .help("keep it, and the pods that need it, in namespaces that stay on nodes")
        .help("or run it beside the app, in the same pod")
}
