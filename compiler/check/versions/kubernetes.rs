//! The Kubernetes version is one that EKS offers.

use super::offered::{TABLES_OF, is_offered};
use crate::catalog::kubernetes;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The Kubernetes version is not one that EKS offers.
    ///
    /// EKS refuses to make the cluster, or AWS upgrades it by itself on the day its support ends.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.37" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a version that EKS has; a newer one comes with a newer release of clusterc:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.36" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub KUBERNETES_UNKNOWN = E0805: "EKS does not offer the Kubernetes version"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let version = &context.cluster.version;
    if is_offered(version) {
        return;
    }
    let newest = kubernetes::newest().version();
    let (label, why) = match kubernetes::find(version) {
        Some(row) => {
            (format!("ended on {}", row.ends()), "EKS makes no new cluster of a version that has ended")
        }
        None if version.minor() > newest.minor() => {
            (format!("the newest known version is {newest}"), "nothing about this version could be checked")
        }
        None => ("never was on EKS".to_owned(), "EKS refuses to make the cluster"),
    };
    let offered = kubernetes::MINORS.iter().filter(|row| row.ends() >= TABLES_OF);
    let offered: Vec<String> = offered.map(|row| format!("\"{}\"", row.version())).collect();
    sink.report(
        KUBERNETES_UNKNOWN
            .at(context.spec.value(&Address::of("spec.kubernetes.version")), label)
            .title(format!("EKS does not offer Kubernetes {version}"))
            .why(why)
            .help(format!("on {TABLES_OF} EKS offered {}", offered.join(", "))),
    );
}
