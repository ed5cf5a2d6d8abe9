//! The Kubernetes version.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::KubernetesVersion;

/// The control plane's version and what happens when its support ends.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kubernetes {
    /// The minor version, quoted: `"1.35"`. EKS chooses the patch.
    pub version: KubernetesVersion,
    /// What EKS does when standard support ends.
    #[serde(default)]
    pub support: Support,
}

/// What EKS does when the version's standard support ends.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum Support {
    /// Upgrades the control plane by itself to the next minor.
    #[default]
    Standard,
    /// Keeps the version for twelve more months, at a price per cluster hour.
    Extended,
}
