//! A role or an operator that is referred to is declared.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::nearest;
use crate::source::Address;
use crate::spec::{AssumedRole, Principal, SecretsKey};

crate::diagnostic! {
    /// A role or an operator is referred to and not declared.
    ///
    /// `{ role: NAME }` stands for the role of that name under `aws.roles`, which is made with the cluster, or for one of
    /// `aws.oidcProviders`, then `PROVIDER-ROLE`; `{ operator: NAME }` for that of `aws.foundation.operators`, which the
    /// foundation makes.
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
    pub UNKNOWN_ROLE = E0636: "a role or an operator is not declared"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let foreign = context.ir.infra.foreign_roles().map(|role| role.key.as_str());
    let roles: Vec<&str> = context.cluster.roles.keys().map(|name| name.as_str()).chain(foreign).collect();
    let operators = context.cluster.foundation.iter().flat_map(|one| one.operators.keys());
    let operators: Vec<&str> = operators.map(|name| name.as_str()).collect();
    for (principal, address) in principals(context) {
        match principal {
            Principal::Role(it) => {
                look(context, &ROLES, it.role.as_str(), &roles, &address.key("role"), sink)
            }
            Principal::Operator(it) => {
                let at = address.key("operator");
                look(context, &OPERATORS, it.operator.as_str(), &operators, &at, sink);
            }
            Principal::Known(_) | Principal::Input(_) => {}
        }
    }
    if let Some(AssumedRole::Operator(it)) = &context.cluster.assume_role {
        let at = Address::of("spec.aws.assumeRole.operator");
        look(context, &OPERATORS, it.operator.as_str(), &operators, &at, sink);
    }
}

/// What is referred to: its name, where it is declared, what follows if it is not, and how it would be declared.
struct Declared {
    word: &'static str,
    place: &'static str,
    why: &'static str,
    with: &'static str,
}

const ROLES: Declared = Declared {
    word: "role",
    place: "aws.roles",
    why: "there would be nobody to let in",
    with: "{ trust: [ ... ] }",
};
const OPERATORS: Declared = Declared {
    word: "operator",
    place: "aws.foundation.operators",
    why: "the foundation would not make the role",
    with: "{ may: apply, trust: [ ... ] }",
};

fn look(context: &Context<'_>, of: &Declared, name: &str, known: &[&str], at: &Address, sink: &mut Sink) {
    if known.contains(&name) {
        return;
    }
    let finding = UNKNOWN_ROLE
        .at(context.spec.value(at), format!("not declared under `{}`", of.place))
        .title(format!("{} `{name}` is not declared", of.word))
        .why(of.why);
    sink.report(match nearest(name, known.iter().copied()) {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => {
            let (_, last) = of.place.rsplit_once('.').unwrap_or_default();
            finding.help(format!("declare it: `{last}: {{ {name}: {} }}`", of.with))
        }
    });
}

/// Every principal that may be a role of the cluster or of the foundation, and where it is written.
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
