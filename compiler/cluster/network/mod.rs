//! The address plan: zones chosen, one subnet of each tier carved in every zone.

mod carve;
pub(super) mod codes;
mod prefixes;

use std::collections::BTreeMap;

use serde::Serialize;

use self::codes::*;
use crate::catalog::regions;
use crate::diagnostic::Sink;
use crate::domain::{Cidr, ClusterName, Key, TagKey, TagValue, ZoneName};
use crate::source::Address;
use crate::spec::{
    self, ControlPlaneTier, FlowLogs, IngressRule, Ipv6, Nat, SecurityGroup, Spec, SubnetGroup, Zones,
};

/// The tiers of subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Internet-facing load balancers and NAT gateways.
    Public,
    /// Nodes and internal load balancers.
    Private,
    /// The control plane's interfaces.
    Intra,
    /// Databases.
    Database,
}

impl Tier {
    /// All tiers, from outside in.
    pub const ALL: [Tier; 4] = [Tier::Public, Tier::Private, Tier::Intra, Tier::Database];

    /// The word in the spec.
    pub fn word(self) -> &'static str {
        match self {
            Tier::Public => "public",
            Tier::Private => "private",
            Tier::Intra => "intra",
            Tier::Database => "database",
        }
    }

    /// Where the spec describes it.
    pub fn address(self) -> Address {
        Address::of("spec.aws.network.tiers").key(self.word())
    }
}

/// The network as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// The VPC's range.
    pub cidr: Cidr,
    /// Its further ranges.
    pub secondary_cidrs: Vec<Cidr>,
    /// Its zones, in order.
    pub zones: Vec<ZoneName>,
    /// The way out.
    pub nat: Nat,
    /// Clusters that it is connected to.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<ClusterName>,
    /// The range of Service addresses.
    pub service_cidr: Cidr,
    /// All subnets: tier by tier from outside in, zone by zone.
    pub subnets: Vec<Subnet>,
    /// The tier that the control plane's interfaces are in.
    pub control_plane_tier: Tier,
    /// IPv6 beside IPv4.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Ipv6>,
    /// Services that know the subnets of databases as a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subnet_groups: Vec<SubnetGroup>,
    /// Records of its traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_logs: Option<FlowLogs>,
    /// Security groups for what is beside the cluster.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub security_groups: BTreeMap<Key, SecurityGroup>,
    /// What else may reach the nodes.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub node_rules: BTreeMap<Key, IngressRule>,
    /// What else may reach the control plane's interfaces.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub control_plane_rules: BTreeMap<Key, IngressRule>,
}

/// One subnet.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subnet {
    /// Its tier.
    pub tier: Tier,
    /// Its zone.
    pub zone: ZoneName,
    /// Its range.
    pub cidr: Cidr,
    /// Tags of its tier.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// Whether machines in it get public IPv4 addresses unasked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub public_ips: bool,
    /// Its IPv6 network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Prefix>,
    /// What in the spec asked for it.
    #[serde(skip)]
    pub address: Address,
}

/// A /64 of the VPC's IPv6 range.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Prefix {
    /// Its number in the VPC's /56, from 0.
    pub index: u32,
    /// Whether interfaces get an address of it unasked.
    pub assign_on_creation: bool,
}

impl Network {
    /// Whether private subnets have no way to the internet.
    pub fn is_isolated(&self) -> bool {
        self.nat == Nat::None
    }

    /// The subnets of a tier, in the order of the zones.
    pub fn tier(&self, tier: Tier) -> impl Iterator<Item = &Subnet> {
        self.subnets.iter().filter(move |subnet| subnet.tier == tier)
    }

    /// Whether the network has a tier.
    pub fn has(&self, tier: Tier) -> bool {
        self.tier(tier).next().is_some()
    }
}

pub(super) fn resolve(spec: &Spec, sink: &mut Sink) -> Option<Network> {
    let aws = &spec.written.spec.aws;
    let written = &aws.network;
    let zones = zones(spec, sink);
    let tiers = written.tiers.clone().unwrap_or_else(|| default_tiers(&written.cidr, written.nat));
    require_tiers(spec, &tiers, sink);
    let zones = zones?;
    let mut subnets = carve::subnets(spec, &written.cidr, &zones, &tiers, sink);
    if let Some(ipv6) = &written.ipv6 {
        prefixes::give(ipv6, &mut subnets);
    }
    let has_intra = subnets.iter().any(|subnet| subnet.tier == Tier::Intra);
    Some(Network {
        cidr: written.cidr.clone(),
        secondary_cidrs: written.secondary_cidrs.clone(),
        peers: written.peers.clone(),
        zones,
        nat: written.nat,
        service_cidr: aws.service_cidr.clone(),
        subnets,
        control_plane_tier: match aws.endpoint.tier {
            Some(ControlPlaneTier::Intra) => Tier::Intra,
            Some(ControlPlaneTier::Private) => Tier::Private,
            Some(ControlPlaneTier::Public) => Tier::Public,
            None if has_intra => Tier::Intra,
            None => Tier::Private,
        },
        ipv6: written.ipv6.clone(),
        subnet_groups: tiers.database.map(|tier| tier.subnet_groups).unwrap_or_default(),
        flow_logs: written.flow_logs.clone(),
        security_groups: written.security_groups.clone(),
        node_rules: written.node_rules.clone(),
        control_plane_rules: written.control_plane_rules.clone(),
    })
}

fn zones(spec: &Spec, sink: &mut Sink) -> Option<Vec<ZoneName>> {
    let region = &spec.written.spec.aws.region;
    let address = Address::of("spec.aws.network.zones");
    match &spec.written.spec.aws.network.zones {
        Zones::Named(names) => {
            let mut fits = true;
            for (index, name) in names.iter().enumerate() {
                if name.region() != region {
                    fits = false;
                    sink.report(
                        ZONES_DO_NOT_FIT
                            .at(spec.value(&address.index(index)), "a zone of another region")
                            .also(spec.value(&Address::of("spec.aws.region")), "the cluster's region")
                            .title(format!("zone `{name}` is not in {region}"))
                            .why("AWS would refuse its subnets in the middle of the first apply")
                            .help(format!("name zones such as `{region}a`")),
                    );
                } else if names.iter().take(index).any(|earlier| earlier == name) {
                    fits = false;
                    sink.report(
                        ZONES_DO_NOT_FIT
                            .at(spec.value(&address.index(index)), "named above already")
                            .title(format!("zone `{name}` is named twice"))
                            .why("two subnets of one tier in one zone add addresses, but no resilience")
                            .help("name each zone once"),
                    );
                }
            }
            fits.then(|| names.clone())
        }
        Zones::Count(count) => {
            let wanted = usize::from(*count);
            let offered = regions::max_default_zones(region);
            let zones = regions::default_zones(region, wanted);
            if zones.is_none() {
                let (label, help) = match offered {
                    0 => (
                        "the letters of its zones differ from account to account".to_owned(),
                        format!("name those of your account, such as `zones: [ {region}a, {region}c ]`"),
                    ),
                    known => (
                        format!("only {known} zones have the same letters in every account"),
                        format!("write `zones: {known}`, or name the zones that your account has"),
                    ),
                };
                sink.report(
                    ZONES_DO_NOT_FIT
                        .at(spec.value(&address), label)
                        .also(spec.value(&Address::of("spec.aws.region")), "the cluster's region")
                        .title(format!("{wanted} zones of {region} cannot be chosen by number"))
                        .why("subnets would be asked for in a zone that the account may not have")
                        .help(help)
                        .help(format!("`aws ec2 describe-availability-zones --region {region}` lists them")),
                );
            }
            zones
        }
    }
}

/// What an experienced engineer would take: large private subnets, small ones for the rest.
fn default_tiers(vpc: &Cidr, nat: Nat) -> spec::Tiers {
    let sized = |length: u8| {
        let newbits = length.saturating_sub(vpc.prefix_len()).max(1);
        Some(spec::Tier { newbits: Some(newbits), cidrs: None, tags: BTreeMap::new() })
    };
    let private = (vpc.prefix_len() + 4).min(26);
    let small = (vpc.prefix_len() + 8).min(28);
    let public = |tier: spec::Tier| spec::PublicTier {
        newbits: tier.newbits,
        cidrs: tier.cidrs,
        tags: tier.tags,
        public_ips: false,
    };
    spec::Tiers {
        private: sized(private),
        public: if nat == Nat::None { None } else { sized(small).map(public) },
        intra: sized(small),
        database: None,
    }
}

fn written_tier(tiers: &spec::Tiers, tier: Tier) -> Option<spec::Tier> {
    match tier {
        Tier::Public => tiers.public.as_ref().map(spec::PublicTier::tier),
        Tier::Private => tiers.private.clone(),
        Tier::Intra => tiers.intra.clone(),
        Tier::Database => tiers.database.as_ref().map(spec::DatabaseTier::tier),
    }
}

fn require_tiers(spec: &Spec, tiers: &spec::Tiers, sink: &mut Sink) {
    let place = spec.key(&Address::of("spec.aws.network.tiers"));
    if tiers.private.is_none() {
        sink.report(
            TIER_MISSING
                .at(place, "no `private` tier")
                .title("there is no private tier for the nodes")
                .why("nodes and internal load balancers live in private subnets")
                .help("add `private: { newbits: 4 }`"),
        );
    }
    let nat = spec.written.spec.aws.network.nat;
    if tiers.public.is_none() && nat != Nat::None {
        sink.report(
            TIER_MISSING
                .at(place, "no `public` tier")
                .also(spec.value(&Address::of("spec.aws.network.nat")), "a NAT gateway is asked for")
                .title("there is no public tier for the NAT gateways")
                .why("a NAT gateway reaches the internet only from a public subnet")
                .help("add `public: { newbits: 8 }`, or write `nat: none`"),
        );
    }
}
