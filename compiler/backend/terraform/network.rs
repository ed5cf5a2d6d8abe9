//! `network.tf`: from outside in, VPC, gateways, subnets, routes, VPC endpoints.

use super::terms::{around_name, items, list, name, name_tag, path, resource, spec, suffixed, tags, to};
use crate::cluster::Tier;
use crate::ir::{Infra, NatGateway, Network, RouteTable, Subnet, VpcEndpoint, WayOut};
use crate::source::{Address, Origin};
use crate::spec::SubnetGroup;
use crate::syntax::hcl::{Attribute, Block, Body, Expression, Part};

const NAT: &str = "spec.aws.network.nat";
const IPV6: &str = "spec.aws.network.ipv6";

pub(super) fn body(infra: &Infra) -> Body {
    let network = &infra.network;
    let subnets_of = |public: bool| {
        network
            .subnets
            .iter()
            .filter(move |subnet| (subnet.tier == Tier::Public) == public)
            .map(|it| subnet(infra, it))
    };
    let mut body = Body::new().block(vpc(network)).block(default_security_group());
    body.0.extend(items(network.secondary_cidrs.iter().map(|cidr| secondary(cidr.as_ref()))));
    if network.route_tables.iter().any(|table| table.way_out == WayOut::Internet) {
        body.push(internet_gateway());
    }
    if network.ipv6 && network.route_tables.iter().any(leads_out_only) {
        body.push(egress_only_gateway());
    }
    body.0.extend(items(subnets_of(true)));
    for gateway in &network.nat_gateways {
        body.push(address(gateway));
        body.push(nat_gateway(gateway));
    }
    body.0.extend(items(subnets_of(false)));
    for table in &network.route_tables {
        body.push(route_table(table));
        body.0.extend(items(default_route(table)));
        if network.ipv6 {
            body.0.extend(items(ipv6_route(table)));
        }
        let own = network.subnets.iter().filter(|subnet| subnet.route_table == table.key);
        body.0.extend(items(own.map(association)));
    }
    body.0.extend(items(network.subnet_groups.iter().map(|group| subnet_group(network, *group))));
    body.0.extend(items(endpoint_security_group(network)));
    body.0.extend(items(network.endpoints.iter().map(|it| endpoint(network, it))));
    body
}

/// What a node in a subnet of this tier needs to get out: routes, and the endpoints of an isolated network.
pub(super) fn ways_out(network: &Network, tier: Tier) -> Vec<Expression> {
    let tables = network.route_tables.iter().filter(|table| table.tier == tier);
    let routes = tables.filter(|table| table.way_out != WayOut::Nowhere);
    let routes = routes.map(|table| to(&["aws_route", &table.key]));
    let subnets = network.subnets.iter().filter(|subnet| subnet.tier == tier);
    let associations = subnets.map(|subnet| to(&["aws_route_table_association", &subnet.key]));
    let endpoints = network.endpoints.iter().map(|it| to(&["aws_vpc_endpoint", &it.service]));
    let doors =
        doors(network).into_iter().map(|(label, _)| to(&["aws_vpc_security_group_ingress_rule", &label]));
    routes.chain(associations).chain(endpoints).chain(doors).collect()
}

/// References to the subnets of a tier.
pub(super) fn subnet_ids(network: &Network, tier: Tier) -> Expression {
    let subnets = network.subnets.iter().filter(|subnet| subnet.tier == tier);
    list(subnets.map(|subnet| to(&["aws_subnet", &subnet.key, "id"])))
}

fn vpc_id() -> Expression {
    to(&["aws_vpc", "main", "id"])
}

fn vpc(network: &Network) -> Block {
    let mut vpc = resource("aws_vpc", "main")
        .origin(spec("spec.aws.network.cidr"))
        .attr("cidr_block", network.cidr.to_string());
    if network.ipv6 {
        let generated = Attribute::new("assign_generated_ipv6_cidr_block", true);
        vpc = vpc.item(generated.origin(spec(IPV6)));
    }
    vpc.attr("enable_dns_hostnames", true)
        .attr("enable_dns_support", true)
        .blank()
        .attr("tags", name_tag(name()))
}

fn default_security_group() -> Block {
    resource("aws_default_security_group", "main")
        .origin(Origin::Rule("what falls into the VPC's default group by mistake reaches nothing"))
        .comment("No rules: what lands in the default group by mistake reaches nothing.")
        .attr("vpc_id", vpc_id())
        .blank()
        .attr("tags", name_tag(suffixed("default")))
}

fn secondary_label(cidr: &str) -> String {
    format!("secondary_{cidr}")
}

fn secondary(cidr: &str) -> Block {
    resource("aws_vpc_ipv4_cidr_block_association", &secondary_label(cidr))
        .origin(spec("spec.aws.network.secondaryCidrs"))
        .attr("vpc_id", vpc_id())
        .attr("cidr_block", cidr)
}

/// Whether a table's subnets reach the internet, but not the internet them.
fn leads_out_only(table: &RouteTable) -> bool {
    matches!(table.way_out, WayOut::Nat(_))
}

fn egress_only_gateway() -> Block {
    resource("aws_egress_only_internet_gateway", "main")
        .origin(spec(IPV6))
        .comment("What a NAT gateway is for IPv4: connections start inside only.")
        .attr("vpc_id", vpc_id())
        .blank()
        .attr("tags", name_tag(name()))
}

fn internet_gateway() -> Block {
    resource("aws_internet_gateway", "main")
        .origin(Origin::Spec(Tier::Public.address()))
        .attr("vpc_id", vpc_id())
        .blank()
        .attr("tags", name_tag(name()))
}

/// The VPC that a subnet goes to: over the association of its range, if that is not the VPC's first.
fn vpc_of(infra: &Infra, subnet: &Subnet) -> Expression {
    let secondary = infra.network.secondary_cidrs.iter().find(|range| range.contains(&subnet.cidr));
    match secondary {
        Some(range) => {
            to(&["aws_vpc_ipv4_cidr_block_association", &secondary_label(range.as_ref()), "vpc_id"])
        }
        None => vpc_id(),
    }
}

fn subnet(infra: &Infra, subnet: &Subnet) -> Block {
    let mut block = resource("aws_subnet", &subnet.key)
        .origin(subnet.origin.clone())
        .attr("vpc_id", vpc_of(infra, subnet))
        .attr("availability_zone", subnet.zone.to_string())
        .attr("cidr_block", subnet.cidr.to_string());
    if let Some(prefix) = &subnet.ipv6 {
        let origin = || Origin::Spec(Address::of(IPV6).key("tiers").key(subnet.tier.word()));
        let whole = to(&["aws_vpc", "main", "ipv6_cidr_block"]);
        let network = Expression::call("cidrsubnet", [whole, Expression::from(8u32), prefix.index.into()]);
        block = block.item(Attribute::new("ipv6_cidr_block", network).origin(origin()));
        if prefix.assign_on_creation {
            block = block.item(Attribute::new("assign_ipv6_address_on_creation", true).origin(origin()));
        }
    }
    if subnet.public_ips {
        let origin = Origin::Spec(subnet.tier.address().key("publicIps"));
        block = block.item(Attribute::new("map_public_ip_on_launch", true).origin(origin));
    }
    block.blank().attr("tags", tags(infra, suffixed(&subnet.key), &subnet.tags))
}

/// The name of a gateway: the cluster's for the single one.
fn gateway_name(gateway: &NatGateway) -> Expression {
    if gateway.key == "main" { name() } else { suffixed(&gateway.key) }
}

fn address(gateway: &NatGateway) -> Block {
    resource("aws_eip", &gateway.key)
        .origin(spec(NAT))
        .attr("domain", "vpc")
        .blank()
        .attr("tags", name_tag(gateway_name(gateway)))
}

fn nat_gateway(gateway: &NatGateway) -> Block {
    resource("aws_nat_gateway", &gateway.key)
        .origin(spec(NAT))
        .attr("allocation_id", to(&["aws_eip", &gateway.key, "id"]))
        .attr("subnet_id", to(&["aws_subnet", &gateway.subnet, "id"]))
        .blank()
        .attr("tags", name_tag(gateway_name(gateway)))
        .blank()
        .attr("depends_on", list([to(&["aws_internet_gateway", "main"])]))
}

fn route_table(table: &RouteTable) -> Block {
    resource("aws_route_table", &table.key)
        .origin(Origin::Spec(table.tier.address()))
        .attr("vpc_id", vpc_id())
        .blank()
        .attr("tags", name_tag(suffixed(&table.key)))
}

fn default_route(table: &RouteTable) -> Option<Block> {
    let (key, gateway, origin) = match &table.way_out {
        WayOut::Nowhere => return None,
        WayOut::Internet => {
            ("gateway_id", to(&["aws_internet_gateway", "main", "id"]), Origin::Spec(table.tier.address()))
        }
        WayOut::Nat(nat) => ("nat_gateway_id", to(&["aws_nat_gateway", nat, "id"]), spec(NAT)),
    };
    let route = resource("aws_route", &table.key)
        .origin(origin)
        .attr("route_table_id", to(&["aws_route_table", &table.key, "id"]))
        .attr("destination_cidr_block", "0.0.0.0/0")
        .attr(key, gateway);
    Some(route)
}

/// The default route of IPv6. What may not be reached from outside goes through the egress-only gateway.
fn ipv6_route(table: &RouteTable) -> Option<Block> {
    let (key, gateway) = match &table.way_out {
        WayOut::Nowhere => return None,
        WayOut::Internet => ("gateway_id", to(&["aws_internet_gateway", "main", "id"])),
        WayOut::Nat(_) => ("egress_only_gateway_id", to(&["aws_egress_only_internet_gateway", "main", "id"])),
    };
    let route = resource("aws_route", &format!("{}-ipv6", table.key))
        .origin(spec(IPV6))
        .attr("route_table_id", to(&["aws_route_table", &table.key, "id"]))
        .attr("destination_ipv6_cidr_block", "::/0")
        .attr(key, gateway);
    Some(route)
}

/// What a service calls the subnets of databases.
fn subnet_group(network: &Network, group: SubnetGroup) -> Block {
    let kind = match group {
        SubnetGroup::Rds => "aws_db_subnet_group",
        SubnetGroup::Elasticache => "aws_elasticache_subnet_group",
    };
    resource(kind, Tier::Database.word())
        .origin(Origin::Spec(Tier::Database.address().key("subnetGroups")))
        .attr("name", suffixed(Tier::Database.word()))
        .attr("description", "Subnets of the database tier")
        .attr("subnet_ids", subnet_ids(network, Tier::Database))
        .blank()
        .attr("tags", name_tag(suffixed(Tier::Database.word())))
}

fn association(subnet: &Subnet) -> Block {
    resource("aws_route_table_association", &subnet.key)
        .origin(subnet.origin.clone())
        .attr("subnet_id", to(&["aws_subnet", &subnet.key, "id"]))
        .attr("route_table_id", to(&["aws_route_table", &subnet.route_table, "id"]))
}

/// The rules that open the interfaces of endpoints, by label: one for each range of the VPC.
fn doors(network: &Network) -> Vec<(String, Expression)> {
    if network.endpoints.iter().all(|endpoint| endpoint.is_gateway) {
        return Vec::new();
    }
    let first = ("endpoints".to_owned(), to(&["aws_vpc", "main", "cidr_block"]));
    let further = network.secondary_cidrs.iter().map(|cidr| {
        let label = secondary_label(cidr.as_ref());
        let range = to(&["aws_vpc_ipv4_cidr_block_association", &label, "cidr_block"]);
        (format!("endpoints_{label}"), range)
    });
    std::iter::once(first).chain(further).collect()
}

/// The group that guards the interfaces of endpoints, if there are any, with its rules.
fn endpoint_security_group(network: &Network) -> Vec<Block> {
    let doors = doors(network);
    if doors.is_empty() {
        return Vec::new();
    }
    let group = resource("aws_security_group", "endpoints")
        .origin(spec(NAT))
        .attr("name", suffixed("endpoints"))
        .attr("description", "Interfaces of VPC endpoints")
        .attr("vpc_id", vpc_id())
        .blank()
        .attr("tags", name_tag(suffixed("endpoints")));
    let door = |(label, range): (String, Expression)| {
        resource("aws_vpc_security_group_ingress_rule", &label)
            .origin(spec(NAT))
            .attr("security_group_id", to(&["aws_security_group", "endpoints", "id"]))
            .attr("description", "HTTPS from the VPC")
            .attr("cidr_ipv4", range)
            .attr("ip_protocol", "tcp")
            .attr("from_port", 443u32)
            .attr("to_port", 443u32)
    };
    std::iter::once(group).chain(doors.into_iter().map(door)).collect()
}

fn endpoint(network: &Network, endpoint: &VpcEndpoint) -> Block {
    let service = Expression::template([
        Part::text("com.amazonaws."),
        Part::value(to(&["local", "region"])),
        Part::text(format!(".{}", endpoint.service)),
    ]);
    let block = resource("aws_vpc_endpoint", &endpoint.service)
        .origin(spec(NAT))
        .comment(endpoint.why.clone())
        .attr("vpc_id", vpc_id())
        .attr("service_name", service);
    let block = if endpoint.is_gateway {
        let inner =
            network.route_tables.iter().filter(|table| matches!(table.tier, Tier::Private | Tier::Intra));
        block
            .attr("vpc_endpoint_type", "Gateway")
            .attr("route_table_ids", list(inner.map(|table| to(&["aws_route_table", &table.key, "id"]))))
    } else {
        block
            .attr("vpc_endpoint_type", "Interface")
            .attr("private_dns_enabled", true)
            .attr("subnet_ids", subnet_ids(network, Tier::Private))
            .attr("security_group_ids", list([to(&["aws_security_group", "endpoints", "id"])]))
    };
    block.blank().attr("tags", name_tag(around_name("", &format!("-{}", endpoint.service.replace('.', "-")))))
}

/// The security group that EKS itself makes for the control plane's interfaces.
pub(super) fn control_plane_group() -> Expression {
    path("aws_eks_cluster.main.vpc_config[0].cluster_security_group_id")
}
