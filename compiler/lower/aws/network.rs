//! The network: tags by which controllers find subnets, route tables, NAT, and endpoints where there is no way out.

use std::collections::BTreeMap;

use super::edge;
use crate::catalog::endpoints::{ENDPOINTS, EndpointKind, NeededFor};
use crate::cluster::{Cluster, Subnet as Planned, Tier};
use crate::domain::ZoneName;
use crate::ir::{NatGateway, Network, RouteTable, SharedTag, Subnet, VpcEndpoint, WayOut};
use crate::lower::tags::{discovery, public_discovery};
use crate::source::Origin;
use crate::spec::{Mechanism, Nat, NodeSubnets};

pub(super) fn lower(cluster: &Cluster) -> Network {
    let network = &cluster.network;
    let subnets: Vec<Subnet> = network.subnets.iter().map(|planned| subnet(cluster, planned)).collect();
    let nat_gateways = nat_gateways(cluster);
    Network {
        cidr: network.cidr.clone(),
        secondary_cidrs: network.secondary_cidrs.clone(),
        route_tables: route_tables(cluster),
        endpoints: if cluster.is_isolated() { endpoints(cluster) } else { Vec::new() },
        subnets,
        nat_gateways,
        ipv6: network.ipv6.is_some(),
        subnet_groups: network.subnet_groups.clone(),
        flow_logs: edge::flow_logs(cluster),
    }
}

/// The key of a tier's subnet in a zone.
pub(super) fn key(tier: Tier, zone: &ZoneName) -> String {
    format!("{}-{zone}", tier.word())
}

fn subnet(cluster: &Cluster, planned: &Planned) -> Subnet {
    let mut tags: BTreeMap<String, String> =
        planned.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    match planned.tier {
        Tier::Public => tags.insert("kubernetes.io/role/elb".to_owned(), "1".to_owned()),
        Tier::Private => tags.insert("kubernetes.io/role/internal-elb".to_owned(), "1".to_owned()),
        Tier::Intra | Tier::Database => None,
    };
    if planned.tier == Tier::Private && cluster.karpenter.is_some() {
        let SharedTag { key, value } = discovery(cluster);
        tags.insert(key, value);
    }
    if planned.tier == Tier::Public && uses_public_subnets(cluster) {
        let SharedTag { key, value } = public_discovery(cluster);
        tags.insert(key, value);
    }
    Subnet {
        key: key(planned.tier, &planned.zone),
        tier: planned.tier,
        zone: planned.zone.clone(),
        cidr: planned.cidr.clone(),
        tags,
        public_ips: planned.public_ips,
        ipv6: planned.ipv6,
        route_table: route_table_key(cluster.network.nat, planned.tier, &planned.zone),
        origin: Origin::from(&planned.address),
    }
}

/// Whether any of Karpenter's classes starts nodes in public subnets.
fn uses_public_subnets(cluster: &Cluster) -> bool {
    let mut classes = cluster.karpenter.iter().flat_map(|karpenter| karpenter.classes.values());
    classes.any(|class| class.written.subnets == NodeSubnets::Public)
}

/// Private subnets have one table for each zone where each zone has its own NAT gateway.
fn route_table_key(nat: Nat, tier: Tier, zone: &ZoneName) -> String {
    if tier == Tier::Private && nat == Nat::PerZone { key(tier, zone) } else { tier.word().to_owned() }
}

fn nat_gateways(cluster: &Cluster) -> Vec<NatGateway> {
    let zones: Vec<&Planned> = cluster.network.tier(Tier::Public).collect();
    match cluster.network.nat {
        Nat::None => Vec::new(),
        Nat::Single => zones
            .first()
            .map(|subnet| NatGateway { key: "main".to_owned(), subnet: key(Tier::Public, &subnet.zone) })
            .into_iter()
            .collect(),
        Nat::PerZone => zones
            .iter()
            .map(|subnet| NatGateway {
                key: subnet.zone.to_string(),
                subnet: key(Tier::Public, &subnet.zone),
            })
            .collect(),
    }
}

fn route_tables(cluster: &Cluster) -> Vec<RouteTable> {
    let network = &cluster.network;
    let mut tables = Vec::new();
    for tier in Tier::ALL.into_iter().filter(|tier| network.has(*tier)) {
        let table = |key: String, way_out| RouteTable { key, tier, way_out };
        match (tier, network.nat) {
            (Tier::Public, _) => tables.push(table(tier.word().to_owned(), WayOut::Internet)),
            (Tier::Private, Nat::Single) => {
                tables.push(table(tier.word().to_owned(), WayOut::Nat("main".to_owned())))
            }
            (Tier::Private, Nat::PerZone) => tables.extend(
                network
                    .tier(tier)
                    .map(|subnet| table(key(tier, &subnet.zone), WayOut::Nat(subnet.zone.to_string()))),
            ),
            _ => tables.push(table(tier.word().to_owned(), WayOut::Nowhere)),
        }
    }
    tables
}

const SECRETS_PROVIDER: &str = "secrets-store-csi-driver-provider-aws";

/// The endpoints that nodes and components need where nothing else leads out.
fn endpoints(cluster: &Cluster) -> Vec<VpcEndpoint> {
    let has = |name: &str| cluster.components.keys().any(|component| component.as_str() == name);
    let by_pod_identity =
        cluster.components.values().all(|component| component.mechanism != Some(Mechanism::Irsa));
    let needed = |what: NeededFor| match what {
        NeededFor::Cluster => Some("nodes"),
        NeededFor::PodIdentity => by_pod_identity.then_some("EKS Pod Identity"),
        NeededFor::LoadBalancers => {
            has("aws-load-balancer-controller").then_some("aws-load-balancer-controller")
        }
        NeededFor::Autoscaling => has("cluster-autoscaler").then_some("cluster-autoscaler"),
        NeededFor::KarpenterInterruption => {
            cluster.karpenter.is_some().then_some("Karpenter's interruption queue")
        }
        NeededFor::Parameters if cluster.karpenter.is_some() => Some("Karpenter's look-up of images"),
        NeededFor::Parameters | NeededFor::MountedSecrets => {
            has(SECRETS_PROVIDER).then_some(SECRETS_PROVIDER)
        }
        NeededFor::Keys => None,
        NeededFor::FileSystems => has("aws-efs-csi-driver").then_some("aws-efs-csi-driver"),
        NeededFor::Logs => cluster
            .addons
            .keys()
            .any(|addon| addon.as_str() == "amazon-cloudwatch-observability")
            .then_some("amazon-cloudwatch-observability")
            .or(has("aws-for-fluent-bit").then_some("aws-for-fluent-bit")),
        NeededFor::Sessions | NeededFor::Traces => None,
    };
    let endpoint = |row: &crate::catalog::endpoints::Endpoint| {
        let why = needed(row.needed_for)?;
        Some(VpcEndpoint {
            service: row.service.to_owned(),
            is_gateway: row.kind == EndpointKind::Gateway,
            why: why.to_owned(),
        })
    };
    ENDPOINTS.iter().filter_map(endpoint).collect()
}
