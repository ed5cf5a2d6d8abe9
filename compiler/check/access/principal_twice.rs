//! A principal has one access entry.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::Access;
use crate::source::Address;

crate::diagnostic! {
    /// One role or user has two access entries.
    ///
    /// EKS keeps one entry for each principal. The second one fails to apply, so the rights that it should give
    /// never arrive.
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
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       payments: { principal: "arn:aws:iam::111122223333:role/admins", groups: [ payments ] }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Put all rights of a principal into one entry:
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
    ///       admins:
    ///         principal: "arn:aws:iam::111122223333:role/admins"
    ///         policy: cluster-admin
    ///         groups: [ payments ]
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PRINCIPAL_TWICE = E0603: "one principal has two access entries"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let entries = &context.ir.infra.access;
    let principal =
        |name: &str| context.spec.value(&Address::of("spec.aws.access").key(name).key("principal"));
    for (index, entry) in entries.iter().enumerate() {
        let earlier = entries.iter().take(index).find(|earlier| earlier.principal == entry.principal);
        let Some(Access { key: first, .. }) = earlier else { continue };
        let name = &entry.key;
        sink.report(
            PRINCIPAL_TWICE
                .at(principal(name.as_str()), "the same principal again")
                .also(principal(first.as_str()), format!("has the entry `{first}`"))
                .title(format!("`{first}` and `{name}` are the same principal"))
                .why("EKS keeps one entry for each principal and refuses the second")
                .help("put all its rights into one entry; `policy` and `groups` may stand together"),
        );
    }
}
