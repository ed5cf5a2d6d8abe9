//! Operators cannot give themselves more than they have.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::Level;

crate::diagnostic! {
    /// An operator makes roles, and nothing limits them.
    ///
    /// Whoever makes a role decides what it may do: an operator can make one of the cluster's name with the rights of an
    /// administrator, and take it. A permissions boundary closes that way. IAM then lets operators make and change only
    /// roles that carry it, and they cannot change the boundary itself.
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
    ///     foundation:
    ///       operators:
    ///         deploy: { may: apply, trust: [ "arn:aws:iam::111122223333:role/ci" ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name a boundary, or write the statements of one:
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
    ///     permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary/clusters"
    ///     foundation:
    ///       operators:
    ///         deploy: { may: apply, trust: [ "arn:aws:iam::111122223333:role/ci" ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNBOUNDED_OPERATOR = W0651: "an operator can give itself any permission"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let Some(foundation) = infra.foundation.as_ref().filter(|_| infra.boundary.is_none()) else { return };
    for operator in foundation.operators.iter().filter(|operator| operator.may >= Level::Apply) {
        let boundary = Address::of("spec.aws.permissionsBoundary");
        sink.report(
            UNBOUNDED_OPERATOR
                .at(
                    context.spec.value(&operator.address.key("may")),
                    "makes roles, and no boundary limits them",
                )
                .title(format!("operator `{}` can give itself any permission", operator.key))
                .why("it may make a role with the rights of an administrator, and take it")
                .help(format!("write `{boundary}`; or allow W0651 with the reason")),
        );
    }
}
