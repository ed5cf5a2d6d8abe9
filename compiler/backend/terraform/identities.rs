//! `identities.tf`: roles of service accounts, what they may do, and who may take them.

use super::policy::{Spread, attachment_references, attachments, document, spread, statements, trust};
use super::terms::{cluster_name, items, path, resource, strings, suffixed, to};
use crate::ir::{Consumer, Deferred, Identity, Infra, Text};
use crate::source::Origin;
use crate::spec::Mechanism;
use crate::syntax::hcl::{Block, Body, Entry, Expression, Key, Part};

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let by_pod = infra.identities.iter().any(|it| it.mechanism == Mechanism::PodIdentity);
    if by_pod {
        let actions = ["sts:AssumeRole", "sts:TagSession"];
        let origin = Origin::Rule("EKS Pod Identity hands out roles that trust it");
        let trust = trust("AllowPodIdentity", "pods.eks.amazonaws.com", &actions);
        body.push(Block::bare("locals").origin(origin).attr("trust_pod_identity", trust));
    }
    if uses_web_identity(infra) || names_issuer(infra) {
        body.push(issuer(path("aws_eks_cluster.main.identity[0].oidc[0].issuer")));
    }
    if uses_web_identity(infra) {
        body.push(provider());
    }
    for identity in &infra.identities {
        body.push(role(identity));
        body.0.extend(items(attachments(infra, &identity.key, &identity.managed_policies, &identity.origin)));
        body.0.extend(items(own_policies(identity)));
        if identity.mechanism == Mechanism::PodIdentity {
            body.push(association(identity));
        }
    }
    body
}

/// Whether any service account takes its role by a web identity.
pub(super) fn uses_web_identity(infra: &Infra) -> bool {
    infra.identities.iter().any(|identity| identity.mechanism == Mechanism::Irsa)
}

/// `local.oidc_issuer`: the issuer as conditions name it.
pub(super) fn issuer(url: Expression) -> Block {
    let host = Expression::call("trimprefix", [url, "https://".into()]);
    Block::bare("locals").origin(issuer_origin()).attr("oidc_issuer", host)
}

fn issuer_origin() -> Origin {
    Origin::Rule("service accounts with a web identity are known to IAM by the cluster's issuer")
}

fn names_issuer(infra: &Infra) -> bool {
    let in_text = |text: &Text| text.deferreds().any(|it| *it == Deferred::OidcIssuer);
    infra.identities.iter().flat_map(|identity| &identity.statements).any(|statement| {
        let conditions = statement.conditions.iter().flat_map(|(_, keys)| keys);
        statement.resources.iter().any(in_text)
            || conditions.clone().any(|(key, values)| in_text(key) || values.iter().any(in_text))
    })
}

/// What a consumer has to wait for, so that its role can do what it is for.
pub(super) fn ready(identity: &Identity) -> Vec<Expression> {
    let mut ready = attachment_references(&identity.key, &identity.managed_policies);
    ready.extend(policy_labels(identity).into_iter().map(|(kind, label)| to(&[kind, &label])));
    if identity.mechanism == Mechanism::PodIdentity {
        ready.push(to(&["aws_eks_pod_identity_association", &identity.key]));
    }
    ready
}

fn provider() -> Block {
    resource("aws_iam_openid_connect_provider", "main")
        .origin(issuer_origin())
        .attr("url", path("aws_eks_cluster.main.identity[0].oidc[0].issuer"))
        .attr("client_id_list", strings(["sts.amazonaws.com"]))
}

fn role(identity: &Identity) -> Block {
    let trust = match identity.mechanism {
        Mechanism::PodIdentity => to(&["local", "trust_pod_identity"]),
        Mechanism::Irsa => web_trust(identity),
    };
    resource("aws_iam_role", &identity.key)
        .origin(identity.origin.clone())
        .comment(purpose(identity))
        .attr("name", suffixed(&identity.key))
        .attr("assume_role_policy", trust)
}

fn purpose(identity: &Identity) -> String {
    let account = format!("{}/{}", identity.namespace, identity.service_account);
    let way = match identity.mechanism {
        Mechanism::PodIdentity => "Pod Identity",
        Mechanism::Irsa => "a web identity",
    };
    match &identity.consumer {
        Consumer::Component(name) => format!("Component {name}, by {way}: {account}"),
        Consumer::Addon(name) => format!("Add-on {name}, by {way}: {account}"),
        Consumer::App => format!("By {way}: {account}"),
    }
}

fn web_trust(identity: &Identity) -> Expression {
    let claim = |name: &str| {
        Key::Template(vec![Part::value(to(&["local", "oidc_issuer"])), Part::text(format!(":{name}"))])
    };
    let subject = format!("system:serviceaccount:{}:{}", identity.namespace, identity.service_account);
    let issuer = to(&["aws_iam_openid_connect_provider", "main", "arn"]);
    let claims = [Entry::new(claim("aud"), "sts.amazonaws.com"), Entry::new(claim("sub"), subject)];
    let condition = Expression::object([Entry::new("StringEquals", Expression::object(claims))]);
    document([Expression::object([
        Entry::new("Sid", "AllowServiceAccount"),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("Federated", issuer)])),
        Entry::new("Action", "sts:AssumeRoleWithWebIdentity"),
        Entry::new("Condition", condition),
    ])])
}

/// The own policies by resource type and label.
fn policy_labels(identity: &Identity) -> Vec<(&'static str, String)> {
    if identity.statements.is_empty() {
        return Vec::new();
    }
    match spread(&identity.statements) {
        Spread::Inline(_) => vec![("aws_iam_role_policy", identity.key.clone())],
        Spread::Managed(parts) => (1..=parts.len())
            .map(|part| ("aws_iam_role_policy_attachment", numbered(identity, part)))
            .collect(),
    }
}

fn numbered(identity: &Identity, part: usize) -> String {
    format!("{}-{part}", identity.key)
}

fn own_policies(identity: &Identity) -> Vec<Block> {
    if identity.statements.is_empty() {
        return Vec::new();
    }
    let role = to(&["aws_iam_role", &identity.key, "name"]);
    match spread(&identity.statements) {
        Spread::Inline(all) => vec![
            resource("aws_iam_role_policy", &identity.key)
                .origin(identity.origin.clone())
                .attr("name", identity.key.as_str())
                .attr("role", role)
                .attr("policy", statements(all)),
        ],
        Spread::Managed(parts) => parts
            .into_iter()
            .enumerate()
            .flat_map(|(index, part)| {
                let label = numbered(identity, index + 1);
                let policy = resource("aws_iam_policy", &label)
                    .origin(identity.origin.clone())
                    .attr("name", suffixed(&label))
                    .attr("policy", statements(part));
                let attachment = resource("aws_iam_role_policy_attachment", &label)
                    .origin(identity.origin.clone())
                    .attr("role", role.clone())
                    .attr("policy_arn", to(&["aws_iam_policy", &label, "arn"]));
                [policy, attachment]
            })
            .collect(),
    }
}

fn association(identity: &Identity) -> Block {
    resource("aws_eks_pod_identity_association", &identity.key)
        .origin(identity.origin.clone())
        .attr("cluster_name", cluster_name())
        .attr("namespace", identity.namespace.as_str())
        .attr("service_account", identity.service_account.as_str())
        .attr("role_arn", to(&["aws_iam_role", &identity.key, "arn"]))
}
