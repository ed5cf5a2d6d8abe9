//! `identities.tf`: roles of service accounts, what they may do, and who may take them.

use super::policy::{
    attachment_references, attachments, bounded, document, one_or_many, service_trust, settings, statements,
    web_trust,
};
use super::terms::{cluster_name, given, items, path, resource, strings, suffixed, to};
use crate::ir::{Consumer, Deferred, Identity, Infra, ServiceAccount, Spread, Text, spread};
use crate::source::Origin;
use crate::spec::Mechanism;
use crate::syntax::hcl::{Block, Body, Entry, Expression, Key, Part};

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let by_pod = |it: &Identity| it.mechanism == Mechanism::PodIdentity && it.principals.is_empty();
    if infra.identities.iter().any(by_pod) {
        let origin = Origin::Rule("EKS Pod Identity hands out roles that trust it");
        let trust = document([pod_trust()]);
        body.push(Block::bare("locals").origin(origin).attr("trust_pod_identity", trust));
    }
    if uses_web_identity(infra) || names_issuer(infra) {
        body.push(issuer(path("aws_eks_cluster.main.identity[0].oidc[0].issuer")));
    }
    if uses_web_identity(infra) {
        body.push(provider());
    }
    for identity in &infra.identities {
        body.0.extend(items(role_with_policies(infra, identity, trust(identity))));
        if identity.mechanism == Mechanism::PodIdentity {
            body.0.extend(items(associations(identity)));
        }
    }
    body
}

/// A role, the policies that it carries, and its own.
pub(super) fn role_with_policies(infra: &Infra, identity: &Identity, trust: Expression) -> Vec<Block> {
    let role = resource("aws_iam_role", &identity.key)
        .origin(identity.origin.clone())
        .comment(purpose(identity))
        .attr("name", suffixed(&identity.key));
    let role = settings(role, &identity.settings).attr("assume_role_policy", trust);
    let mut blocks = vec![bounded(infra, role)];
    blocks.extend(attachments(infra, &identity.key, &identity.managed_policies, &identity.origin));
    blocks.extend(own_policies(identity));
    blocks
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
    infra.all_identities().flat_map(|identity| &identity.statements).any(|statement| {
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
        let labels = (0..identity.accounts.len()).map(|index| association_label(identity, index));
        ready.extend(labels.map(|label| to(&["aws_eks_pod_identity_association", &label])));
    }
    ready
}

fn provider() -> Block {
    resource("aws_iam_openid_connect_provider", "main")
        .origin(issuer_origin())
        .attr("url", path("aws_eks_cluster.main.identity[0].oidc[0].issuer"))
        .attr("client_id_list", strings(["sts.amazonaws.com"]))
}

fn pod_trust() -> Expression {
    service_trust("AllowPodIdentity", "pods.eks.amazonaws.com", &["sts:AssumeRole", "sts:TagSession"])
}

fn trust(identity: &Identity) -> Expression {
    let own = match identity.mechanism {
        Mechanism::PodIdentity if identity.principals.is_empty() => {
            return to(&["local", "trust_pod_identity"]);
        }
        Mechanism::PodIdentity => pod_trust(),
        Mechanism::Irsa => own_web_trust(identity),
    };
    document(std::iter::once(own).chain(principals_trust(identity)))
}

fn own_web_trust(identity: &Identity) -> Expression {
    let claim = |name: &str| {
        Key::Template(vec![Part::value(to(&["local", "oidc_issuer"])), Part::text(format!(":{name}"))])
    };
    let subject =
        |account: &ServiceAccount| format!("system:serviceaccount:{}:{}", account.namespace, account.name);
    let subjects: Vec<String> = identity.accounts.iter().map(subject).collect();
    let issuer = to(&["aws_iam_openid_connect_provider", "main", "arn"]);
    web_trust("AllowServiceAccount", issuer, claim, &["sts.amazonaws.com".to_owned()], &subjects)
}

/// The statement that lets further roles and users in, if there are any.
pub(super) fn principals_trust(identity: &Identity) -> Option<Expression> {
    let principals = one_or_many(identity.principals.iter().map(given));
    let entries = [
        Entry::new("Sid", "AllowPrincipals"),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("AWS", principals)])),
        Entry::new("Action", "sts:AssumeRole"),
    ];
    (!identity.principals.is_empty()).then(|| Expression::object(entries))
}

fn purpose(identity: &Identity) -> String {
    let accounts: Vec<String> = identity.accounts.iter().map(ToString::to_string).collect();
    let accounts = accounts.join(", ");
    let way = match identity.mechanism {
        Mechanism::PodIdentity => "Pod Identity",
        Mechanism::Irsa => "a web identity",
    };
    match &identity.consumer {
        Consumer::Component(name) => format!("Component {name}, by {way}: {accounts}"),
        Consumer::Addon(name) => format!("Add-on {name}, by {way}: {accounts}"),
        Consumer::App => format!("By {way}: {accounts}"),
        Consumer::Foreign(issuer) => format!("For identities that {issuer} vouches for"),
        Consumer::People => match identity.managed_policies.is_empty() && identity.statements.is_empty() {
            true => {
                "For people. No policies on purpose: it opens the Kubernetes API and nothing else".to_owned()
            }
            false => "For people".to_owned(),
        },
    }
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
                let mut policy = resource("aws_iam_policy", &label)
                    .origin(identity.origin.clone())
                    .attr("name", suffixed(&label));
                if let Some(path) = &identity.settings.path {
                    policy = policy.attr("path", path.as_str());
                }
                let policy = policy.attr("policy", statements(part));
                let attachment = resource("aws_iam_role_policy_attachment", &label)
                    .origin(identity.origin.clone())
                    .attr("role", role.clone())
                    .attr("policy_arn", to(&["aws_iam_policy", &label, "arn"]));
                [policy, attachment]
            })
            .collect(),
    }
}

/// The first account has the identity's own address, so that further ones change nothing for it.
fn association_label(identity: &Identity, index: usize) -> String {
    match identity.accounts.get(index) {
        Some(account) if index > 0 => format!("{}-{}-{}", identity.key, account.namespace, account.name),
        _ => identity.key.clone(),
    }
}

fn associations(identity: &Identity) -> Vec<Block> {
    let association = |(index, account): (usize, &ServiceAccount)| {
        resource("aws_eks_pod_identity_association", &association_label(identity, index))
            .origin(identity.origin.clone())
            .attr("cluster_name", cluster_name())
            .attr("namespace", account.namespace.as_str())
            .attr("service_account", account.name.as_str())
            .attr("role_arn", to(&["aws_iam_role", &identity.key, "arn"]))
    };
    identity.accounts.iter().enumerate().map(association).collect()
}
