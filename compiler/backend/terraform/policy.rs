//! IAM documents and roles: trust, statements, attachments, the boundary.

use super::terms::{Stack as References, given, json, list, resource, spec, to};
use crate::catalog::policies;
use crate::domain::PolicyName;
use crate::ir::{Boundary, Infra, RoleSettings, Stack, Statement, Text};
use crate::source::Origin;
use crate::spec::Effect;
use crate::syntax::hcl::{Attribute, Block, Entry, Expression, Key};

/// `jsonencode({ Version, Statement })`.
pub(super) fn document(statements: impl IntoIterator<Item = Expression>) -> Expression {
    json(Expression::object([Entry::new("Version", "2012-10-17"), Entry::new("Statement", list(statements))]))
}

/// The trust of a role that an AWS service takes.
pub(super) fn trust(sid: &str, service: &str, actions: &[&str]) -> Expression {
    document([service_trust(sid, service, actions)])
}

/// The statement of a trust that lets an AWS service in.
pub(super) fn service_trust(sid: &str, service: &str, actions: &[&str]) -> Expression {
    Expression::object([
        Entry::new("Sid", sid),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("Service", service)])),
        Entry::new("Action", one_or_many(actions.iter().map(|action| Expression::string(*action)))),
    ])
}

/// The statement of a trust that lets web identities in. `claim` is the condition key of a claim of the issuer.
pub(super) fn web_trust(
    sid: &str,
    provider: Expression,
    claim: impl Fn(&str) -> Key,
    audiences: &[String],
    subjects: &[String],
) -> Expression {
    let texts = |texts: &[String]| one_or_many(texts.iter().map(Expression::string));
    let audience = Entry::new(claim("aud"), texts(audiences));
    let subject = Entry::new(claim("sub"), texts(subjects));
    // IAM wants all operators to hold, so exact subjects beside patterns are compared as patterns, too.
    let condition = match subjects.iter().any(|subject| subject.contains(['*', '?'])) {
        false => vec![Entry::new("StringEquals", Expression::object([audience, subject]))],
        true => vec![
            Entry::new("StringEquals", Expression::object([audience])),
            Entry::new("StringLike", Expression::object([subject])),
        ],
    };
    Expression::object([
        Entry::new("Sid", sid),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("Federated", provider)])),
        Entry::new("Action", "sts:AssumeRoleWithWebIdentity"),
        Entry::new("Condition", Expression::object(condition)),
    ])
}

/// A role with what IAM keeps of it beside its name.
pub(super) fn settings(role: Block, settings: &RoleSettings) -> Block {
    let mut role = role;
    if let Some(path) = &settings.path {
        role = role.attr("path", path.as_str());
    }
    if let Some(description) = &settings.description {
        role = role.attr("description", description.as_str());
    }
    if let Some(seconds) = settings.max_session {
        role = role.attr("max_session_duration", seconds);
    }
    role
}

/// A role within the boundary, where there is one. Every role of the output goes through here.
pub(super) fn bounded(infra: &Infra, role: Block) -> Block {
    let boundary = match &infra.boundary {
        None => return role,
        Some(Boundary::Existing(arn)) => given(arn),
        Some(Boundary::Own { made_in: Stack::Cluster, .. }) => {
            to(&["aws_iam_policy", "permissions_boundary", "arn"])
        }
        Some(Boundary::Own { made_in: Stack::Foundation, .. }) => {
            to(&["data", "aws_iam_policy", "permissions_boundary", "arn"])
        }
    };
    let origin = spec("spec.aws.permissionsBoundary");
    role.item(Attribute::new("permissions_boundary", boundary).origin(origin))
}

/// A statement that the compiler itself writes.
pub(super) fn allow(sid: &str, actions: &[&str], resource: Expression) -> Expression {
    Expression::object([
        Entry::new("Sid", sid),
        Entry::new("Effect", "Allow"),
        Entry::new("Action", one_or_many(actions.iter().map(|action| Expression::string(*action)))),
        Entry::new("Resource", resource),
    ])
}

/// One attachment for each managed policy of a role. `role` is the label of the role.
pub(super) fn attachments(infra: &Infra, role: &str, names: &[String], origin: &Origin) -> Vec<Block> {
    let attachment = |name: &String| {
        resource("aws_iam_role_policy_attachment", &attachment_label(role, name))
            .origin(origin.clone())
            .attr("role", to(&["aws_iam_role", role, "name"]))
            .attr("policy_arn", managed_policy_arn(infra, name))
    };
    names.iter().map(attachment).collect()
}

/// References to all attachments of a role.
pub(super) fn attachment_references(role: &str, names: &[String]) -> Vec<Expression> {
    names.iter().map(|name| to(&["aws_iam_role_policy_attachment", &attachment_label(role, name)])).collect()
}

fn attachment_label(role: &str, policy: &str) -> String {
    match policy.split_once(":policy/") {
        None => format!("{role}_{policy}"),
        // Names of AWS' own policies are unique; one of the account may have the same.
        Some((start, path)) if start.ends_with(":aws") => {
            format!("{role}_{}", path.rsplit('/').next().unwrap_or(path))
        }
        Some((_, path)) => format!("{role}_own_{path}"),
    }
}

fn managed_policy_arn(infra: &Infra, name: &str) -> String {
    if name.starts_with("arn:") {
        return name.to_owned();
    }
    let known: Option<PolicyName> = name.parse().ok();
    let folder = known.and_then(|name| policies::path(&name)).unwrap_or_default();
    format!("arn:{}:iam::aws:policy/{folder}{name}", infra.partition)
}

/// Statements as a document.
pub(super) fn statements<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Expression {
    document(statements.into_iter().map(statement))
}

fn statement(statement: &Statement) -> Expression {
    let texts = |texts: &[Text]| one_or_many(texts.iter().map(|text| References::Cluster.text(text)));
    let effect = match statement.effect {
        Effect::Allow => "Allow",
        Effect::Deny => "Deny",
    };
    let actions = statement.actions.iter().map(|action| Expression::string(action.as_str()));
    let mut entries = vec![
        Entry::new("Sid", statement.sid.as_str()),
        Entry::new("Effect", effect),
        Entry::new("Action", one_or_many(actions)),
        Entry::new("Resource", texts(&statement.resources)),
    ];
    if !statement.conditions.is_empty() {
        let operators = statement.conditions.iter().map(|(operator, keys)| {
            let keys = keys.iter().map(|(key, values)| Entry::new(key_of(key), texts(values)));
            Entry::new(operator.clone(), Expression::object(keys))
        });
        entries.push(Entry::new("Condition", Expression::object(operators)));
    }
    Expression::object(entries.into_iter().map(|entry| entry.origin(statement.origin.clone())))
}

/// The key of a condition, which may name what is known later.
fn key_of(text: &Text) -> Key {
    match (text.known(), References::Cluster.text(text)) {
        (None, Expression::Template(parts)) => Key::Template(parts),
        (known, _) => Key::Name(known.unwrap_or_default()),
    }
}

/// A single value as itself, several as a list: as IAM prints them.
pub(super) fn one_or_many(values: impl IntoIterator<Item = Expression>) -> Expression {
    let mut values: Vec<Expression> = values.into_iter().collect();
    match values.len() {
        1 => values.remove(0),
        _ => Expression::List(values),
    }
}
