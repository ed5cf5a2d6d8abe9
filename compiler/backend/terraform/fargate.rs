//! `fargate.tf`: the role of the machines under pods on Fargate, what they and nodes may say to each other, the profiles.

use super::addons::before_nodes;
use super::network::{control_plane_group, ways_out};
use super::node_security::group_id;
use super::policy::{attachment_references, attachments, bounded, document};
use super::terms::{account_id, cluster_name, items, list, name, resource, spec, suffixed, to};
use crate::ir::{FargateProfile, FargateSelector, Infra};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

const ROLE: &str = FargateProfile::ROLE;

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    if infra.fargate.is_empty() {
        return body;
    }
    let role = resource("aws_iam_role", ROLE)
        .origin(origin())
        .comment("Pulls images for pods on Fargate; the pods themselves do not have it.")
        .attr("name", suffixed(ROLE))
        .attr("assume_role_policy", trust(infra));
    body.push(bounded(infra, role));
    body.0.extend(items(attachments(infra, ROLE, &policies(), &origin())));
    body.0.extend(items([from_fargate(), to_fargate()]));
    let mut before = None;
    for profile in &infra.fargate {
        body.push(block(infra, profile, before));
        before = Some(profile);
    }
    body
}

fn origin() -> Origin {
    spec("spec.aws.fargate")
}

fn policies() -> Vec<String> {
    vec![FargateProfile::POLICY.to_owned()]
}

/// Only profiles of this cluster may hand the role out.
fn trust(infra: &Infra) -> Expression {
    let profiles = Expression::template([
        Part::text(format!("arn:{}:eks:", infra.partition)),
        Part::value(to(&["local", "region"])),
        Part::text(":"),
        Part::value(account_id()),
        Part::text(":fargateprofile/"),
        Part::value(name()),
        Part::text("/*"),
    ]);
    let source = Expression::object([Entry::new("aws:SourceArn", profiles)]);
    let service = Expression::object([Entry::new("Service", "eks-fargate-pods.amazonaws.com")]);
    document([Expression::object([
        Entry::new("Sid", "AllowFargateProfiles"),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", service),
        Entry::new("Action", "sts:AssumeRole"),
        Entry::new("Condition", Expression::object([Entry::new("ArnLike", source)])),
    ])])
}

/// Pods on Fargate carry the control plane's group, pods on nodes the nodes': each has to let the other in.
fn from_fargate() -> Block {
    rule("node_from_fargate", group_id(), "Pods on Fargate to nodes and their pods", control_plane_group())
}

fn to_fargate() -> Block {
    rule("fargate_from_node", control_plane_group(), "Nodes and their pods to pods on Fargate", group_id())
}

fn rule(label: &str, into: Expression, why: &str, from: Expression) -> Block {
    resource("aws_vpc_security_group_ingress_rule", label)
        .origin(Origin::Rule("pods on Fargate carry another security group than nodes"))
        .attr("security_group_id", into)
        .attr("description", why)
        .attr("referenced_security_group_id", from)
        .attr("ip_protocol", "-1")
}

fn block(infra: &Infra, profile: &FargateProfile, before: Option<&FargateProfile>) -> Block {
    let subnets = profile.subnets.iter().map(|key| to(&["aws_subnet", key, "id"]));
    let mut block = resource("aws_eks_fargate_profile", &profile.key)
        .origin(&profile.address)
        .attr("cluster_name", cluster_name())
        .attr("fargate_profile_name", profile.key.as_str())
        .attr("pod_execution_role_arn", to(&["aws_iam_role", ROLE, "arn"]))
        .attr("subnet_ids", list(subnets));
    for (index, one) in profile.selectors.iter().enumerate() {
        let address = profile.address.key("selectors").index(index);
        block = block.block(selector(one).origin(Origin::Spec(address)));
    }
    let mut needed = attachment_references(ROLE, &policies());
    needed.extend(before_nodes(infra).map(|addon| to(&["aws_eks_addon", &addon.name])));
    needed.extend(
        ["node_from_fargate", "fargate_from_node"]
            .map(|label| to(&["aws_vpc_security_group_ingress_rule", label])),
    );
    needed.extend(ways_out(&infra.network, profile.tier));
    let mut depends = Attribute::new("depends_on", Expression::Null);
    if let Some(before) = before {
        needed.push(to(&["aws_eks_fargate_profile", &before.key]));
        depends = depends.comment("EKS changes the profiles of a cluster one at a time.");
    }
    depends.value = list(needed);
    block.blank().item(depends)
}

fn selector(selector: &FargateSelector) -> Block {
    let block = Block::bare("selector").attr("namespace", selector.namespace.as_str());
    if selector.labels.is_empty() {
        return block;
    }
    let labels = selector.labels.iter().map(|(key, value)| Entry::new(key.to_string(), value.to_string()));
    block.attr("labels", Expression::object(labels))
}
