//! What every root module begins with: versions, backend, providers, variables, locals.

use std::collections::BTreeSet;

use super::terms::{data, given, input, items, list, spec, to};
use crate::domain::InputName;
use crate::ir::{GroupRef, Infra, Side};
use crate::source::{Address, Origin};
use crate::spec::{InputDeclaration, InputKind, StateKey, StateKeyWord};
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Item, Key, Part};

/// The Terraform that outputs are written for: the first whose S3 backend locks by a file.
const TERRAFORM: &str = ">= 1.10";
/// The AWS provider that outputs are written for.
const AWS: (&str, &str, &str) = ("aws", "hashicorp/aws", "~> 6.47");

/// The files that begin the stack `cluster`; `others` are its other files.
pub(super) fn cluster(infra: &Infra, others: &[(&'static str, Body)]) -> Vec<(&'static str, Body)> {
    let providers = Body::new().block(acting(aws(infra, !infra.tags.is_empty()), infra));
    let used = used(others.iter().map(|(_, body)| body).chain([&providers]));
    vec![
        ("versions.tf", versions(&[])),
        ("backend.tf", backend(infra, "cluster")),
        ("providers.tf", providers),
        ("variables.tf", variables(infra, &used)),
        ("locals.tf", root_locals(infra, locals(infra), &used)),
    ]
}

/// `locals.tf` of a stack that makes things in AWS: `locals` with the tags, and the account.
pub(super) fn root_locals(infra: &Infra, locals: Block, used: &BTreeSet<String>) -> Body {
    let tags = infra.tags.iter().map(|(key, value)| {
        Entry::new(key.clone(), value.as_str()).origin(&Address::of("metadata.tags").key(key))
    });
    let locals = match infra.tags.is_empty() {
        true => locals,
        false => locals.item(Attribute::new("tags", Expression::object(tags)).origin(spec("metadata.tags"))),
    };
    Body(items([locals]).chain(items(caller_identity(used))).collect())
}

/// `terraform { required_version, required_providers }`; `more` are the providers beside AWS: name, source, version.
pub(super) fn versions(more: &[(&str, &str, &str)]) -> Body {
    let mut providers = vec![AWS];
    providers.extend(more);
    providers.sort_unstable();
    let required =
        providers.into_iter().fold(Block::bare("required_providers"), |block, (name, source, version)| {
            block.attr(
                name,
                Expression::object([Entry::new("source", source), Entry::new("version", version)]),
            )
        });
    let terraform = Block::bare("terraform")
        .origin(Origin::Rule("the versions that the output is written and checked for"))
        .attr("required_version", TERRAFORM)
        .block(required);
    Body::new().block(terraform)
}

/// `backend "s3"`: one key for each stack of each cluster.
pub(super) fn backend(infra: &Infra, stack: &str) -> Body {
    let state = &infra.state;
    let region = state.region.as_ref().map_or_else(|| infra.region.clone(), ToString::to_string);
    let mut backend = Block::new("backend", ["s3"])
        .attr("bucket", state.bucket.to_string())
        .attr("key", state_key(infra, stack))
        .attr("region", region);
    // What Terraform asks for wins over what the bucket does by itself, and it would ask for S3's own key.
    if !bucket_has_a_key(infra) {
        backend = backend.attr("encrypt", true);
    }
    let backend = backend.attr("use_lockfile", true);
    let backend = match &state.assume_role {
        Some(role) => {
            let role = Expression::object([Entry::new("role_arn", role.as_str())]);
            let assume = Attribute::new("assume_role", role);
            backend.item(assume.origin(spec("spec.aws.state.s3.assumeRole")))
        }
        None => backend,
    };
    Body::new().block(Block::bare("terraform").origin(spec("spec.aws.state.s3")).block(backend))
}

/// The key of a stack's state in the bucket.
pub(super) fn state_key(infra: &Infra, stack: &str) -> String {
    let folder = infra.state.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
    format!("{folder}{}/{stack}.tfstate", infra.name)
}

/// Whether the bucket that the foundation makes encrypts with a key of KMS.
fn bucket_has_a_key(infra: &Infra) -> bool {
    let bucket = infra.foundation.as_ref().and_then(|foundation| foundation.state_bucket.as_ref());
    bucket.is_some_and(|bucket| !matches!(bucket.key, StateKey::Word(StateKeyWord::S3)))
}

/// `provider "aws"`.
pub(super) fn aws(infra: &Infra, tagged: bool) -> Block {
    let mut block = Block::new("provider", ["aws"])
        .origin(spec("spec.aws.region"))
        .attr("region", to(&["local", "region"]));
    if let Some(account) = &infra.account {
        let ids = Attribute::new("allowed_account_ids", list([given(account)]));
        block = block.item(ids.origin(spec("spec.aws.account")));
    }
    if tagged {
        let tags = Block::bare("default_tags").origin(spec("metadata.tags"));
        block = block.block(tags.attr("tags", to(&["local", "tags"])));
    }
    block
}

/// The provider, acting as the role that the spec names. Not for the foundation: whoever makes the roles cannot be one of them.
pub(super) fn acting(provider: Block, infra: &Infra) -> Block {
    let Some(assumed) = &infra.assume_role else { return provider };
    let assume = Block::bare("assume_role")
        .origin(spec("spec.aws.assumeRole"))
        .attr("role_arn", given(&assumed.role))
        .attr("session_name", assumed.session.as_str());
    provider.block(assume)
}

/// `locals { name, region }`.
pub(super) fn locals(infra: &Infra) -> Block {
    Block::bare("locals")
        .origin(spec("metadata.name"))
        .attr("name", infra.name.as_str())
        .item(Attribute::new("region", infra.region.as_str()).origin(spec("spec.aws.region")))
}

/// The account, where something names it.
pub(super) fn caller_identity(used: &BTreeSet<String>) -> Option<Block> {
    let origin = Origin::Rule("names and ARNs hold the account's id");
    used.contains("data.aws_caller_identity.current.account_id")
        .then(|| data("aws_caller_identity", "current").origin(origin))
}

/// The variables that the stack uses, by the inputs that the spec declares.
pub(super) fn variables(infra: &Infra, used: &BTreeSet<String>) -> Body {
    let mut body = Body::new();
    for (name, declared) in &infra.inputs {
        if used.contains(&format!("var.{name}")) {
            body.push(variable(infra, name, declared));
        }
    }
    body
}

fn variable(infra: &Infra, name: &InputName, declared: &InputDeclaration) -> Block {
    let address = Address::of("spec.inputs").key(name.as_str());
    let mut block = Block::new("variable", [name.as_str()]).origin(&address);
    if let Some(description) = &declared.description {
        block = block.attr("description", description);
    }
    block = block.attr("type", to(&["string"]));
    if declared.sensitive || is_secret(infra, name) {
        block = block.attr("sensitive", true);
    }
    for (condition, message) in validations(infra, name, declared.kind) {
        let validation = Block::bare("validation")
            .origin(&address.key("type"))
            .attr("condition", Expression::call("can", [condition]))
            .attr("error_message", message);
        block = block.block(validation);
    }
    block
}

/// Whether an input is a credential, whatever its declaration says.
fn is_secret(infra: &Infra, name: &InputName) -> bool {
    let Some(bootstrap) = &infra.bootstrap else { return false };
    let auth = bootstrap.auth.iter().flat_map(|auth| {
        let key = auth.ssh.iter().map(|ssh| &ssh.private_key.input);
        key.chain(auth.token.iter().map(|token| &token.password.input))
    });
    let ring = bootstrap.signing.iter().map(|signing| &signing.key_ring.input);
    auth.chain(ring).any(|secret| secret == name)
}

/// Whether an input opens the bastion.
fn reaches_bastion(infra: &Infra, name: &InputName) -> bool {
    let rules = infra.traffic_rules.iter().filter(|rule| rule.group == GroupRef::Bastion);
    rules.into_iter().any(|rule| matches!(&rule.peer, Side::Range(range) if range.input() == Some(name)))
}

/// Conditions under `can()`, and what to say when they fail.
fn validations(infra: &Infra, name: &InputName, kind: InputKind) -> Vec<(Expression, &'static str)> {
    let regex = |pattern: &str| Expression::call("regex", [pattern.into(), input(name)]);
    match kind {
        InputKind::String => vec![],
        InputKind::Cidr => {
            let network = Expression::call("cidrhost", [input(name), Expression::from(0u32)]);
            let mut all = vec![(network, "An IPv4 network such as 203.0.113.7/32.")];
            if infra.control_plane.public.iter().any(|range| range.input() == Some(name)) {
                all.push((
                    regex("/[1-9][0-9]?$"),
                    "The whole internet must not reach the API: name a range.",
                ));
            } else if reaches_bastion(infra, name) {
                all.push((
                    regex("/[1-9][0-9]?$"),
                    "The whole internet must not reach the bastion: name a range.",
                ));
            }
            all
        }
        InputKind::IamRoleArn => {
            vec![(regex("^arn:[^:]+:iam::[0-9]{12}:role/.+$"), "The ARN of an IAM role, not of a session.")]
        }
        InputKind::Arn => {
            vec![(
                regex("^arn:[^:]+:[^:]+:[^:]*:[^:]*:.+$"),
                "An ARN: arn:partition:service:region:account:resource.",
            )]
        }
        InputKind::AccountId => vec![(regex("^[0-9]{12}$"), "The 12 digits of an AWS account.")],
        InputKind::Branch => {
            vec![(
                regex("^[A-Za-z0-9][A-Za-z0-9._/#+@-]*$"),
                "The name of a branch such as main, without refs/heads/.",
            )]
        }
    }
}

/// Everything that bodies refer to.
pub(super) fn used<'a>(bodies: impl IntoIterator<Item = &'a Body>) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    bodies.into_iter().for_each(|body| in_body(body, &mut found));
    found
}

fn in_body(body: &Body, found: &mut BTreeSet<String>) {
    for item in &body.0 {
        match item {
            Item::Attribute(attribute) => in_expression(&attribute.value, found),
            Item::Block(block) => in_body(&block.body, found),
            Item::Comment(_) | Item::Blank => {}
        }
    }
}

fn in_expression(expression: &Expression, found: &mut BTreeSet<String>) {
    match expression {
        Expression::Reference(reference) => {
            found.insert(reference.to_string());
        }
        Expression::Template(parts) => in_parts(parts, found),
        Expression::List(items) => items.iter().for_each(|item| in_expression(item, found)),
        Expression::Call { arguments, .. } => arguments.iter().for_each(|item| in_expression(item, found)),
        Expression::Object(entries) => {
            for entry in entries {
                match &entry.key {
                    Key::Name(_) => {}
                    Key::Template(parts) => in_parts(parts, found),
                    Key::Computed(key) => in_expression(key, found),
                }
                in_expression(&entry.value, found);
            }
        }
        Expression::Null | Expression::Bool(_) | Expression::Number(_) => {}
    }
}

fn in_parts(parts: &[Part], found: &mut BTreeSet<String>) {
    for part in parts {
        if let Part::Interpolation(expression) = part {
            in_expression(expression, found);
        }
    }
}
