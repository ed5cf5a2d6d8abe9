//! What the stacks hold: the kinds of things, and the names of those that IAM knows by name. Read from the trees that are
//! printed, so that it cannot differ from them.

use std::collections::{BTreeMap, BTreeSet};

use crate::catalog::operations::Target;
use crate::ir::{Deferred, Infra, Part as TextPart, Text};
use crate::syntax::hcl::{Block, Body, Expression, Item, Part};

/// What the stacks hold.
#[derive(Debug, Default)]
pub(super) struct Emitted {
    /// The kinds, such as `aws_vpc` and `data.aws_caller_identity`.
    pub(super) kinds: BTreeSet<String>,
    /// Names, as patterns of ARNs have them.
    pub(super) names: BTreeMap<Target, BTreeSet<Text>>,
    /// Whether any role, policy or instance profile has a folder in IAM.
    pub(super) has_folders: bool,
}

/// The kinds that have a name, what they are to IAM, and the attribute that holds the name.
const NAMED: [(&str, Target, &str); 8] = [
    ("aws_iam_role", Target::Role, "name"),
    ("aws_iam_policy", Target::Policy, "name"),
    ("aws_iam_instance_profile", Target::InstanceProfile, "name"),
    ("aws_s3_bucket", Target::Bucket, "bucket"),
    ("aws_sqs_queue", Target::Queue, "name"),
    ("aws_cloudwatch_event_rule", Target::Rule, "name"),
    ("aws_cloudwatch_log_group", Target::LogGroup, "name"),
    ("aws_cloudtrail", Target::Trail, "name"),
];

impl Emitted {
    /// What the files of some stacks hold.
    pub(super) fn of<'a>(infra: &Infra, bodies: impl IntoIterator<Item = &'a Body>) -> Emitted {
        let blocks: Vec<&Block> = bodies.into_iter().flat_map(|body| &body.0).filter_map(block).collect();
        let mut out = Emitted::default();
        for block in &blocks {
            let Some(kind) = block.labels.first() else { continue };
            match block.kind.as_str() {
                "resource" => out.kinds.insert(kind.clone()),
                "data" => out.kinds.insert(format!("data.{kind}")),
                _ => continue,
            };
            let row = NAMED.iter().find(|(named, ..)| block.kind == "resource" && named == kind);
            let Some((_, target, attribute)) = row else { continue };
            let text = value(block, attribute).map_or_else(anything, |name| text(infra, name, &blocks));
            out.names.entry(*target).or_default().insert(pattern(*target, text));
            out.has_folders |= value(block, "path").is_some();
        }
        out
    }
}

fn block(item: &Item) -> Option<&Block> {
    match item {
        Item::Block(block) => Some(block),
        Item::Attribute(_) | Item::Comment(_) | Item::Blank => None,
    }
}

fn value<'a>(block: &'a Block, key: &str) -> Option<&'a Expression> {
    block.body.0.iter().find_map(|item| match item {
        Item::Attribute(attribute) if attribute.key == key => Some(&attribute.value),
        _ => None,
    })
}

fn anything() -> Text {
    Text(vec![TextPart::Literal("*".to_owned())])
}

/// A name as a text; what nobody can foretell is `*`.
fn text(infra: &Infra, name: &Expression, blocks: &[&Block]) -> Text {
    let parts: &[Part] = match name {
        Expression::Template(parts) => parts,
        other => &[Part::Interpolation(other.clone())],
    };
    let part = |part: &Part| match part {
        Part::Literal(text) => vec![TextPart::Literal(text.clone())],
        Part::Interpolation(inner) => interpolated(infra, inner, blocks).0,
    };
    Text(parts.iter().flat_map(part).collect())
}

fn interpolated(infra: &Infra, inner: &Expression, blocks: &[&Block]) -> Text {
    let Expression::Reference(reference) = inner else { return anything() };
    let deferred = match reference.as_str() {
        "local.name" => Deferred::ClusterName,
        "data.aws_caller_identity.current.account_id" => Deferred::AccountId,
        "local.region" => return Text(vec![TextPart::Literal(infra.region.clone())]),
        other => return of_another(infra, other, blocks),
    };
    Text::deferred(deferred)
}

/// The name of another resource, such as `aws_iam_role.node.name`.
fn of_another(infra: &Infra, reference: &str, blocks: &[&Block]) -> Text {
    let mut steps = reference.split('.');
    let (Some(kind), Some(label), Some("name"), None) =
        (steps.next(), steps.next(), steps.next(), steps.next())
    else {
        return anything();
    };
    let found = blocks.iter().find(|block| block.kind == "resource" && block.labels == [kind, label]);
    match found.and_then(|block| value(block, "name")) {
        // A name that refers on to a further one does not occur; it would be a pattern for anything.
        Some(name @ Expression::Template(_)) => text(infra, name, &[]),
        _ => anything(),
    }
}

/// A name that starts with the cluster's stands for all that do, so that a new role or queue of the cluster needs no new
/// permission. A bucket stands for itself alone: the one for the state may start with the same word.
fn pattern(target: Target, name: Text) -> Text {
    let of_cluster = matches!(
        name.0.as_slice(),
        [TextPart::Deferred(Deferred::ClusterName), TextPart::Literal(rest), ..] if rest.starts_with('-')
    );
    match of_cluster && target != Target::Bucket {
        true => Text(vec![TextPart::Deferred(Deferred::ClusterName), TextPart::Literal("-*".to_owned())]),
        false => name,
    }
}
