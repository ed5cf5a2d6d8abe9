//! Words of Terraform that many files share: names, tags, references, values that are known later.

use std::fmt::Display;

use crate::domain::InputName;
use crate::ir::{Deferred, Infra, KarpenterInfra, Part as TextPart, Text};
use crate::source::{Address, Origin};
use crate::spec::{Given, Principal};
use crate::syntax::hcl::{Attribute, Block, Entry, Expression, Item, Key, Part, Reference, identifier};

/// `resource "kind" "label" {}`; the label becomes an identifier.
pub(super) fn resource(kind: &str, label: &str) -> Block {
    Block::new("resource", [kind.to_owned(), identifier(label)])
}

/// `data "kind" "label" {}`; the label becomes an identifier.
pub(super) fn data(kind: &str, label: &str) -> Block {
    Block::new("data", [kind.to_owned(), identifier(label)])
}

/// The reference that leads along these steps.
pub(super) fn to(steps: &[&str]) -> Expression {
    Expression::reference(steps)
}

/// A reference with indices, fixed in the compiler.
pub(super) fn path(fixed: &'static str) -> Expression {
    Reference::new(fixed).map_or(Expression::Null, Expression::from)
}

/// The cluster's name: `local.name`.
pub(super) fn name() -> Expression {
    to(&["local", "name"])
}

/// The cluster as the cluster stack knows it.
pub(super) fn cluster_name() -> Expression {
    to(&["aws_eks_cluster", "main", "name"])
}

/// A text in which Terraform puts the cluster's name between `before` and `after`.
pub(super) fn around_name(before: &str, after: &str) -> Expression {
    let texts = [Part::text(before), Part::value(name()), Part::text(after)];
    Expression::template(texts.into_iter().filter(|part| *part != Part::text("")))
}

/// `"${local.name}-suffix"`.
pub(super) fn suffixed(suffix: &str) -> Expression {
    around_name("", &format!("-{suffix}"))
}

/// An exact name, spelled with `local.name` where it starts or ends with the cluster's.
pub(super) fn exact(infra: &Infra, text: &str) -> Expression {
    let own = infra.name.as_str();
    let before =
        |text: &str| text.strip_suffix(own).filter(|rest| rest.ends_with(['-', '/'])).map(str::to_owned);
    if text == own {
        name()
    } else if let Some(rest) = text.strip_prefix(own).filter(|rest| rest.starts_with('-')) {
        around_name("", rest)
    } else if let Some(rest) = before(text) {
        around_name(&rest, "")
    } else {
        Expression::string(text)
    }
}

/// `tags = { Name = … }`.
pub(super) fn name_tag(value: Expression) -> Expression {
    Expression::object([Entry::new("Name", value)])
}

/// Tags with `Name` first. The tags that carry the cluster's name by convention get it from `local.name`.
pub(super) fn tags<'a>(
    infra: &Infra,
    own_name: Expression,
    tags: impl IntoIterator<Item = (&'a String, &'a String)>,
) -> Expression {
    let given: Vec<_> = tags.into_iter().collect();
    let named = given.iter().any(|(key, _)| *key == "Name");
    let mut entries = if named { vec![] } else { vec![Entry::new("Name", own_name)] };
    let discovery =
        infra.karpenter.as_ref().map_or("karpenter.sh/discovery", |own| own.discovery.key.as_str());
    for (key, value) in given {
        let conventional = key == discovery && *value == infra.name;
        let value = if conventional { name() } else { Expression::string(value) };
        let own_key = key.strip_prefix("kubernetes.io/cluster/").is_some_and(|rest| rest == infra.name);
        let key = match own_key {
            true => Key::Template(vec![Part::text("kubernetes.io/cluster/"), Part::value(name())]),
            false => Key::Name(key.clone()),
        };
        entries.push(Entry::new(key, value));
    }
    Expression::object(entries)
}

/// `jsonencode(…)`.
pub(super) fn json(value: impl Into<Expression>) -> Expression {
    Expression::call("jsonencode", [value.into()])
}

/// A list.
pub(super) fn list(items: impl IntoIterator<Item = Expression>) -> Expression {
    Expression::List(items.into_iter().collect())
}

/// A list of texts.
pub(super) fn strings<T: Display>(items: impl IntoIterator<Item = T>) -> Expression {
    list(items.into_iter().map(|item| Expression::string(item.to_string())))
}

/// The variable of an input.
pub(super) fn input(name: &InputName) -> Expression {
    to(&["var", name.as_str()])
}

/// A value, or the variable of the input that holds it.
pub(super) fn given<T: Display>(value: &Given<T>) -> Expression {
    match value {
        Given::Known(value) => Expression::string(value.to_string()),
        Given::Input(reference) => input(&reference.input),
    }
}

/// The origin that is a place in the spec, fixed in the compiler.
pub(super) fn spec(dotted: &str) -> Origin {
    Origin::Spec(Address::of(dotted))
}

/// A block with `depends_on` last, if it names anything.
pub(super) fn depends_on(block: Block, on: Vec<Expression>) -> Block {
    if on.is_empty() { block } else { block.blank().attr("depends_on", Expression::List(on)) }
}

/// `prevent_destroy`, where what cannot be made again is kept.
pub(super) fn kept(infra: &Infra) -> Option<Attribute> {
    let origin = spec("spec.aws.protect");
    infra.protect.then(|| Attribute::new("prevent_destroy", true).origin(origin))
}

/// A block that is kept from being destroyed, where the spec asks for it.
pub(super) fn keep(infra: &Infra, block: Block) -> Block {
    match kept(infra) {
        None => block,
        Some(kept) => block.block(Block::bare("lifecycle").origin(spec("spec.aws.protect")).item(kept)),
    }
}

/// Blocks as items of a body.
pub(super) fn items(blocks: impl IntoIterator<Item = Block>) -> impl Iterator<Item = Item> {
    blocks.into_iter().map(Item::from)
}

/// The two stacks. Each has its own way to values that are known later.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stack {
    /// The stack that makes the cluster.
    Cluster,
    /// The stack that finds the cluster by its name and brings Flux in.
    GitOps,
}

impl Stack {
    /// The expression for a text.
    pub(super) fn text(self, text: &Text) -> Expression {
        Expression::template(text.0.iter().map(|part| match part {
            TextPart::Literal(literal) => Part::text(literal),
            TextPart::Deferred(deferred) => Part::value(self.deferred(deferred)),
        }))
    }

    /// The ARN of a principal.
    pub(super) fn principal(self, infra: &Infra, principal: &Principal) -> Expression {
        match principal {
            Principal::Known(arn) => Expression::string(arn.to_string()),
            Principal::Input(reference) => input(&reference.input),
            Principal::Role(reference) => self.arn("aws_iam_role", reference.role.as_str()),
            Principal::Operator(reference) => {
                infra.operator_arn(&reference.operator).map_or(Expression::Null, |arn| self.text(&arn))
            }
        }
    }

    /// The expression for a JSON value whose texts may hold marks.
    pub(super) fn value(self, value: &serde_json::Value) -> Expression {
        match value {
            serde_json::Value::String(marked) => self.text(&Text::of(marked)),
            serde_json::Value::Array(items) => list(items.iter().map(|item| self.value(item))),
            serde_json::Value::Object(map) => self.object(map),
            plain => Expression::from(plain.clone()),
        }
    }

    /// The expression for a JSON object whose texts may hold marks.
    pub(super) fn object(self, map: &serde_json::Map<String, serde_json::Value>) -> Expression {
        Expression::object(map.iter().map(|(key, value)| Entry::new(key.clone(), self.value(value))))
    }

    fn deferred(self, deferred: &Deferred) -> Expression {
        match (deferred, self) {
            (Deferred::Input(name), _) => input(name),
            (Deferred::AccountId, _) => account_id(),
            (Deferred::Region, _) => to(&["local", "region"]),
            (Deferred::ClusterName, _) => to(&["local", "name"]),
            (Deferred::OidcIssuer, _) => to(&["local", "oidc_issuer"]),
            (Deferred::VpcId, Stack::Cluster) => to(&["aws_vpc", "main", "id"]),
            (Deferred::VpcId, Stack::GitOps) => path("data.aws_eks_cluster.main.vpc_config[0].vpc_id"),
            (Deferred::ClusterEndpoint, Stack::Cluster) => to(&["aws_eks_cluster", "main", "endpoint"]),
            (Deferred::ClusterEndpoint, Stack::GitOps) => {
                to(&["data", "aws_eks_cluster", "main", "endpoint"])
            }
            (Deferred::ClusterCertificate, Stack::Cluster) => {
                path("aws_eks_cluster.main.certificate_authority[0].data")
            }
            (Deferred::ClusterCertificate, Stack::GitOps) => {
                path("data.aws_eks_cluster.main.certificate_authority[0].data")
            }
            (Deferred::QueueArn, stack) => stack.arn("aws_sqs_queue", "karpenter"),
            (Deferred::NodeRoleArn, stack) => stack.arn("aws_iam_role", KarpenterInfra::ROLE),
            (Deferred::DiskKeyArn, stack) => stack.arn("aws_kms_key", "disks"),
            (Deferred::RoleArn(key), stack) => stack.arn("aws_iam_role", key),
            (Deferred::CertificateArn(key), stack) => stack.arn("aws_acm_certificate", key),
            (Deferred::SecurityGroupId(key), Stack::Cluster) => to(&["aws_security_group", key, "id"]),
            (Deferred::SecurityGroupId(key), Stack::GitOps) => to(&["data", "aws_security_group", key, "id"]),
        }
    }

    pub(super) fn arn(self, kind: &str, label: &str) -> Expression {
        match self {
            Stack::Cluster => to(&[kind, label, "arn"]),
            Stack::GitOps => to(&["data", kind, label, "arn"]),
        }
    }
}

/// The id of the account that Terraform runs in.
pub(super) fn account_id() -> Expression {
    to(&["data", "aws_caller_identity", "current", "account_id"])
}
