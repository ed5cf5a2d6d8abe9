//! No two ranges of the network share an address.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Two subnets, or two ranges of the VPC, share addresses.
    ///
    /// AWS refuses the second one. Which one that is depends on which request arrives first, so the same spec may
    /// fail in another place on the next try.
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
    ///       zones: [ eu-west-1a, eu-west-1b ]
    ///       tiers:
    ///         public: { newbits: 8 }
    ///         private: { cidrs: [ 10.0.0.0/19, 10.0.16.0/20 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Let each range begin where the one before it ends, or leave the arithmetic to `newbits`:
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
    ///       zones: [ eu-west-1a, eu-west-1b ]
    ///       tiers:
    ///         public: { newbits: 8 }
    ///         private: { cidrs: [ 10.0.0.0/20, 10.0.16.0/20 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ADDRESSES_OVERLAP = E0307: "two ranges of the network overlap"
}

const WHY: &str = "AWS refuses whichever of the two it is asked for last";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    subnets(context, sink);
    vpc_ranges(context, sink);
}

fn subnets(context: &Context<'_>, sink: &mut Sink) {
    let subnets = &context.cluster.network.subnets;
    for (index, subnet) in subnets.iter().enumerate() {
        for earlier in subnets.iter().take(index).filter(|earlier| earlier.cidr.overlaps(&subnet.cidr)) {
            sink.report(
                ADDRESSES_OVERLAP
                    .at(context.spec.value(&subnet.address), format!("{} in {}", subnet.cidr, subnet.zone))
                    .also(context.spec.value(&earlier.address), format!("{} in {}", earlier.cidr, earlier.zone))
                    .title(format!(
                        "the {} subnet {} overlaps the {} subnet {}",
                        subnet.tier.word(),
                        subnet.cidr,
                        earlier.tier.word(),
                        earlier.cidr
                    ))
                    .why(WHY)
                    .help("give each subnet addresses of its own, or write `newbits` and let the compiler carve them"),
            );
        }
    }
}

fn vpc_ranges(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let secondary = Address::of("spec.aws.network.secondaryCidrs");
    for (index, range) in network.secondary_cidrs.iter().enumerate() {
        let primary = (&network.cidr, Address::of("spec.aws.network.cidr"));
        let earlier = network.secondary_cidrs.iter().enumerate().take(index);
        let others = earlier.map(|(at, range)| (range, secondary.index(at)));
        for (other, address) in
            std::iter::once(primary).chain(others).filter(|(other, _)| other.overlaps(range))
        {
            sink.report(
                ADDRESSES_OVERLAP
                    .at(context.spec.value(&secondary.index(index)), format!("shares addresses with {other}"))
                    .also(context.spec.value(&address), "the other range of the VPC")
                    .title(format!("the VPC's further range {range} overlaps {other}"))
                    .why(WHY)
                    .help("choose a range that the VPC does not have yet"),
            );
        }
    }
}
