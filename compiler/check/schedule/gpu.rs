//! Nodes with GPUs are kept for pods that use them, and pods can ask for them.

use crate::catalog::ami::{Driver, OperatingSystem};
use crate::catalog::instances;
use crate::check::Context;
use crate::cluster::Karpenter;
use crate::diagnostic::Sink;
use crate::domain::Taint;
use crate::source::Address;
use crate::spec::NodePool;

crate::diagnostic! {
    /// Nodes with NVIDIA GPUs are open to every pod, or no pod can ask for their GPUs.
    ///
    /// Without a taint ordinary pods fill these nodes, which are the dearest of all. Without the device plugin
    /// `nvidia.com/gpu` is a resource that no node has, and pods that ask for it stay `Pending`.
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
    ///     karpenter:
    ///       pools:
    ///         default: {}
    ///         gpu: { families: [ g5 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Taint the pool, and add the plugin:
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
    ///     karpenter:
    ///       pools:
    ///         default: {}
    ///         gpu: { families: [ g5 ], taints: [ { key: nvidia.com/gpu, effect: NoSchedule } ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { nvidia-device-plugin: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub GPU_NOT_READY = W0507: "GPU nodes are open to every pod, or their GPUs to none"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        if group.driver == Driver::Nvidia {
            let at = group.address.key("instanceTypes");
            report(context, &format!("group `{name}`"), &at, &group.written.taints, group.written.os, sink);
        }
    }
    let Some(karpenter) = &context.cluster.karpenter else { return };
    for (name, pool) in &karpenter.pools {
        if let Some(field) = nvidia_field(pool) {
            let class = karpenter.classes.get(&Karpenter::class_of(pool));
            let os = class.map_or(OperatingSystem::Al2023, |class| class.written.os);
            let at = Karpenter::pool_address(name).key(field);
            report(context, &format!("pool `{name}`"), &at, &pool.taints, os, sink);
        }
    }
}

/// The field by which a pool makes nodes with NVIDIA GPUs.
fn nvidia_field(pool: &NodePool) -> Option<&'static str> {
    let has = |row: &instances::Instance| row.gpu.is_some_and(|gpu| gpu.manufacturer == "nvidia");
    if pool.instance_types.iter().filter_map(instances::find).any(|row| has(&row)) {
        return Some("instanceTypes");
    }
    let of_family = |word: &str| instances::of_family(word).any(|row| has(&row));
    pool.families.iter().any(|word| of_family(&word.0)).then_some("families")
}

fn report(
    context: &Context<'_>,
    who: &str,
    at: &Address,
    taints: &[Taint],
    os: OperatingSystem,
    sink: &mut Sink,
) {
    let place = context.spec.key(at);
    if !taints.iter().any(|taint| taint.effect.is_hard()) {
        sink.report(
            GPU_NOT_READY
                .at(place, "NVIDIA GPUs, and no taint")
                .title(format!("{who} opens its GPU nodes to every pod"))
                .why("ordinary pods fill the dearest nodes of all, and keep them from being taken away")
                .help("add `taints: [ { key: nvidia.com/gpu, effect: NoSchedule } ]`"),
        );
    }
    // Bottlerocket's images with NVIDIA drivers bring the plugin.
    let has_plugin =
        context.cluster.components.keys().any(|name| {
            matches!(name.as_str(), "nvidia-device-plugin" | "gpu-operator" | "nvidia-gpu-operator")
        });
    if !has_plugin && os != OperatingSystem::Bottlerocket && context.cluster.gitops.is_some() {
        sink.report(
            GPU_NOT_READY
                .at(place, "NVIDIA GPUs, and no device plugin")
                .title(format!("no pod can ask for the GPUs of {who}"))
                .why(
                    "`nvidia.com/gpu` is a resource that no node has, so pods that ask for it stay `Pending`",
                )
                .help("add `nvidia-device-plugin: {}` to `components`"),
        );
    }
}
