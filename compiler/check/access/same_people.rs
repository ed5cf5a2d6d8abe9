//! Roles of different rights are for different people.

use std::collections::BTreeSet;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::Principal;

crate::diagnostic! {
    /// Two roles with access to the cluster trust the same people.
    ///
    /// Mostly one list was copied and not changed: then viewers are administrators. Where people shall work with few rights and
    /// take more when they need them, accept the warning.
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
    ///     roles:
    ///       admins: { trust: [ "arn:aws:iam::111122223333:user/ann" ] }
    ///       viewers: { trust: [ "arn:aws:iam::111122223333:user/ann" ] }
    ///     access:
    ///       admins: { principal: { role: admins }, policy: cluster-admin }
    ///       viewers: { principal: { role: viewers }, policy: view }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Trust by each role those whom it is for:
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
    ///     roles:
    ///       admins: { trust: [ "arn:aws:iam::111122223333:user/ann" ] }
    ///       viewers: { trust: [ "arn:aws:iam::111122223333:user/ann", "arn:aws:iam::111122223333:user/ben" ] }
    ///     access:
    ///       admins: { principal: { role: admins }, policy: cluster-admin }
    ///       viewers: { principal: { role: viewers }, policy: view }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SAME_PEOPLE = W0635: "two roles with access to the cluster trust the same people"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let used = |name: &str| {
        let principals = context.cluster.access.values().map(|entry| &entry.principal);
        principals.into_iter().any(|one| matches!(one, Principal::Role(role) if role.role.as_str() == name))
    };
    let roles: Vec<_> = context.cluster.roles.iter().filter(|(name, _)| used(name.as_str())).collect();
    for (index, (name, role)) in roles.iter().enumerate() {
        let people: BTreeSet<_> = role.trust.iter().collect();
        let same =
            roles.iter().take(index).find(|(_, other)| other.trust.iter().collect::<BTreeSet<_>>() == people);
        let Some((other, _)) = same else { continue };
        let trust = |name: &str| context.spec.key(&Address::of("spec.aws.roles").key(name).key("trust"));
        sink.report(
            SAME_PEOPLE
                .at(trust(name.as_str()), "the same principals")
                .also(trust(other.as_str()), "as here")
                .title(format!("roles `{other}` and `{name}` trust the same people"))
                .why("who shall have the fewer rights can take the role with more")
                .help("trust by each role those whom it is for, or keep one of the two"),
        );
    }
}
