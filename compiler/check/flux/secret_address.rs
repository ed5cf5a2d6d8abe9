//! An address that is a secret does not stand in the spec.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The address of a notification is a webhook's, which is a password: whoever has it may post.
    ///
    /// The spec and what is built from it are in Git, where it stays for ever.
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
    ///     notifications: { ops: { provider: slack, address: "https://hooks.slack.com/services/T0/B0/secret" } }
    /// ```
    ///
    /// Let a Secret hold it, such as one that External Secrets copies from AWS:
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
    ///       slack: { namespaces: [ flux-system ], keys: { address: { from: demo/slack } } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     notifications: { ops: { provider: slack, secret: { externalSecret: slack } } }
    /// ```
    pub SECRET_ADDRESS = W0756: "a secret address stands in the spec"
}

/// Where addresses of webhooks begin (documentation of Slack, Discord, Microsoft Teams and Google Chat, 2026).
const WEBHOOKS: [&str; 5] = [
    "https://hooks.slack.com/services/",
    "https://hooks.slack.com/workflows/",
    "https://discord.com/api/webhooks/",
    "https://discordapp.com/api/webhooks/",
    "https://chat.googleapis.com/v1/spaces/",
];
/// What the host of a webhook of Microsoft Teams ends with.
const TEAMS: &str = ".webhook.office.com/";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    for (name, written) in &gitops.notifications {
        if !written.address.as_ref().is_some_and(|address| is_secret(address)) {
            continue;
        }
        let at = Address::of("spec.gitops.notifications").key(name.as_str()).key("address");
        sink.report(
            SECRET_ADDRESS
                .at(context.spec.value(&at), "whoever has this address may post")
                .title(format!("the address of notification `{name}` is a secret"))
                .why("the spec and what is built from it are in Git, where it stays for ever")
                .help("write `secret: { externalSecret: NAME }`, with the key `address` in that Secret")
                .help("or `secret: { address: { input: NAME } }`; and have the old address revoked"),
        );
    }
}

fn is_secret(address: &str) -> bool {
    WEBHOOKS.iter().any(|start| address.starts_with(start)) || address.contains(TEAMS)
}
