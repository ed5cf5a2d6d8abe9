//! Each cluster has a Terraform state of its own.

use super::{Member, pairs, same_cluster};
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Two clusters keep their Terraform state under one key.
    ///
    /// Terraform takes what it finds there for its own: applying one cluster would plan to destroy the other. The key is
    /// `PREFIX/CLUSTER/STACK.tfstate`, so two clusters of one name need different buckets or prefixes, whatever their regions.
    ///
    /// ```yaml,member=ireland/cluster.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "444455556666"
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::444455556666:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-central-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep them apart by a bucket for each account:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-central-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-central-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ONE_STATE = E0922: "two clusters keep their state under one key"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    let place = Address::of("spec.aws.state.s3");
    let key = |member: &Member<'_>| {
        let state = &member.context.cluster.state;
        let prefix = state.prefix.as_ref().map(|prefix| format!("{prefix}/")).unwrap_or_default();
        format!("{}/{prefix}{}", state.bucket, member.name())
    };
    for (later, earlier) in pairs(members) {
        if key(later) != key(earlier) || same_cluster(later, earlier) {
            continue;
        }
        let finding = ONE_STATE
            .at(later.value(&place.key("bucket")), format!("state is kept in `{}/`", key(later)))
            .also(earlier.value(&place.key("bucket")), "and so is that of this cluster")
            .title(format!("two clusters called `{}` keep their state under one key", later.name()))
            .why("applying one of them would plan to destroy the other")
            .help("give one of them another bucket, or a `prefix`");
        sink.report(later.told(earlier.told(finding)));
    }
}
