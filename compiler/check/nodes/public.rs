//! Groups in public subnets have public subnets.

use crate::check::Context;
use crate::cluster::Tier;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::NodeSubnets;

crate::diagnostic! {
    /// A node group is in public subnets, and the network has none.
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
    ///     network: { nat: none }
    ///     nodeGroups: { edge: { instanceTypes: [ m7i.large ], subnets: public } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the network a public tier, or keep the nodes in private subnets:
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
    ///     nodeGroups: { edge: { instanceTypes: [ m7i.large ], subnets: public } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_PUBLIC_SUBNETS = E0208: "a group wants public subnets, and there are none"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.network.has(Tier::Public) {
        return;
    }
    for (name, group) in context.groups().filter(|(_, group)| group.written.subnets == NodeSubnets::Public) {
        sink.report(
            NO_PUBLIC_SUBNETS
                .at(context.spec.value(&group.address.key("subnets")), "public subnets")
                .also(context.spec.key(&Address::of("spec.aws.network")), "has no public tier")
                .title(format!("there are no public subnets for group `{name}`"))
                .why("the group would have no subnet at all, and EKS refuses it")
                .help("add a `public` tier to the network, or remove `subnets: public`"),
        );
    }
    for (name, class) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes) {
        if class.written.subnets == NodeSubnets::Public {
            sink.report(
                NO_PUBLIC_SUBNETS
                    .at(context.spec.value(&class.address.key("subnets")), "public subnets")
                    .also(context.spec.key(&Address::of("spec.aws.network")), "has no public tier")
                    .title(format!("there are no public subnets for class `{name}`"))
                    .why("the class never becomes ready, and Karpenter makes no node from it")
                    .help("add a `public` tier to the network, or remove `subnets: public`"),
            );
        }
    }
}
