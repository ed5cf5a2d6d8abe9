//! The foundation: what an administrator makes before the cluster, and who may work on the cluster afterwards.

use serde::Serialize;

use super::{Deferred, Infra, RoleSettings, Text};
use crate::domain::{AccountId, Key, PrincipalArn, RoleArn, SessionName};
use crate::source::Address;
use crate::spec::{Given, Level, Principal, StateBucket};

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

impl Operator {
    /// The ARN of its role.
    pub fn arn(&self, partition: &str, account: Option<&Given<AccountId>>) -> Text {
        let account = match account {
            Some(Given::Known(account)) => account.to_string(),
            Some(Given::Input(reference)) => Deferred::Input(reference.input.clone()).mark(),
            None => Deferred::AccountId.mark(),
        };
        let path = self.settings.path.as_deref().unwrap_or("/");
        Text::of(&format!("arn:{partition}:iam::{account}:role{path}{}", self.role))
    }
}

impl Infra {
    /// The ARN of an operator's role; `None` for a name that is not declared.
    pub fn operator_arn(&self, key: &Key) -> Option<Text> {
        let operators = &self.foundation.as_ref()?.operators;
        let operator = operators.iter().find(|operator| operator.key == key.as_str())?;
        Some(operator.arn(&self.partition, self.account.as_ref()))
    }

    /// Whether Terraform acts as this operator.
    pub fn acts_as(&self, operator: &Operator) -> bool {
        self.assume_role.as_ref().is_some_and(|acting| acting.operator.as_deref() == Some(&operator.key))
    }
}

/// The role that Terraform acts as, wherever it was named.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Acting {
    /// The role.
    pub role: Given<RoleArn>,
    /// The name of its sessions.
    pub session: SessionName,
    /// The key of the operator whose role it is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub operator: Option<String>,
}

impl Acting {
    /// Where the spec names the role.
    pub fn address(&self) -> Address {
        Address::of("spec.aws.assumeRole").key(if self.operator.is_some() { "operator" } else { "role" })
    }

    /// Whether it may be this principal, as far as is known when compiling.
    pub fn may_be(&self, principal: &Principal) -> bool {
        match (&self.role, principal) {
            (Given::Known(role), Principal::Known(principal)) => role.principal() == principal,
            // A role of the cluster cannot be the one that makes it, and an operator of a known account is known.
            (_, Principal::Role(_)) => false,
            (Given::Input(_), _) | (_, Principal::Input(_)) => true,
            (Given::Known(_), Principal::Operator(_)) => false,
        }
    }
}
