//! A namespace is there before what is in it.

use std::collections::BTreeSet;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{FluxKustomization, LayerName};
use crate::lower::needs::{Needs, needs};
use crate::source::Address;

crate::diagnostic! {
    /// A namespace is made after the layer that uses it.
    ///
    /// The API server refuses an object without its namespace. Its layer never becomes ready, and the one that makes the
    /// namespace waits for it.
    ///
    /// ```yaml,file=apps/first/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: first, namespace: web }
    /// data: { greeting: hello }
    /// ```
    /// ```yaml,file=apps/web/namespace.yaml
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata: { name: web }
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
    ///   apps:
    ///     first: { source: apps/first, layer: bootstrap }
    ///     web: { source: apps/web }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     layers: { bootstrap: { after: controllers }, apps: { after: bootstrap } }
    /// ```
    ///
    /// Let the earlier layer make the namespace, or leave the app that uses it in the later one:
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
    ///   apps:
    ///     first: { source: apps/first }
    ///     web: { source: apps/web, layer: bootstrap }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     layers: { bootstrap: { after: controllers }, apps: { after: bootstrap } }
    /// ```
    pub NAMESPACE_TOO_LATE = E0717: "a namespace is made after what is in it"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(delivery) = &context.ir.delivery else { return };
    let objects = context.app_objects();
    let mut all: Vec<(&FluxKustomization, &LayerName, &Address, Needs)> = Vec::new();
    for layer in &delivery.layers {
        for unit in &layer.units {
            let Some(applied) = delivery.of_unit(&layer.name, &unit.name) else { continue };
            all.push((
                applied,
                &layer.name,
                &unit.address,
                needs(context.cluster, &layer.name, unit, &objects),
            ));
        }
    }
    for (applied, layer, address, needs) in &all {
        let missing: BTreeSet<&String> = needs.uses_namespaces.difference(&needs.makes_namespaces).collect();
        for namespace in missing {
            let makers = || all.iter().filter(|(.., other)| other.makes_namespaces.contains(namespace));
            let in_time = |from: &FluxKustomization| {
                from.name == applied.name || delivery.waits_for(applied, &from.name)
            };
            if makers().any(|(from, ..)| in_time(from)) {
                continue;
            }
            let Some((_, later, maker, _)) = makers().next() else { continue };
            sink.report(
                NAMESPACE_TOO_LATE
                    .at(context.spec.key(address), format!("is in layer `{}`, and uses it", layer.word()))
                    .also(context.spec.key(maker), format!("makes it, in layer `{}`", later.word()))
                    .title(format!("namespace `{namespace}` is made after what is in it"))
                    .why("the API server refuses the object, and its layer never becomes ready")
                    .help(format!("make the namespace in layer `{}` or before it", layer.word())),
            );
        }
    }
}
