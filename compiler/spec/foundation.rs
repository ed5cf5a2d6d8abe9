//! The foundation as it is written: what an account holds before any cluster, and who may work on the cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Arn, Key, PrincipalArn};

use super::Given;

/// A stack of its own that comes before the cluster's: an administrator applies it once. The permissions boundary is
/// made there, too, out of the reach of those who work on the cluster.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Foundation {
    /// Makes the bucket that `spec.aws.state.s3` names. Clusters may share a bucket; one of them makes it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub state_bucket: Option<StateBucket>,
    /// Roles for people and pipelines that run Terraform, by a name of your choice. What they may do follows from what
    /// the stacks of this cluster hold.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub operators: BTreeMap<Key, OperatorRole>,
}

/// The bucket for Terraform's state: versioned, encrypted, private, kept when the rest is destroyed. Terraform locks by
/// a file beside the state, so there is no table for locks, and no object lock that would keep such a file.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct StateBucket {
    /// The key that encrypts the states: S3's own, one that is made, or the ARN of one that exists.
    #[serde(default)]
    pub key: StateKey,
    /// Days that an old version of a state is kept.
    #[serde(default = "StateBucket::default_keep")]
    #[schemars(range(min = 1, max = 3650))]
    pub keep_old_versions: u16,
}

impl StateBucket {
    fn default_keep() -> u16 {
        365
    }
}

/// The key that encrypts Terraform's states.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum StateKey {
    /// A word.
    Word(StateKeyWord),
    /// A KMS key that exists.
    Existing(Given<Arn>),
}

impl Default for StateKey {
    fn default() -> StateKey {
        StateKey::Word(StateKeyWord::S3)
    }
}

/// Words for the key of the states.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum StateKeyWord {
    /// S3's own key: whoever may read the object can read it.
    S3,
    /// A KMS key of its own, rotated yearly: reading takes a permission on the key, too.
    Managed,
}

/// A role for people and pipelines that run Terraform.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct OperatorRole {
    /// IAM roles and users that may take it.
    #[schemars(length(min = 1))]
    pub trust: Vec<Given<PrincipalArn>>,
    /// What it may do.
    pub may: Level,
    /// The role's name, where it is not `CLUSTER-OPERATOR`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[A-Za-z0-9_+=,.@-]{1,64}$"))]
    pub role_name: Option<String>,
    /// Hours that a session of the role may last.
    #[serde(default = "OperatorRole::default_session")]
    #[schemars(range(min = 1, max = 12))]
    pub max_session: u8,
    /// What the role is for; IAM shows it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^[ -~]{1,1000}$"))]
    pub description: Option<String>,
}

impl OperatorRole {
    fn default_session() -> u8 {
        1
    }
}

/// What an operator may do. Each level holds those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Level {
    /// Read what there is, and the state.
    Plan,
    /// Make and change things. Replacing one takes `destroy`.
    Apply,
    /// Take things away.
    Destroy,
}

impl Level {
    /// All levels, the weakest first.
    pub const ALL: [Level; 3] = [Level::Plan, Level::Apply, Level::Destroy];

    /// The word in the spec.
    pub fn word(self) -> &'static str {
        match self {
            Level::Plan => "plan",
            Level::Apply => "apply",
            Level::Destroy => "destroy",
        }
    }
}
