//! The VPC and its subnets have sizes that AWS accepts.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::Cidr;
use crate::source::Address;

crate::diagnostic! {
    /// The VPC or a subnet is larger or smaller than AWS allows.
    ///
    /// Both have between 16 addresses (/28) and 65,536 (/16). AWS keeps five of every subnet for itself, and the control
    /// plane needs six free ones in each of its subnets, so the smallest size is just enough for it.
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
    ///     network: { cidr: 10.0.0.0/8 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take at most a /16, and add `secondaryCidrs` when that is not enough:
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
    ///     network: { cidr: 10.0.0.0/16 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NETWORK_SIZE = E0308: "a network is larger or smaller than AWS allows"
}

/// The prefix lengths of VPCs and subnets (VPC user guide, 2026).
const LARGEST: u8 = 16;
const SMALLEST: u8 = 28;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    // Subnets are carved from the VPC, so their sizes would only repeat its fault.
    if range(context, "the VPC", &network.cidr, &Address::of("spec.aws.network.cidr"), sink) {
        return;
    }
    for (index, cidr) in network.secondary_cidrs.iter().enumerate() {
        let address = Address::of("spec.aws.network.secondaryCidrs").index(index);
        range(context, "a further range of the VPC", cidr, &address, sink);
    }
    let mut reported: Vec<&Address> = Vec::new();
    for subnet in &network.subnets {
        // Subnets that are carved for one tier have one size: one finding says it for all zones.
        if reported.contains(&&subnet.address) {
            continue;
        }
        let what = format!("a {} subnet", subnet.tier.word());
        if range(context, &what, &subnet.cidr, &subnet.address, sink) {
            reported.push(&subnet.address);
        }
    }
}

/// Reports a range of a size that AWS refuses, and says whether it did.
fn range(context: &Context<'_>, what: &str, cidr: &Cidr, address: &Address, sink: &mut Sink) -> bool {
    let length = cidr.prefix_len();
    let (label, help) = match length {
        0..LARGEST => ("larger than a /16", format!("take a prefix of /{LARGEST} or longer")),
        LARGEST..=SMALLEST => return false,
        _ => ("smaller than a /28", format!("take a prefix of /{SMALLEST} or shorter, or fewer `newbits`")),
    };
    sink.report(
        NETWORK_SIZE
            .at(context.spec.value(address), format!("{cidr} is {label}"))
            .title(format!("{what} is {label}"))
            .why("AWS accepts networks from /16 to /28 and refuses this one when it is made")
            .help(help),
    );
    true
}
