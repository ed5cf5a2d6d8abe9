//! There is an image for each group and class.

use crate::catalog::ami::{self, Driver, OperatingSystem};
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{Architecture, KubernetesVersion};
use crate::source::Address;

crate::diagnostic! {
    /// AWS makes no image of the operating system for the Kubernetes version, the architecture or the accelerator.
    ///
    /// The images of Amazon Linux 2 end with Kubernetes 1.32. A group without an image is refused; a class without
    /// one never becomes ready, and its pools stay empty.
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
    ///     nodeGroups: { system: { os: al2, instanceTypes: [ m6i.large ], size: { min: 2, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take Amazon Linux 2023 or Bottlerocket:
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
    ///     nodeGroups: { system: { os: al2023, instanceTypes: [ m6i.large ], size: { min: 2, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_IMAGE = E0804: "AWS makes no such machine image"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let os = group.written.os;
        let kubernetes = group.kubernetes(&context.cluster.version);
        if group.written.image.is_some() {
            continue;
        }
        if ended(context, &format!("group `{name}`"), os, kubernetes, &group.address, sink) {
            continue;
        }
        if exists(os, group.arch, group.driver) {
            continue;
        }
        let with = match group.driver {
            Driver::None => String::new(),
            driver => format!(" with {driver} drivers"),
        };
        let finding = NO_IMAGE
            .at(
                context.spec.value(&group.address.key("os")),
                format!("no {os} image for {}{with}", group.arch),
            )
            .also(
                context.spec.key(&group.address.key("instanceTypes")),
                format!("these types are {}{with}", group.arch),
            )
            .title(format!("there is no {os} image for {}{with}", group.arch))
            .why("EKS refuses the group after the network and the control plane are up");
        let others: Vec<String> = OperatingSystem::ALL
            .iter()
            .filter(|other| other.exists_for(kubernetes))
            .filter(|other| exists(**other, group.arch, group.driver))
            .map(|other| format!("`os: {other}`"))
            .collect();
        sink.report(match others.is_empty() {
            true => finding.help("take instance types of another architecture or accelerator"),
            false => finding.help(format!("write {}", others.join(" or "))),
        });
    }
    for (name, class) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes) {
        let kubernetes = &context.cluster.version;
        if class.written.os == OperatingSystem::Ubuntu {
            sink.report(
                NO_IMAGE
                    .at(context.spec.value(&class.address.key("os")), "Karpenter knows no images of Ubuntu")
                    .title(format!("class `{name}` cannot start Ubuntu"))
                    .why("the class never becomes ready, and its pools stay empty")
                    .help("write `os: al2023` or `os: bottlerocket`, or make a node group of Ubuntu"),
            );
            continue;
        }
        ended(context, &format!("class `{name}`"), class.written.os, kubernetes, &class.address, sink);
    }
}

/// Whether AWS or Canonical makes such an image. Canonical's have no drivers for accelerators.
fn exists(os: OperatingSystem, arch: Architecture, driver: Driver) -> bool {
    match os {
        OperatingSystem::Ubuntu => driver == Driver::None,
        _ => ami::ami_type(os, arch, driver, false).is_some(),
    }
}

/// Reports an operating system whose images ended before this Kubernetes, and says whether it did.
fn ended(
    context: &Context<'_>,
    what: &str,
    os: OperatingSystem,
    kubernetes: &KubernetesVersion,
    address: &Address,
    sink: &mut Sink,
) -> bool {
    if os.exists_for(kubernetes) {
        return false;
    }
    let own = address.key("version");
    let (decides, label) = match context.spec.writes(&own) {
        true => (own, format!("its nodes have {kubernetes}")),
        false => (Address::of("spec.kubernetes.version"), format!("the cluster is {kubernetes}")),
    };
    sink.report(
        NO_IMAGE
            .at(context.spec.value(&address.key("os")), format!("has no image for Kubernetes {kubernetes}"))
            .also(context.spec.value(&decides), label)
            .title(format!("{what}: there is no {os} image for Kubernetes {kubernetes}"))
            .why(match os {
                OperatingSystem::Ubuntu => "Canonical's images of Ubuntu 24.04 begin with Kubernetes 1.31",
                _ => "AWS ended these images with Kubernetes 1.32, so no node would start",
            })
            .help("write `os: al2023` or `os: bottlerocket`"),
    );
    true
}
