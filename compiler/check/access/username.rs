//! Only a role has sessions that a user name can tell apart.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::PrincipalKind;
use crate::source::Address;
use crate::spec::Principal;

crate::diagnostic! {
    /// A user name names the session of an IAM user, which has none.
    ///
    /// `{{SessionName}}` is the name under which somebody took a role. A user takes none: EKS refuses such an entry, and a row of
    /// the ConfigMap would give everybody the same odd name.
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
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       robot: { principal: "arn:aws:iam::111122223333:user/robot", policy: view, username: "robot:{{SessionName}}" }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the user a name of its own:
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
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       robot: { principal: "arn:aws:iam::111122223333:user/robot", policy: view, username: robot }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub USER_WITHOUT_SESSION = E0631: "a user name names the session of an IAM user"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, entry) in &context.cluster.access {
        let is_user = matches!(&entry.principal, Principal::Known(arn) if arn.kind() == PrincipalKind::User);
        if !is_user || !entry.username.as_ref().is_some_and(|name| name.names_session()) {
            continue;
        }
        let address = Address::of("spec.aws.access").key(name.as_str());
        sink.report(
            USER_WITHOUT_SESSION
                .at(context.spec.value(&address.key("username")), "the session of a role")
                .also(context.spec.value(&address.key("principal")), "is a user, which has no sessions")
                .title(format!("access entry `{name}` names the session of a user"))
                .why("EKS refuses the entry, so the user gets no access at all")
                .help(format!("write `username: {name}`, or leave it out")),
        );
    }
}
