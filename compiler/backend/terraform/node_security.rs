//! The first half of `node_groups.tf`: the one security group that nodes carry, one resource for each rule.

use super::network::control_plane_group;
use super::terms::{items, resource, spec, suffixed, tags, to};
use crate::ir::{Infra, NODE_PORTS, SecurityGroup};
use crate::source::Origin;
use crate::syntax::hcl::{Block, Body, Expression};

pub(super) fn body(infra: &Infra) -> Body {
    let group = &infra.node_security_group;
    let mut body = Body::new().block(security_group(infra, group)).block(from_nodes()).block(out());
    if infra.network.ipv6 {
        body.push(out_by_ipv6());
    }
    body.push(api());
    let always = NODE_PORTS.map(|(port, why)| (port, why.to_owned(), node_origin()));
    body.0.extend(items(always.into_iter().chain(wanted(group)).map(|(port, why, origin)| {
        rule("ingress", &port_label(port), origin)
            .attr("security_group_id", group_id())
            .attr("description", description(&why))
            .attr("referenced_security_group_id", control_plane_group())
            .attr("ip_protocol", "tcp")
            .attr("from_port", u32::from(port))
            .attr("to_port", u32::from(port))
    })));
    body
}

/// All rules, for what must not start before they hold or outlive them.
pub(super) fn rules(group: &SecurityGroup) -> Vec<Expression> {
    let ingress = |label: &str| to(&["aws_vpc_security_group_ingress_rule", label]);
    let ports =
        NODE_PORTS.iter().map(|(port, _)| *port).chain(wanted(group).into_iter().map(|(port, _, _)| port));
    let fixed = [ingress("node_from_node"), to(&["aws_vpc_security_group_egress_rule", "node"])];
    fixed
        .into_iter()
        .chain([ingress("control_plane_from_node")])
        .chain(ports.map(|it| ingress(&port_label(it))))
        .collect()
}

/// The group that nodes carry.
pub(super) fn group_id() -> Expression {
    to(&["aws_security_group", "node", "id"])
}

/// Ports that components ask for, each once, sorted.
fn wanted(group: &SecurityGroup) -> Vec<(u16, String, Origin)> {
    let mut ports: Vec<(u16, String, Origin)> = Vec::new();
    for open in &group.from_control_plane {
        if NODE_PORTS.iter().any(|(port, _)| *port == open.port) {
            continue;
        }
        match ports.iter_mut().find(|(port, _, _)| *port == open.port) {
            Some((_, why, _)) if why.contains(&open.why) => {}
            Some((_, why, _)) => *why = format!("{why}, {}", open.why),
            None => ports.push((open.port, format!("API server to {}", open.why), open.origin.clone())),
        }
    }
    ports.sort_by_key(|(port, _, _)| *port);
    ports
}

fn port_label(port: u16) -> String {
    format!("node_{port}_from_control_plane")
}

fn node_origin() -> Origin {
    spec("spec.aws.nodeGroups")
}

fn security_group(infra: &Infra, group: &SecurityGroup) -> Block {
    resource("aws_security_group", "node")
        .origin(node_origin())
        .attr("name", suffixed("node"))
        .attr("description", "Nodes of all groups and pools")
        .attr("vpc_id", to(&["aws_vpc", "main", "id"]))
        .blank()
        .attr("tags", tags(infra, suffixed("node"), &group.tags))
}

fn rule(direction: &str, label: &str, origin: Origin) -> Block {
    resource(&format!("aws_vpc_security_group_{direction}_rule"), label).origin(origin)
}

fn from_nodes() -> Block {
    rule("ingress", "node_from_node", node_origin())
        .attr("security_group_id", group_id())
        .attr("description", "Pods and nodes among themselves")
        .attr("referenced_security_group_id", group_id())
        .attr("ip_protocol", "-1")
}

fn out() -> Block {
    rule("egress", "node", node_origin())
        .attr("security_group_id", group_id())
        .attr("description", "Images, AWS APIs, and what pods call")
        .attr("cidr_ipv4", "0.0.0.0/0")
        .attr("ip_protocol", "-1")
}

fn out_by_ipv6() -> Block {
    rule("egress", "node_ipv6", spec("spec.aws.network.ipv6"))
        .attr("security_group_id", group_id())
        .attr("description", "The same over IPv6")
        .attr("cidr_ipv6", "::/0")
        .attr("ip_protocol", "-1")
}

fn api() -> Block {
    rule("ingress", "control_plane_from_node", node_origin())
        .attr("security_group_id", control_plane_group())
        .attr("description", "Kubelets and pods to the API server")
        .attr("referenced_security_group_id", group_id())
        .attr("ip_protocol", "tcp")
        .attr("from_port", 443u32)
        .attr("to_port", 443u32)
}

/// A description as EC2 takes it: at most 255 characters of a small set.
pub(super) fn description(why: &str) -> String {
    let safe =
        |c: char| if c.is_ascii_alphanumeric() || " ._-:/()#,@[]+=&;{}!$*".contains(c) { c } else { ' ' };
    why.chars().map(safe).take(255).collect::<String>().trim_end().to_owned()
}
