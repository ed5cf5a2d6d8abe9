//! When a value is known: now, or given when Terraform plans.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{InputName, SecretReference};

/// A value that is written here, or given when Terraform plans.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Given<T> {
    /// The value itself.
    Known(T),
    /// The name of an input that holds it.
    Input(InputRef),
}

impl fmt::Display for InputRef {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.input.fmt(f)
    }
}

impl<T> Given<T> {
    /// The value, if it is known when compiling.
    pub fn known(&self) -> Option<&T> {
        match self {
            Given::Known(value) => Some(value),
            Given::Input(_) => None,
        }
    }

    /// The input, if the value is given later.
    pub fn input(&self) -> Option<&InputName> {
        match self {
            Given::Known(_) => None,
            Given::Input(InputRef { input }) => Some(input),
        }
    }
}

/// A reference to an input: `{ input: NAME }`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "a reference to an input")]
pub struct InputRef {
    /// A name declared under `spec.inputs`.
    pub input: InputName,
}

/// An input: a Terraform variable, with where its value comes from.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct InputDeclaration {
    /// What kind of value it is; Terraform checks it when planning.
    #[serde(rename = "type")]
    pub kind: InputKind,
    /// What the value is for. Terraform shows it when it asks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Whether Terraform hides the value in its output.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub sensitive: bool,
    /// Where the value is kept, for the runbook: a secret manager's path or `env:NAME`. Never the value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<SecretReference>,
}

/// The kinds of inputs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum InputKind {
    /// Any text.
    String,
    /// An IPv4 network such as `203.0.113.7/32`.
    Cidr,
    /// An IAM role ARN.
    IamRoleArn,
    /// Any ARN.
    Arn,
    /// A twelve-digit AWS account id.
    AccountId,
    /// A Git branch.
    Branch,
}

impl InputKind {
    /// The word in the spec.
    pub fn word(self) -> &'static str {
        match self {
            InputKind::String => "string",
            InputKind::Cidr => "cidr",
            InputKind::IamRoleArn => "iam-role-arn",
            InputKind::Arn => "arn",
            InputKind::AccountId => "account-id",
            InputKind::Branch => "branch",
        }
    }
}
