//! What stands at the edge of the cluster: the bastion, certificates, records of the network's traffic.

use serde::Serialize;

use crate::domain::{Architecture, Arn, DomainName, HostedZone, InstanceType};
use crate::source::Address;
use crate::spec::{Given, RecordedTraffic};

/// The machine from which people reach nodes and the API.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct BastionHost {
    /// Its type.
    pub instance_type: InstanceType,
    /// The architecture of its image.
    pub arch: Architecture,
    /// The key of the public subnet that it is in.
    pub subnet: String,
    /// The name of the key pair that may log in by SSH.
    pub ssh_key: Option<String>,
    /// Names of AWS managed policies of its role.
    pub managed_policies: Vec<String>,
}

/// A certificate of AWS Certificate Manager.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Certificate {
    /// Its key in the spec.
    pub key: String,
    /// The name that it is for.
    pub domain: DomainName,
    /// Further names.
    pub alternatives: Vec<DomainName>,
    /// The names whose ownership is proved by a record each. A name and all below it share one proof.
    pub proved: Vec<String>,
    /// Where the proofs are written.
    pub zone: Option<HostedZone>,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

/// Records of the traffic in the VPC.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowLogs {
    /// Which traffic is recorded.
    pub traffic: RecordedTraffic,
    /// Seconds over which the packets of one flow are taken together.
    pub aggregation: u32,
    /// The log group that they go to.
    pub log_group: Option<FlowLogGroup>,
    /// The ARN of the bucket that they go to.
    pub bucket: Option<Given<Arn>>,
}

/// A log group for records of traffic.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FlowLogGroup {
    /// For how many days they are kept.
    pub retention_days: u32,
    /// The key that encrypts them.
    pub key: Option<Given<Arn>>,
}
