//! What is put into a tier finds that tier.

use crate::check::Context;
use crate::cluster::Tier;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The bastion needs a public subnet, and the control plane subnets of the tier that `endpoint.tier` names.
    ///
    /// Without them there is no place to put either.
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
    ///     bastion: {}
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the network the tier:
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
    ///     bastion: {}
    ///     endpoint: { tier: private }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TIER_NOT_THERE = E0337: "something is put into a tier that the network does not have"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let mut missing = |address: Address, what: &str, tier: Tier, other: &str| {
        sink.report(
            TIER_NOT_THERE
                .at(context.spec.key(&address), format!("needs subnets of the {} tier", tier.word()))
                .also(
                    context.spec.key(&Address::of("spec.aws.network")),
                    format!("has no {} tier", tier.word()),
                )
                .title(format!("there is no {} tier for {what}", tier.word()))
                .why("there is no subnet to put it into")
                .help(format!(
                    "add `{}: {{ newbits: 8 }}` to `spec.aws.network.tiers`, or {other}",
                    tier.word()
                )),
        );
    };
    if context.cluster.bastion.is_some() && !network.has(Tier::Public) {
        missing(Address::of("spec.aws.bastion"), "the bastion", Tier::Public, "remove `bastion`");
    }
    let tier = network.control_plane_tier;
    // The private tier has a rule of its own.
    if tier != Tier::Private && !network.has(tier) {
        missing(Address::of("spec.aws.endpoint.tier"), "the control plane", tier, "name another tier");
    }
}
