//! An app's kustomization and its folder agree.

use crate::check::Context;
use crate::check::manifests::Listing;
use crate::cluster::AppSource;
use crate::diagnostic::Sink;
use crate::domain::Key;
use crate::source::Address;

crate::diagnostic! {
    /// A file in an app's folder is not listed in its kustomization, or a listed one does not exist.
    ///
    /// Kustomize applies what is listed and is silent about the rest: a forgotten file is an object that was reviewed,
    /// merged, and never came. A listed file that is missing stops the whole layer.
    ///
    /// ```yaml,file=apps/web/kustomization.yaml
    /// resources: [ config.yaml ]
    /// ```
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// ```
    /// ```yaml,file=apps/web/limits.yaml
    /// apiVersion: v1
    /// kind: LimitRange
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// List the file (or remove it; without any kustomization the compiler lists all files by itself):
    ///
    /// ```yaml,file=apps/web/kustomization.yaml
    /// resources: [ config.yaml, limits.yaml ]
    /// ```
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub FILES_AND_LISTING_DIFFER = E0708: "an app's files and its kustomization differ"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, app) in &context.cluster.apps {
        let listing = Listing::of(app);
        if !listing.is_written {
            continue;
        }
        for (place, path) in &listing.missing {
            sink.report(
                FILES_AND_LISTING_DIFFER
                    .at(*place, format!("`{path}` does not exist in `{}`", app.written.source))
                    .title(format!("app `{name}` lists a file that does not exist"))
                    .why("kustomize stops here, and nothing in the layer of apps is updated any more")
                    .help("add the file, or remove the entry"),
            );
        }
        forgotten(context, name, app, &listing, sink);
    }
}

fn forgotten(context: &Context<'_>, name: &Key, app: &AppSource, listing: &Listing<'_>, sink: &mut Sink) {
    for (file, documents) in &app.documents {
        if listing.knows(file) || documents.is_empty() {
            continue;
        }
        let first = documents.first().map(|document| document.nearest(&Address::root()));
        let place = first.unwrap_or_else(|| context.spec.value(&app.address.key("source")));
        sink.report(
            FILES_AND_LISTING_DIFFER
                .at(place, "no kustomization names this file")
                .also(context.spec.value(&app.address.key("source")), format!("the folder of app `{name}`"))
                .title(format!("`{file}` of app `{name}` is not listed in its kustomization"))
                .why("kustomize is silent about files that are not listed: what is in this one never comes")
                .help(format!("add `{file}` to `resources` in `kustomization.yaml`, or remove the file")),
        );
    }
}
