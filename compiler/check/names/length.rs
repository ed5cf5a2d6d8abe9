//! Derived names fit into the limits of AWS, all of them solved together.

use crate::check::Context;
use crate::check::derived::{Derived, all};
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A name that is derived from the cluster's name is longer than AWS allows.
    ///
    /// Roles have at most 64 characters and buckets 63. Terraform plans the name, and AWS refuses it after half of
    /// the cluster is up. The compiler never cuts a name: two cut names could be the same. The message says the
    /// longest name that the cluster may have with everything that it derives.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: payments-production-eu-west-1-primary-blue }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { aws-load-balancer-controller: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Shorten the cluster's name:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: payments-production-blue }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { aws-load-balancer-controller: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NAME_TOO_LONG = E0901: "a derived name is longer than AWS allows"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let names = all(context.cluster, context.ir);
    let too_long: Vec<&Derived> = names.iter().filter(|one| one.name.len() > one.limit).collect();
    let room = |one: &Derived| one.limit.saturating_sub(one.own);
    // A name whose own part fills the limit cannot be helped by the cluster's name.
    for hopeless in too_long.iter().filter(|one| room(one) == 0) {
        sink.report(
            NAME_TOO_LONG
                .at(
                    context.spec.key(&hopeless.address),
                    format!("{} characters without the cluster's name", hopeless.own),
                )
                .title(format!("{} has no room for the cluster's name", hopeless.what))
                .why(format!("AWS takes at most {} characters", hopeless.limit))
                .help("choose a shorter key"),
        );
    }
    let tightest = too_long.iter().filter(|one| room(one) > 0).min_by_key(|one| room(one));
    let Some(tightest) = tightest else { return };
    let cluster = context.cluster.name.as_str();
    let place = context.spec.value(&Address::of("metadata.name"));
    let longest = room(tightest);
    let mut finding = NAME_TOO_LONG
        .at(place, format!("{} characters; at most {longest} fit", cluster.len()))
        .also(context.spec.key(&tightest.address), format!("asks for {}", tightest.what))
        .title(format!("the cluster's name is too long for {}", tightest.what))
        .why(format!(
            "the {} `{}` would have {} characters, and AWS takes at most {}",
            tightest.sort,
            tightest.name,
            tightest.name.len(),
            tightest.limit
        ))
        .help(format!("take a cluster name of at most {longest} characters"));
    if tightest.has_your_key() {
        finding = finding.help("or choose a shorter key for it");
    }
    sink.report(finding);
}
