//! The layers that the spec adds: they exist, and something is in them.

use std::collections::BTreeSet;

use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::{Key, nearest};
use crate::source::Address;

crate::diagnostic! {
    /// An app is in a layer, or a layer comes after one, that does not exist.
    ///
    /// Nothing would say when the app comes, and nothing would apply it.
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
    ///   apps: { web: { source: apps/web, layer: bootstrap } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Add the layer below `gitops.layers`, or leave `layer` out: the app is then in `apps`.
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
    ///   apps: { web: { source: apps/web, layer: bootstrap } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     layers: { bootstrap: { after: controllers } }
    /// ```
    pub UNKNOWN_LAYER = E0714: "a layer does not exist"
}

crate::diagnostic! {
    /// No app is in a layer.
    ///
    /// What the spec says about it has no effect. Often the name of one of the three given layers is misspelt.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     layers: { controlers: { retry: 1m } }
    /// ```
    ///
    /// Correct the name, put an app into the layer, or remove it:
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
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     layers: { controllers: { retry: 1m } }
    /// ```
    pub EMPTY_LAYER = W0715: "no app is in a layer"
}

/// Layers that every cluster has.
const GIVEN: [&str; 3] = ["controllers", "configs", "apps"];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    let layers = Address::of("spec.gitops.layers");
    let others = &gitops.layers.others;
    let mut in_use: BTreeSet<&str> = BTreeSet::new();
    for app in context.cluster.apps.values() {
        let Some(layer) = &app.written.layer else { continue };
        in_use.insert(layer.as_str());
        let address = app.address.key("layer");
        if matches!(layer.as_str(), "controllers" | "configs") {
            sink.report(
                UNKNOWN_LAYER
                    .at(context.spec.value(&address), "a layer of components")
                    .title(format!("`{layer}` is not a layer for apps"))
                    .why("components and apps in one layer could overwrite each other's files")
                    .help(format!(
                        "add a layer of your own: `gitops: {{ layers: {{ bootstrap: {{ after: {layer} }} }} }}`"
                    )),
            );
        } else if layer.as_str() != "apps" && !others.contains_key(layer) {
            sink.report(unknown(context, layer, &address, others.keys(), &["apps"]));
        }
    }
    let apps = gitops.layers.apps.iter().map(|layer| ("apps", layer));
    for (name, layer) in others.iter().map(|(name, layer)| (name.as_str(), layer)).chain(apps) {
        let Some(after) = &layer.after else { continue };
        if !GIVEN.contains(&after.as_str()) && !others.contains_key(after) {
            let address = layers.key(name).key("after");
            sink.report(unknown(context, after, &address, others.keys(), &GIVEN));
        }
    }
    for name in others.keys().filter(|name| !in_use.contains(name.as_str())) {
        let finding = EMPTY_LAYER
            .at(context.spec.key(&layers.key(name.as_str())), "no app has `layer` with this name")
            .title(format!("no app is in layer `{name}`"))
            .why("what is written here has no effect");
        sink.report(match nearest(name.as_str(), GIVEN) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("write `layer: {name}` on an app, or remove the layer")),
        });
    }
}

fn unknown<'a>(
    context: &Context<'_>,
    name: &Key,
    address: &Address,
    others: impl Iterator<Item = &'a Key>,
    given: &[&'a str],
) -> Finding {
    let known: Vec<&str> = others.map(Key::as_str).chain(given.iter().copied()).collect();
    let place = context.spec.value(address);
    let finding = UNKNOWN_LAYER
        .at(place, "no layer has this name")
        .title(format!("layer `{name}` does not exist"))
        .why("nothing would say when its apps come");
    match nearest(name.as_str(), known.iter().copied()) {
        Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
        None => {
            finding.help(format!("add it below `gitops.layers`, or take one of `{}`", known.join("`, `")))
        }
    }
}
