//! The /64 networks of subnets: each tier has sixteen numbers of its own, so that neither a further zone nor a further
//! tier moves one.

use super::{Prefix, Subnet, Tier};
use crate::spec::{Ipv6, Ipv6Tier};

/// How many numbers a tier has. No region has so many zones.
const BLOCK: u32 = 16;

/// Gives every subnet its network. Numbers past the VPC's last /64 are left to the check.
pub(super) fn give(ipv6: &Ipv6, subnets: &mut [Subnet]) {
    for tier in Tier::ALL {
        let written = match tier {
            Tier::Private => &ipv6.tiers.private,
            Tier::Public => &ipv6.tiers.public,
            Tier::Intra => &ipv6.tiers.intra,
            Tier::Database => &ipv6.tiers.database,
        };
        let Ipv6Tier { index, assign_on_creation } = written.clone().unwrap_or_default();
        let first = index.map_or_else(|| block(tier) * BLOCK, u32::from);
        let own = subnets.iter_mut().filter(|subnet| subnet.tier == tier);
        for (index, subnet) in (first..).zip(own) {
            subnet.ipv6 = Some(Prefix { index, assign_on_creation });
        }
    }
}

/// The place of a tier's block, which never changes.
fn block(tier: Tier) -> u32 {
    match tier {
        Tier::Private => 0,
        Tier::Public => 1,
        Tier::Intra => 2,
        Tier::Database => 3,
    }
}
