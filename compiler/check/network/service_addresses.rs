//! Service addresses are private and belong to nobody else.

use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::{Cidr, fixed};
use crate::source::Address;

crate::diagnostic! {
    /// The range of Service addresses is one that EKS refuses, or that the VPC uses.
    ///
    /// EKS wants a private range from /12 to /24. Where it shares addresses with the VPC, packets for a node or a
    /// database end at a Service, and the other way round. The range can never be changed.
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
    ///     serviceCidr: 10.0.128.0/20
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
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
    ///     network: { cidr: 172.20.0.0/16 }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a private range outside the VPC and outside every network that the VPC is connected to:
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
    ///     serviceCidr: 172.20.0.0/16
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SERVICE_ADDRESSES = E0310: "the range of Service addresses cannot be used"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let service = &network.service_cidr;
    let finding =
        |label: String| SERVICE_ADDRESSES.at(context.spec.value(&Address::of("spec.aws.serviceCidr")), label);
    if !is_private(service) {
        let title = format!("Service addresses {service} are not private");
        sink.report(lasting(
            finding("not a private range".to_owned())
                .title(title)
                .help("take a part of 10.0.0.0/8, 172.16.0.0/12 or 192.168.0.0/16"),
        ));
    }
    if !(12..=24).contains(&service.prefix_len()) {
        let label = format!("a /{}; EKS takes /12 to /24", service.prefix_len());
        let title = format!("the range of Service addresses {service} has a size that EKS refuses");
        sink.report(lasting(
            finding(label).title(title).help("take a prefix of /12 to /24, such as `172.20.0.0/16`"),
        ));
    }
    let vpc = (&network.cidr, Address::of("spec.aws.network.cidr"));
    let further = Address::of("spec.aws.network.secondaryCidrs");
    let secondary =
        network.secondary_cidrs.iter().enumerate().map(|(index, cidr)| (cidr, further.index(index)));
    for (range, address) in std::iter::once(vpc).chain(secondary).filter(|(range, _)| range.overlaps(service))
    {
        let of_vpc = match context.spec.writes(&address) {
            true => "the VPC's own addresses".to_owned(),
            false => format!("the VPC has {range} by default"),
        };
        sink.report(
            finding(format!("shares addresses with {range}"))
                .also(context.spec.value(&address), of_vpc)
                .title(format!("Service addresses {service} overlap the VPC's {range}"))
                .why("packets for a machine in the VPC would end at a Service, and the range can never be changed")
                .help(format!("write `serviceCidr: {}`, which is outside", free(context))),
        );
    }
}

/// A range that no address of the network is in: one of those that EKS itself would take, or that of most homes.
fn free(context: &Context<'_>) -> Cidr {
    let network = &context.cluster.network;
    let ranges: [Cidr; 3] = [fixed("172.20.0.0/16"), fixed("10.100.0.0/16"), fixed("192.168.0.0/16")];
    let taken = |range: &Cidr| {
        network.cidr.overlaps(range) || network.secondary_cidrs.iter().any(|other| other.overlaps(range))
    };
    ranges.into_iter().find(|range| !taken(range)).unwrap_or_else(|| fixed("172.31.0.0/16"))
}

fn lasting(finding: Finding) -> Finding {
    finding.why("EKS refuses to make the cluster with it; once made, the range can never be changed")
}

/// Whether all addresses are private (RFC 1918).
fn is_private(cidr: &Cidr) -> bool {
    let private: [Cidr; 3] = [fixed("10.0.0.0/8"), fixed("172.16.0.0/12"), fixed("192.168.0.0/16")];
    private.iter().any(|range| range.contains(cidr))
}
