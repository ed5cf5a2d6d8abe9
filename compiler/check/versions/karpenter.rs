//! Karpenter's version runs on the cluster's Kubernetes, by the project's own matrix.

use super::offered::is_offered;
use crate::catalog::karpenter;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// Karpenter's version does not run on the cluster's Kubernetes version.
    ///
    /// Karpenter refuses to start on a Kubernetes that is newer than it knows, and without it no node is made when
    /// pods need one.
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
    ///     karpenter: { version: 1.8.3, pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a version from the project's matrix, or leave it out to get the newest that fits:
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
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub KARPENTER_VERSION = E0803: "Karpenter's version does not run on the Kubernetes version"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let kubernetes = &context.cluster.version;
    let component = context.cluster.components.iter().find(|(name, _)| name.as_str() == "karpenter");
    let Some((component, version)) = component.and_then(|(_, one)| Some((one, one.version.as_ref()?))) else {
        return;
    };
    // Versions that the component knows carry their range themselves.
    let listed = component.contract().versions.iter().any(|known| known.version.semver() == version.semver());
    if listed || karpenter::supports(version.semver(), kubernetes) || !is_offered(kubernetes) {
        return;
    }
    let written = Address::of("spec.aws.karpenter.version");
    let place = if context.spec.writes(&written) { written } else { component.address.key("version") };
    let label = match karpenter::release(version.semver()) {
        Some(row) => {
            format!("Karpenter {} runs on Kubernetes 1.{} to 1.{}", row.name, row.oldest, row.newest)
        }
        None => "not in Karpenter's matrix, as far as this version of clusterc knows it".to_owned(),
    };
    let finding = KARPENTER_VERSION
        .at(context.spec.value(&place), label)
        .also(
            context.spec.value(&Address::of("spec.kubernetes.version")),
            format!("the cluster is {kubernetes}"),
        )
        .title(format!("Karpenter {version} does not run on Kubernetes {kubernetes}"))
        .why("Karpenter refuses to start, and no node is made when pods need one");
    sink.report(match karpenter::smallest_for(kubernetes) {
        Some(smallest) => finding.help(format!("take {smallest} or later, or leave `version` out")),
        None => finding.help("leave `version` out to get the newest that fits"),
    });
}
