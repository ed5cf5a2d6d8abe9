//! Disks of nodes: size, speed, encryption.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Given;
use crate::catalog::volumes::VolumeType;
use crate::domain::{Arn, DeviceName, Quantity, fixed};

/// A node's disk for images, logs and scratch space.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Disk {
    /// The size.
    #[serde(default = "Disk::default_size")]
    pub size: Quantity,
    /// The volume type.
    #[serde(default = "gp3", rename = "type")]
    pub kind: VolumeType,
    /// Operations a second; AWS' default for the type without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 256000))]
    pub iops: Option<u32>,
    /// MiB a second, for gp3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 125, max = 2000))]
    pub throughput: Option<u32>,
    /// By which key the disk is encrypted.
    #[serde(default, skip_serializing_if = "DiskKey::is_default")]
    pub encryption: DiskKey,
    /// The root device, for an image of your own that has another one than its system usually has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device: Option<DeviceName>,
}

fn gp3() -> VolumeType {
    VolumeType::Gp3
}

impl Disk {
    fn default_size() -> Quantity {
        fixed("50Gi")
    }
}

impl Default for Disk {
    fn default() -> Disk {
        Disk {
            size: Disk::default_size(),
            kind: gp3(),
            iops: None,
            throughput: None,
            encryption: DiskKey::default(),
            device: None,
        }
    }
}

/// A further disk of a node.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct FurtherDisk {
    /// The name under which the machine gets it, from `/dev/xvdf` on. On Nitro machines it shows as an NVMe device, and
    /// this name is what tells it from others there.
    pub device: DeviceName,
    /// The size.
    pub size: Quantity,
    /// The volume type.
    #[serde(default = "gp3", rename = "type")]
    pub kind: VolumeType,
    /// Operations a second; AWS' default for the type without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 256000))]
    pub iops: Option<u32>,
    /// MiB a second, for gp3.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 125, max = 2000))]
    pub throughput: Option<u32>,
    /// By which key the disk is encrypted.
    #[serde(default, skip_serializing_if = "DiskKey::is_default")]
    pub encryption: DiskKey,
}

/// The key that encrypts a disk.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum DiskKey {
    /// A word.
    Word(DiskKeyWord),
    /// A KMS key that exists. Its policy has to let AWSServiceRoleForAutoScaling use it and grant its use; otherwise
    /// no machine starts.
    Existing(Given<Arn>),
}

impl Default for DiskKey {
    fn default() -> DiskKey {
        DiskKey::Word(DiskKeyWord::Aws)
    }
}

impl DiskKey {
    fn is_default(&self) -> bool {
        *self == DiskKey::default()
    }
}

/// Words for the key that encrypts a disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum DiskKeyWord {
    /// The key for disks that AWS keeps in every account.
    Aws,
    /// A key of the cluster's own, rotated yearly, which all its disks share. Its policy lets machines be started
    /// with it.
    Managed,
    /// Not encrypted.
    None,
}
