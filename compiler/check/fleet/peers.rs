//! Clusters whose networks are connected have addresses of their own.

use super::{Member, pairs};
use crate::diagnostic::Sink;
use crate::domain::Cidr;
use crate::source::Address;

crate::diagnostic! {
    /// The networks of two clusters are connected, and their addresses overlap.
    ///
    /// AWS refuses to peer VPCs whose ranges overlap, and a transit gateway would deliver to one of them only. Addresses of
    /// Services count, too: a pod that sends to them never leaves its own cluster. Peers that are not part of the run are not
    /// looked at: check the whole folder.
    ///
    /// ```yaml,member=other.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: other }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: other-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { peers: [ other ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give each a range of its own:
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
    ///     network: { cidr: 10.1.0.0/16, peers: [ other ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PEERS_OVERLAP = E0331: "connected networks overlap"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    for (later, earlier) in pairs(members) {
        let (one, other) = if names(later, earlier) { (later, earlier) } else { (earlier, later) };
        if !names(one, other) {
            continue;
        }
        if let Some(((here, mine), (there, theirs))) = overlap(one, other) {
            let finding = PEERS_OVERLAP
                .at(one.value(&here), format!("`{}` has {mine}", one.name()))
                .also(other.value(&there), format!("`{}` has {theirs}", other.name()))
                .title(format!("`{}` and its peer `{}` have overlapping addresses", one.name(), other.name()))
                .why("AWS does not connect them, or delivers to one of the two only")
                .help("give each cluster ranges of its own, such as `10.1.0.0/16` and `10.2.0.0/16`");
            sink.report(one.told(other.told(finding)));
        }
    }
}

fn names(one: &Member<'_>, other: &Member<'_>) -> bool {
    one.context.spec.written.spec.aws.network.peers.iter().any(|peer| peer.as_str() == other.name())
}

/// A range and where it is written.
type Range = (Address, Cidr);

/// The first two ranges that overlap. Service addresses of both may be the same: they are never routed.
fn overlap(one: &Member<'_>, other: &Member<'_>) -> Option<(Range, Range)> {
    let (mine, theirs) = (ranges(one), ranges(other));
    let service = |member: &Member<'_>| {
        (Address::of("spec.aws.serviceCidr"), member.context.spec.written.spec.aws.service_cidr.clone())
    };
    let both = mine.iter().flat_map(|mine| theirs.iter().map(move |theirs| (mine.clone(), theirs.clone())));
    let here = theirs.iter().map(|theirs| (service(one), theirs.clone()));
    let there = mine.iter().map(|mine| (mine.clone(), service(other)));
    both.chain(here).chain(there).find(|((_, mine), (_, theirs))| mine.overlaps(theirs))
}

fn ranges(member: &Member<'_>) -> Vec<Range> {
    let network = &member.context.spec.written.spec.aws.network;
    let address = Address::of("spec.aws.network");
    let further = network.secondary_cidrs.iter().enumerate();
    let further = further.map(|(index, range)| (address.key("secondaryCidrs").index(index), range.clone()));
    std::iter::once((address.key("cidr"), network.cidr.clone())).chain(further).collect()
}
