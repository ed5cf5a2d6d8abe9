//! Who may use the Kubernetes API, as entries of EKS and as rows of the ConfigMap `aws-auth`.

use serde::Serialize;

use crate::catalog::access::{AccessPolicy, ClusterRole};
use crate::domain::PrincipalArn;
use crate::source::{Address, Origin};
use crate::spec::Principal;

/// Who may use the API.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Access {
    /// Its key in the spec.
    pub key: String,
    /// The role or user.
    pub principal: Principal,
    /// The access policy.
    pub policy: Option<AccessPolicy>,
    /// Only in these namespaces.
    pub namespaces: Vec<String>,
    /// Kubernetes groups.
    pub groups: Vec<String>,
    /// The role of Kubernetes that the groups are bound to.
    pub cluster_role: Option<ClusterRole>,
    /// What Kubernetes calls the principal.
    pub username: Option<String>,
}

impl Access {
    /// Where the spec describes it.
    pub fn address(&self) -> Address {
        Address::of("spec.aws.access").key(&self.key)
    }
}

/// A row of the ConfigMap `aws-auth`.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AuthRow {
    /// Whom it lets in.
    pub subject: AuthSubject,
    /// What Kubernetes calls it.
    pub username: String,
    /// Its groups.
    pub groups: Vec<String>,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}

/// Whom a row lets in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum AuthSubject {
    /// The role of the nodes of managed groups.
    NodeRole,
    /// The role of the nodes of self-managed groups.
    SelfManagedNodeRole,
    /// The role of Karpenter's nodes.
    KarpenterNodeRole,
    /// The role of the machines under pods on Fargate.
    FargateRole,
    /// A role of people.
    Role(Principal),
    /// A user.
    User(PrincipalArn),
}
