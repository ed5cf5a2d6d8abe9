//! The foundation: what an administrator makes before the cluster, and who may work on the cluster afterwards.

use serde::Serialize;

use super::RoleSettings;
use crate::domain::PrincipalArn;
use crate::source::Address;
use crate::spec::{Given, Level, StateBucket};

/// The folder in IAM of everything that the foundation makes for operators, one level below it for each cluster.
pub const FOUNDATION_FOLDER: &str = "/foundation/";

/// The stacks that make roles and policies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Stack {
    /// What an administrator applies before the cluster.
    Foundation,
    /// From the network to the nodes.
    Cluster,
}

/// What comes before the cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Foundation {
    /// The bucket for the state, where this cluster makes it.
    pub state_bucket: Option<StateBucket>,
    /// Who works on the cluster with Terraform.
    pub operators: Vec<Operator>,
}

/// A role for people and pipelines that run Terraform.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operator {
    /// Its key in the spec.
    pub key: String,
    /// The role's name.
    pub role: String,
    /// Who may take it.
    pub trust: Vec<Given<PrincipalArn>>,
    /// What it may do.
    pub may: Level,
    /// What IAM keeps beside its name.
    pub settings: RoleSettings,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

/// A policy that operators carry. They are parted by what they are about, so that a new kind of thing changes one of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum OperatorPolicy {
    /// Reading, and the state.
    Plan,
    /// Making and changing what is in the network and on machines.
    ApplyEc2,
    /// Making and changing roles and policies, and what nobody may touch.
    ApplyIam,
    /// Making and changing everything else.
    ApplyServices,
    /// Taking away everything but roles and policies.
    Destroy,
    /// Taking away roles and policies.
    DestroyIam,
}

impl OperatorPolicy {
    /// All of them, in the order of the levels.
    pub const ALL: [OperatorPolicy; 6] = [
        OperatorPolicy::Plan,
        OperatorPolicy::ApplyEc2,
        OperatorPolicy::ApplyIam,
        OperatorPolicy::ApplyServices,
        OperatorPolicy::Destroy,
        OperatorPolicy::DestroyIam,
    ];

    /// The suffix of its name after the cluster's.
    pub fn suffix(self) -> &'static str {
        match self {
            OperatorPolicy::Plan => "plan",
            OperatorPolicy::ApplyEc2 => "apply-ec2",
            OperatorPolicy::ApplyIam => "apply-iam",
            OperatorPolicy::ApplyServices => "apply-services",
            OperatorPolicy::Destroy => "destroy",
            OperatorPolicy::DestroyIam => "destroy-iam",
        }
    }

    /// The weakest level that carries it.
    pub fn level(self) -> Level {
        match self {
            OperatorPolicy::Plan => Level::Plan,
            OperatorPolicy::ApplyEc2 | OperatorPolicy::ApplyIam | OperatorPolicy::ApplyServices => {
                Level::Apply
            }
            OperatorPolicy::Destroy | OperatorPolicy::DestroyIam => Level::Destroy,
        }
    }

    /// The policies of a level: its own, and those of the levels that it holds.
    pub fn of(level: Level) -> impl Iterator<Item = OperatorPolicy> {
        OperatorPolicy::ALL.into_iter().filter(move |policy| policy.level() <= level)
    }
}

impl Foundation {
    /// The policies that any operator carries.
    pub fn policies(&self) -> Vec<OperatorPolicy> {
        let most = self.operators.iter().map(|operator| operator.may).max();
        most.map(|level| OperatorPolicy::of(level).collect()).unwrap_or_default()
    }
}
