//! What roles are given, the permissions boundary lets through.

use std::collections::BTreeMap;

use crate::catalog::policies::{
    CLUSTER_ROLE, FLOW_LOG_ACTIONS, FLOW_LOG_LIST_ACTIONS, SECRETS_KEY_ACTIONS, TRAIL_LOG_ACTIONS,
};
use crate::catalog::policy_actions;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::ir::{Boundary, Consumer, FargateProfile, Identity, Infra, Statement};
use crate::source::Address;
use crate::spec::{Effect, SecretsKey, SecretsKeyWord};

crate::diagnostic! {
    /// The permissions boundary does not allow what a role's policies grant.
    ///
    /// A role with a boundary may do what its policies *and* the boundary allow. An action that only the policies grant
    /// is refused, and the message in the pod names neither of the two. Every role of the cluster carries the boundary:
    /// that of the control plane and of the nodes, too.
    ///
    /// Actions are compared, with their patterns, also those of AWS managed policies that the compiler knows. Resources
    /// and conditions are not compared, and a boundary that is only named by its ARN cannot be read.
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
    ///     permissionsBoundary:
    ///       statements:
    ///         - sid: Cluster
    ///           actions: ["ec2:*", "autoscaling:*", "elasticloadbalancing:*", "eks:*", "eks-auth:*", "ecr:*", "kms:*", "iam:*"]
    ///           resources: ["*"]
    ///         - sid: Sessions
    ///           actions: ["ssm:*", "ssmmessages:*", "ec2messages:*"]
    ///           resources: ["*"]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { external-secrets: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Let the boundary allow what the component is for:
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
    ///     permissionsBoundary:
    ///       statements:
    ///         - sid: Cluster
    ///           actions: ["ec2:*", "autoscaling:*", "elasticloadbalancing:*", "eks:*", "eks-auth:*", "ecr:*", "kms:*", "iam:*"]
    ///           resources: ["*"]
    ///         - sid: Sessions
    ///           actions: ["ssm:*", "ssmmessages:*", "ec2messages:*", "secretsmanager:*"]
    ///           resources: ["*"]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { external-secrets: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub BOUNDARY_REFUSES = E0621: "the permissions boundary refuses what a role is given"
}

/// How many actions a message names.
const SHOWN: usize = 6;

/// A role, and the actions that it is given.
struct Carrier<'a> {
    what: String,
    address: Address,
    actions: Vec<&'a str>,
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(Boundary::Own { statements, .. }) = &context.ir.infra.boundary else { return };
    for role in roles(&context.ir.infra) {
        let mut refused: Vec<&str> =
            role.actions.iter().copied().filter(|action| !allows(statements, action)).collect();
        refused.sort_unstable();
        refused.dedup();
        if !refused.is_empty() {
            sink.report(finding(context, &role, &refused));
        }
    }
}

fn finding(context: &Context<'_>, role: &Carrier<'_>, refused: &[&str]) -> Finding {
    let boundary = Address::of("spec.aws.permissionsBoundary");
    let quoted =
        |actions: &[&str]| actions.iter().map(|action| format!("`{action}`")).collect::<Vec<_>>().join(", ");
    let shown = quoted(refused.get(..SHOWN).unwrap_or(refused));
    let more = match refused.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    let mut services: Vec<&str> = refused.iter().filter_map(|action| action.split(':').next()).collect();
    services.dedup();
    let wide: Vec<String> = services.iter().map(|service| format!("{service}:*")).collect();
    let wide: Vec<&str> = wide.iter().map(String::as_str).collect();
    BOUNDARY_REFUSES
        .at(context.spec.key(&role.address), format!("is given {shown}{more}"))
        .also(context.spec.key(&boundary), "and this does not allow it")
        .title(format!("the permissions boundary refuses {} to {}", first(refused), role.what))
        .why("a role may do only what its policies and the boundary both allow")
        .help(format!("allow it in `{boundary}.statements`, or the whole of {}", quoted(&wide)))
}

/// The first action, and how many there are beside it.
fn first(refused: &[&str]) -> String {
    let name = refused.first().copied().unwrap_or_default();
    match refused.len().saturating_sub(1) {
        0 => format!("`{name}`"),
        1 => format!("`{name}` and one more action"),
        more => format!("`{name}` and {more} more actions"),
    }
}

fn roles(infra: &Infra) -> Vec<Carrier<'_>> {
    let mut plane: Vec<&str> = managed(CLUSTER_ROLE.iter().copied());
    if !matches!(infra.control_plane.secrets_key, SecretsKey::Word(SecretsKeyWord::None)) {
        plane.extend(SECRETS_KEY_ACTIONS);
    }
    let role =
        |what: &str, at: &str, actions| Carrier { what: what.to_owned(), address: Address::of(at), actions };
    let mut out = vec![role("the control plane", "metadata.name", plane)];
    let node = managed(infra.node_role.managed_policies.iter().map(String::as_str));
    out.push(role("nodes of fixed groups", "spec.aws.nodeGroups", node));
    if let Some(karpenter) = &infra.karpenter {
        let node = managed(karpenter.managed_policies.iter().map(String::as_str));
        out.push(role("Karpenter's nodes", "spec.aws.karpenter", node));
    }
    if !infra.fargate.is_empty() {
        let pull = managed([FargateProfile::POLICY].into_iter());
        out.push(role("the machines of pods on Fargate", "spec.aws.fargate", pull));
    }
    if infra.trail.is_some() {
        out.push(role("the trail", "spec.aws.audit.cloudTrail", TRAIL_LOG_ACTIONS.to_vec()));
    }
    if infra.network.flow_logs.as_ref().is_some_and(|logs| logs.log_group.is_some()) {
        out.push(role(
            "the flow logs",
            "spec.aws.network.flowLogs",
            [&FLOW_LOG_ACTIONS[..], &FLOW_LOG_LIST_ACTIONS[..]].concat(),
        ));
    }
    if let Some(bastion) = &infra.bastion {
        let own = managed(bastion.managed_policies.iter().map(String::as_str));
        out.push(role("the bastion", "spec.aws.bastion", own));
    }
    out.extend(infra.all_identities().map(of_identity));
    out
}

fn of_identity(identity: &Identity) -> Carrier<'_> {
    let mut actions = managed(identity.managed_policies.iter().map(String::as_str));
    let own = identity.statements.iter().filter(|statement| statement.effect == Effect::Allow);
    actions.extend(own.flat_map(|statement| &statement.actions).map(String::as_str));
    let what = match &identity.consumer {
        Consumer::Component(name) => format!("component `{name}`"),
        Consumer::Addon(name) => format!("add-on `{name}`"),
        Consumer::App => format!("identity `{}`", identity.key),
        Consumer::Foreign(_) => format!("role `{}`", identity.key),
        Consumer::People => format!("role `{}`", identity.key),
    };
    Carrier { what, address: identity.address.clone(), actions }
}

fn managed<'a>(names: impl Iterator<Item = &'a str>) -> Vec<&'static str> {
    names.flat_map(policy_actions::of).collect()
}

/// Whether statements allow every action that a pattern stands for, and deny not all of them.
fn allows(statements: &[Statement], action: &str) -> bool {
    let covered = |statement: &&Statement| statement.actions.iter().any(|pattern| covers(pattern, action));
    let everywhere = |statement: &&Statement| {
        statement.conditions.is_empty() && statement.resources.iter().any(|one| one.to_string() == "*")
    };
    let by = |effect: Effect| statements.iter().filter(move |statement| statement.effect == effect);
    by(Effect::Allow).any(|statement| covered(&statement))
        && !by(Effect::Deny).filter(everywhere).any(|statement| covered(&statement))
}

/// Whether a pattern of actions covers all that another stands for. Case does not matter to IAM.
fn covers(pattern: &str, action: &str) -> bool {
    let pattern: Vec<char> = pattern.to_ascii_lowercase().chars().collect();
    let action: Vec<char> = action.to_ascii_lowercase().chars().collect();
    let mut seen = BTreeMap::new();
    covers_from(&pattern, &action, &mut seen)
}

fn covers_from(pattern: &[char], action: &[char], seen: &mut BTreeMap<(usize, usize), bool>) -> bool {
    if let Some(known) = seen.get(&(pattern.len(), action.len())) {
        return *known;
    }
    let fits = match (pattern.split_first(), action.split_first()) {
        (None, rest) => rest.is_none(),
        (Some(('*', rest)), None) => covers_from(rest, action, seen),
        (Some(('*', rest)), Some((_, tail))) => {
            covers_from(rest, action, seen) || covers_from(pattern, tail, seen)
        }
        // Only `*` stands for what a `*` of the other stands for.
        (Some(_), Some(('*', _)) | None) => false,
        (Some((sign, rest)), Some((other, tail))) => {
            (*sign == '?' || sign == other) && covers_from(rest, tail, seen)
        }
    };
    seen.insert((pattern.len(), action.len()), fits);
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pattern_covers_what_it_stands_for_and_no_more() {
        for (pattern, action) in [
            ("*", "s3:GetObject"),
            ("s3:*", "s3:Get*"),
            ("s3:get*", "s3:GetObject"),
            ("s3:Get*", "s3:Get*Tagging"),
            ("s3:GetObjec?", "s3:GetObject"),
            ("*:Describe*", "ec2:DescribeVpcs"),
        ] {
            assert!(covers(pattern, action), "{pattern} {action}");
        }
        for (pattern, action) in [
            ("s3:Get*", "s3:*"),
            ("s3:GetObjec?", "s3:GetObjec*"),
            ("s3:GetObject", "s3:GetObjectTagging"),
            ("s3:GetObject?", "s3:GetObject"),
            ("sqs:*", "s3:GetObject"),
        ] {
            assert!(!covers(pattern, action), "{pattern} {action}");
        }
    }
}
