//! Flux' version is known and supports the cluster's Kubernetes.

use super::offered::is_offered;
use crate::catalog::flux;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Flux' version is unknown, or does not support the cluster's Kubernetes version.
    ///
    /// Flux checks the version of the API server when it is installed and refuses one that is too old. On one that
    /// is too new its controllers meet APIs that they were never tested with.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.36" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { version: "2.8", repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take the Flux that supports the version; the newest is the default:
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
    ///   gitops: { flux: { version: "2.9", repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub FLUX_VERSION = E0807: "Flux' version does not fit the cluster"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    let kubernetes = &context.cluster.version;
    let version = &gitops.flux.version;
    let place = context.spec.value(&Address::of("spec.gitops.flux.version"));
    let known: Vec<&str> = flux::MINORS.iter().map(|minor| minor.version).collect();
    let Some(minor) = flux::find(version) else {
        sink.report(
            FLUX_VERSION
                .at(place, format!("known: {}", known.join(", ")))
                .title(format!("Flux {version} is not known"))
                .why("which kinds it serves, and which Kubernetes it runs on, cannot be checked")
                .help(format!("write `version: \"{}\"`", known.first().copied().unwrap_or_default())),
        );
        return;
    };
    // A Kubernetes that EKS does not offer is an error of its own.
    if minor.supports(kubernetes) || !is_offered(kubernetes) {
        return;
    }
    let finding = FLUX_VERSION
        .at(place, format!("Flux {version} supports Kubernetes 1.{} to 1.{}", minor.oldest, minor.newest))
        .also(context.spec.value(&Address::of("spec.kubernetes.version")), format!("the cluster is {kubernetes}"))
        .title(format!("Flux {version} does not support Kubernetes {kubernetes}"))
        .why("Flux refuses to start on an API server that is too old, and is not tested on one that is too new");
    sink.report(match flux::newest_for(kubernetes) {
        Some(better) => finding.help(format!("write `version: \"{}\"` under `gitops.flux`", better.version)),
        None => finding.help("take another Kubernetes version: no known Flux supports this one"),
    });
}
