//! Every object has one maker.

use std::collections::BTreeMap;

use crate::check::Context;
use crate::check::manifests::{AppObject, Listing, is_cluster_wide};
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// One object is made at two places: in two apps, twice in one app, or in an app and by a component.
    ///
    /// Inside one layer kustomize stops ("may not add resource with an already registered id"), and nothing in the layer is
    /// updated any more. Between layers each writes its own text over the other's for ever, and taking one away
    /// deletes the object that the other needs.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: settings, namespace: default }
    /// data: { level: info }
    /// ```
    /// ```yaml,file=apps/jobs/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: settings, namespace: default }
    /// data: { level: debug }
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
    ///   apps: { web: { source: apps/web }, jobs: { source: apps/jobs } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep it in one of them, or give each its own name or namespace:
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
    ///   apps: { web: { source: apps/web, namespace: web }, jobs: { source: apps/jobs, namespace: jobs } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TWO_MAKERS = E0741: "two places make one object"
}

/// What an object is known by in the API: group, kind, namespace (empty for the whole cluster), name.
type Identity = (String, String, String, String);

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    let renamed = |object: &&AppObject<'_>| {
        // A prefix or suffix changes names, and what comes from elsewhere may be anything.
        context.cluster.apps.get(object.app).is_none_or(|app| Listing::of(app).is_open)
    };
    let mut seen: BTreeMap<Identity, &AppObject<'_>> = BTreeMap::new();
    for object in objects.iter().filter(|object| is_known(object.name()) && !renamed(object)) {
        if let Some(first) = seen.insert(of_app(object), object) {
            sink.report(
                TWO_MAKERS
                    .at(object.place("metadata.name"), format!("app `{}` makes it here", object.app))
                    .also(first.place("metadata.name"), format!("app `{}` makes it here", first.app))
                    .title(format!("{} `{}` is made twice", object.kind(), object.name()))
                    .why("kustomize stops here, and nothing in the layer of apps is updated any more")
                    .help("keep it at one place, or give each its own name or namespace"),
            );
        }
    }
    let layers = context.ir.delivery.iter().flat_map(|delivery| &delivery.layers);
    for unit in layers.flat_map(|layer| &layer.units) {
        // A namespace that both want is no quarrel: neither says anything about it but its name.
        for made in unit.objects.iter().filter(|made| made.kind() != "Namespace" && is_known(made.name())) {
            let identity = (
                made.group().to_owned(),
                made.kind().to_owned(),
                made.namespace().to_owned(),
                made.name().to_owned(),
            );
            let Some(object) = seen.get(&identity) else { continue };
            sink.report(
                TWO_MAKERS
                    .at(object.place("metadata.name"), format!("app `{}` makes it here", object.app))
                    .also(context.spec.key(&unit.address), format!("`{}` makes it, too", unit.name))
                    .title(format!(
                        "{} `{}` is made by app `{}` and by `{}`",
                        object.kind(),
                        object.name(),
                        object.app,
                        unit.name
                    ))
                    .why("each writes its own text over the other's, and taking one away deletes the object")
                    .help(format!("take it out of app `{}`, or give it another name", object.app)),
            );
        }
    }
}

fn of_app(object: &AppObject<'_>) -> Identity {
    let namespace = if is_cluster_wide(object.kind()) { "" } else { object.namespace() };
    (object.group().to_owned(), object.kind().to_owned(), namespace.to_owned(), object.name().to_owned())
}

/// Whether a name is known when compiling.
fn is_known(name: &str) -> bool {
    !name.is_empty() && !name.contains("${")
}
