//! `karpenter.tf`: what surrounds Karpenter: the role of its nodes, and the queue that tells it of interruptions.

use super::node_groups::ec2_trust;
use super::policy::{attachments, bounded, document};
use super::terms::{cluster_name, exact, items, json, resource, spec, strings, suffixed, to};
use crate::catalog::karpenter::{InterruptionEvent, events};
use crate::ir::{Infra, KarpenterInfra};
use crate::source::Origin;
use crate::syntax::hcl::{Block, Body, Entry, Expression};

const ROLE: &str = KarpenterInfra::ROLE;
const RETENTION: u32 = 300;

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let Some(karpenter) = &infra.karpenter else { return body };
    body.push(bounded(infra, role(infra, karpenter)));
    body.0.extend(items(attachments(infra, ROLE, &karpenter.managed_policies, &origin())));
    // Where access entries do not count, the ConfigMap lets these nodes in.
    if infra.authentication.has_entries() {
        body.push(access());
    }
    if karpenter.instance_profile {
        body.push(instance_profile());
    }
    body.push(queue(infra, karpenter));
    body.push(queue_policy());
    for event in events(&karpenter.version) {
        body.push(rule(event));
        body.push(target(event));
    }
    body
}

fn origin() -> Origin {
    spec("spec.aws.karpenter")
}

fn role(infra: &Infra, karpenter: &KarpenterInfra) -> Block {
    let trust = if infra.node_groups.is_empty() { ec2_trust() } else { to(&["local", "trust_ec2"]) };
    resource("aws_iam_role", ROLE)
        .origin(origin())
        .comment("Karpenter's node classes name this role.")
        .attr("name", exact(infra, &karpenter.node_role))
        .attr("assume_role_policy", trust)
}

fn access() -> Block {
    resource("aws_eks_access_entry", ROLE)
        .origin(origin())
        .attr("cluster_name", cluster_name())
        .attr("principal_arn", to(&["aws_iam_role", ROLE, "arn"]))
        .attr("type", "EC2_LINUX")
}

fn instance_profile() -> Block {
    resource("aws_iam_instance_profile", ROLE)
        .origin(spec("spec.aws.network.nat"))
        .comment("Karpenter cannot make it: no VPC endpoint leads to IAM.")
        .attr("name", to(&["aws_iam_role", ROLE, "name"]))
        .attr("role", to(&["aws_iam_role", ROLE, "name"]))
}

fn queue(infra: &Infra, karpenter: &KarpenterInfra) -> Block {
    resource("aws_sqs_queue", "karpenter")
        .origin(origin())
        .attr("name", exact(infra, &karpenter.queue))
        .attr("message_retention_seconds", RETENTION)
        .attr("sqs_managed_sse_enabled", true)
}

fn queue_arn() -> Expression {
    to(&["aws_sqs_queue", "karpenter", "arn"])
}

fn queue_policy() -> Block {
    let senders =
        Expression::object([Entry::new("Service", strings(["events.amazonaws.com", "sqs.amazonaws.com"]))]);
    let plain = Expression::object([Entry::new("aws:SecureTransport", "false")]);
    let send = Expression::object([
        Entry::new("Sid", "AllowEvents"),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", senders),
        Entry::new("Action", "sqs:SendMessage"),
        Entry::new("Resource", queue_arn()),
    ]);
    let deny = Expression::object([
        Entry::new("Sid", "DenyHTTP"),
        Entry::new("Effect", "Deny"),
        Entry::new("Principal", "*"),
        Entry::new("Action", "sqs:*"),
        Entry::new("Resource", queue_arn()),
        Entry::new("Condition", Expression::object([Entry::new("Bool", plain)])),
    ]);
    resource("aws_sqs_queue_policy", "karpenter")
        .origin(origin())
        .attr("queue_url", to(&["aws_sqs_queue", "karpenter", "id"]))
        .attr("policy", document([send, deny]))
}

fn label(event: &InterruptionEvent) -> String {
    format!("karpenter_{}", event.key)
}

fn rule(event: &InterruptionEvent) -> Block {
    let pattern = Expression::object([
        Entry::new("source", strings([event.source])),
        Entry::new("detail-type", strings([event.detail])),
    ]);
    resource("aws_cloudwatch_event_rule", &label(event))
        .origin(origin())
        .attr("name", suffixed(&format!("karpenter-{}", event.key)))
        .attr("event_pattern", json(pattern))
}

fn target(event: &InterruptionEvent) -> Block {
    resource("aws_cloudwatch_event_target", &label(event))
        .origin(origin())
        .attr("rule", to(&["aws_cloudwatch_event_rule", &label(event), "name"]))
        .attr("target_id", "KarpenterInterruptionQueueTarget")
        .attr("arn", queue_arn())
}
