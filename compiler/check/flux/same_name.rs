//! Flux Kustomizations have names of their own.

use std::collections::BTreeMap;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{FluxKustomization, Unit};

crate::diagnostic! {
    /// Two Flux Kustomizations would have one name.
    ///
    /// Only one of them would exist, and it would alternate between the two folders and remove what is in the other.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { greeting: hello }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   apps: { metrics-server: { source: apps/web } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     granularity: component
    /// ```
    ///
    /// Give the app another name:
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   apps: { metrics-web: { source: apps/web } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     granularity: component
    /// ```
    pub KUSTOMIZATION_TWICE = E0716: "two Flux Kustomizations would have one name"
}

/// The name of the Flux Kustomization that applies all others.
const OF_FLUX: &str = "flux-system";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(delivery) = &context.ir.delivery else { return };
    for layer in &delivery.layers {
        let mut folders: BTreeMap<&str, &Unit> = BTreeMap::new();
        for unit in &layer.units {
            if let Some(other) = folders.insert(&unit.name, unit) {
                sink.report(
                    KUSTOMIZATION_TWICE
                        .at(context.spec.key(&unit.address), "is written to the folder of this name")
                        .also(context.spec.key(&other.address), "is written to the same folder")
                        .title(format!("two things would be written to the folder `{}`", unit.name))
                        .why("each would overwrite files of the other")
                        .help("give the component another name"),
                );
            }
        }
    }
    let mut seen: BTreeMap<&str, &FluxKustomization> = BTreeMap::new();
    for one in &delivery.kustomizations {
        if one.name == OF_FLUX {
            sink.report(
                KUSTOMIZATION_TWICE
                    .at(context.spec.key(&one.address), "would take the name of Flux' own Kustomization")
                    .title("`flux-system` is the name of Flux' own Kustomization")
                    .why("it would be replaced, and Flux would stop reading the repository")
                    .help("choose another name"),
            );
        }
        for name in [&one.name, one.file()] {
            if let Some(other) = seen.insert(name, one).filter(|other| other.address != one.address) {
                sink.report(
                    KUSTOMIZATION_TWICE
                        .at(
                            context.spec.key(&one.address),
                            format!("becomes the Flux Kustomization `{}`", one.name),
                        )
                        .also(context.spec.key(&other.address), format!("becomes `{}`", other.name))
                        .why("only one of them would exist, and each would remove what the other brings")
                        .help("give the app, the component or the layer another name"),
                );
                break;
            }
        }
    }
}
