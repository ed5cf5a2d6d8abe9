//! Options of a node are ones that its operating system has.

use crate::catalog::ami::OperatingSystem;
use crate::catalog::instances;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::{Bottlerocket, Kubelet};

crate::diagnostic! {
    /// An option belongs to another operating system than the nodes have.
    ///
    /// Bottlerocket takes settings and no scripts; Amazon Linux 2023 takes scripts and no settings of Bottlerocket.
    /// The machine would ignore them, or never join.
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
    ///         bottlerocket: { settings: { kernel: { sysctl: { vm.max_map_count: "262144" } } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take the system, or what the system has:
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
    ///         os: bottlerocket
    ///         instanceTypes: [ m7i.large ]
    ///         bottlerocket: { settings: { kernel: { sysctl: { vm.max_map_count: "262144" } } } }
    ///       others:
    ///         instanceTypes: [ m7i.large ]
    ///         userData: [ "sysctl -w vm.max_map_count=262144" ]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub WRONG_SYSTEM = E0209: "an option belongs to another operating system"
}

crate::diagnostic! {
    /// A group joins the disks in its machines, and an instance type has none.
    ///
    /// The node would keep everything on its root disk, which was sized for less.
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], localStorage: raid0 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take types with disks (most have a `d` in their family):
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
    ///     nodeGroups: { workers: { instanceTypes: [ m6id.large ], localStorage: raid0 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_LOCAL_DISKS = E0210: "an instance type has no local disks"
}

/// What is written about the start of a node.
struct Options<'a> {
    who: String,
    os: OperatingSystem,
    address: &'a Address,
    kubelet: Option<&'a Kubelet>,
    bottlerocket: Option<&'a Bottlerocket>,
    has_scripts: bool,
    has_local_storage: bool,
    has_enclave: bool,
    has_own_image: bool,
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let written = &group.written;
        let options = Options {
            who: format!("group `{name}`"),
            os: written.os,
            address: &group.address,
            kubelet: written.kubelet.as_ref(),
            bottlerocket: written.bottlerocket.as_ref(),
            has_scripts: !written.user_data.is_empty(),
            has_local_storage: written.local_storage.is_some(),
            has_enclave: written.enclave,
            has_own_image: written.image.is_some(),
        };
        of_system(context, &options, sink);
        if written.local_storage.is_some() {
            local_disks(context, &group.address, &written.instance_types, sink);
        }
    }
    for (name, class) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes) {
        let written = &class.written;
        let options = Options {
            who: format!("class `{name}`"),
            os: written.os,
            address: &class.address,
            // Karpenter tells the kubelet in the words of each system.
            kubelet: None,
            bottlerocket: written.bottlerocket.as_ref(),
            has_scripts: !written.user_data.is_empty(),
            has_local_storage: false,
            has_enclave: false,
            has_own_image: false,
        };
        of_system(context, &options, sink);
    }
}

fn of_system(context: &Context<'_>, options: &Options<'_>, sink: &mut Sink) {
    use OperatingSystem::{Al2, Al2023, Bottlerocket, Ubuntu};
    let thresholds = options.kubelet.is_some_and(|kubelet| kubelet.eviction_hard.is_some());
    let all = [
        ("kubelet", options.kubelet.is_some(), &[Al2023, Bottlerocket, Ubuntu][..]),
        // The scripts of the other systems take arguments only, and do not keep `<` from the shell.
        (
            "kubelet.evictionHard",
            thresholds && (options.os == Ubuntu || options.has_own_image),
            &[Al2023, Bottlerocket],
        ),
        ("bottlerocket", options.bottlerocket.is_some(), &[Bottlerocket]),
        ("userData", options.has_scripts, &[Al2023, Ubuntu]),
        ("localStorage", options.has_local_storage, &[Al2023]),
        // Bottlerocket's kernel has no driver for enclaves.
        ("enclave", options.has_enclave, &[Al2023, Ubuntu, Al2]),
    ];
    for (field, is_written, systems) in all {
        // An image of one's own is told all of it by the compiler, which EKS does not do for Amazon Linux 2.
        let by_own_image = options.has_own_image && options.os == Al2 && systems.contains(&Ubuntu);
        if !is_written || systems.contains(&options.os) || by_own_image {
            continue;
        }
        let words: Vec<String> = systems.iter().map(|system| format!("`os: {system}`")).collect();
        let words = words.join(" or ");
        sink.report(
            WRONG_SYSTEM
                .at(
                    context
                        .spec
                        .key(&field.split('.').fold(options.address.clone(), |at, step| at.key(step))),
                    format!("goes with {words}"),
                )
                .also(context.spec.value(&options.address.key("os")), format!("the system is {}", options.os))
                .title(format!("`{field}` of {} does not go with {}", options.who, options.os))
                .why("the machine would ignore it, or never join")
                .help(format!("write {words}, or remove `{field}`")),
        );
    }
}

fn local_disks(
    context: &Context<'_>,
    address: &Address,
    types: &[crate::domain::InstanceType],
    sink: &mut Sink,
) {
    for (index, name) in types.iter().enumerate() {
        if instances::find(name).is_none_or(|row| row.local_nvme_gib > 0) {
            continue;
        }
        sink.report(
            NO_LOCAL_DISKS
                .at(
                    context.spec.value(&address.key("instanceTypes").index(index)),
                    "has no disks in the machine",
                )
                .also(context.spec.value(&address.key("localStorage")), "joins them")
                .title(format!("instance type `{name}` has no local disks"))
                .why(
                    "the node would keep images and scratch space on its root disk, which was sized for less",
                )
                .help("take a type with disks, such as `m6id.large`, or remove `localStorage`"),
        );
    }
}
