//! Certificates of AWS Certificate Manager.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{DomainName, HostedZone};

/// A certificate of AWS Certificate Manager, for load balancers. Ownership of its names is proved by records in the DNS.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Certificate {
    /// The name that it is for.
    pub domain: DomainName,
    /// Further names that it is for.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[schemars(length(max = 99))]
    pub alternatives: Vec<DomainName>,
    /// The public hosted zone of Route 53 that the proofs are written to; Terraform then waits until the certificate is
    /// issued. Without it, somebody has to write the records that the AWS console shows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub zone: Option<HostedZone>,
}
