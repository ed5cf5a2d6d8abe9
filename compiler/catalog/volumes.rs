//! What EBS has of each volume type (EBS user guide, volume types, with gp3 as it is since September 2025).

use std::ops::RangeInclusive;

use crate::domain::choices;

choices! {
    /// EBS volume types that a node can start from.
    VolumeType {
        /// General purpose.
        Gp3 = "gp3",
        /// General purpose, the older kind.
        Gp2 = "gp2",
        /// Provisioned operations.
        Io1 = "io1",
        /// Provisioned operations, more durable.
        Io2 = "io2",
    }
}

/// What EBS has of one type.
#[derive(Debug, Clone)]
pub struct Limits {
    /// Sizes in GiB.
    pub gibibytes: RangeInclusive<u64>,
    /// Operations a second, least and most; `None` where they follow from the size.
    pub iops: Option<(u32, u32)>,
    /// Whether they have to be asked for.
    pub needs_iops: bool,
    /// Most operations a second for each GiB.
    pub iops_per_gibibyte: u64,
    /// Operations a second that a disk of any size has.
    pub iops_at_any_size: u32,
    /// Whether MiB a second can be asked for.
    pub takes_throughput: bool,
}

/// The limits of a type.
pub fn limits(kind: VolumeType) -> Limits {
    let provisioned = |most_gibibytes: u64, most: u32, ratio: u64| Limits {
        gibibytes: 4..=most_gibibytes,
        iops: Some((100, most)),
        needs_iops: true,
        iops_per_gibibyte: ratio,
        iops_at_any_size: 100,
        takes_throughput: false,
    };
    match kind {
        VolumeType::Gp3 => Limits {
            gibibytes: 1..=65536,
            iops: Some((3000, 80000)),
            needs_iops: false,
            iops_per_gibibyte: 500,
            iops_at_any_size: 3000,
            takes_throughput: true,
        },
        VolumeType::Gp2 => Limits {
            gibibytes: 1..=16384,
            iops: None,
            needs_iops: false,
            iops_per_gibibyte: 3,
            iops_at_any_size: 100,
            takes_throughput: false,
        },
        VolumeType::Io1 => provisioned(16384, 64000, 50),
        VolumeType::Io2 => provisioned(65536, 256_000, 1000),
    }
}
