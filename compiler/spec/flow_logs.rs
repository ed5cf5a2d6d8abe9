//! Records of the traffic in the VPC.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Given, RetentionDays};
use crate::domain::Arn;

/// Records of the traffic in the VPC: to CloudWatch unless only a bucket is named; to both if both are.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlowLogs {
    /// A log group of the VPC's own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cloud_watch: Option<FlowLogGroup>,
    /// A bucket that exists.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub s3: Option<FlowLogBucket>,
    /// Which traffic is recorded.
    #[serde(default)]
    pub traffic: RecordedTraffic,
    /// Seconds over which the packets of one flow are taken together: 60 or 600.
    #[serde(default)]
    pub aggregation: Aggregation,
}

impl FlowLogs {
    /// The log group, if records go there.
    pub fn log_group(&self) -> Option<FlowLogGroup> {
        self.cloud_watch.clone().or_else(|| self.s3.is_none().then(FlowLogGroup::default))
    }
}

/// A log group for records of traffic.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlowLogGroup {
    /// For how many days the records are kept.
    #[serde(default = "FlowLogGroup::default_days")]
    pub retention_days: RetentionDays,
    /// The KMS key that encrypts them; its policy must let CloudWatch Logs use it. AWS' own encryption without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<Given<Arn>>,
}

impl FlowLogGroup {
    fn default_days() -> RetentionDays {
        RetentionDays(30)
    }
}

impl Default for FlowLogGroup {
    fn default() -> FlowLogGroup {
        FlowLogGroup { retention_days: FlowLogGroup::default_days(), key: None }
    }
}

/// A bucket for records of traffic.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FlowLogBucket {
    /// Its ARN, with a folder behind `/` if need be. AWS adds what it needs to the policy of a bucket of the same
    /// account; in another account the policy must let `delivery.logs.amazonaws.com` write.
    pub arn: Given<Arn>,
}

/// Which traffic is recorded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum RecordedTraffic {
    /// What was let through and what was not.
    #[default]
    All,
    /// What was let through.
    Accept,
    /// What was not.
    Reject,
}

impl RecordedTraffic {
    /// EC2's word.
    pub fn ec2_word(self) -> &'static str {
        match self {
            RecordedTraffic::All => "ALL",
            RecordedTraffic::Accept => "ACCEPT",
            RecordedTraffic::Reject => "REJECT",
        }
    }
}

/// Seconds over which the packets of one flow are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Aggregation(pub u32);

impl Default for Aggregation {
    fn default() -> Aggregation {
        Aggregation(600)
    }
}

impl JsonSchema for Aggregation {
    fn schema_name() -> std::borrow::Cow<'static, str> {
        "Aggregation".into()
    }

    fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
        // CreateFlowLogs, EC2 API reference (August 2026).
        schemars::json_schema!({
            "type": "integer",
            "enum": [60, 600],
            "description": "Seconds over which the packets of one flow are taken together."
        })
    }
}
