//! Exact ranges of subnets lie inside the VPC.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A subnet's exact range lies outside the VPC's ranges.
    ///
    /// Terraform plans it without a word, and AWS refuses the subnet half way through the first apply.
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
    ///       cidr: 10.0.0.0/16
    ///       zones: [ eu-west-1a, eu-west-1b ]
    ///       tiers:
    ///         public: { newbits: 8 }
    ///         private: { cidrs: [ 10.0.0.0/20, 10.1.16.0/20 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write ranges of the VPC, or add the range that they are in to `secondaryCidrs`:
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
    ///       cidr: 10.0.0.0/16
    ///       secondaryCidrs: [ 10.1.0.0/16 ]
    ///       zones: [ eu-west-1a, eu-west-1b ]
    ///       tiers:
    ///         public: { newbits: 8 }
    ///         private: { cidrs: [ 10.0.0.0/20, 10.1.16.0/20 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SUBNET_OUTSIDE_VPC = E0306: "a subnet's range lies outside the VPC"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let ranges = || std::iter::once(&network.cidr).chain(&network.secondary_cidrs);
    for subnet in &network.subnets {
        if ranges().any(|range| range.contains(&subnet.cidr)) {
            continue;
        }
        let known: Vec<String> = ranges().map(ToString::to_string).collect();
        sink.report(
            SUBNET_OUTSIDE_VPC
                .at(context.spec.value(&subnet.address), "not a part of the VPC")
                .also(
                    context.spec.value(&Address::of("spec.aws.network.cidr")),
                    format!("the VPC has {}", known.join(" and ")),
                )
                .title(format!(
                    "the {} subnet {} of {} lies outside the VPC",
                    subnet.tier.word(),
                    subnet.cidr,
                    subnet.zone
                ))
                .why("AWS refuses the subnet half way through the first apply")
                .help(format!("write a range inside {}", network.cidr))
                .help("or add the range that it is in to `secondaryCidrs`"),
        );
    }
}
