//! What runs without a node: Fargate profiles.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::cluster::Tier;
use crate::domain::{LabelKey, LabelValue};
use crate::source::Address;

/// A Fargate profile.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FargateProfile {
    /// Its key in the spec, which is its name.
    pub key: String,
    /// Which pods it takes.
    pub selectors: Vec<FargateSelector>,
    /// Keys of the subnets that its pods are in.
    pub subnets: Vec<String>,
    /// The tier of those subnets.
    pub tier: Tier,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

impl FargateProfile {
    /// The role that every profile hands to the machines of its pods, by the suffix of its name.
    pub const ROLE: &'static str = "fargate";
    /// The AWS managed policy of that role.
    pub const POLICY: &'static str = "AmazonEKSFargatePodExecutionRolePolicy";
}

/// Pods of a namespace, all or those with certain labels.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FargateSelector {
    /// The namespace, or a pattern.
    pub namespace: String,
    /// Labels that a pod must have.
    pub labels: BTreeMap<LabelKey, LabelValue>,
}
