//! The role that Terraform acts as may use the Kubernetes API.

use crate::catalog::access::AccessPolicy;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::{Given, Principal};

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
    let Some(assumed) = &context.cluster.assume_role else { return };
    let admins =
        context.cluster.access.values().filter(|entry| entry.policy == Some(AccessPolicy::ClusterAdmin));
    let mut admins = admins.peekable();
    // That nobody may administer the cluster is another rule's.
    if admins.peek().is_none() || admins.any(|entry| may_be(&assumed.role, &entry.principal)) {
        return;
    }
    let own = context.cluster.access.iter().find(|(_, entry)| may_be(&assumed.role, &entry.principal));
    let role = Address::of("spec.aws.assumeRole.role");
    let finding = RUNNER_WITHOUT_ACCESS
        .at(context.spec.value(&role), "makes the cluster and puts Flux into it")
        .why("making a cluster gives no rights in it: Terraform is refused when it reaches into the cluster");
    sink.report(match own {
        Some((name, _)) => {
            let address = Address::of("spec.aws.access").key(name.as_str());
            finding
                .also(context.spec.key(&address), "has an entry that is not `cluster-admin`")
                .help(format!("write `policy: cluster-admin` on `{name}`"))
        }
        None => {
            finding.also(context.spec.key(&Address::of("spec.aws.access")), "does not name the role").help(
                "add `terraform: { principal: ROLE, policy: cluster-admin }` to `access`, with the same role",
            )
        }
    });
}

/// Whether the two are the same role, as far as is known when compiling.
fn may_be(role: &Given<crate::domain::RoleArn>, principal: &Principal) -> bool {
    match (role, principal) {
        (Given::Known(role), Principal::Known(principal)) => role.principal() == principal,
        // A role of the cluster cannot be the one that makes it.
        (_, Principal::Role(_)) => false,
        (Given::Input(_), _) | (_, Principal::Input(_)) => true,
    }
}
