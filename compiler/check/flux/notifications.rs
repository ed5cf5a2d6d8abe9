//! Notifications have an address and the Secret that they name.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{ObjectName, nearest};
use crate::source::Address;
use crate::spec::{NotificationProvider, NotificationSecret};

crate::diagnostic! {
    /// A notification has no address.
    ///
    /// Flux takes the object and sends nothing.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     notifications:
    ///       ops: { provider: msteams }
    /// ```
    ///
    /// Write `address`, or where the secret address is (Slack needs none beside a token):
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     notifications:
    ///       ops: { provider: msteams, secret: { name: teams-webhook } }
    /// ```
    pub NOTIFICATION_WITHOUT_ADDRESS = E0719: "a notification has no address"
}

crate::diagnostic! {
    /// A notification names an ExternalSecret that is not there.
    ///
    /// Flux finds no Secret and sends nothing. Nobody hears of the failure that was to be told.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     notifications:
    ///       ops: { provider: slack, channel: ops, secret: { externalSecret: slack-token } }
    /// ```
    ///
    /// Let an ExternalSecret in `flux-system` make it:
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   externalSecrets:
    ///     secrets:
    ///       slack-token: { namespaces: [ flux-system ], keys: { token: { from: demo/slack } } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     notifications:
    ///       ops: { provider: slack, channel: ops, secret: { externalSecret: slack-token } }
    /// ```
    pub NOTIFICATION_WITHOUT_SECRET = E0720: "a notification's ExternalSecret does not exist"
}

const NAMESPACE: &str = "flux-system";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    for (name, written) in &gitops.notifications {
        let address = Address::of("spec.gitops.notifications").key(name.as_str());
        let may_have_address = match (&written.secret, written.provider) {
            (None, _) => false,
            (Some(NotificationSecret::Token(_)), provider) => provider == NotificationProvider::Slack,
            (Some(_), _) => true,
        };
        if written.address.is_none() && !may_have_address {
            sink.report(
                NOTIFICATION_WITHOUT_ADDRESS
                    .at(context.spec.key(&address), "says what to tell, and not where")
                    .title(format!("notification `{name}` has no address"))
                    .why("Flux takes the object and sends nothing")
                    .help("write `address: https://...`")
                    .help("where the address is a secret: `secret: { address: { input: NAME } }`"),
            );
        }
        let Some(NotificationSecret::External(reference)) = &written.secret else { continue };
        if !makes(context, &reference.external_secret) {
            let place = context.spec.value(&address.key("secret").key("externalSecret"));
            let finding = NOTIFICATION_WITHOUT_SECRET
                .at(place, format!("no ExternalSecret in `{NAMESPACE}` has this name"))
                .title(format!("notification `{name}` names an ExternalSecret that is not there"))
                .why("Flux finds no Secret and sends nothing");
            let known = context.cluster.external_secrets.iter().flat_map(|written| written.secrets.keys());
            sink.report(match nearest(reference.external_secret.as_str(), known.map(crate::domain::Key::as_str)) {
                Some(near) => finding.help(format!("did you mean `{near}`? It has to be in `{NAMESPACE}`")),
                None => finding.help(format!(
                    "add it to `spec`: `externalSecrets: {{ secrets: {{ {}: {{ namespaces: [ {NAMESPACE} ], keys: ... }} }} }}`",
                    reference.external_secret
                )),
            });
        }
    }
}

/// Whether the spec or an app makes an ExternalSecret of this name in Flux' namespace.
fn makes(context: &Context<'_>, name: &ObjectName) -> bool {
    let is_it = |kind: &str, namespace: &str, found: &str| {
        kind == "ExternalSecret" && namespace == NAMESPACE && found == name.as_str()
    };
    let mut of_apps = context.app_objects().into_iter();
    context.objects().any(|object| is_it(object.kind(), object.namespace(), object.name()))
        || of_apps.any(|object| is_it(object.kind(), object.namespace(), object.name()))
}
