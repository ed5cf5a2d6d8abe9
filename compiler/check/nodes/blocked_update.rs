//! An update of a node group can move the pods that are on it.

use serde_json::Value;

use crate::check::Context;
use crate::check::workloads::{Workload, accepts, workloads};
use crate::diagnostic::Sink;
use crate::ir::{NodeGroup, Upkeep};
use crate::lower::manifests::AppObject;
use crate::source::Span;

crate::diagnostic! {
    /// A disruption budget lets no pod go, and a managed group updates its nodes by asking pods to go.
    ///
    /// EKS drains each node of a managed group before it replaces it. It waits 15 minutes for a pod that may not be evicted;
    /// then the update fails with `PodEvictionFailure`, part of the nodes being new. A budget lets nobody go with
    /// `maxUnavailable: 0`, with `minAvailable: 100%`, or with as many that must stay as there are replicas. Where its pods are
    /// not among the manifests, they are taken to run on nodes without taints.
    ///
    /// ```yaml,file=apps/tests/budget.yaml
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata: { name: tests, namespace: default }
    /// spec:
    ///   maxUnavailable: 0
    ///   selector: { matchLabels: { app: test } }
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { tests: { source: apps/tests } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Let pods go one after the other. Where they must not, `forceUpdate: true` on the group ends them all the same; or accept
    /// the warning, and replace the group in steps: a new one beside it, `kubectl cordon`, wait until its pods have ended, remove
    /// the old one. "Replacing a group" in docs/nodes.md has the steps.
    ///
    /// ```yaml,file=apps/tests/budget.yaml
    /// apiVersion: policy/v1
    /// kind: PodDisruptionBudget
    /// metadata: { name: tests, namespace: default }
    /// spec:
    ///   maxUnavailable: 1
    ///   selector: { matchLabels: { app: test } }
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { tests: { source: apps/tests } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UPDATE_IS_BLOCKED = W0247: "a budget lets no pod go, and updates of nodes wait for them"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    let all: Vec<Workload<'_>> = workloads(&objects).collect();
    for budget in objects.iter().filter(|one| one.group() == "policy" && one.kind() == "PodDisruptionBudget")
    {
        let pods: Vec<&Workload<'_>> = all.iter().filter(|pods| guards(budget, pods)).collect();
        let Some(field) = lets_nobody_go(budget, &pods).filter(|_| !is_patched(context, budget)) else {
            continue;
        };
        let groups: Vec<&NodeGroup> = context
            .ir
            .infra
            .node_groups
            .iter()
            .filter(|group| waits(group) && holds(context, group, &pods))
            .collect();
        if let Some(first) = groups.first() {
            report(context, budget, budget.place(field), first, &groups, sink);
        }
    }
}

/// Whether a group is updated by evictions that have to succeed.
fn waits(group: &NodeGroup) -> bool {
    matches!(&group.upkeep, Upkeep::Managed(managed) if !managed.force_update)
}

/// Whether pods of a budget may be on a group; unknown pods are on nodes that anyone may use.
fn holds(context: &Context<'_>, group: &NodeGroup, pods: &[&Workload<'_>]) -> bool {
    let on_fargate = |pods: &Workload<'_>| {
        context.cluster.fargate_selector(pods.object.namespace(), &pods.labels).is_some()
    };
    if pods.is_empty() {
        return accepts(group, &[], &Default::default());
    }
    // A drain passes over the pods of DaemonSets.
    let moves = |pods: &Workload<'_>| pods.object.kind() != "DaemonSet" && !on_fargate(pods);
    pods.iter().any(|pods| moves(pods) && accepts(group, &pods.tolerations(), &pods.node_labels()))
}

/// Whether a budget is for the pods of a workload, as far as labels say it.
fn guards(budget: &AppObject<'_>, pods: &Workload<'_>) -> bool {
    if budget.namespace() != pods.object.namespace() || budget.has("/spec/selector/matchExpressions") {
        return false;
    }
    let wanted = budget.field("/spec/selector/matchLabels").and_then(Value::as_object);
    let fits = |(key, value): (&String, &Value)| pods.labels.get(key).map(String::as_str) == value.as_str();
    wanted.is_none_or(|wanted| wanted.iter().all(fits))
}

/// The field by which a budget never lets any of its pods go.
fn lets_nobody_go(budget: &AppObject<'_>, pods: &[&Workload<'_>]) -> Option<&'static str> {
    let is = |field: &str, number: u64, share: &str| {
        budget
            .field(field)
            .is_some_and(|value| value.as_u64() == Some(number) || value.as_str() == Some(share))
    };
    // Without a selector, a budget of this API version is for nothing.
    budget.field("/spec/selector")?;
    if is("/spec/maxUnavailable", 0, "0%") {
        return Some("spec.maxUnavailable");
    }
    let all_stay = budget.field("/spec/minAvailable").is_some_and(|stay| match stay.as_u64() {
        Some(stay) => replicas(pods).is_some_and(|replicas| replicas <= stay),
        None => stay.as_str() == Some("100%"),
    });
    all_stay.then_some("spec.minAvailable")
}

/// How many pods there are, if all of them are counted in the manifests.
fn replicas(pods: &[&Workload<'_>]) -> Option<u64> {
    let counted = |pods: &&Workload<'_>| pods.object.field("/spec/replicas").and_then(Value::as_u64);
    if pods.is_empty() { None } else { pods.iter().map(counted).sum() }
}

/// Whether the spec patches the budget; what it says then is not looked at.
fn is_patched(context: &Context<'_>, budget: &AppObject<'_>) -> bool {
    let app = context.cluster.apps.get(budget.app);
    app.into_iter()
        .flat_map(|app| &app.written.patches)
        .any(|patch| patch.target.kind == budget.kind() && patch.target.name.as_str() == budget.name())
}

fn report(
    context: &Context<'_>,
    budget: &AppObject<'_>,
    place: Span,
    first: &NodeGroup,
    groups: &[&NodeGroup],
    sink: &mut Sink,
) {
    let names: Vec<&str> = groups.iter().map(|group| group.key.as_str()).collect();
    sink.report(
        UPDATE_IS_BLOCKED
            .at(place, "no pod may go")
            .also(context.spec.key(&first.address), "its nodes are drained before they are replaced")
            .title(format!("budget `{}` stops updates of `{}`", budget.name(), names.join("`, `")))
            .why("after 15 minutes the update fails with PodEvictionFailure, half way")
            .help("let one pod go at a time: `maxUnavailable: 1`")
            .help("or `forceUpdate: true` for the group, which ends the pods")
            .help("or accept the warning under `spec.allow`, and replace groups in steps, as docs/nodes.md has them"),
    );
}
