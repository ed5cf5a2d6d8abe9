//! The VPC: addresses, zones, tiers of subnets, NAT.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Cidr, ClusterName, Key, TagKey, TagValue, ZoneName, fixed};

use super::{FlowLogs, IngressRule, SecurityGroup};

/// The network that the cluster lives in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// The VPC's addresses. They cannot be changed under a cluster: the VPC would have to go first. `secondaryCidrs` adds
    /// some.
    #[serde(default = "Network::default_cidr")]
    pub cidr: Cidr,
    /// Further ranges of the VPC, for tiers that name their subnets' ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secondary_cidrs: Vec<Cidr>,
    /// How many zones, or which. One can be added later.
    #[serde(default)]
    pub zones: Zones,
    /// How private subnets reach the internet.
    #[serde(default)]
    pub nat: Nat,
    /// Names of clusters whose networks are connected to this one, by peering or a transit gateway that is made elsewhere.
    /// Nothing is made of it; when both are compiled in one run, their addresses may not overlap.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub peers: Vec<ClusterName>,
    /// The tiers of subnets. A tier that is left out is not made; without `tiers`, a private tier is made, a
    /// public one for load balancers and NAT unless `nat` is `none`, and an intra tier for the control plane.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tiers: Option<Tiers>,
    /// IPv6 beside IPv4: a range of Amazon's for the VPC, a /64 of it for each subnet, and ways out: from public
    /// subnets to the internet, from private ones through an egress-only gateway (unless `nat` is `none`). `{}` takes
    /// the defaults. Pods and Services stay on IPv4.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Ipv6>,
    /// Records of the traffic in the VPC. `{}` takes the defaults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub flow_logs: Option<FlowLogs>,
    /// Security groups for what is beside the cluster, such as databases and load balancers, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub security_groups: BTreeMap<Key, SecurityGroup>,
    /// What else may reach the nodes, by a name of your choice. What the cluster itself needs is derived.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub node_rules: BTreeMap<Key, IngressRule>,
    /// What else may reach the control plane's network interfaces, by a name of your choice: a VPN that uses the
    /// private address of the API on port 443.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub control_plane_rules: BTreeMap<Key, IngressRule>,
}

impl Network {
    fn default_cidr() -> Cidr {
        fixed("10.0.0.0/16")
    }
}

impl Default for Network {
    fn default() -> Network {
        Network {
            cidr: Network::default_cidr(),
            secondary_cidrs: Vec::new(),
            zones: Zones::default(),
            nat: Nat::default(),
            peers: Vec::new(),
            tiers: None,
            ipv6: None,
            flow_logs: None,
            security_groups: BTreeMap::new(),
            node_rules: BTreeMap::new(),
            control_plane_rules: BTreeMap::new(),
        }
    }
}

/// How many zones, or which.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Zones {
    /// That many of the region's usual zones, in the order of their letters.
    Count(#[schemars(range(min = 2, max = 6))] u8),
    /// Exactly these zones.
    Named(#[schemars(length(min = 2, max = 6))] Vec<ZoneName>),
}

impl Default for Zones {
    fn default() -> Zones {
        Zones::Count(3)
    }
}

/// How private subnets reach the internet.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Nat {
    /// Not at all: nodes reach AWS through VPC endpoints, which are made for what nodes and components need.
    None,
    /// One NAT gateway for all zones: cheaper, but its zone's failure cuts all private subnets off.
    #[default]
    Single,
    /// One NAT gateway in each zone.
    PerZone,
}

/// The tiers of subnets, one subnet of each in every zone.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tiers {
    /// Nodes and internal load balancers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<Tier>,
    /// Internet-facing load balancers and NAT gateways.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<PublicTier>,
    /// The control plane's network interfaces; no way to the internet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intra: Option<Tier>,
    /// Databases; no way to the internet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<DatabaseTier>,
}

/// The size of a tier's subnets, or their exact ranges.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Tier {
    /// How many bits are added to the VPC's prefix: `4` makes a /20 of a /16. The ranges are chosen so that
    /// a further zone moves no subnet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 12))]
    pub newbits: Option<u8>,
    /// The exact range of each zone's subnet, in the order of the zones. Changing one later replaces the
    /// subnet, and everything has to leave it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidrs: Option<Vec<Cidr>>,
    /// Further tags on the subnets of this tier.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
}

/// The public tier: the size of its subnets, or their exact ranges.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PublicTier {
    /// How many bits are added to the VPC's prefix: `8` makes a /24 of a /16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 12))]
    pub newbits: Option<u8>,
    /// The exact range of each zone's subnet, in the order of the zones. Changing one later replaces the
    /// subnet, and everything has to leave it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidrs: Option<Vec<Cidr>>,
    /// Further tags on the subnets of this tier.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// Whether every machine that is started in these subnets gets a public IPv4 address. Node groups and the bastion
    /// ask for theirs without it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub public_ips: bool,
}

impl PublicTier {
    /// What it has in common with every tier.
    pub fn tier(&self) -> Tier {
        Tier { newbits: self.newbits, cidrs: self.cidrs.clone(), tags: self.tags.clone() }
    }
}

/// The tier of databases: the size of its subnets, or their exact ranges.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DatabaseTier {
    /// How many bits are added to the VPC's prefix: `8` makes a /24 of a /16.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 12))]
    pub newbits: Option<u8>,
    /// The exact range of each zone's subnet, in the order of the zones. Changing one later replaces the
    /// subnet, and everything has to leave it first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidrs: Option<Vec<Cidr>>,
    /// Further tags on the subnets of this tier.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
    /// The services that know these subnets as a group, named `CLUSTER-database`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub subnet_groups: Vec<SubnetGroup>,
}

impl DatabaseTier {
    /// What it has in common with every tier.
    pub fn tier(&self) -> Tier {
        Tier { newbits: self.newbits, cidrs: self.cidrs.clone(), tags: self.tags.clone() }
    }
}

/// A service that puts its instances into a group of subnets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum SubnetGroup {
    /// RDS, Aurora, DocumentDB and Neptune.
    Rds,
    /// ElastiCache.
    Elasticache,
}

/// IPv6 in the VPC.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ipv6 {
    /// Where the tiers lie in the VPC's range, for those that do not take the default.
    #[serde(default)]
    pub tiers: Ipv6Tiers,
}

/// Where the tiers lie in the VPC's IPv6 range.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ipv6Tiers {
    /// The private tier; from /64 number 0 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub private: Option<Ipv6Tier>,
    /// The public tier; from /64 number 16 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub public: Option<Ipv6Tier>,
    /// The intra tier; from /64 number 32 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intra: Option<Ipv6Tier>,
    /// The database tier; from /64 number 48 on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Ipv6Tier>,
}

/// The /64 networks of a tier.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Ipv6Tier {
    /// The number, from 0, of the first zone's /64 in the VPC's /56; the other zones follow. Without it, a number that
    /// neither a further zone nor a further tier moves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub index: Option<u8>,
    /// Whether every network interface that is made in these subnets gets an IPv6 address.
    #[serde(default = "Ipv6Tier::yes")]
    pub assign_on_creation: bool,
}

impl Ipv6Tier {
    fn yes() -> bool {
        true
    }
}

impl Default for Ipv6Tier {
    fn default() -> Ipv6Tier {
        Ipv6Tier { index: None, assign_on_creation: true }
    }
}
