//! What machines of nodes are given: disks, keys for them, places.

use serde::Serialize;

use crate::catalog::volumes::VolumeType;
use crate::domain::{AmiId, Quantity};
use crate::source::{Address, Origin};
use crate::spec::{DiskKey, Given, PlacementStrategy};

/// A disk that a machine gets when it starts.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Volume {
    /// The device name.
    pub device: String,
    /// The size.
    pub size: Quantity,
    /// The volume type.
    pub kind: VolumeType,
    /// Operations a second.
    pub iops: Option<u32>,
    /// MiB a second.
    pub throughput: Option<u32>,
    /// The key that encrypts it.
    pub key: DiskKey,
    /// Whether it is a disk beside those that the image asks for.
    pub is_further: bool,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}

impl Volume {
    /// The size in whole GiB, never less than asked for.
    pub fn gibibytes(&self) -> u64 {
        u64::try_from(self.size.bytes()).unwrap_or_default().div_ceil(1 << 30)
    }
}

/// The key of the cluster's own that encrypts disks.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KeyForDisks {
    /// What the key's alias ends with.
    pub alias: String,
    /// The first disk that asks for it.
    #[serde(skip)]
    pub address: Address,
}

/// An image that EKS does not choose.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum OwnImage {
    /// By its id.
    Id(Given<AmiId>),
    /// The one that a parameter names.
    Parameter(String),
    /// The system's own, by the public parameter of who makes it.
    Public(String),
    /// The newest one with a name.
    Name {
        /// The name, with `*` for any text.
        name: String,
        /// Whose image it is.
        owner: String,
    },
}

/// Where the machines of a group are put.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// The placement group.
    pub group: Option<PlacementGroup>,
    /// Whether only the account's own machines share the hardware.
    pub dedicated: bool,
}

/// A placement group.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum PlacementGroup {
    /// Made with the node group, with that many partitions in each zone.
    Made(PlacementStrategy, Option<u8>),
    /// One that exists, by its name.
    Existing(String),
}
