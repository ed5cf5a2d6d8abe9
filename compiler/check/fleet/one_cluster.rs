//! Each spec is for a cluster of its own.

use super::{Member, pairs, same_cluster};
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Two specs are for the same cluster.
    ///
    /// EKS has each name once in an account and a region, so one of the two would take over what the other made. Accounts are
    /// compared where both specs say `spec.aws.account`; otherwise two clusters with one state bucket count as in one account.
    ///
    /// ```yaml,member=other.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: one-tf-state } }
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
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give each cluster a name of its own:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo-two }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-two-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TWO_SPECS_ONE_CLUSTER = E0921: "two specs are for the same cluster"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    let name = Address::of("metadata.name");
    for (later, earlier) in pairs(members).filter(|(later, earlier)| same_cluster(later, earlier)) {
        let finding = TWO_SPECS_ONE_CLUSTER
            .at(later.value(&name), "this spec names it")
            .title(format!("two specs are both for the cluster `{}`", later.name()))
            .why("one of them would take over, and then destroy, what the other made")
            .help("give each cluster a name of its own");
        let place = earlier.value(&name);
        let inherited = finding.primary.span == place;
        let finding = if inherited { finding } else { finding.also(place, "and so does this one") };
        sink.report(later.told(earlier.told(finding)));
    }
}
