//! Roles with permissions: who takes them, what they may do, and what limits them.

use std::fmt;

use serde::Serialize;

use super::{Stack, Text};
use crate::domain::{PolicyArn, PrincipalArn};
use crate::source::{Address, Origin};
use crate::spec::{Effect, Given, Mechanism, OneOrMany};

/// A role for a service account.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Identity {
    /// Its key, which is also the suffix of its role's name.
    pub key: String,
    /// The service accounts; none where the role is for identities of another issuer.
    pub accounts: Vec<ServiceAccount>,
    /// How the accounts get the role.
    pub mechanism: Mechanism,
    /// Names of AWS managed policies, and ARNs of others.
    pub managed_policies: Vec<String>,
    /// Own statements.
    pub statements: Vec<Statement>,
    /// Roles and users that may take it as well.
    pub principals: Vec<Given<PrincipalArn>>,
    /// What IAM keeps beside its name.
    pub settings: RoleSettings,
    /// Who uses it: a component, an add-on, an app.
    pub consumer: Consumer,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
    /// Where the spec asks for it.
    #[serde(skip)]
    pub address: Address,
}

impl Identity {
    /// The annotation by which a ServiceAccount names the role that its pods take by a web identity (EKS user guide).
    pub const ROLE_ANNOTATION: &'static str = "eks.amazonaws.com/role-arn";
}

/// Who uses an identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Consumer {
    /// A component, by name.
    Component(String),
    /// An EKS add-on, by name.
    Addon(String),
    /// Service accounts of apps.
    App,
    /// Identities of a foreign issuer, by its key.
    Foreign(String),
    /// People, who are trusted by name.
    People,
}

/// A service account. Each part may hold `*`, where the mechanism is a web identity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceAccount {
    /// The namespace.
    pub namespace: String,
    /// The name.
    pub name: String,
}

impl fmt::Display for ServiceAccount {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.namespace, self.name)
    }
}

/// What IAM keeps of a role beside its name.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RoleSettings {
    /// Seconds that a session may last.
    pub max_session: Option<u32>,
    /// Its folder, which is that of its policies, too.
    pub path: Option<String>,
    /// What it is for.
    pub description: Option<String>,
}

/// An issuer of identities elsewhere.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OidcProvider {
    /// Its key in the spec.
    pub key: String,
    /// The issuer, without `https://`.
    pub issuer: String,
    /// Whom its tokens must be meant for.
    pub audiences: Vec<String>,
    /// Thumbprints of certificates.
    pub thumbprints: Vec<String>,
    /// Whether the account has it already.
    pub exists: bool,
    /// The roles that its identities may take.
    pub roles: Vec<ForeignRole>,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

/// A role for identities of a foreign issuer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ForeignRole {
    /// Who may take it; `*` and `?` are patterns.
    pub subjects: Vec<String>,
    /// The role.
    pub identity: Identity,
}

/// What limits every role.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Boundary {
    /// A policy that exists.
    Existing(Given<PolicyArn>),
    /// A policy that one of the stacks makes.
    Own {
        /// Which one.
        made_in: Stack,
        /// Its folder.
        path: Option<String>,
        /// What roles may do at most.
        statements: Vec<Statement>,
    },
}

/// The key of a condition and the values that it is compared with.
pub type Condition = (Text, Vec<Text>);

/// An IAM statement.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Statement {
    /// Its name.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Actions.
    pub actions: Vec<String>,
    /// Resources.
    pub resources: Vec<Text>,
    /// Conditions: operator, key, values.
    pub conditions: Vec<(String, Vec<Condition>)>,
    /// Who wrote it.
    #[serde(skip)]
    pub origin: Origin,
}

impl Statement {
    /// Values of a condition as texts.
    pub fn values(values: &OneOrMany) -> Vec<Text> {
        match values {
            OneOrMany::One(value) => vec![Text::of(value)],
            OneOrMany::Many(values) => values.iter().map(|value| Text::of(value)).collect(),
        }
    }
}
