//! `policies.tf` and `operators.tf`: who may run Terraform, and what that takes, by what the stacks hold.

mod permissions;

use super::emitted::Emitted;
use super::policy::{document, one_or_many, settings, statements};
use super::terms::{exact, given, items, resource, suffixed, to};
use crate::ir::{FOUNDATION_FOLDER, Foundation, Infra, Operator, OperatorPolicy};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

pub(super) fn policies(infra: &Infra, foundation: &Foundation, emitted: &Emitted) -> Body {
    let policy = |which: OperatorPolicy| {
        let folder = Expression::template([
            Part::text(FOUNDATION_FOLDER),
            Part::value(to(&["local", "name"])),
            Part::text("/"),
        ]);
        resource("aws_iam_policy", which.suffix())
            .origin(Origin::Rule("what Terraform does with the kinds of things that the stacks hold"))
            .comment(purpose(which))
            .attr("name", suffixed(which.suffix()))
            .attr("path", folder)
            .attr("policy", statements(&permissions::of(which, infra, foundation, emitted)))
    };
    Body(items(foundation.policies().into_iter().map(policy)).collect())
}

fn purpose(which: OperatorPolicy) -> &'static str {
    match which {
        OperatorPolicy::Plan => "Reads what the stacks hold, and the state.",
        OperatorPolicy::ApplyEc2 => "Makes and changes the network and machines.",
        OperatorPolicy::ApplyIam => {
            "Makes and changes roles and policies of the cluster, and never the foundation."
        }
        OperatorPolicy::ApplyServices => "Makes and changes everything else, and writes the state.",
        OperatorPolicy::Destroy => "Takes away everything but roles and policies.",
        OperatorPolicy::DestroyIam => "Takes away roles and policies of the cluster.",
    }
}

pub(super) fn roles(infra: &Infra, foundation: &Foundation) -> Body {
    let mut body = Body::new();
    for operator in &foundation.operators {
        body.push(role(infra, operator));
        body.0.extend(items(OperatorPolicy::of(operator.may).map(|policy| attachment(operator, policy))));
    }
    body
}

fn role(infra: &Infra, operator: &Operator) -> Block {
    let at = |field: &str| Origin::Spec(operator.address.key(field));
    let principals = one_or_many(operator.trust.iter().map(given));
    let trust = document([Expression::object([
        Entry::new("Sid", "AllowPrincipals"),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("AWS", principals)])),
        Entry::new("Action", "sts:AssumeRole"),
    ])]);
    let role = resource("aws_iam_role", &operator.key)
        .origin(Origin::Spec(operator.address.clone()))
        .attr("name", exact(infra, &operator.role));
    settings(role, &operator.settings).item(Attribute::new("assume_role_policy", trust).origin(at("trust")))
}

fn attachment(operator: &Operator, policy: OperatorPolicy) -> Block {
    let label = format!("{}_{}", operator.key, policy.suffix());
    resource("aws_iam_role_policy_attachment", &label)
        .origin(Origin::Spec(operator.address.key("may")))
        .attr("role", to(&["aws_iam_role", &operator.key, "name"]))
        .attr("policy_arn", to(&["aws_iam_policy", policy.suffix(), "arn"]))
}
