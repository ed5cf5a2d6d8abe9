//! Carves the subnets: each tier takes a block with room for further zones, so that a further zone moves no subnet.

use super::codes::*;
use super::{Subnet, Tier, written_tier};
use crate::diagnostic::Sink;
use crate::domain::{Cidr, ZoneName};
use crate::source::Address;
use crate::spec::{self, Spec};

/// The subnets of all tiers. Each tier takes room for four zones (eight from the fifth on); where the VPC has no room
/// for that, exactly what is needed.
pub(super) fn subnets(
    spec: &Spec,
    cidr: &Cidr,
    zones: &[ZoneName],
    tiers: &spec::Tiers,
    sink: &mut Sink,
) -> Vec<Subnet> {
    let needed = zones.len() as u32;
    let roomy = if needed <= 4 { 4 } else { 8 };
    let mut last = None;
    for block in [roomy, needed] {
        let mut carver = Carver { spec, cidr, zones, taken: explicit(tiers), block, sink: Sink::default() };
        let subnets = carver.all(tiers);
        let fits = !carver.sink.has_errors();
        last = Some((subnets, carver.sink));
        if fits {
            break;
        }
    }
    let (subnets, found) = last.unwrap_or_default();
    for finding in found.into_sorted() {
        sink.report(finding);
    }
    subnets
}

fn explicit(tiers: &spec::Tiers) -> Vec<Cidr> {
    Tier::ALL.iter().filter_map(|tier| written_tier(tiers, *tier)?.cidrs).flatten().collect()
}

struct Carver<'a> {
    spec: &'a Spec,
    cidr: &'a Cidr,
    zones: &'a [ZoneName],
    taken: Vec<Cidr>,
    /// How many subnets a block has.
    block: u32,
    sink: Sink,
}

impl Carver<'_> {
    fn all(&mut self, tiers: &spec::Tiers) -> Vec<Subnet> {
        // The largest tier is placed first, so that the smaller ones fill what it leaves; a tier's place then
        // does not depend on how many smaller ones there are.
        let mut order: Vec<(Tier, spec::Tier)> =
            Tier::ALL.iter().filter_map(|tier| Some((*tier, written_tier(tiers, *tier)?))).collect();
        order.sort_by_key(|(tier, written)| (written.newbits, *tier));
        let mut subnets: Vec<Subnet> = Vec::new();
        for (tier, written) in order {
            let public_ips =
                tier == Tier::Public && tiers.public.as_ref().is_some_and(|tier| tier.public_ips);
            let ranges = self.ranges(tier, &written);
            subnets.extend(ranges.into_iter().zip(self.zones).enumerate().map(|(index, (cidr, zone))| {
                Subnet {
                    tier,
                    zone: zone.clone(),
                    cidr,
                    tags: written.tags.clone(),
                    public_ips,
                    ipv6: None,
                    address: match written.cidrs {
                        Some(_) => tier.address().key("cidrs").index(index),
                        None => tier.address(),
                    },
                }
            }));
        }
        subnets.sort_by_key(|subnet| (subnet.tier, self.rank(&subnet.zone)));
        subnets
    }

    fn rank(&self, zone: &ZoneName) -> usize {
        self.zones.iter().position(|known| known == zone).unwrap_or(usize::MAX)
    }

    fn ranges(&mut self, tier: Tier, written: &spec::Tier) -> Vec<Cidr> {
        let address = tier.address();
        match (written.newbits, &written.cidrs) {
            (Some(newbits), None) => self.carve(tier, newbits),
            (None, Some(cidrs)) if cidrs.len() == self.zones.len() => cidrs.clone(),
            (None, Some(cidrs)) => {
                let ranges = if cidrs.len() == 1 { "range" } else { "ranges" };
                self.sink.report(
                    RANGES_PER_ZONE
                        .at(self.spec.value(&address.key("cidrs")), format!("{} {ranges}", cidrs.len()))
                        .also(
                            self.spec.key(&Address::of("spec.aws.network.zones")),
                            format!("{} zones", self.zones.len()),
                        )
                        .title(format!("tier `{}` needs one range for each zone", tier.word()))
                        .why("a zone without a subnet of this tier leaves its nodes or load balancers out")
                        .help("write as many ranges as there are zones, in the order of the zones"),
                );
                Vec::new()
            }
            (both, _) => {
                let label = if both.is_some() {
                    "both `newbits` and `cidrs`"
                } else {
                    "neither `newbits` nor `cidrs`"
                };
                self.sink.report(
                    TIER_WITHOUT_SIZE
                        .at(self.spec.key(&address), label)
                        .title(format!("tier `{}` needs either a size or exact ranges", tier.word()))
                        .why("the compiler would have to guess which ranges are meant")
                        .help("write `newbits: 4`, or `cidrs:` with one range for each zone"),
                );
                Vec::new()
            }
        }
    }

    /// Takes an aligned block of subnets, of which the zones use the first.
    fn carve(&mut self, tier: Tier, newbits: u8) -> Vec<Cidr> {
        let zones = self.zones.len();
        let last = 1u32.checked_shl(u32::from(newbits)).unwrap_or(0);
        let step = if self.block.is_power_of_two() { self.block } else { 1 };
        let mut first = 0;
        while first + self.block <= last {
            let block: Vec<Cidr> =
                (first..first + self.block).filter_map(|at| self.cidr.subnet(newbits, at)).collect();
            let free = block.iter().all(|one| !self.taken.iter().any(|taken| taken.overlaps(one)));
            if free && block.len() >= zones {
                self.taken.extend(block.iter().cloned());
                return block.into_iter().take(zones).collect();
            }
            first += step;
        }
        let length = self.cidr.prefix_len() + newbits;
        self.sink.report(
            SUBNETS_DO_NOT_FIT
                .at(
                    self.spec.key(&tier.address()),
                    format!("no room for {zones} subnets of /{length} beside the other tiers"),
                )
                .also(self.spec.key(&Address::of("spec.aws.network.cidr")), format!("the VPC is {}", self.cidr))
                .title(format!("tier `{}` does not fit into the VPC", tier.word()))
                .why("AWS would refuse the subnet that has no range")
                .help("take more `newbits` (smaller subnets), here or in a tier that takes more, or a larger `cidr`"),
        );
        Vec::new()
    }
}
