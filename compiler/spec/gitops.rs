//! GitOps: how Flux gets into the cluster, where it reads, how layers follow each other.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{GitRef, GitUrl, GoDuration, InputName, Key, RelativePath, fixed};

use super::{Given, InputRef, Notification};

/// How the cluster's content is delivered.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GitOps {
    /// Flux.
    pub flux: Flux,
    /// What waits for what: whole layers for each other, or each component and app for what it needs.
    #[serde(default, skip_serializing_if = "Granularity::is_layer")]
    pub granularity: Granularity,
    /// The layers: timing of the three that every cluster has, and further ones for apps.
    #[serde(default)]
    pub layers: Layers,
    /// Who hears of what Flux does, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub notifications: BTreeMap<Key, Notification>,
    /// Further variables for manifests: `${NAME}` in an app becomes this value. Those that components need are
    /// derived.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub facts: BTreeMap<InputName, Fact>,
}

/// Flux and the repository that it reads.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Flux {
    /// Flux' minor version.
    #[serde(default = "Flux::default_version")]
    #[schemars(regex(pattern = r"^[0-9]+\.[0-9]+$"), example = &"2.9")]
    pub version: String,
    /// The repository that holds the output.
    pub repository: GitUrl,
    /// The branch that Flux reads.
    #[serde(default = "Flux::default_branch")]
    pub branch: Given<GitRef>,
    /// The folder in the repository that the output's `kube` folder is at.
    #[serde(default = "Flux::default_path")]
    pub path: RelativePath,
    /// How Flux gets into the cluster.
    #[serde(default)]
    pub bootstrap: Bootstrap,
    /// The node group that Flux' pods run on, by name: they select its labels and tolerate its taints.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<Key>,
    /// The credentials for the repository. Inputs, never values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub auth: Option<GitAuth>,
    /// Who the commits that the bootstrap makes are by (`bootstrap: terraform` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub author: Option<Author>,
    /// Signs the commits that the bootstrap makes (`bootstrap: terraform` only).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub signing: Option<Signing>,
}

impl Flux {
    fn default_version() -> String {
        "2.9".to_owned()
    }

    fn default_branch() -> Given<GitRef> {
        Given::Known(fixed("main"))
    }

    fn default_path() -> RelativePath {
        fixed("kube")
    }
}

/// How Flux gets into the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Bootstrap {
    /// The Flux Operator, installed by Terraform; nothing is written to Git.
    #[default]
    Operator,
    /// Flux' Terraform provider; it commits Flux' own manifests to the repository.
    Terraform,
    /// By hand, with the `flux` command line; the runbook has the exact commands.
    Cli,
}

/// The credentials for the repository.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct GitAuth {
    /// A deploy key, for `ssh://` addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh: Option<SshAuth>,
    /// A user name and a token, for `https://` addresses.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<TokenAuth>,
}

/// A deploy key.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SshAuth {
    /// The private key.
    pub private_key: InputRef,
    /// The host's public keys, as in a `known_hosts` file. Needed by `bootstrap: operator`; Flux' Terraform provider
    /// and its command line ask the host themselves.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known_hosts: Option<InputRef>,
}

/// A user name and a token.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TokenAuth {
    /// The user name; `git` without it.
    #[serde(default = "TokenAuth::default_username")]
    #[schemars(regex(pattern = r"^[^\x00-\x1f\x7f:]+$"))]
    pub username: String,
    /// The token.
    pub password: InputRef,
}

impl TokenAuth {
    fn default_username() -> String {
        "git".to_owned()
    }
}

/// Who commits are by.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Author {
    /// The name.
    pub name: Given<String>,
    /// The address.
    pub email: Given<String>,
}

/// Signs the commits that the bootstrap makes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Signing {
    /// The armoured private GPG key ring.
    pub key_ring: InputRef,
    /// The key's id.
    pub key_id: InputRef,
}

/// What waits for what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum Granularity {
    /// One Flux Kustomization for each layer. A layer starts when all of the one before it is ready.
    #[default]
    Layer,
    /// One Flux Kustomization for each component and app (and one named `NAME-configs` for a component's custom
    /// resources). Each waits for those that bring its kinds and namespaces, and for no other. Timing is that of its
    /// layer.
    Component,
}

impl Granularity {
    fn is_layer(&self) -> bool {
        *self == Granularity::Layer
    }
}

/// The layers: timing of the three that every cluster has, and further ones for apps, by name.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
pub struct Layers {
    /// Sources and releases.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub controllers: Option<Timing>,
    /// Custom resources of the controllers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configs: Option<Timing>,
    /// Apps that name no other layer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub apps: Option<AppLayer>,
    /// Further layers for apps, by name; `apps.NAME.layer` puts an app into one.
    #[serde(flatten)]
    pub others: BTreeMap<Key, AppLayer>,
}

/// A layer of apps: its timing, and the layer that comes before it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AppLayer {
    /// The layer that must be ready first. Without it that is `configs`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub after: Option<Key>,
    /// How often the cluster is compared with Git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<GoDuration>,
    /// How soon a failure is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<GoDuration>,
    /// How long applying and waiting may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<GoDuration>,
    /// Whether the layer is ready only when everything in it is. Later layers rely on it where they need kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<bool>,
    /// Whether objects that leave Git leave the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prune: Option<bool>,
}

impl AppLayer {
    /// The timing alone.
    pub fn timing(&self) -> Timing {
        Timing {
            interval: self.interval.clone(),
            retry: self.retry.clone(),
            timeout: self.timeout.clone(),
            wait: self.wait,
            prune: self.prune,
        }
    }
}

/// Timing of one layer; what is left out takes the layer's default.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Timing {
    /// How often the cluster is compared with Git.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub interval: Option<GoDuration>,
    /// How soon a failure is tried again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub retry: Option<GoDuration>,
    /// How long applying and waiting may take.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub timeout: Option<GoDuration>,
    /// Whether the layer is ready only when everything in it is. Later layers rely on it where they need kinds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub wait: Option<bool>,
    /// Whether objects that leave Git leave the cluster.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub prune: Option<bool>,
}

/// The value of a variable for manifests.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Fact {
    /// The value itself.
    Known(String),
    /// An input.
    Input(InputRef),
    /// Something that Terraform knows after the apply.
    Output(OutputRef),
    /// The id of a security group.
    SecurityGroup(SecurityGroupRef),
    /// The ARN of a certificate.
    Certificate(CertificateRef),
}

/// A reference to a security group's id: `{ securityGroup: NAME }`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "a security group's id")]
pub struct SecurityGroupRef {
    /// Its name under `spec.aws.network.securityGroups`.
    pub security_group: Key,
}

/// A reference to a certificate's ARN: `{ certificate: NAME }`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a certificate's ARN")]
pub struct CertificateRef {
    /// Its name under `spec.aws.certificates`.
    pub certificate: Key,
}

/// A reference to something that Terraform knows after the apply: `{ output: vpc_id }`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a reference to an output")]
pub struct OutputRef {
    /// What.
    pub output: OutputName,
}

/// What Terraform knows after the apply and manifests may use.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum OutputName {
    /// The account's id.
    AccountId,
    /// The AWS partition.
    Partition,
    /// The VPC's id.
    VpcId,
    /// The address of the Kubernetes API.
    ClusterEndpoint,
    /// The issuer of service account tokens, without `https://`.
    OidcIssuer,
}
