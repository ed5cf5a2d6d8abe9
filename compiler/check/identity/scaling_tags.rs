//! A condition on the tags of a node group names tags that the group has.

use std::collections::BTreeSet;

use crate::catalog::autoscaling::managed_group_tags;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{Deferred, Identity, NodeGroup, Part, Statement, Text};
use crate::source::{Origin, Span};

crate::diagnostic! {
    /// A permission to scale node groups has a condition on a tag that no group has, or has with another value.
    ///
    /// IAM then denies every call. The classic: the policy asks for `kubernetes.io/cluster/NAME` = `shared`, as on
    /// subnets, while EKS puts `owned` on the auto scaling groups of nodes.
    ///
    /// ```yaml,file=components/scaler/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: scaler }
    /// spec:
    ///   summary: Scales groups by the clock.
    ///   chart: { source: oci://ghcr.io/example/charts/scaler, name: scaler, release: scaler, crds: none }
    ///   versions: [ { version: "1.0.0", app: "1.0.0", kubernetes: { min: "1.30" } } ]
    ///   namespace: kube-system
    ///   serviceAccounts:
    ///     - { name: scaler, value: serviceAccount.name, identity: { policy: policy.yaml } }
    ///   runs: { where: system, tolerations: [ tolerations ] }
    /// ```
    /// ```yaml,file=components/scaler/policy.yaml
    /// statements:
    ///   - sid: ScaleGroupsOfThisCluster
    ///     actions: [ autoscaling:SetDesiredCapacity ]
    ///     resources: [ "*" ]
    ///     conditions:
    ///       StringEquals: { "autoscaling:ResourceTag/kubernetes.io/cluster/${{ cluster.name }}": shared }
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 3, max: 9 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { scaler: { source: components/scaler } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name a tag as it is on the groups:
    ///
    /// ```yaml,file=components/scaler/policy.yaml
    /// statements:
    ///   - sid: ScaleGroupsOfThisCluster
    ///     actions: [ autoscaling:SetDesiredCapacity ]
    ///     resources: [ "*" ]
    ///     conditions:
    ///       StringEquals: { "autoscaling:ResourceTag/kubernetes.io/cluster/${{ cluster.name }}": owned }
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], size: { min: 3, max: 9 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { scaler: { source: components/scaler } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TAG_ON_NO_GROUP = E0608: "a condition asks for a tag that no node group has"
}

/// Its value is made by EKS for each group that it manages.
const GROUP_NAME: &str = "eks:nodegroup-name";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let tags = tags(context);
    for identity in &context.ir.infra.identities {
        for statement in &identity.statements {
            for (operator, keys) in &statement.conditions {
                for (key, values) in keys {
                    let Some(wanted) = tag_of(statement, &text(context, key)) else { continue };
                    let exact = operator.starts_with("StringEquals");
                    let fault = fault(context, &tags, &wanted, values, exact);
                    if let Some(label) = fault {
                        report(context, identity, statement, &wanted, label, sink);
                    }
                }
            }
        }
    }
}

/// Every tag that is on a node group's auto scaling group.
fn tags(context: &Context<'_>) -> BTreeSet<(String, String)> {
    let infra = &context.ir.infra;
    let derived = infra.node_groups.iter().flat_map(|group| &group.scaling_tags);
    let derived = derived.map(|tag| (tag.key.clone(), tag.value.clone()));
    let owned = infra.node_groups.iter().filter_map(NodeGroup::self_managed).map(|own| &own.ownership);
    let owned = owned.map(|tag| (tag.key.clone(), tag.value.clone()));
    let of_eks = managed_group_tags(&infra.name).into_iter().filter(|_| infra.has_managed_groups());
    derived.chain(owned).chain(of_eks).collect()
}

/// A self-managed group that is scaled, and lacks a tag that EKS puts on all others.
fn without<'a>(context: &Context<'a>, wanted: &str) -> Option<&'a NodeGroup> {
    let infra = &context.ir.infra;
    let of_eks = wanted == GROUP_NAME || managed_group_tags(&infra.name).iter().any(|(key, _)| key == wanted);
    infra.node_groups.iter().filter(|group| of_eks && group.is_autoscaled()).find(|group| {
        group.self_managed().is_some_and(|own| {
            own.ownership.key != wanted && group.scaling_tags.iter().all(|tag| tag.key != wanted)
        })
    })
}

/// The tag that the key of a condition names, where the statement is about auto scaling groups.
fn tag_of(statement: &Statement, key: &str) -> Option<String> {
    let scales = || statement.actions.iter().all(|action| action.starts_with("autoscaling:"));
    let tag = match key.strip_prefix("autoscaling:ResourceTag/") {
        Some(tag) => tag,
        None => key.strip_prefix("aws:ResourceTag/").filter(|_| scales())?,
    };
    Some(tag.to_owned())
}

fn fault(
    context: &Context<'_>,
    tags: &BTreeSet<(String, String)>,
    wanted: &str,
    values: &[Text],
    exact: bool,
) -> Option<String> {
    if let Some(group) = without(context, wanted) {
        return Some(format!("not on the self-managed group `{}`", group.key));
    }
    if wanted == GROUP_NAME && context.ir.infra.has_managed_groups() {
        return None;
    }
    let there: Vec<&str> =
        tags.iter().filter(|(key, _)| key == wanted).map(|(_, value)| value.as_str()).collect();
    if there.is_empty() {
        return Some("on no node group".to_owned());
    }
    let fits = values.iter().any(|value| there.contains(&text(context, value).as_str()));
    (exact && !fits).then(|| format!("on the groups it is `{}`", there.join("` or `")))
}

/// A text with the cluster's name filled in.
fn text(context: &Context<'_>, text: &Text) -> String {
    let part = |part: &Part| match part {
        Part::Literal(literal) => literal.clone(),
        Part::Deferred(Deferred::ClusterName) => context.ir.infra.name.clone(),
        Part::Deferred(other) => format!("<{}>", other.name()),
    };
    text.0.iter().map(part).collect()
}

fn report(
    context: &Context<'_>,
    identity: &Identity,
    statement: &Statement,
    tag: &str,
    label: String,
    sink: &mut Sink,
) {
    let place: Span = match &statement.origin {
        Origin::Component { span, .. } => *span,
        Origin::Spec(address) => context.spec.value(address),
        Origin::Rule(_) => context.spec.key(&identity.address),
    };
    let has_own = context.ir.infra.has_self_managed_groups();
    let known: Vec<String> = managed_group_tags(&context.ir.infra.name)
        .into_iter()
        .skip(1)
        .map(|(key, value)| format!("`{key}` = `{value}`"))
        .collect();
    sink.report(
        TAG_ON_NO_GROUP
            .at(place, label)
            .also(context.spec.key(&identity.address), format!("the identity `{}`", identity.key))
            .title(format!("no node group has the tag `{tag}` as statement `{}` asks for it", statement.sid))
            .why("IAM denies every call, so no group is ever scaled")
            .help(match has_own {
                true => format!("every group that is scaled has these: {}", known.join(", ")),
                false => format!("EKS puts these on every group: {}", known.join(", ")),
            }),
    );
}
