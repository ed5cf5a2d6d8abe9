//! What a node does before it joins: settings of the kubelet and of the system, scripts, local disks.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::Quantity;

/// Settings of the kubelet. What is left out stays as EKS chooses it for the instance type.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Kubelet {
    /// How many pods a node takes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 1, max = 1000))]
    pub max_pods: Option<u32>,
    /// What is kept for Kubernetes' own processes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kube_reserved: Option<Reserved>,
    /// What is kept for the operating system.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub system_reserved: Option<Reserved>,
    /// How little may be left before pods are thrown out at once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub eviction_hard: Option<Eviction>,
    /// When images that nobody uses are deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub image_gc: Option<ImageCollection>,
}

/// Amounts that pods do not get.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case", deny_unknown_fields)]
pub struct Reserved {
    /// Processor time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cpu: Option<Quantity>,
    /// Memory.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub memory: Option<Quantity>,
    /// Room on the disk.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ephemeral_storage: Option<Quantity>,
    /// Process numbers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pid: Option<Quantity>,
}

/// An amount, or a share in percent.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Threshold(
    #[schemars(regex(pattern = r"^[0-9]+(\.[0-9]+)?(%|Ki|Mi|Gi|Ti|k|M|G|T)?$"), example = &"10%")] pub String,
);

/// How little may be left.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Eviction {
    /// Memory.
    #[serde(default, rename = "memory.available", skip_serializing_if = "Option::is_none")]
    pub memory: Option<Threshold>,
    /// Room on the disk of the kubelet.
    #[serde(default, rename = "nodefs.available", skip_serializing_if = "Option::is_none")]
    pub node_disk: Option<Threshold>,
    /// Files on the disk of the kubelet.
    #[serde(default, rename = "nodefs.inodesFree", skip_serializing_if = "Option::is_none")]
    pub node_files: Option<Threshold>,
    /// Room on the disk of images.
    #[serde(default, rename = "imagefs.available", skip_serializing_if = "Option::is_none")]
    pub image_disk: Option<Threshold>,
    /// Files on the disk of images.
    #[serde(default, rename = "imagefs.inodesFree", skip_serializing_if = "Option::is_none")]
    pub image_files: Option<Threshold>,
    /// Process numbers.
    #[serde(default, rename = "pid.available", skip_serializing_if = "Option::is_none")]
    pub processes: Option<Threshold>,
}

/// When images that nobody uses are deleted.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ImageCollection {
    /// Percent of the disk in use at which deleting begins.
    #[schemars(range(min = 1, max = 100))]
    pub high_percent: u8,
    /// Percent of the disk in use at which deleting ends.
    #[schemars(range(min = 0, max = 99))]
    pub low_percent: u8,
}

/// How the disks in the machine are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum LocalStorage {
    /// Joined to one disk, which holds images, logs and scratch space.
    Raid0,
}
