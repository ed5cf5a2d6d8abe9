//! Every name in AWS that is derived from the cluster's name, with the limit of its service.

use crate::catalog::limits;
use crate::check::Context;
use crate::ir::Consumer;
use crate::source::Address;

/// A derived name.
pub(in crate::check) struct Derived {
    /// What carries it, in the user's words.
    pub(in crate::check) what: String,
    /// Where names of this sort must differ.
    pub(in crate::check) sort: &'static str,
    /// The name; characters that are known later are shown as `0`.
    pub(in crate::check) name: String,
    /// How much of it does not come from the cluster's name.
    pub(in crate::check) own: usize,
    /// The longest that AWS takes.
    pub(in crate::check) limit: usize,
    /// Where the spec asks for it.
    pub(in crate::check) address: Address,
}

impl Derived {
    /// Whether the rest of the name is a key of the user's own.
    pub(in crate::check) fn has_your_key(&self) -> bool {
        let address = self.address.to_string();
        ["spec.aws.identities.", "spec.aws.nodeGroups."].iter().any(|start| address.starts_with(start))
    }
}

const ROLE: &str = "IAM role";

/// All derived names of a cluster.
pub(in crate::check) fn all(context: &Context<'_>) -> Vec<Derived> {
    let mut out = roles(context);
    out.extend(karpenter(context));
    out.extend(groups(context));
    let cluster = context.cluster.name.as_str();
    let log_group = format!("/aws/eks/{cluster}/cluster");
    out.push(named(
        context,
        "the log group",
        "log group",
        log_group,
        limits::LOG_GROUP,
        Address::of("spec.aws.logs"),
    ));
    if context.ir.infra.trail.is_some() {
        let address = || Address::of("spec.aws.audit.cloudTrail");
        let bucket = format!("cloudtrail-{cluster}-000000000000");
        out.push(named(context, "the trail's bucket", "S3 bucket", bucket, limits::S3_BUCKET, address()));
        let role = format!("{cluster}-cloudtrail");
        out.push(named(context, "the trail's role", ROLE, role, limits::IAM_ROLE, address()));
        out.push(named(context, "the trail", "trail", cluster.to_owned(), limits::CLOUD_TRAIL, address()));
    }
    out
}

fn named(
    context: &Context<'_>,
    what: impl Into<String>,
    sort: &'static str,
    name: String,
    limit: usize,
    address: Address,
) -> Derived {
    let cluster = context.cluster.name.as_str();
    let shared = if name.contains(cluster) { cluster.len() } else { 0 };
    Derived { what: what.into(), sort, own: name.len() - shared, name, limit, address }
}

fn roles(context: &Context<'_>) -> Vec<Derived> {
    let infra = &context.ir.infra;
    let cluster = &context.cluster.name;
    let role = |what: String, suffix: &str, address: Address| {
        named(context, what, ROLE, format!("{cluster}-{suffix}"), limits::IAM_ROLE, address)
    };
    let mut out = vec![
        role("the control plane's role".to_owned(), "cluster", Address::of("metadata.name")),
        role("the nodes' role".to_owned(), &infra.node_role.suffix, Address::of("spec.aws.nodeGroups")),
    ];
    for identity in &infra.identities {
        let what = match &identity.consumer {
            Consumer::Component(name) => format!("the role of component `{name}`"),
            Consumer::Addon(name) => format!("the role of add-on `{name}`"),
            Consumer::App => format!("the role of identity `{}`", identity.key),
        };
        out.push(role(what, &identity.key, identity.address.clone()));
    }
    out
}

fn karpenter(context: &Context<'_>) -> Vec<Derived> {
    let Some(karpenter) = &context.ir.infra.karpenter else { return Vec::new() };
    let at = Address::of("spec.aws.karpenter");
    let node_role = karpenter.node_role.clone();
    let queue = karpenter.queue.clone();
    let rule = format!("{}-karpenter-reservation", context.cluster.name);
    vec![
        named(
            context,
            "the role of Karpenter's nodes",
            ROLE,
            node_role,
            limits::IAM_ROLE,
            at.key("nodeRoleName"),
        ),
        named(context, "Karpenter's queue", "SQS queue", queue, limits::SQS_QUEUE, at.key("queueName")),
        // The longest of its rules; the others end in shorter words.
        named(context, "Karpenter's event rules", "event rule", rule, limits::EVENT_RULE, at),
    ]
}

fn groups(context: &Context<'_>) -> Vec<Derived> {
    let cluster = &context.cluster.name;
    let template = |group: &crate::ir::NodeGroup| {
        let what = format!("the launch template of group `{}`", group.key);
        let name = format!("{cluster}-{}", group.key);
        named(context, what, "launch template", name, limits::LAUNCH_TEMPLATE, group.address.clone())
    };
    context.ir.infra.node_groups.iter().map(template).collect()
}
