//! Two levels of operators are two lists of people.

use std::collections::BTreeSet;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::Operator;

crate::diagnostic! {
    /// Two operators of different levels trust the same list.
    ///
    /// Whoever may take the weaker role may take the stronger one, too, so the weaker one protects nothing: a list of
    /// administrators was passed where one of viewers was meant, or the other way round.
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
    ///     permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary/clusters"
    ///     foundation:
    ///       operators:
    ///         admin: { may: destroy, trust: [ "arn:aws:iam::111122223333:user/ada", "arn:aws:iam::111122223333:user/grace" ] }
    ///         viewer: { may: plan, trust: [ "arn:aws:iam::111122223333:user/grace", "arn:aws:iam::111122223333:user/ada" ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give each level its own list:
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
    ///         admin: { may: destroy, trust: [ "arn:aws:iam::111122223333:user/ada", "arn:aws:iam::111122223333:user/grace" ] }
    ///         viewer: { may: plan, trust: [ "arn:aws:iam::111122223333:role/reviewers" ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SAME_TRUST = W0650: "operators of two levels trust the same list"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(foundation) = &context.ir.infra.foundation else { return };
    let list = |operator: &Operator| operator.trust.iter().cloned().collect::<BTreeSet<_>>();
    for (index, one) in foundation.operators.iter().enumerate() {
        let other = |other: &&Operator| other.may != one.may && list(other) == list(one);
        let Some(other) = foundation.operators.iter().take(index).find(other) else { continue };
        let (weak, strong) = if one.may < other.may { (one, other) } else { (other, one) };
        let says = |operator: &Operator| format!("these may {}", operator.may.word());
        sink.report(
            SAME_TRUST
                .at(context.spec.value(&weak.address.key("trust")), says(weak))
                .also(context.spec.value(&strong.address.key("trust")), format!("and the same {}", says(strong)))
                .title(format!("operators `{}` and `{}` trust the same list", weak.key, strong.key))
                .why("whoever may take the weaker role may take the stronger one: the weaker one protects nothing")
                .help(format!("name other people in one of them, or remove `{}`", weak.key)),
        );
    }
}
