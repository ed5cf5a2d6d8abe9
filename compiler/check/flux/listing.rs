//! An app's kustomization and its folder agree.

use crate::check::Context;
use crate::check::manifests::{Flaw, Listing};
use crate::cluster::AppSource;
use crate::diagnostic::{Finding, Sink};
use crate::domain::Key;
use crate::source::{Address, Span};

crate::diagnostic! {
    /// A file in an app's folder is not listed in its kustomization, or what is listed cannot be applied.
    ///
    /// Kustomize applies what is listed and is silent about the rest, also about a second document in its file: a
    /// forgotten file is an object that was reviewed, merged, and never came. A listed file that is missing or is listed
    /// twice, or an entry that is not text, stops the whole layer.
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
        for (place, flaw) in &listing.flaws {
            sink.report(flawed(name, *place, flaw));
        }
        forgotten(context, name, app, &listing, sink);
    }
}

/// What kustomize makes of a kustomization that it cannot read as it was meant (kustomize 5, August 2026).
fn flawed(name: &Key, place: Span, flaw: &Flaw) -> Finding {
    let stops = "kustomize stops here, and nothing in the layer of apps is updated any more";
    match flaw {
        Flaw::Twice(path, first) => FILES_AND_LISTING_DIFFER
            .at(place, "listed again here")
            .also(*first, "first listed here")
            .title(format!("app `{name}` lists `{path}` twice"))
            .why(stops)
            .help("remove one of the two"),
        Flaw::NotText => FILES_AND_LISTING_DIFFER
            .at(place, "not the path of a file or folder")
            .title(format!("app `{name}` lists something that is not text"))
            .why(stops)
            .help("write the path of a file or folder, or remove the entry"),
        Flaw::NotAList(key) => FILES_AND_LISTING_DIFFER
            .at(place, "not a list")
            .title(format!("`{key}` of app `{name}` is not a list"))
            .why(stops)
            .help(format!("write a list of files and folders: `{key}: [ web.yaml ]`")),
        Flaw::SecondDocument(first) => FILES_AND_LISTING_DIFFER
            .at(place, "nobody reads this document")
            .also(*first, "kustomize reads this one and no other")
            .title(format!("a kustomization of app `{name}` holds several documents"))
            .why("kustomize is silent about it: what only the second document lists never comes")
            .help("put everything into one document"),
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
