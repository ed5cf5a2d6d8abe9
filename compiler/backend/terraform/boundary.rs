//! `boundary.tf`: the policy that limits every role, where it is made with the cluster.

use super::policy::statements;
use super::terms::{resource, spec, suffixed};
use crate::ir::{Boundary, Infra};
use crate::syntax::hcl::Body;

pub(super) fn body(infra: &Infra) -> Body {
    let Some(Boundary::Own { path, statements: all }) = &infra.boundary else { return Body::new() };
    let mut policy = resource("aws_iam_policy", "permissions_boundary")
        .origin(spec("spec.aws.permissionsBoundary"))
        .comment("Every role of this stack may do what its policies and this one allow.")
        .attr("name", suffixed("boundary"));
    if let Some(path) = path {
        policy = policy.attr("path", path.as_str());
    }
    Body::new().block(policy.attr("policy", statements(all)))
}
