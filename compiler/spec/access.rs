//! Who may use the Kubernetes API: principals, what they may do, where the cluster looks them up, roles for people.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::catalog::access::{AccessPolicy, ClusterRole};
use crate::domain::{IamPath, Key, ManagedPolicy, Namespace, PrincipalArn, RoleArn, SessionName, Username};

use super::{Given, InputRef, Statement};

/// Where the cluster looks up who may use its API. EKS goes forward only: from `config-map` to `api-and-config-map`
/// to `api`, never back. A new cluster takes the default; the others are for clusters that come from elsewhere.
///
/// With the ConfigMap, the stack `gitops` is the one that writes it: its rows for people come from `access`, those
/// for nodes from the groups, and rows that others add are taken out again. It cannot be the stack `cluster`, which
/// makes the API that the ConfigMap is written through, and must not be Flux, which needs nodes that the ConfigMap
/// lets in first and would prune the rows of all of them with one file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Authentication {
    /// Access entries of EKS, and nothing else.
    #[default]
    Api,
    /// Access entries, and behind them the ConfigMap `aws-auth`: the stage on the way from the one to the other. An
    /// entry wins over a row for the same principal.
    ApiAndConfigMap,
    /// The ConfigMap `aws-auth` in `kube-system`, and nothing else. Whoever makes the cluster then is its
    /// administrator, invisibly and for as long as it stays in this mode.
    ConfigMap,
}

impl Authentication {
    /// Whether there are access entries.
    pub fn has_entries(self) -> bool {
        self != Authentication::ConfigMap
    }

    /// Whether the ConfigMap counts.
    pub fn has_config_map(self) -> bool {
        self != Authentication::Api
    }

    /// EKS' own word (EKS API model, August 2026).
    pub fn eks_word(self) -> &'static str {
        match self {
            Authentication::Api => "API",
            Authentication::ApiAndConfigMap => "API_AND_CONFIG_MAP",
            Authentication::ConfigMap => "CONFIG_MAP",
        }
    }
}

/// One role or user and what it may do in the cluster.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct AccessEntry {
    /// The IAM role or user: its ARN, an input that holds it, `{ role: NAME }` for one of `aws.roles` or
    /// `aws.oidcProviders`, or `{ operator: NAME }` for one of `aws.foundation.operators`.
    pub principal: Principal,
    /// One of EKS' access policies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub policy: Option<AccessPolicy>,
    /// Only in these namespaces; the whole cluster without it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub namespaces: Vec<Namespace>,
    /// Kubernetes groups, for your own role bindings.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// A role of Kubernetes that the groups are bound to, in the whole cluster. Flux delivers the binding.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cluster_role: Option<ClusterRole>,
    /// What Kubernetes and its audit log call the principal; `{{SessionName}}` stands for the person behind a role.
    /// Without it EKS chooses the name of an access entry, and a row of the ConfigMap has `NAME:{{SessionName}}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub username: Option<Username>,
}

/// An IAM role or user.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Principal {
    /// The ARN of a role or user.
    Known(PrincipalArn),
    /// An input that holds the ARN.
    Input(InputRef),
    /// A role that is made with the cluster.
    Role(RoleRef),
    /// A role that the foundation makes.
    Operator(OperatorRef),
}

/// A reference to an operator: `{ operator: NAME }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a reference to an operator of `aws.foundation`")]
pub struct OperatorRef {
    /// A name declared under `spec.aws.foundation.operators`.
    pub operator: Key,
}

/// A reference to a role: `{ role: NAME }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a reference to a role of `aws.roles`")]
pub struct RoleRef {
    /// A name declared under `spec.aws.roles`, or `PROVIDER-ROLE` for a role of `spec.aws.oidcProviders`.
    pub role: Key,
}

/// A role for people, made with the cluster. It needs no policy of IAM to use the Kubernetes API: `access` gives it
/// that. So who is trusted decides who gets in, and nothing else in the account is opened.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct DelegationRole {
    /// The IAM users and roles that may take the role.
    #[schemars(length(min = 1))]
    pub trust: Vec<Given<PrincipalArn>>,
    /// Roles elsewhere that it may take in turn.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub assume: Vec<Given<RoleArn>>,
    /// Policies: AWS managed ones by name, any other by its ARN.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed_policies: Vec<ManagedPolicy>,
    /// Own statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// Hours that a session of the role may last; one without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 12))]
    pub max_session: Option<u8>,
    /// The folder of the role and its policies in IAM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<IamPath>,
    /// What the role is for; IAM shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[ -~]{1,1000}$"))]
    pub description: Option<String>,
}

/// The role that Terraform acts as.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum AssumedRole {
    /// A role that exists.
    Role(ExistingRole),
    /// An operator of the foundation.
    Operator(ActingOperator),
}

/// A role that exists, which Terraform acts as.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExistingRole {
    /// The role. Whoever runs Terraform has to be trusted by it.
    pub role: Given<RoleArn>,
    /// The name of its sessions, which CloudTrail shows.
    #[serde(default = "AssumedRole::default_session")]
    pub session: SessionName,
}

/// An operator of the foundation, which Terraform acts as in the stacks `cluster` and `gitops`; the foundation itself is
/// applied by an administrator.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ActingOperator {
    /// A name declared under `spec.aws.foundation.operators`. Its role opens the state, too, where `state.s3.assumeRole`
    /// names no other.
    pub operator: Key,
    /// The name of its sessions, which CloudTrail shows.
    #[serde(default = "AssumedRole::default_session")]
    pub session: SessionName,
}

impl AssumedRole {
    fn default_session() -> SessionName {
        crate::domain::fixed("terraform")
    }
}
