//! The folder of operators holds nothing of the cluster.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::FOUNDATION_FOLDER;
use crate::source::Address;
use crate::spec::Level;

crate::diagnostic! {
    /// A role of the cluster is in the folder that operators may not touch.
    ///
    /// Everything in `/foundation/` is the administrator's: the policies of operators deny every change there, so that nobody
    /// gives himself more. A role or policy of the cluster in that folder is refused when Terraform makes it.
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
    ///     foundation: { operators: { admin: { may: destroy, trust: [ "arn:aws:iam::111122223333:user/ada" ] } } }
    ///     access: { admins: { principal: { operator: admin }, policy: cluster-admin } }
    ///     roles: { auditors: { trust: [ "arn:aws:iam::111122223333:user/eve" ], path: /foundation/people/ } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take another folder:
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
    ///     foundation: { operators: { admin: { may: destroy, trust: [ "arn:aws:iam::111122223333:user/ada" ] } } }
    ///     access: { admins: { principal: { operator: admin }, policy: cluster-admin } }
    ///     roles: { auditors: { trust: [ "arn:aws:iam::111122223333:user/eve" ], path: /people/ } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub IN_OPERATORS_FOLDER = E0670: "a role is in the folder that operators may not touch"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let operators = infra.foundation.iter().flat_map(|foundation| &foundation.operators);
    if !operators.into_iter().any(|operator| operator.may >= Level::Apply) {
        return;
    }
    for identity in infra.all_identities() {
        let path = identity.settings.path.as_deref().unwrap_or_default();
        if !path.starts_with(FOUNDATION_FOLDER) {
            continue;
        }
        sink.report(
            IN_OPERATORS_FOLDER
                .at(context.spec.value(&identity.address.key("path")), "operators may change nothing here")
                .also(
                    context.spec.key(&Address::of("spec.aws.foundation.operators")),
                    format!("their policies deny changes below `{FOUNDATION_FOLDER}`"),
                )
                .title(format!("role `{}` is in the folder that operators may not touch", identity.key))
                .why("Terraform is refused when it makes the role or its policies")
                .help("write another folder, such as `path: /clusters/`"),
        );
    }
}
