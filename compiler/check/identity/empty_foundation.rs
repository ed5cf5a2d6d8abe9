//! A foundation holds something.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{Boundary, Stack};
use crate::source::Address;

crate::diagnostic! {
    /// The foundation has nothing in it.
    ///
    /// It would be a stack without a resource: nothing is written for it, and what was meant to be there is missing.
    ///
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
    ///     foundation: {}
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Say what it holds; a boundary whose statements are written in the spec would do, too:
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
    ///     foundation: { stateBucket: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub EMPTY_FOUNDATION = E0652: "the foundation has nothing in it"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let Some(foundation) = &infra.foundation else { return };
    let bounds = matches!(infra.boundary, Some(Boundary::Own { made_in: Stack::Foundation, .. }));
    if bounds || foundation.state_bucket.is_some() || !foundation.operators.is_empty() {
        return;
    }
    let at = Address::of("spec.aws.foundation");
    sink.report(
        EMPTY_FOUNDATION
            .at(context.spec.key(&at), "holds neither a bucket, nor operators, nor a boundary")
            .why("a stack without a resource is not written, and what was meant to be there is missing")
            .help(format!("write `{at}.stateBucket: {{}}` or `{at}.operators`, or remove the key")),
    );
}
