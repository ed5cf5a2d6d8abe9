//! The bastion: a small machine from which people reach nodes and the API.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Given;
use crate::domain::{Cidr, InstanceType, fixed};

/// A small machine in the first public subnet, from which people reach the nodes and the Kubernetes API: by Session
/// Manager, and by SSH if `ssh` says so. `{}` takes the defaults.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bastion {
    /// Its type; the processor architecture follows from it. It runs Amazon Linux 2023.
    #[serde(default = "Bastion::default_type")]
    pub instance_type: InstanceType,
    /// SSH. Without it no port of the bastion is open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ssh: Option<BastionSsh>,
}

impl Bastion {
    fn default_type() -> InstanceType {
        fixed("t4g.nano")
    }
}

/// Who may log in to the bastion by SSH.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BastionSsh {
    /// The addresses that may connect. The whole internet is refused.
    #[schemars(length(min = 1))]
    pub from: Vec<Given<Cidr>>,
    /// The name of an EC2 key pair.
    #[schemars(length(min = 1, max = 255))]
    pub key: String,
}
