//! The VPC: addresses, zones, tiers of subnets, NAT.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Cidr, ClusterName, TagKey, TagValue, ZoneName, fixed};

/// The network that the cluster lives in.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Network {
    /// The VPC's addresses.
    #[serde(default = "Network::default_cidr")]
    pub cidr: Cidr,
    /// Further ranges of the VPC, for tiers that name their subnets' ranges.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub secondary_cidrs: Vec<Cidr>,
    /// How many zones, or which.
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
    pub public: Option<Tier>,
    /// The control plane's network interfaces; no way to the internet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub intra: Option<Tier>,
    /// Databases; no way to the internet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub database: Option<Tier>,
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
    /// The exact range of each zone's subnet, in the order of the zones.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cidrs: Option<Vec<Cidr>>,
    /// Further tags on the subnets of this tier.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub tags: BTreeMap<TagKey, TagValue>,
}
