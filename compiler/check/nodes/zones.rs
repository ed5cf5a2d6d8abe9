//! A group's zones are zones of the network.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A node group is for a zone that the network does not have.
    ///
    /// The VPC has subnets in its own zones only, so the group gets no node there; with no other zone it has no subnet at all,
    /// and EKS refuses it.
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       builds: { instanceTypes: [ m7i.large ], zones: [ eu-west-1d ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name zones of the network, here the first three of the region:
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       builds: { instanceTypes: [ m7i.large ], zones: [ eu-west-1c ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ZONE_NOT_IN_NETWORK = E0246: "a node group is for a zone that the network does not have"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let zones = &context.cluster.network.zones;
    for (name, group) in context.groups() {
        for (index, zone) in group.written.zones.iter().enumerate().filter(|(_, zone)| !zones.contains(zone))
        {
            let known: Vec<&str> = zones.iter().map(|zone| zone.as_str()).collect();
            sink.report(
                ZONE_NOT_IN_NETWORK
                    .at(
                        context.spec.value(&group.address.key("zones").index(index)),
                        "no subnet of the network is here",
                    )
                    .also(
                        context.spec.value(&Address::of("spec.aws.network.zones")),
                        "the zones of the network are decided here",
                    )
                    .title(format!("group `{name}` is for zone `{zone}`, which the network does not have"))
                    .why("no node of the group can be there; without any zone, EKS refuses the group")
                    .help(format!(
                        "write one of `{}`, or add the zone to `aws.network.zones`",
                        known.join("`, `")
                    )),
            );
        }
    }
}
