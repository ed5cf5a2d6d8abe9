//! `boundary.tf`: the policy that limits every role, in the stack that makes it and in the one that uses it.

use super::policy::statements;
use super::terms::{Stack as References, data, resource, spec, suffixed};
use crate::ir::{Boundary, Deferred, Infra, Stack, Text};
use crate::syntax::hcl::Body;

/// The suffix of the boundary's name after the cluster's.
const SUFFIX: &str = "boundary";

pub(super) fn body(infra: &Infra) -> Body {
    match &infra.boundary {
        Some(Boundary::Own { made_in: Stack::Cluster, .. }) => made(infra, Stack::Cluster),
        Some(Boundary::Own { made_in: Stack::Foundation, .. }) => found(infra),
        Some(Boundary::Existing(_)) | None => Body::new(),
    }
}

/// The policy, in the stack that makes it.
pub(super) fn made(infra: &Infra, stack: Stack) -> Body {
    let Some(Boundary::Own { made_in, path, statements: all }) = &infra.boundary else { return Body::new() };
    if *made_in != stack {
        return Body::new();
    }
    let comment = match stack {
        Stack::Cluster => "Every role of this stack may do what its policies and this one allow.",
        Stack::Foundation => "Every role of the cluster may do what its policies and this one allow.",
    };
    let mut policy = resource("aws_iam_policy", "permissions_boundary")
        .origin(spec("spec.aws.permissionsBoundary"))
        .comment(comment)
        .attr("name", suffixed(SUFFIX));
    if let Some(path) = path {
        policy = policy.attr("path", path.as_str());
    }
    Body::new().block(policy.attr("policy", statements(all)))
}

/// The policy that the foundation has made, by its exact ARN.
fn found(infra: &Infra) -> Body {
    let Some(arn) = arn(infra) else { return Body::new() };
    let policy = data("aws_iam_policy", "permissions_boundary")
        .origin(spec("spec.aws.permissionsBoundary"))
        .comment("The foundation makes it.")
        .attr("arn", References::Cluster.text(&arn));
    Body::new().block(policy)
}

/// The boundary's ARN; `None` without a boundary.
pub(super) fn arn(infra: &Infra) -> Option<Text> {
    Some(match infra.boundary.as_ref()? {
        Boundary::Existing(arn) => match arn {
            crate::spec::Given::Known(arn) => Text::of(arn.as_str()),
            crate::spec::Given::Input(input) => Text::deferred(Deferred::Input(input.input.clone())),
        },
        Boundary::Own { path, .. } => Text::of(&format!(
            "arn:{}:iam::{}:policy{}{}-{SUFFIX}",
            infra.partition,
            Deferred::AccountId.mark(),
            path.as_deref().unwrap_or("/"),
            Deferred::ClusterName.mark(),
        )),
    })
}
