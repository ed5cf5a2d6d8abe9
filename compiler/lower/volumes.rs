//! The disks that machines of a group or class get when they start.

use std::collections::BTreeMap;

use crate::catalog::ami::OperatingSystem;
use crate::catalog::volumes::VolumeType;
use crate::cluster::Cluster;
use crate::domain::{Key, fixed};
use crate::ir::{KeyForDisks, Volume};
use crate::source::{Address, Origin};
use crate::spec::{Disk, DiskKey, DiskKeyWord, FurtherDisk};

/// The size of Bottlerocket's system disk (Bottlerocket, default of its images).
const SYSTEM_DISK: &str = "4Gi";

/// The disks of a machine with this system, described at `address`.
pub(super) fn volumes(
    os: OperatingSystem,
    disk: &Disk,
    further: &BTreeMap<Key, FurtherDisk>,
    address: &Address,
) -> Vec<Volume> {
    let mut out = Vec::new();
    if os == OperatingSystem::Bottlerocket {
        out.push(Volume {
            device: os.root_device().to_owned(),
            size: fixed(SYSTEM_DISK),
            kind: VolumeType::Gp3,
            iops: None,
            throughput: None,
            key: disk.encryption.clone(),
            is_further: false,
            origin: Origin::Spec(address.key("os")),
        });
    }
    let device = disk.device.as_ref().map_or_else(|| os.data_device().to_owned(), ToString::to_string);
    out.push(Volume {
        device,
        size: disk.size.clone(),
        kind: disk.kind,
        iops: disk.iops,
        throughput: disk.throughput,
        key: disk.encryption.clone(),
        is_further: false,
        origin: Origin::Spec(address.key("disk")),
    });
    out.extend(further.iter().map(|(name, disk)| Volume {
        device: disk.device.to_string(),
        size: disk.size.clone(),
        kind: disk.kind,
        iops: disk.iops,
        throughput: disk.throughput,
        key: disk.encryption.clone(),
        is_further: true,
        origin: Origin::Spec(address.key("disks").key(name.as_str())),
    }));
    out
}

/// The key of the cluster's own, if any disk asks for it.
pub(super) fn key(cluster: &Cluster) -> Option<KeyForDisks> {
    let groups = cluster.node_groups.values();
    let mut all = groups.flat_map(|group| asked(&group.written.disk, &group.written.disks, &group.address));
    let first = all.next().or_else(|| {
        let classes = cluster.karpenter.iter().flat_map(|karpenter| karpenter.classes.values());
        let mut all =
            classes.flat_map(|class| asked(&class.written.disk, &class.written.disks, &class.address));
        all.next()
    })?;
    Some(KeyForDisks { alias: "ebs".to_owned(), address: first })
}

fn asked(disk: &Disk, further: &BTreeMap<Key, FurtherDisk>, address: &Address) -> Vec<Address> {
    let is_own = |key: &DiskKey| *key == DiskKey::Word(DiskKeyWord::Managed);
    let main = is_own(&disk.encryption).then(|| address.key("disk").key("encryption"));
    let further = further.iter().filter(|(_, disk)| is_own(&disk.encryption));
    let further = further.map(|(name, _)| address.key("disks").key(name.as_str()).key("encryption"));
    main.into_iter().chain(further).collect()
}
