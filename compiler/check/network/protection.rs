//! What is protected is not told to go at the same time.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// `protect` keeps the trail's bucket, and `deleteWithCluster` gives it up with everything in it.
    ///
    /// Only one can be meant.
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
    ///     protect: true
    ///     audit: { cloudTrail: { deleteWithCluster: true } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the one that is meant:
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
    ///     protect: true
    ///     audit: { cloudTrail: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PROTECTED_AND_DELETED = E0340: "the trail's events are protected and deleted with the cluster"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let given_up = context.cluster.audit.as_ref().is_some_and(|audit| audit.cloud_trail.delete_with_cluster);
    if !context.cluster.protect || !given_up {
        return;
    }
    sink.report(
        PROTECTED_AND_DELETED
            .at(
                context.spec.value(&Address::of("spec.aws.audit.cloudTrail.deleteWithCluster")),
                "gives the events up with the cluster",
            )
            .also(context.spec.value(&Address::of("spec.aws.protect")), "keeps them")
            .why("Terraform refuses to delete the bucket, whatever it holds")
            .help("remove one of the two; to tear down, first set `protect: false`"),
    );
}
