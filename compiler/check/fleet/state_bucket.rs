//! One foundation makes a bucket.

use super::{Member, pairs, same_cluster};
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Two clusters make the same bucket for Terraform's state.
    ///
    /// The names of buckets are unique in the world: the second foundation fails to apply. Clusters may share a bucket; then
    /// one of them makes it, and the others only name it in `spec.aws.state.s3`.
    ///
    /// ```yaml,member=green/cluster.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo-green }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     foundation: { stateBucket: {} }
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
    ///     foundation: { stateBucket: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave the bucket to the other cluster:
    ///
    /// ```yaml,passes
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
    pub BUCKET_MADE_TWICE = E0926: "two clusters make the same state bucket"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    let made = |member: &Member<'_>| {
        let cluster = member.context.cluster;
        let foundation = cluster.foundation.as_ref()?;
        foundation.state_bucket.as_ref().map(|_| cluster.state.bucket.to_string())
    };
    for (later, earlier) in pairs(members) {
        let Some(bucket) = made(later).filter(|bucket| made(earlier).as_ref() == Some(bucket)) else {
            continue;
        };
        if same_cluster(later, earlier) {
            continue;
        }
        let place = Address::of("spec.aws.foundation.stateBucket");
        let finding = BUCKET_MADE_TWICE
            .at(later.value(&place), format!("makes `{bucket}`"))
            .also(earlier.value(&place), "and so does the foundation of this cluster")
            .title(format!("two clusters make the state bucket `{bucket}`"))
            .why("the names of buckets are unique: the second foundation fails to apply")
            .help("remove `stateBucket` from one of them, which then uses the bucket that the other makes");
        sink.report(later.told(earlier.told(finding)));
    }
}
