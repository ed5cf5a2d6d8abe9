//! The address plan: zones chosen, one subnet of each tier carved in every zone.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::regions;
use crate::diagnostic::Sink;
use crate::domain::{Cidr, TagKey, TagValue, ZoneName};
use crate::source::Address;
use crate::spec::{self, Nat, Spec, Zones};

crate::diagnostic! {
    /// The zones are given by number in a region that does not have so many under the same letters in every account,
    /// or by names that are twice there or of another region.
    ///
    /// Subnets would be asked for in a zone that the account does not have, and the first apply fails half way.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: us-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: 2 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Name the zones that your account has:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: us-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: [ us-west-1a, us-west-1c ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub ZONES_DO_NOT_FIT = E0301: "the zones do not fit the region"
}

crate::diagnostic! {
    /// A tier of subnets states both a size and exact ranges, or neither.
    ///
    /// The compiler would have to guess which one is meant.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: {}, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Write `newbits`, or `cidrs` with one range for each zone:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: { newbits: 4 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub TIER_WITHOUT_SIZE = E0302: "a tier of subnets needs either a size or exact ranges"
}

crate::diagnostic! {
    /// A tier names more or fewer ranges than there are zones.
    ///
    /// Each zone has one subnet of each tier; a zone without one would leave its nodes or load balancers out.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network:
    ///       zones: 3
    ///       tiers:
    ///         private: { cidrs: [ 10.0.0.0/20, 10.0.16.0/20 ] }
    ///         public: { newbits: 8 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Write as many ranges as there are zones, in the order of the zones:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network:
    ///       zones: 3
    ///       tiers:
    ///         private: { cidrs: [ 10.0.0.0/20, 10.0.16.0/20, 10.0.32.0/20 ] }
    ///         public: { newbits: 8 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub RANGES_PER_ZONE = E0303: "a tier needs one range for each zone"
}

crate::diagnostic! {
    /// The tiers do not fit into the VPC's range.
    ///
    /// Terraform would plan it, and AWS would refuse the subnet.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: 3, tiers: { private: { newbits: 1 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// More `newbits` make smaller subnets; a /16 with `newbits: 4` gives subnets of 4096 addresses:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { zones: 3, tiers: { private: { newbits: 4 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub SUBNETS_DO_NOT_FIT = E0304: "the subnets do not fit into the VPC"
}

crate::diagnostic! {
    /// A network needs a private tier for its nodes, and a public one for NAT gateways.
    ///
    /// Without the private one the nodes have no place; a NAT gateway reaches the internet only from a public one.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: { newbits: 4 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Add the public tier, or write `nat: none` if the nodes need no way to the internet:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { tiers: { private: { newbits: 4 }, public: { newbits: 8 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub TIER_MISSING = E0305: "a tier of subnets is missing"
}

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
    /// The range of Service addresses.
    pub service_cidr: Cidr,
    /// All subnets: tier by tier from outside in, zone by zone.
    pub subnets: Vec<Subnet>,
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
    /// What in the spec asked for it.
    #[serde(skip)]
    pub address: Address,
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

    /// The tier that the control plane's interfaces are in.
    pub fn control_plane_tier(&self) -> Tier {
        if self.has(Tier::Intra) { Tier::Intra } else { Tier::Private }
    }
}

pub(super) fn resolve(spec: &Spec, sink: &mut Sink) -> Option<Network> {
    let aws = &spec.written.spec.aws;
    let written = &aws.network;
    let zones = zones(spec, sink);
    let tiers = written.tiers.clone().unwrap_or_else(|| default_tiers(&written.cidr, written.nat));
    require_tiers(spec, &tiers, sink);
    let zones = zones?;
    let subnets = Carver { spec, cidr: &written.cidr, zones: &zones, taken: explicit(&tiers), sink }.all(&tiers);
    Some(Network {
        cidr: written.cidr.clone(),
        secondary_cidrs: written.secondary_cidrs.clone(),
        zones,
        nat: written.nat,
        service_cidr: aws.service_cidr.clone(),
        subnets,
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
                        format!("name those of your account: `zones: [ {region}a, {region}c ]`"),
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
    spec::Tiers {
        private: sized(private),
        public: if nat == Nat::None { None } else { sized(small) },
        intra: sized(small),
        database: None,
    }
}

fn written_tier(tiers: &spec::Tiers, tier: Tier) -> Option<&spec::Tier> {
    match tier {
        Tier::Public => tiers.public.as_ref(),
        Tier::Private => tiers.private.as_ref(),
        Tier::Intra => tiers.intra.as_ref(),
        Tier::Database => tiers.database.as_ref(),
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

fn explicit(tiers: &spec::Tiers) -> Vec<Cidr> {
    Tier::ALL.iter().filter_map(|tier| written_tier(tiers, *tier)?.cidrs.clone()).flatten().collect()
}

struct Carver<'a> {
    spec: &'a Spec,
    cidr: &'a Cidr,
    zones: &'a [ZoneName],
    taken: Vec<Cidr>,
    sink: &'a mut Sink,
}

impl Carver<'_> {
    fn all(mut self, tiers: &spec::Tiers) -> Vec<Subnet> {
        // The largest tier is placed first, so that the smaller ones fill what it leaves; a tier's place then
        // does not depend on how many smaller ones there are.
        let mut order: Vec<(Tier, &spec::Tier)> =
            Tier::ALL.iter().filter_map(|tier| Some((*tier, written_tier(tiers, *tier)?))).collect();
        order.sort_by_key(|(tier, written)| (written.newbits, *tier));
        let mut subnets: Vec<Subnet> = Vec::new();
        for (tier, written) in order {
            let ranges = self.ranges(tier, written);
            subnets.extend(ranges.into_iter().zip(self.zones).enumerate().map(|(index, (cidr, zone))| Subnet {
                tier,
                zone: zone.clone(),
                cidr,
                tags: written.tags.clone(),
                address: match written.cidrs {
                    Some(_) => tier.address().key("cidrs").index(index),
                    None => tier.address(),
                },
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
                self.sink.report(
                    RANGES_PER_ZONE
                        .at(self.spec.value(&address.key("cidrs")), if cidrs.len() == 1 { "1 range".to_owned() } else { format!("{} ranges", cidrs.len()) })
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
                let label = if both.is_some() { "both `newbits` and `cidrs`" } else { "neither `newbits` nor `cidrs`" };
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

    /// Takes an aligned block of four subnets (eight from the fifth zone on), of which the zones use the first,
    /// so that a further zone moves no subnet. Where the VPC has no room for that, exactly what is needed.
    fn carve(&mut self, tier: Tier, newbits: u8) -> Vec<Cidr> {
        let zones = self.zones.len() as u32;
        let room = if zones <= 4 { 4 } else { 8 };
        for (count, step) in [(room, room), (zones, 1)] {
            let last = 1u32.checked_shl(u32::from(newbits)).unwrap_or(0);
            let mut first = 0;
            while first + count <= last {
                let block: Vec<Cidr> = (first..first + count).filter_map(|at| self.cidr.subnet(newbits, at)).collect();
                let free = block.iter().all(|one| !self.taken.iter().any(|taken| taken.overlaps(one)));
                if free && block.len() == count as usize {
                    self.taken.extend(block.iter().cloned());
                    return block.into_iter().take(zones as usize).collect();
                }
                first += step;
            }
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
