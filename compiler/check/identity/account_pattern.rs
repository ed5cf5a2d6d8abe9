//! A pattern of service accounts takes its role by a web identity.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::Mechanism;

crate::diagnostic! {
    /// An identity for a pattern of service accounts is forced to use Pod Identity.
    ///
    /// A Pod Identity association names one service account; EKS does not know patterns there. The trust of a role for
    /// web identities does.
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
    ///     identities:
    ///       web: { serviceAccount: preview/*, mechanism: pod-identity, managedPolicies: [ CloudWatchAgentServerPolicy ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave the mechanism out, and the compiler chooses a web identity; or name each account:
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
    ///     identities:
    ///       web: { serviceAccount: preview/*, managedPolicies: [ CloudWatchAgentServerPolicy ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PATTERN_WITHOUT_WEB_IDENTITY = E0623: "Pod Identity knows no patterns of service accounts"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, identity) in &context.cluster.identities {
        if identity.mechanism != Some(Mechanism::PodIdentity) {
            continue;
        }
        let at = Address::of("spec.aws.identities").key(name.as_str());
        if let Some(pattern) = identity.service_account.all().iter().find(|account| account.is_pattern()) {
            sink.report(
                PATTERN_WITHOUT_WEB_IDENTITY
                    .at(context.spec.value(&at.key("mechanism")), "an association names one account")
                    .also(context.spec.value(&at.key("serviceAccount")), format!("`{pattern}` is a pattern"))
                    .why("EKS would look for a service account with a `*` in its name, and no pod would get the role")
                    .help("write `mechanism: irsa`, or name each service account"),
            );
        }
    }
}
