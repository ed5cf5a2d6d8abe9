//! The stack `foundation`: the bucket for the state, the permissions boundary, and who may run Terraform.

use super::emitted::Emitted;
use super::roots::{aws, backend, locals, root_locals, used, variables, versions};
use super::terms::{items, spec, to};
use super::{boundary, operators, state_bucket};
use crate::ir::{Foundation, Infra};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression};

/// The files of the stack; none without a foundation, or with nothing in it. `emitted` is what the other stacks hold.
pub(super) fn files(infra: &Infra, emitted: &Emitted) -> Vec<(&'static str, Body)> {
    let Some(foundation) = &infra.foundation else { return Vec::new() };
    let mut files = vec![
        ("state_bucket.tf", state_bucket::body(infra, foundation)),
        ("boundary.tf", boundary::made(infra, crate::ir::Stack::Foundation)),
        ("policies.tf", operators::policies(infra, foundation, emitted)),
        ("operators.tf", operators::roles(infra, foundation)),
        ("outputs.tf", outputs(foundation)),
    ];
    if files.iter().all(|(_, body)| body.0.is_empty()) {
        return Vec::new();
    }
    let providers = Body::new().block(aws(infra, !infra.tags.is_empty()));
    let used = used(files.iter().map(|(_, body)| body).chain([&providers]));
    files.extend([
        ("versions.tf", versions(&[])),
        ("backend.tf", backend(infra, "foundation")),
        ("providers.tf", providers),
        ("variables.tf", variables(infra, &used)),
        ("locals.tf", root_locals(infra, region(infra), &used)),
    ]);
    files
}

/// The region of the stack: that of the bucket, for nothing else in it belongs to a region.
fn region(infra: &Infra) -> Block {
    match &infra.state.region {
        None => locals(infra),
        Some(region) => Block::bare("locals")
            .origin(spec("metadata.name"))
            .attr("name", infra.name.as_str())
            .item(Attribute::new("region", region.as_str()).origin(spec("spec.aws.state.s3.region"))),
    }
}

fn outputs(foundation: &Foundation) -> Body {
    let roles: Vec<Entry> = foundation
        .operators
        .iter()
        .map(|operator| {
            Entry::new(operator.key.as_str(), to(&["aws_iam_role", &operator.key, "arn"]))
                .origin(Origin::Spec(operator.address.clone()))
        })
        .collect();
    let output = (!roles.is_empty()).then(|| {
        Block::new("output", ["operator_role_arns"])
            .origin(Origin::Rule("people ask for it"))
            .attr("description", "The roles of operators, by name.")
            .attr("value", Expression::object(roles))
    });
    Body(items(output).collect())
}
