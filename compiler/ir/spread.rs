//! How statements are spread over policies that IAM accepts.

use super::{Deferred, Part, Statement, Text};

/// Characters of all policies inside one role, white space not counted (IAM quotas).
const INLINE_LIMIT: usize = 10_240;
/// Characters of one policy of its own, white space not counted (IAM quotas).
pub const MANAGED_LIMIT: usize = 6_144;
/// `{"Version":"2012-10-17","Statement":[]}`.
const FRAME: usize = 39;

/// How the own statements of a role are kept.
#[derive(Debug, PartialEq, Eq)]
pub enum Spread<T> {
    /// In one policy inside the role.
    Inline(T),
    /// In several policies of their own.
    Managed(Vec<T>),
}

/// Spreads statements, in their order. Values that are known later count with the most that they can be, so that
/// the choice does not change from account to account.
pub fn spread(statements: &[Statement]) -> Spread<Vec<&Statement>> {
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

/// The longest that a policy with these statements can be as JSON without white space.
pub fn policy_length(statements: &[Statement]) -> usize {
    FRAME + statements.iter().map(|statement| length(statement) + 1).sum::<usize>()
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
        Deferred::SecurityGroupId(_) => 20,
        Deferred::ClusterEndpoint | Deferred::OidcIssuer => 100,
        Deferred::QueueArn
        | Deferred::NodeRoleArn
        | Deferred::DiskKeyArn
        | Deferred::RoleArn(_)
        | Deferred::CertificateArn(_) => 128,
        Deferred::Input(_) => 256,
        Deferred::ClusterCertificate => 2048,
    }
}
