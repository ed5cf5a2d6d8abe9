//! IAM roles as they are written: for service accounts, for identities of other issuers, and the boundary of all.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{
    IamPath, IssuerUrl, Key, ManagedPolicy, PolicyArn, PrincipalArn, ServiceAccountPattern, Sid, Thumbprint,
};

use super::{Given, Mechanism};

/// An AWS identity for service accounts of apps.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct WorkloadIdentity {
    /// The service account, as `namespace/name`, or a list of several. Add further ones behind the first: it gives its
    /// association the Terraform address.
    pub service_account: ServiceAccounts,
    /// How it gets the permissions. Without it: Pod Identity, or a web identity where an account is a pattern.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<Mechanism>,
    /// Policies: AWS managed ones by name, any other by its ARN.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub managed_policies: Vec<ManagedPolicy>,
    /// Own statements.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub statements: Vec<Statement>,
    /// IAM roles and users that may take the role as well, such as a person who debugs the app.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub trust: Vec<Given<PrincipalArn>>,
    /// Hours that a session of the role may last; one without it. Pod Identity always gives sessions of six.
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

/// One service account or several.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum ServiceAccounts {
    /// One.
    One(ServiceAccountPattern),
    /// Several.
    Many(#[schemars(length(min = 1))] Vec<ServiceAccountPattern>),
}

impl ServiceAccounts {
    /// All of them, in the order in which they are written.
    pub fn all(&self) -> &[ServiceAccountPattern] {
        match self {
            ServiceAccounts::One(one) => std::slice::from_ref(one),
            ServiceAccounts::Many(all) => all,
        }
    }
}

/// An issuer of identities outside the cluster, and the roles that they may take.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OidcProvider {
    /// The issuer, as the claim `iss` of its tokens names it.
    pub url: IssuerUrl,
    /// Whom tokens must be meant for (the claim `aud`).
    #[serde(default = "OidcProvider::default_audiences")]
    #[schemars(length(min = 1, max = 100), inner(regex(pattern = r"^[!-~]{1,255}$")))]
    pub audiences: Vec<String>,
    /// Thumbprints of the certificates over the issuer's keys. Not needed where a public authority signs them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 5))]
    pub thumbprints: Vec<Thumbprint>,
    /// Whether the account has the provider already (IAM keeps one for each issuer). Then only the roles are made, and
    /// thumbprints stay what they are.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub exists: bool,
    /// The roles, by name.
    #[schemars(length(min = 1))]
    pub roles: BTreeMap<Key, ForeignRole>,
}

impl OidcProvider {
    fn default_audiences() -> Vec<String> {
        vec!["sts.amazonaws.com".to_owned()]
    }
}

/// A role for identities of a foreign issuer.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ForeignRole {
    /// Who may take the role: subjects of tokens (the claim `sub`). `*` stands for any characters, `?` for one.
    #[schemars(length(min = 1), inner(regex(pattern = r"^[!-~]{1,255}$")))]
    pub subjects: Vec<String>,
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

/// The policy that limits every role.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum PermissionsBoundary {
    /// A policy that is made with the cluster, or with the foundation where there is one.
    Own(OwnBoundary),
    /// A policy that exists.
    Existing(Given<PolicyArn>),
}

/// A boundary that is made with the cluster, or with the foundation where there is one. It is called `CLUSTER-boundary`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OwnBoundary {
    /// What roles may do at most.
    #[schemars(length(min = 1))]
    pub statements: Vec<Statement>,
    /// The folder of the policy in IAM.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<IamPath>,
}

/// A statement of an IAM policy.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Statement {
    /// A name that says why, in letters and digits.
    pub sid: Sid,
    /// Whether it allows or denies.
    #[serde(default)]
    pub effect: Effect,
    /// The actions, such as `s3:GetObject`.
    #[schemars(length(min = 1), inner(regex(pattern = r"^(\*|[a-z0-9-]+:[A-Za-z0-9*?]+)$")))]
    pub actions: Vec<String>,
    /// The resources' ARNs, or `*`.
    #[schemars(length(min = 1), inner(regex(pattern = r"^(\*|arn:.+)$")))]
    pub resources: Vec<String>,
    /// Conditions: operator, key, values.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub conditions: BTreeMap<String, BTreeMap<String, OneOrMany>>,
}

/// Whether a statement allows or denies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
pub enum Effect {
    /// Allows.
    #[default]
    Allow,
    /// Denies, whatever else allows.
    Deny,
}

/// One text or several.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum OneOrMany {
    /// One.
    One(String),
    /// Several.
    Many(Vec<String>),
}
