//! Settings of Bottlerocket: containers beside Kubernetes, the kernel, and all the rest.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{Key, SysctlName, SysctlValue};

/// Settings of Bottlerocket.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Bottlerocket {
    /// Containers that run on the machine before the node joins, such as to prepare its disks, by name.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub bootstrap_containers: BTreeMap<Key, BootstrapContainer>,
    /// Containers that run beside Kubernetes, by name. Bottlerocket brings `admin`, which is off, and `control`, which
    /// is on and takes sessions of Session Manager.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub host_containers: BTreeMap<Key, HostContainer>,
    /// Parameters of the kernel, such as `fs.inotify.max_user_watches`.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub sysctls: BTreeMap<SysctlName, SysctlValue>,
    /// All other settings, as they stand below `settings` in Bottlerocket's reference, such as `ntp` or `metrics`.
    /// Labels, taints and what has a field above are written there.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub settings: serde_json::Map<String, serde_json::Value>,
}

/// A container that runs before the node joins. It sees the machine's files below `/.bottlerocket/rootfs`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct BootstrapContainer {
    /// Its image.
    pub source: ImageRef,
    /// When it runs.
    #[serde(default)]
    pub mode: BootstrapMode,
    /// Whether the node does not join when it fails.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub essential: bool,
    /// Text that it reads from `/.bottlerocket/bootstrap-containers/current/user-data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_data: Option<String>,
}

/// When a bootstrap container runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum BootstrapMode {
    /// At each start of the machine.
    #[default]
    Always,
    /// At the first start only.
    Once,
    /// Never.
    Off,
}

/// A container that runs beside Kubernetes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct HostContainer {
    /// Whether it runs.
    #[serde(default = "HostContainer::on")]
    pub enabled: bool,
    /// Its image; Bottlerocket's own for `admin` and `control` without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<ImageRef>,
    /// Whether it may do anything to the machine; as Bottlerocket has it for `admin` and `control`, and no for others,
    /// without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub superpowered: Option<bool>,
    /// Text that it reads from `/.bottlerocket/host-containers/current/user-data`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user_data: Option<String>,
}

impl HostContainer {
    fn on() -> bool {
        true
    }
}

/// The address of a container image.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ImageRef(
    #[schemars(
        length(min = 1, max = 512),
        regex(pattern = r"^[A-Za-z0-9][A-Za-z0-9._:/@-]*$"),
        example = &"public.ecr.aws/example/disks:v0.0.2"
    )]
    pub String,
);
