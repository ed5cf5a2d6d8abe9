//! The Kubernetes version of a group goes with the control plane's.

use crate::catalog::ami::OperatingSystem;
use crate::check::Context;
use crate::cluster::NodeGroup;
use crate::diagnostic::Sink;
use crate::domain::Key;
use crate::source::Address;

/// Minor versions that a kubelet may be behind its API server (Kubernetes' version skew policy since 1.28).
const SKEW: u32 = 3;

crate::diagnostic! {
    /// A group's Kubernetes version does not go with the control plane's, or its image is of another version.
    ///
    /// A kubelet may be up to three minor versions older than its API server, never newer. EKS refuses such a group,
    /// or the upgrade of the control plane.
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], version: "1.36" } }
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], amiRelease: 1.34.4-20260724 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Upgrade the control plane first, then its groups, one by one:
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
    ///     nodeGroups: { workers: { instanceTypes: [ m7i.large ], version: "1.34", amiRelease: 1.34.4-20260724 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub GROUP_VERSION = E0808: "a group's version does not go with the control plane's"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        if !out_of_step(context, name, group, sink) {
            other_image(context, name, group, sink);
        }
    }
}

fn out_of_step(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) -> bool {
    let control_plane = &context.cluster.version;
    let version = group.kubernetes(control_plane);
    let behind = i64::from(control_plane.minor()) - i64::from(version.minor());
    if (0..=i64::from(SKEW)).contains(&behind) {
        return false;
    }
    let finding = GROUP_VERSION
        .at(context.spec.value(&group.address.key("version")), "the nodes")
        .also(context.spec.value(&Address::of("spec.kubernetes.version")), "the control plane");
    sink.report(match behind < 0 {
        true => finding
            .title(format!(
                "group `{name}` has Kubernetes {version}, newer than the control plane's {control_plane}"
            ))
            .why("EKS refuses the group: a kubelet is never newer than its API server")
            .help("upgrade the control plane first, then the group"),
        false => finding
            .title(format!(
                "group `{name}` has Kubernetes {version}, {behind} minor versions behind {control_plane}"
            ))
            .why(format!("a kubelet may be {SKEW} minor versions behind its API server, and EKS holds to it"))
            .help("upgrade the group first, then the control plane"),
    });
    true
}

/// Releases of Amazon Linux images start with Kubernetes' version; those of Bottlerocket have a count of their own.
fn other_image(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let Some(release) = &group.written.ami_release else { return };
    let version = group.kubernetes(&context.cluster.version);
    let is_counted = matches!(group.written.os, OperatingSystem::Bottlerocket | OperatingSystem::Ubuntu);
    if is_counted || group.written.image.is_some() || release.starts_with(&format!("{version}.")) {
        return;
    }
    sink.report(
        GROUP_VERSION
            .at(context.spec.value(&group.address.key("amiRelease")), "the image")
            .also(
                context.spec.value(&match group.written.version {
                    Some(_) => group.address.key("version"),
                    None => Address::of("spec.kubernetes.version"),
                }),
                format!("its nodes have Kubernetes {version}"),
            )
            .title(format!("image `{release}` of group `{name}` is not for Kubernetes {version}"))
            .why("EKS refuses the group, or its update")
            .help(format!("take a release that starts with `{version}.`")),
    );
}
