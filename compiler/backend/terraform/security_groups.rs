//! `security_groups.tf`: groups for what is beside the cluster, and every rule that the spec asks for.

use super::network::control_plane_group;
use super::node_security::{description, group_id};
use super::terms::{given, items, name_tag, resource, suffixed, to};
use crate::ir::{Direction, GroupRef, Infra, OwnGroup, Side, Traffic, TrafficRule};
use crate::syntax::hcl::{Block, Body, Expression};

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    for group in &infra.security_groups {
        body.push(security_group(group));
        let own = GroupRef::Own(group.key.clone());
        body.0.extend(items(rules(infra, &own)));
    }
    body.0.extend(items(rules(infra, &GroupRef::Nodes)));
    body.0.extend(items(rules(infra, &GroupRef::ControlPlane)));
    body
}

/// The rules of one group.
pub(super) fn rules(infra: &Infra, group: &GroupRef) -> Vec<Block> {
    infra.traffic_rules.iter().filter(|rule| rule.group == *group).map(rule).collect()
}

fn security_group(group: &OwnGroup) -> Block {
    resource("aws_security_group", &group.key)
        .origin(group.origin.clone())
        .attr("name", suffixed(&group.key))
        .attr("description", group.description.as_str())
        .attr("vpc_id", to(&["aws_vpc", "main", "id"]))
        .blank()
        .attr("tags", name_tag(suffixed(&group.key)))
}

fn id(group: &GroupRef) -> Expression {
    match group {
        GroupRef::Own(key) => to(&["aws_security_group", key, "id"]),
        GroupRef::Nodes => group_id(),
        GroupRef::ControlPlane => control_plane_group(),
        GroupRef::Bastion => to(&["aws_security_group", "bastion", "id"]),
    }
}

fn rule(rule: &TrafficRule) -> Block {
    let kind = match rule.direction {
        Direction::Ingress => "aws_vpc_security_group_ingress_rule",
        Direction::Egress => "aws_vpc_security_group_egress_rule",
    };
    let (peer, value) = match &rule.peer {
        Side::Range(range) => ("cidr_ipv4", given(range)),
        Side::Range6(range) => ("cidr_ipv6", range.to_string().into()),
        Side::Vpc => ("cidr_ipv4", to(&["aws_vpc", "main", "cidr_block"])),
        Side::Secondary(range) => {
            let label = format!("secondary_{range}");
            ("cidr_ipv4", to(&["aws_vpc_ipv4_cidr_block_association", &label, "cidr_block"]))
        }
        Side::Group(group) => ("referenced_security_group_id", id(group)),
        Side::List(list) => ("prefix_list_id", list.to_string().into()),
    };
    let block = resource(kind, &rule.key)
        .origin(rule.origin.clone())
        .attr("security_group_id", id(&rule.group))
        .attr("description", description(&rule.description))
        .attr(peer, value);
    let (protocol, ports) = match &rule.traffic {
        Traffic::All => ("-1", None),
        Traffic::Tcp(ports) => ("tcp", Some(ports)),
        Traffic::Udp(ports) => ("udp", Some(ports)),
    };
    let block = block.attr("ip_protocol", protocol);
    match ports {
        None => block,
        Some(ports) => {
            block.attr("from_port", u32::from(ports.first())).attr("to_port", u32::from(ports.last()))
        }
    }
}
