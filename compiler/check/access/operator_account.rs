//! The operator that Terraform acts as is known before anything is looked up.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::{AssumedRole, Given};

crate::diagnostic! {
    /// Terraform is to act as an operator, and the account of the operator is not written down.
    ///
    /// The ARN of a role holds the number of its account. Terraform takes the role, and opens its state with it, before it can
    /// look anything up or read a variable.
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
    ///     permissionsBoundary: "arn:aws:iam::111122223333:policy/boundary/clusters"
    ///     foundation: { operators: { admin: { may: destroy, trust: [ "arn:aws:iam::111122223333:user/ada" ] } } }
    ///     assumeRole: { operator: admin }
    ///     access: { admins: { principal: { operator: admin }, policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the account:
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
    ///     assumeRole: { operator: admin }
    ///     access: { admins: { principal: { operator: admin }, policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub OPERATOR_WITHOUT_ACCOUNT = E0671: "the account of the operator that Terraform acts as is not written down"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(AssumedRole::Operator(acting)) = &context.cluster.assume_role else { return };
    let account = Address::of("spec.aws.account");
    let input = match &context.cluster.account {
        Some(Given::Known(_)) => return,
        Some(Given::Input(_)) => true,
        None => false,
    };
    let finding = OPERATOR_WITHOUT_ACCOUNT
        .at(
            context.spec.value(&Address::of("spec.aws.assumeRole.operator")),
            "its ARN holds the number of the account",
        )
        .title(format!("Terraform cannot act as `{}`: its account is not written down", acting.operator))
        .why("Terraform takes the role, and opens its state with it, before it reads or looks up anything")
        .help(format!("write the number: `{account}: \"111122223333\"`"));
    sink.report(match input {
        true => finding.also(context.spec.value(&account), "known only when Terraform runs"),
        false => finding,
    });
}
