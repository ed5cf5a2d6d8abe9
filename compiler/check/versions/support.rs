//! A version past its standard support says so.

use super::offered::TABLES_OF;
use crate::catalog::kubernetes;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::Support;

crate::diagnostic! {
    /// The Kubernetes version is past its standard support, and extended support is not asked for.
    ///
    /// With `support: standard` AWS upgrades the control plane by itself when standard support has ended, at a time
    /// that nobody chose. New clusters of such a version are refused or upgraded soon after.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.33" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { version: "2.8", repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a newer version, or ask for extended support, which costs more for every hour:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.33", support: extended }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { version: "2.8", repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PAST_STANDARD_SUPPORT = W0806: "the Kubernetes version is past its standard support"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let cluster = context.cluster;
    let Some(row) = kubernetes::find(&cluster.version) else { return };
    let is_between = row.standard_ends < TABLES_OF && row.ends() >= TABLES_OF;
    if cluster.support != Support::Standard || !is_between {
        return;
    }
    let place = context.spec.value(&Address::of("spec.kubernetes.version"));
    sink.report(
        PAST_STANDARD_SUPPORT
            .at(place, format!("standard support ended on {}", row.standard_ends))
            .title(format!("Kubernetes {} is past its standard support", cluster.version))
            .why("AWS upgrades the control plane by itself, at a time that nobody chose")
            .help(format!("take a newer version; the newest is \"{}\"", kubernetes::newest().version()))
            .help(format!(
                "or write `support: extended`, which lasts until {} and costs more for every hour",
                row.ends()
            )),
    );
}
