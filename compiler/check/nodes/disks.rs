//! Disks of nodes have devices of their own, and sizes and speeds that EC2 has for their type.

use std::collections::BTreeMap;

use crate::catalog::ami::OperatingSystem;
use crate::catalog::volumes::VolumeType;
use crate::catalog::volumes::{self, Limits};
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{DeviceName, Key, Quantity};
use crate::source::Address;
use crate::spec::{Disk, DiskKey, DiskKeyWord, FurtherDisk};

crate::diagnostic! {
    /// Two disks of a node have the same device, or the root disk has one that the image does not start from.
    ///
    /// EC2 refuses a machine with two disks of one name; `/dev/sdf` and `/dev/xvdf` are the same. Bottlerocket keeps
    /// `/dev/xvda` for itself and images on `/dev/xvdb`.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         disks: { cache: { device: /dev/xvdf, size: 100Gi }, logs: { device: /dev/sdf, size: 20Gi } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], disk: { device: /dev/sda1 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give each disk a name of its own, from `/dev/xvdf` on, and leave out the root disk's:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         disks: { cache: { device: /dev/xvdf, size: 100Gi }, logs: { device: /dev/xvdg, size: 20Gi } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub DEVICE_TAKEN = E0220: "a disk cannot have this device"
}

crate::diagnostic! {
    /// EC2 has no disk of this type with that size or speed.
    ///
    /// Each volume type has its own range of sizes and operations a second, and at most so many operations for each GiB.
    /// Only gp3 takes a throughput, and at most a quarter of a MiB/s for each operation a second; gp2 takes neither, io1 and io2 need `iops`.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], disk: { size: 20Gi, iops: 16000, throughput: 1000 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], disk: { size: 100Gi, type: gp2, throughput: 250 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a larger disk, or less speed:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], disk: { size: 100Gi, iops: 16000, throughput: 1000 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_SUCH_DISK = E0221: "EC2 has no disk with this size or speed"
}

crate::diagnostic! {
    /// A disk of a node is not encrypted.
    ///
    /// Encryption costs nothing, in money or in speed. Without it, images, logs, and Secrets that pods mount can be read by
    /// whoever gets at a snapshot or a copy of the disk.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], disk: { encryption: none } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave `encryption` out for AWS' key, or take a key of the cluster's own:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], disk: { encryption: managed } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NOT_ENCRYPTED = W0220: "a node's disk is not encrypted"
}

/// The disks of a group or class.
struct Disks<'a> {
    who: String,
    os: OperatingSystem,
    disk: &'a Disk,
    further: &'a BTreeMap<Key, FurtherDisk>,
    has_own_image: bool,
    address: &'a Address,
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let written = &group.written;
        let disks = Disks {
            who: format!("group `{name}`"),
            os: written.os,
            disk: &written.disk,
            further: &written.disks,
            has_own_image: written.image.is_some(),
            address: &group.address,
        };
        devices(context, &disks, sink);
        each(context, &disks, sink);
    }
    for (name, class) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes) {
        let written = &class.written;
        let disks = Disks {
            who: format!("class `{name}`"),
            os: written.os,
            disk: &written.disk,
            further: &written.disks,
            has_own_image: false,
            address: &class.address,
        };
        devices(context, &disks, sink);
        each(context, &disks, sink);
    }
}

fn devices(context: &Context<'_>, disks: &Disks<'_>, sink: &mut Sink) {
    let usual = disks.os.data_device();
    let root_at = disks.address.key("disk").key("device");
    if let Some(device) = disks.disk.device.as_ref().filter(|device| device.as_str() != usual)
        && !disks.has_own_image
    {
        sink.report(
            DEVICE_TAKEN
                .at(context.spec.value(&root_at), format!("images of {} start from `{usual}`", disks.os))
                .title(format!("the root disk of {} cannot be `{device}`", disks.who))
                .why("the machine would start from a disk of the image's size, and this one would lie empty beside it")
                .help("remove `device`; an image of your own may have another one"),
        );
        return;
    }
    let disk_of = |name: &str| name.parse::<DeviceName>().map(|device| device.disk()).unwrap_or_default();
    let mut taken: BTreeMap<String, Address> = BTreeMap::new();
    taken.insert(disk_of(disks.os.root_device()), disks.address.key("os"));
    let root = disks.disk.device.as_ref().map_or_else(|| disk_of(usual), DeviceName::disk);
    taken.insert(root, if disks.disk.device.is_some() { root_at } else { disks.address.key("os") });
    for (name, disk) in disks.further {
        let at = disks.address.key("disks").key(name.as_str()).key("device");
        let Some(earlier) = taken.insert(disk.device.disk(), at.clone()) else { continue };
        let mut finding = DEVICE_TAKEN
            .at(context.spec.value(&at), "this disk")
            .title(format!("two disks of {} would be `{}`", disks.who, disk.device))
            .why("EC2 refuses a machine with two disks of one name (`sd` and `xvd` are the same), so no node starts")
            .help("take a free name, from `/dev/xvdf` on");
        finding = match context.spec.writes(&earlier) {
            true => finding.also(context.spec.value(&earlier), "has this device, too"),
            false => finding.help(format!("the system's own disks are `{}`", system_disks(disks.os))),
        };
        sink.report(finding);
    }
}

fn system_disks(os: OperatingSystem) -> String {
    match os.root_device() == os.data_device() {
        true => os.root_device().to_owned(),
        false => format!("{}` and `{}", os.root_device(), os.data_device()),
    }
}

/// What is written of one disk.
struct One<'a> {
    size: &'a Quantity,
    kind: VolumeType,
    iops: Option<u32>,
    throughput: Option<u32>,
    key: &'a DiskKey,
    address: Address,
}

fn each(context: &Context<'_>, disks: &Disks<'_>, sink: &mut Sink) {
    let main = One {
        size: &disks.disk.size,
        kind: disks.disk.kind,
        iops: disks.disk.iops,
        throughput: disks.disk.throughput,
        key: &disks.disk.encryption,
        address: disks.address.key("disk"),
    };
    let further = disks.further.iter().map(|(name, disk)| One {
        size: &disk.size,
        kind: disk.kind,
        iops: disk.iops,
        throughput: disk.throughput,
        key: &disk.encryption,
        address: disks.address.key("disks").key(name.as_str()),
    });
    for one in std::iter::once(main).chain(further) {
        if let Some((field, title, help)) = fault(&one) {
            sink.report(
                NO_SUCH_DISK
                    .at(context.spec.value(&one.address.key(field)), "EC2 has no such disk")
                    .title(format!("{title} ({})", disks.who))
                    .why("no machine starts: the group stays without nodes")
                    .help(help),
            );
        }
        if *one.key == DiskKey::Word(DiskKeyWord::None) {
            sink.report(
                NOT_ENCRYPTED
                    .at(context.spec.value(&one.address.key("encryption")), "not encrypted")
                    .title(format!("a disk of {} is not encrypted", disks.who))
                    .why("images, logs and mounted Secrets can be read in any snapshot or copy of it")
                    .help("remove `encryption`: AWS' own key costs nothing"),
            );
        }
    }
}

/// What EC2 has no disk for: the field, what is wrong and what to write.
fn fault(one: &One<'_>) -> Option<(&'static str, String, String)> {
    let limits = volumes::limits(one.kind);
    let word = one.kind.as_str();
    let size = gibibytes(one.size);
    if !limits.gibibytes.contains(&size) {
        let (least, most) = (limits.gibibytes.start(), limits.gibibytes.end());
        let title = format!("a disk of type {word} cannot have {size} GiB");
        return Some(("size", title, format!("write a size from {least}Gi to {most}Gi")));
    }
    operations(one, &limits, size).or_else(|| throughput(one, &limits))
}

fn operations(one: &One<'_>, limits: &Limits, size: u64) -> Option<(&'static str, String, String)> {
    let word = one.kind.as_str();
    let Some((least, most)) = limits.iops else {
        let title = format!("a disk of type {word} takes no `iops`");
        return one.iops.map(|_| ("iops", title, "remove `iops`, or write `type: gp3`".to_owned()));
    };
    let Some(iops) = one.iops else {
        let title = format!("a disk of type {word} needs `iops`");
        let help = format!("write `iops`, from {least} to {most}");
        return limits.needs_iops.then_some(("type", title, help));
    };
    if !(least..=most).contains(&iops) {
        let title = format!("a disk of type {word} cannot have {iops} operations a second");
        return Some(("iops", title, format!("write a number from {least} to {most}")));
    }
    // The least that a type has, it has at any size.
    let fit = size.saturating_mul(limits.iops_per_gibibyte).max(u64::from(limits.iops_at_any_size));
    (u64::from(iops) > fit).then(|| {
        let title = format!("{size} GiB of type {word} have at most {fit} operations a second");
        let need = u64::from(iops).div_ceil(limits.iops_per_gibibyte);
        ("iops", title, format!("write `iops: {fit}`, or a `size` of at least {need}Gi"))
    })
}

fn throughput(one: &One<'_>, limits: &Limits) -> Option<(&'static str, String, String)> {
    let throughput = one.throughput?;
    let word = one.kind.as_str();
    if !limits.takes_throughput {
        let title = format!("a disk of type {word} takes no `throughput`");
        return Some(("throughput", title, "remove `throughput`, or write `type: gp3`".to_owned()));
    }
    let iops = one.iops.unwrap_or(limits.iops_at_any_size);
    (throughput > iops / 4).then(|| {
        let title = format!("{iops} operations a second carry at most {} MiB/s", iops / 4);
        let help = format!("write `iops: {}`, or less `throughput`", throughput * 4);
        ("throughput", title, help)
    })
}

fn gibibytes(size: &Quantity) -> u64 {
    u64::try_from(size.bytes()).unwrap_or_default().div_ceil(1 << 30)
}
