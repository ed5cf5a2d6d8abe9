//! The IPv6 networks of tiers lie in the VPC's range, each for itself.

use crate::check::Context;
use crate::cluster::{Prefix, Subnet};
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Two subnets get the same /64 of the VPC's IPv6 range, or one gets a number that the range does not have.
    ///
    /// Amazon gives a VPC a /56, which has the /64 networks 0 to 255. Terraform plans it, and AWS refuses the second subnet.
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
    ///     network: { ipv6: { tiers: { private: { index: 0 }, public: { index: 2 } } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave room for one network in each zone, or leave the numbers out: every tier then has its own sixteen.
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
    ///     network: { ipv6: { tiers: { private: { index: 0 }, public: { index: 3 } } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PREFIXES_COLLIDE = E0332: "the IPv6 networks of two subnets are the same, or lie outside the VPC"
}

/// The last /64 of a /56.
const LAST: u32 = 255;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let subnets: Vec<(&Subnet, Prefix)> =
        context.cluster.network.subnets.iter().filter_map(|one| Some((one, one.ipv6?))).collect();
    let mut reported: Vec<Address> = Vec::new();
    for (index, (subnet, prefix)) in subnets.iter().enumerate() {
        let address = written(context, subnet);
        if reported.contains(&address) {
            continue;
        }
        let finding = PREFIXES_COLLIDE.at(
            context.spec.key(&address),
            format!("the subnet in {} gets /64 number {}", subnet.zone, prefix.index),
        );
        if prefix.index > LAST {
            let title =
                format!("the VPC has no /64 number {} for the {} tier", prefix.index, subnet.tier.word());
            let help = "take a smaller `index`: the VPC's /56 has the numbers 0 to 255";
            sink.report(
                finding.title(title).why("Terraform cannot work out the subnet's network").help(help),
            );
            reported.push(address);
            continue;
        }
        let same = |(_, earlier): &&(&Subnet, Prefix)| earlier.index == prefix.index;
        let Some((earlier, _)) = subnets.iter().take(index).find(same) else { continue };
        sink.report(
            finding
                .also(
                    context.spec.key(&written(context, earlier)),
                    format!("and so does the {} subnet in {}", earlier.tier.word(), earlier.zone),
                )
                .title(format!(
                    "the {} and the {} tier share the /64 number {}",
                    earlier.tier.word(),
                    subnet.tier.word(),
                    prefix.index
                ))
                .why("AWS refuses whichever of the two subnets it is asked for last")
                .help("choose an `index` that leaves one number for each zone, or leave it out"),
        );
        reported.push(address);
    }
}

/// Where the spec speaks of the tier's networks, or at least of IPv6.
fn written(context: &Context<'_>, subnet: &Subnet) -> Address {
    let ipv6 = Address::of("spec.aws.network.ipv6");
    let own = ipv6.key("tiers").key(subnet.tier.word());
    if context.spec.writes(&own) { own } else { ipv6 }
}
