//! IAM documents: trust, statements, and how statements are spread over policies that IAM accepts.

use super::terms::{Stack, json, list, resource, to};
use crate::catalog::policies;
use crate::domain::PolicyName;
use crate::ir::{Deferred, Infra, Part, Statement, Text};
use crate::source::Origin;
use crate::spec::Effect;
use crate::syntax::hcl::{Block, Entry, Expression, Key};

/// Characters of all policies inside one role, white space not counted (IAM quotas).
const INLINE_LIMIT: usize = 10_240;
/// Characters of one policy of its own, white space not counted (IAM quotas).
const MANAGED_LIMIT: usize = 6_144;
/// `{"Version":"2012-10-17","Statement":[]}`.
const FRAME: usize = 39;

/// `jsonencode({ Version, Statement })`.
pub(super) fn document(statements: impl IntoIterator<Item = Expression>) -> Expression {
    json(Expression::object([Entry::new("Version", "2012-10-17"), Entry::new("Statement", list(statements))]))
}

/// The trust of a role that an AWS service takes.
pub(super) fn trust(sid: &str, service: &str, actions: &[&str]) -> Expression {
    document([Expression::object([
        Entry::new("Sid", sid),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("Service", service)])),
        Entry::new("Action", one_or_many(actions.iter().map(|action| Expression::string(*action)))),
    ])])
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
    format!("{role}_{policy}")
}

fn managed_policy_arn(infra: &Infra, name: &str) -> String {
    let known: Option<PolicyName> = name.parse().ok();
    let folder = known.and_then(|name| policies::path(&name)).unwrap_or_default();
    format!("arn:{}:iam::aws:policy/{folder}{name}", infra.partition)
}

/// How the own statements of a role are kept.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Spread<T> {
    /// In one policy inside the role.
    Inline(T),
    /// In several policies of their own.
    Managed(Vec<T>),
}

/// Spreads statements, in their order. Values that are known later count with the most that they can be, so that
/// the choice does not change from account to account.
pub(super) fn spread(statements: &[Statement]) -> Spread<Vec<&Statement>> {
    let all: usize = statements.iter().map(|statement| length(statement) + 1).sum();
    if FRAME + all <= INLINE_LIMIT {
        return Spread::Inline(statements.iter().collect());
    }
    let mut policies: Vec<Vec<&Statement>> = Vec::new();
    let mut room = 0;
    for statement in statements {
        let length = length(statement) + 1;
        match policies.last_mut() {
            Some(policy) if length <= room => {
                policy.push(statement);
                room -= length;
            }
            _ => {
                policies.push(vec![statement]);
                room = (MANAGED_LIMIT - FRAME).saturating_sub(length);
            }
        }
    }
    Spread::Managed(policies)
}

/// The longest that a statement can be as JSON without white space.
fn length(statement: &Statement) -> usize {
    let texts = |texts: &[Text]| texts.iter().map(|text| text_length(text) + 3).sum::<usize>() + 2;
    let conditions: usize = statement
        .conditions
        .iter()
        .map(|(operator, keys)| {
            let keys = keys.iter().map(|(key, values)| text_length(key) + 4 + texts(values)).sum::<usize>();
            operator.len() + 6 + keys
        })
        .sum();
    let actions: usize = statement.actions.iter().map(|action| action.len() + 3).sum();
    r#"{"Sid":"","Effect":"Allow","Action":[],"Resource":,"Condition":{}}"#.len()
        + statement.sid.len()
        + actions
        + texts(&statement.resources)
        + conditions
}

fn text_length(text: &Text) -> usize {
    let part = |part: &Part| match part {
        Part::Literal(text) => text.len(),
        Part::Deferred(deferred) => most_characters(deferred),
    };
    text.0.iter().map(part).sum()
}

/// The most characters that a value can have once it is known, by the limits of the names in it.
fn most_characters(deferred: &Deferred) -> usize {
    match deferred {
        Deferred::AccountId => 12,
        Deferred::Region => 14,
        Deferred::ClusterName => 63,
        Deferred::VpcId => 21,
        Deferred::ClusterEndpoint | Deferred::OidcIssuer => 100,
        Deferred::QueueArn | Deferred::NodeRoleArn | Deferred::RoleArn(_) => 128,
        Deferred::Input(_) => 256,
    }
}

/// Statements as a document.
pub(super) fn statements<'a>(statements: impl IntoIterator<Item = &'a Statement>) -> Expression {
    document(statements.into_iter().map(statement))
}

fn statement(statement: &Statement) -> Expression {
    let texts = |texts: &[Text]| one_or_many(texts.iter().map(|text| Stack::Cluster.text(text)));
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
    match (text.known(), Stack::Cluster.text(text)) {
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
