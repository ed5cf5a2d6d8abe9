//! At least one principal keeps the keys.

use crate::catalog::access::AccessPolicy;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Nobody may administer the cluster.
    ///
    /// Only what is written under `access` can enter: whoever makes the cluster gets no rights of its own. Without
    /// one `cluster-admin` nobody can look into the cluster when Flux is stuck, and nobody can install Flux.
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
    ///     access: { readers: { principal: "arn:aws:iam::111122223333:role/readers", policy: view } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the role that administrators take:
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
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", policy: view }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_ADMIN = E0601: "nobody may administer the cluster"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let access = &context.cluster.access;
    if access.values().any(|entry| entry.policy == Some(AccessPolicy::ClusterAdmin)) {
        return;
    }
    let place = context.spec.key(&Address::of("spec.aws.access"));
    let label = if access.is_empty() { "has no `access`" } else { "no entry is `cluster-admin`" };
    sink.report(
        NO_ADMIN
            .at(place, label)
            .why("whoever makes the cluster gets no rights of its own, so nobody could repair it or install Flux")
            .help("add `admins: { principal: \"arn:aws:iam::ACCOUNT:role/ROLE\", policy: cluster-admin }` to `access`"),
    );
}
