//! The AWS platform: account, state, endpoint, access, encryption, logs, add-ons, audit trail, identities.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::logs::LogType;
use crate::domain::{AccountId, Arn, BucketName, Cidr, Key, Region, RoleArn, fixed};

use super::{
    AccessEntry, AssumedRole, Authentication, Bastion, Certificate, DelegationRole, FargateProfile,
    Foundation, Given, Karpenter, Network, NodeGroup, OidcProvider, PermissionsBoundary, Principal,
    WorkloadIdentity,
};

/// The AWS platform.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Aws {
    /// The region that everything is in. Changing it later makes another cluster there and forgets this one.
    pub region: Region,
    /// The account. Terraform then refuses to plan with credentials of any other.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub account: Option<Given<AccountId>>,
    /// Where Terraform keeps its state.
    pub state: State,
    /// What comes before the cluster, in a stack of its own: the bucket for the state, the permissions boundary, and roles
    /// for those who run Terraform.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub foundation: Option<Foundation>,
    /// The network.
    #[serde(default)]
    pub network: Network,
    /// Who reaches the Kubernetes API over which way.
    #[serde(default)]
    pub endpoint: Endpoint,
    /// The range of Service addresses. Changing it later replaces the cluster.
    #[serde(default = "Aws::default_service_cidr")]
    pub service_cidr: Cidr,
    /// Who may use the Kubernetes API, by a name of your choice.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub access: BTreeMap<Key, AccessEntry>,
    /// Where the cluster looks up who may use its API. It can be changed forwards only: from `config-map` by
    /// `api-and-config-map` to `api`. AWS refuses the way back.
    #[serde(default)]
    pub authentication: Authentication,
    /// Roles for people, made with the cluster, by a name of your choice. `access` refers to them by it.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<Key, DelegationRole>,
    /// The role that Terraform acts as, in AWS and in the cluster. Without it, that of the shell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role: Option<AssumedRole>,
    /// Encryption of Secrets in the API's store.
    #[serde(default)]
    pub encryption: Encryption,
    /// The control plane's logs.
    #[serde(default)]
    pub logs: Logs,
    /// Fixed groups of nodes, by name. At least one is needed: the system components run there. Without any, one
    /// group `system` of two to three `t3.large` is made.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub node_groups: Option<BTreeMap<Key, NodeGroup>>,
    /// Pods that run on Fargate, by profiles with names of your choice. A cluster whose system pods all run there needs
    /// no node group: write `nodeGroups: {}`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fargate: BTreeMap<Key, FargateProfile>,
    /// Nodes that are made when pods need them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub karpenter: Option<Karpenter>,
    /// EKS add-ons, by their EKS name. `vpc-cni`, `kube-proxy`, `coredns` and `eks-pod-identity-agent` are there
    /// without being written. `null` or `{}` takes the defaults.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub addons: BTreeMap<Key, Option<Addon>>,
    /// Identities for the service accounts of apps. Those of components are derived.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub identities: BTreeMap<Key, WorkloadIdentity>,
    /// A policy that limits every role that the compiler writes: a role may do what its policies and this one allow.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PermissionsBoundary>,
    /// Issuers of identities elsewhere (a CI system, a cluster in another cloud), by a name of your choice, and the
    /// roles that those identities may take.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub oidc_providers: BTreeMap<Key, OidcProvider>,
    /// Who did what in the account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// A machine from which people reach nodes and the API.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bastion: Option<Bastion>,
    /// Certificates for load balancers, by name. Manifests get their ARNs as variables.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<Key, Certificate>,
    /// Whether AWS and Terraform refuse to delete what cannot be made again: the cluster, the keys of Secrets
    /// and of disks, the trail's bucket. Logs are kept for as long as their retention says, and go with the cluster.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
}

impl Aws {
    fn default_service_cidr() -> Cidr {
        fixed("172.20.0.0/16")
    }
}

/// Where Terraform keeps its state.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct State {
    /// An S3 bucket, locked by a lock file beside the state. The key is derived: `CLUSTER/STACK.tfstate`.
    pub s3: S3State,
}

/// An S3 bucket for Terraform's state.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct S3State {
    /// The bucket. It must exist, unless `spec.aws.foundation.stateBucket` makes it.
    pub bucket: BucketName,
    /// Its region; the cluster's without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
    /// A folder in the bucket, before the derived key.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._/-]*[A-Za-z0-9]$"))]
    pub prefix: Option<String>,
    /// The role that reads and writes the state, where the bucket is in an account of its own. The role of
    /// `aws.assumeRole` is not taken: Terraform opens its state before any provider acts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub assume_role: Option<RoleArn>,
}

/// Who reaches the Kubernetes API over which way.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Endpoint {
    /// Whether the API is reachable from inside the VPC.
    #[serde(default = "Endpoint::yes")]
    pub private: bool,
    /// The addresses that may reach the API over the internet. Empty: nobody.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub public: Vec<Given<Cidr>>,
    /// The tier of subnets that the control plane's network interfaces are in: the intra tier where there is one, else
    /// the private one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tier: Option<ControlPlaneTier>,
}

/// Tiers that the control plane's network interfaces may be in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum ControlPlaneTier {
    /// The tier without a way to the internet.
    Intra,
    /// That of the nodes.
    Private,
    /// That of load balancers. The interfaces have no public address there either.
    Public,
}

impl Endpoint {
    fn yes() -> bool {
        true
    }
}

impl Default for Endpoint {
    fn default() -> Endpoint {
        Endpoint { private: true, public: Vec::new(), tier: None }
    }
}

/// Encryption of Secrets in the API's store.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Encryption {
    /// The KMS key that wraps the data keys of Secrets. A cluster without one can be given one; changing it later, or
    /// taking it away, replaces the cluster.
    #[serde(default)]
    pub secrets: SecretsKey,
}

/// The KMS key for Secrets.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum SecretsKey {
    /// A word.
    Word(SecretsKeyWord),
    /// A key of the cluster's own, with people beside the account.
    Shared(SharedKey),
    /// A key that exists.
    Existing(Given<Arn>),
}

/// A key of the cluster's own, rotated yearly, and who may work with it. The account itself always keeps control, so
/// nobody can lock it out; the control plane is let in without being named.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SharedKey {
    /// Who may change, disable and delete the key, but not use it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub administrators: Vec<Principal>,
    /// Who may encrypt and decrypt with it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub users: Vec<Principal>,
}

impl Default for SecretsKey {
    fn default() -> SecretsKey {
        SecretsKey::Word(SecretsKeyWord::Managed)
    }
}

/// Words for the KMS key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretsKeyWord {
    /// A key of the cluster's own, rotated yearly.
    Managed,
    /// Only AWS' own encryption.
    None,
}

/// The control plane's logs.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Logs {
    /// Which logs are kept.
    #[serde(default = "Logs::default_types")]
    pub types: Vec<LogType>,
    /// For how many days.
    #[serde(default = "Logs::default_days")]
    pub retention_days: RetentionDays,
}

impl Logs {
    fn default_types() -> Vec<LogType> {
        vec![LogType::Api, LogType::Audit, LogType::Authenticator]
    }

    fn default_days() -> RetentionDays {
        RetentionDays(90)
    }
}

impl Default for Logs {
    fn default() -> Logs {
        Logs { types: Logs::default_types(), retention_days: Logs::default_days() }
    }
}

/// Days that a log group keeps its events: one of the numbers that CloudWatch knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct RetentionDays(pub u32);

/// What CloudWatch Logs accepts as retention (PutRetentionPolicy, API reference).
const RETENTION_DAYS: [u32; 22] =
    [1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653];

impl JsonSchema for RetentionDays {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "RetentionDays".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        schemars::json_schema!({
            "type": "integer",
            "enum": RETENTION_DAYS,
            "description": "Days that a log group keeps its events: one of the numbers that CloudWatch knows."
        })
    }
}

/// An EKS add-on.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Addon {
    /// `default`: what EKS recommends for the Kubernetes version; `newest`: the newest for it; or an exact version
    /// such as `v1.20.4-eksbuild.1`. The first two are looked up when Terraform plans.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^(default|newest|v[0-9]+\.[0-9]+\.[0-9]+-eksbuild\.[0-9]+)$"))]
    pub version: Option<String>,
    /// The add-on's own settings, merged over those that the compiler derives. Those of `vpc-cni` are texts below `env`,
    /// such as `WARM_IP_TARGET: "8"`; what they cost in addresses is counted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub configuration: Option<serde_json::Map<String, serde_json::Value>>,
    /// What happens to settings that were changed in the cluster.
    #[serde(default)]
    pub conflicts: Conflicts,
    /// How the add-on's pods get AWS permissions, where it needs any.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<Mechanism>,
}

/// What happens to an add-on's settings that were changed in the cluster.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Conflicts {
    /// The add-on's settings win.
    #[default]
    Overwrite,
    /// Changed settings stay, on update.
    Preserve,
}

/// How a service account gets AWS permissions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Mechanism {
    /// An EKS Pod Identity association. Nothing in the manifests.
    PodIdentity,
    /// A web identity: the role's ARN stands on the ServiceAccount.
    Irsa,
}

impl Mechanism {
    /// The word in the spec.
    pub fn word(self) -> &'static str {
        match self {
            Mechanism::PodIdentity => "pod-identity",
            Mechanism::Irsa => "irsa",
        }
    }
}

/// Who did what in the account.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Audit {
    /// A trail of the account's API calls, in a bucket and a log group.
    pub cloud_trail: CloudTrail,
}

/// A trail of the account's API calls.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct CloudTrail {
    /// Calls on data, beside those on resources. They cost more.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub data_events: Vec<DataEvents>,
    /// Whether all regions are recorded.
    #[serde(default = "CloudTrail::yes")]
    pub multi_region: bool,
    /// Days that the log group keeps events.
    #[serde(default = "Logs::default_days")]
    pub retention_days: RetentionDays,
    /// Whether tearing down deletes the recorded events with the bucket.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub delete_with_cluster: bool,
}

impl CloudTrail {
    fn yes() -> bool {
        true
    }
}

/// Calls on data that a trail may record.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DataEvents {
    /// Messages of queues.
    Sqs,
    /// Objects in buckets.
    S3,
    /// Calls of functions.
    Lambda,
}
