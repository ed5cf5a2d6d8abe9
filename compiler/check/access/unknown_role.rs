//! A role that is referred to is declared.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::nearest;
use crate::source::Address;
use crate::spec::{Principal, SecretsKey};

crate::diagnostic! {
    /// A role is referred to and not declared.
    ///
    /// `{ role: NAME }` stands for the role of that name under `aws.roles`, which is made with the cluster. A role of
    /// `aws.oidcProviders` is `{ role: PROVIDER-ROLE }`.
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
    ///     roles: { admins: { trust: [ "arn:aws:iam::111122223333:user/ann" ] } }
    ///     access:
    ///       admins: { principal: { role: admin }, policy: cluster-admin }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Use the declared name:
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
    ///     roles: { admins: { trust: [ "arn:aws:iam::111122223333:user/ann" ] } }
    ///     access:
    ///       admins: { principal: { role: admins }, policy: cluster-admin }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_ROLE = E0636: "a role is not declared"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let roles = &context.cluster.roles;
    for (principal, address) in principals(context) {
        let Principal::Role(reference) = principal else { continue };
        let is_foreign = context.ir.infra.foreign_roles().any(|role| role.key == reference.role.as_str());
        if is_foreign || roles.contains_key(&reference.role) {
            continue;
        }
        let finding = UNKNOWN_ROLE
            .at(context.spec.value(&address.key("role")), "not declared under `aws.roles`")
            .title(format!("role `{}` is not declared", reference.role))
            .why("there would be nobody to let in");
        sink.report(match nearest(reference.role.as_str(), roles.keys().map(|name| name.as_str())) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => {
                finding.help(format!("declare it: `roles: {{ {}: {{ trust: [ ... ] }} }}`", reference.role))
            }
        });
    }
}

/// Every principal that may be a role of the cluster, and where it is written.
fn principals<'a>(context: &Context<'a>) -> Vec<(&'a Principal, Address)> {
    let access = context.cluster.access.iter();
    let mut out: Vec<_> = access
        .map(|(name, entry)| {
            (&entry.principal, Address::of("spec.aws.access").key(name.as_str()).key("principal"))
        })
        .collect();
    if let SecretsKey::Shared(key) = &context.cluster.secrets_key {
        for (field, listed) in [("administrators", &key.administrators), ("users", &key.users)] {
            let at = Address::of("spec.aws.encryption.secrets").key(field);
            out.extend(listed.iter().enumerate().map(|(index, one)| (one, at.index(index))));
        }
    }
    out
}
