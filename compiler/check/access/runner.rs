//! The role that Terraform acts as may use the Kubernetes API.

use crate::catalog::access::AccessPolicy;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::Acting;
use crate::source::Address;
use crate::spec::Given;

crate::diagnostic! {
    /// The role that Terraform acts as may not use the Kubernetes API.
    ///
    /// Terraform makes the cluster and then puts Flux into it, as the same role. Making a cluster gives no rights in it, so that
    /// second step is refused after twenty minutes of the first. In the mode `config-map` the maker may come in, but only until
    /// the next stage, and only while it is the same role.
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
    ///     assumeRole: { role: "arn:aws:iam::111122223333:role/infra-admin" }
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the role an entry:
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
    ///     assumeRole: { role: "arn:aws:iam::111122223333:role/infra-admin" }
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       terraform: { principal: "arn:aws:iam::111122223333:role/infra-admin", policy: cluster-admin }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub RUNNER_WITHOUT_ACCESS = E0632: "the role that Terraform acts as may not use the Kubernetes API"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(acting) = &context.ir.infra.assume_role else { return };
    let entries = &context.ir.infra.access;
    let mut admins =
        entries.iter().filter(|entry| entry.policy == Some(AccessPolicy::ClusterAdmin)).peekable();
    // That nobody may administer the cluster is another rule's.
    if admins.peek().is_none() || admins.any(|entry| acting.may_be(&entry.principal)) {
        return;
    }
    let own = entries.iter().find(|entry| acting.may_be(&entry.principal));
    let finding = RUNNER_WITHOUT_ACCESS
        .at(context.spec.value(&acting.address()), "makes the cluster and puts Flux into it")
        .why("making a cluster gives no rights in it: Terraform is refused when it reaches into the cluster");
    sink.report(match own {
        Some(entry) => finding
            .also(context.spec.key(&entry.address()), "has an entry that is not `cluster-admin`")
            .help(format!("write `policy: cluster-admin` on `{}`", entry.key)),
        None => finding
            .also(context.spec.key(&Address::of("spec.aws.access")), "does not name the role")
            .help(format!(
                "add `terraform: {{ principal: {}, policy: cluster-admin }}` to `access`",
                named(acting)
            )),
    });
}

/// The role as `access` names it.
fn named(acting: &Acting) -> String {
    match (&acting.operator, &acting.role) {
        (Some(operator), _) => format!("{{ operator: {operator} }}"),
        (None, Given::Known(arn)) => format!("\"{arn}\""),
        (None, Given::Input(reference)) => format!("{{ input: {} }}", reference.input),
    }
}
