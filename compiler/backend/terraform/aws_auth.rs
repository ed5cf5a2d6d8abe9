//! `aws_auth.tf`: the rows of the ConfigMap `aws-auth`, by which EKS lets nodes and people in.

use super::self_managed::ROLE as SELF_MANAGED_NODE;
use super::terms::{Stack, exact, input, list, resource, spec, strings, to};
use crate::ir::{AuthRow, AuthSubject, FargateProfile, Infra, KarpenterInfra};
use crate::source::Origin;
use crate::spec::Principal;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression};

/// The label of the role of the nodes of managed groups.
const NODE: &str = "node";

pub(super) fn body(infra: &Infra) -> Body {
    let Some(rows) = &infra.aws_auth else { return Body::new() };
    let of = |is_user: bool| -> Vec<&AuthRow> {
        rows.iter().filter(|row| matches!(row.subject, AuthSubject::User(_)) == is_user).collect()
    };
    let (roles, users) = (of(false), of(true));
    let mut data = vec![entries(infra, "mapRoles", "rolearn", &roles)];
    if !users.is_empty() {
        data.push(entries(infra, "mapUsers", "userarn", &users));
    }
    let metadata = Block::bare("metadata").attr("name", "aws-auth").attr("namespace", "kube-system");
    let force = Attribute::new("force", true).comment(kept(infra));
    let map = resource("kubernetes_config_map_v1_data", "aws_auth")
        .origin(origin())
        .comment("Only rows are written here: the ConfigMap itself stays when this goes.")
        .block(metadata)
        .item(force)
        .attr("data", Expression::object(data));
    Body::new().block(map)
}

/// Why nothing is lost when the rows are taken over.
fn kept(infra: &Infra) -> &'static str {
    match (infra.has_managed_groups(), infra.fargate.is_empty()) {
        (_, true) => {
            "EKS writes rows for the nodes that it manages; they are among these, so nothing is lost."
        }
        (true, false) => {
            "EKS writes rows for the nodes that it manages and for Fargate; they are among these, so nothing is lost."
        }
        (false, false) => "EKS writes a row for Fargate; it is among these, so nothing is lost.",
    }
}

/// The rows, which Flux has to wait for, and which go last when the stack is torn down.
pub(super) fn reference(infra: &Infra) -> Option<Expression> {
    infra.aws_auth.is_some().then(|| to(&["kubernetes_config_map_v1_data", "aws_auth"]))
}

fn origin() -> Origin {
    spec("spec.aws.authentication")
}

fn entries(infra: &Infra, key: &str, subject: &str, rows: &[&AuthRow]) -> Entry {
    let rows = rows.iter().map(|row| {
        let entries = [
            Entry::new(subject, arn(infra, &row.subject)),
            Entry::new("username", row.username.as_str()),
            Entry::new("groups", strings(&row.groups)),
        ];
        Expression::object(entries.map(|entry| entry.origin(row.origin.clone())))
    });
    Entry::new(key, Expression::call("yamlencode", [list(rows)]))
}

/// An ARN as the ConfigMap wants it. A session tells the name of its role and not the path, so a role with a path
/// matches nothing here (as those of IAM Identity Center have one): it is taken out. Users keep theirs.
fn arn(infra: &Infra, subject: &AuthSubject) -> Expression {
    match subject {
        AuthSubject::NodeRole => Stack::GitOps.arn("aws_iam_role", NODE),
        AuthSubject::SelfManagedNodeRole => Stack::GitOps.arn("aws_iam_role", SELF_MANAGED_NODE),
        AuthSubject::FargateRole => Stack::GitOps.arn("aws_iam_role", FargateProfile::ROLE),
        AuthSubject::KarpenterNodeRole => Stack::GitOps.arn("aws_iam_role", KarpenterInfra::ROLE),
        AuthSubject::User(arn) => Expression::string(arn.to_string()),
        AuthSubject::Role(Principal::Known(arn)) => {
            let account = format!("arn:{}:iam::{}", arn.arn().partition(), arn.account());
            Expression::string(format!("{account}:role/{}", arn.name()))
        }
        AuthSubject::Role(Principal::Input(reference)) => without_path(input(&reference.input)),
        AuthSubject::Role(role) => without_path(Stack::GitOps.principal(infra, role)),
    }
}

fn without_path(arn: Expression) -> Expression {
    Expression::call("replace", [arn, "/:role/.*//".into(), ":role/".into()])
}

/// The roles of nodes, as they are found by their names: label, name, who asks for it.
pub(super) fn node_roles(infra: &Infra) -> [(&'static str, Expression, Origin); 3] {
    let named = |suffix: &str| exact(infra, &format!("{}-{suffix}", infra.name));
    let groups = || spec("spec.aws.nodeGroups");
    [
        (NODE, named(&infra.node_role.suffix), groups()),
        (SELF_MANAGED_NODE, named(&infra.self_managed_role.suffix), groups()),
        (FargateProfile::ROLE, named(FargateProfile::ROLE), spec("spec.aws.fargate")),
    ]
}
