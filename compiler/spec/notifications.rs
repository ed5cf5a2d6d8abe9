//! Notifications: who hears of it when Flux fails.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Namespace, ObjectName};

use super::InputRef;

/// A place that hears of what Flux does: a Provider and an Alert of the same name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Notification {
    /// What kind of place.
    pub provider: NotificationProvider,
    /// Its address. An address that is itself a secret, such as a webhook's, belongs under `secret`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^(https?|nats)://[^\s]+$"), example = &"https://alerts.example.com/flux")]
    pub address: Option<String>,
    /// The channel.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub channel: Option<String>,
    /// The name under which messages appear.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 2048))]
    pub username: Option<String>,
    /// The token, or the secret address. Never the value itself.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub secret: Option<NotificationSecret>,
    /// What is told: failures only, or everything.
    #[serde(default)]
    pub severity: Severity,
    /// Whose events. Without it, those of every GitRepository and Kustomization of Flux.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub sources: Vec<EventSource>,
    /// Regular expressions of messages that are left out.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub exclude: Vec<String>,
    /// A sentence that each message carries.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255))]
    pub summary: Option<String>,
}

/// A kind of place that hears of events (notification-controller 1.9.3).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum NotificationProvider {
    /// Alertmanager of Prometheus.
    Alertmanager,
    /// Commit statuses of Azure DevOps.
    AzureDevOps,
    /// Commit statuses of Bitbucket.
    Bitbucket,
    /// Events of Datadog.
    Datadog,
    /// Discord.
    Discord,
    /// Any HTTP server, as JSON.
    Generic,
    /// Any HTTP server, as JSON, signed with the token.
    #[serde(rename = "generic-hmac")]
    GenericHmac,
    /// Commit statuses of Gitea.
    Gitea,
    /// Commit statuses of GitHub.
    #[serde(rename = "github")]
    GitHub,
    /// Commit statuses of GitLab.
    #[serde(rename = "gitlab")]
    GitLab,
    /// Google Chat.
    GoogleChat,
    /// Annotations of Grafana.
    Grafana,
    /// Lark.
    Lark,
    /// Matrix.
    Matrix,
    /// Microsoft Teams.
    #[serde(rename = "msteams")]
    MsTeams,
    /// Opsgenie.
    Opsgenie,
    /// PagerDuty.
    #[serde(rename = "pagerduty")]
    PagerDuty,
    /// Rocket.Chat.
    Rocket,
    /// Sentry.
    Sentry,
    /// Slack.
    Slack,
    /// Telegram.
    Telegram,
    /// Webex.
    Webex,
}

/// Where the token or the secret address is.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NotificationSecret {
    /// A token that is given when Terraform applies.
    Token(TokenSecret),
    /// An address that is a secret, given when Terraform applies.
    Address(AddressSecret),
    /// A Secret that an ExternalSecret makes.
    External(ExternalSecretRef),
    /// A Secret that is made by hand.
    Named(NamedSecret),
}

/// A token that is given when Terraform applies.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a token")]
pub struct TokenSecret {
    /// The token.
    pub token: InputRef,
}

/// An address that is a secret, given when Terraform applies.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a secret address")]
pub struct AddressSecret {
    /// The address, such as that of a webhook.
    pub address: InputRef,
}

/// A Secret that an ExternalSecret makes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "a reference to an ExternalSecret")]
pub struct ExternalSecretRef {
    /// The ExternalSecret's name, in `flux-system`. Its keys are Flux': `token`, or `address`.
    pub external_secret: ObjectName,
}

/// A Secret that is made by hand.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "the name of a Secret")]
pub struct NamedSecret {
    /// The Secret's name, in `flux-system`. Its keys are Flux': `token`, or `address`.
    pub name: ObjectName,
}

/// What is told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Failures.
    #[default]
    Error,
    /// Everything.
    Info,
}

/// Objects whose events are told.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventSource {
    /// Their kind.
    pub kind: EventKind,
    /// The name of one; all without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<ObjectName>,
    /// Their namespace. Without it, that of Flux; for releases and their sources, each that has some.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Namespace>,
}

/// A kind of object whose events are told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub enum EventKind {
    /// Repositories.
    GitRepository,
    /// What is applied from them.
    Kustomization,
    /// Releases of charts.
    HelmRelease,
    /// Charts in OCI registries.
    #[serde(rename = "OCIRepository")]
    OciRepository,
    /// Repositories of charts.
    HelmRepository,
}

impl EventKind {
    /// The kind as Kubernetes spells it.
    pub fn word(self) -> &'static str {
        match self {
            EventKind::GitRepository => "GitRepository",
            EventKind::Kustomization => "Kustomization",
            EventKind::HelmRelease => "HelmRelease",
            EventKind::OciRepository => "OCIRepository",
            EventKind::HelmRepository => "HelmRepository",
        }
    }
}
