//! Every patch of an app has an object to change.

use crate::check::Context;
use crate::check::manifests::Listing;
use crate::diagnostic::Sink;
use crate::domain::nearest;

crate::diagnostic! {
    /// A patch names an object that the app's folder does not have.
    ///
    /// Kustomize stops at a patch without a target, and with it the whole layer of apps: nothing in it is updated any
    /// more.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { level: info }
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
    ///     web:
    ///       source: apps/web
    ///       patches: [ { target: { kind: ConfigMap, name: wbe }, merge: { data: { level: debug } } } ]
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name an object by its kind and name as they are in the folder:
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
    ///     web:
    ///       source: apps/web
    ///       patches: [ { target: { kind: ConfigMap, name: web }, merge: { data: { level: debug } } } ]
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PATCH_WITHOUT_TARGET = E0706: "a patch has no object to change"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    for (name, app) in &context.cluster.apps {
        let listing = Listing::of(app);
        // What is made elsewhere, or renamed on the way, cannot be known here.
        if listing.is_open || app.documents.is_empty() {
            continue;
        }
        for (index, patch) in app.written.patches.iter().enumerate() {
            let target = &patch.target;
            let of_app = || objects.iter().filter(|object| object.app == name);
            let made = |kind: &str, name: &str| {
                of_app().any(|object| object.kind() == kind && object.name() == name)
                    || listing.generated.iter().any(|(known, generated)| *known == kind && generated == name)
            };
            if made(&target.kind, target.name.as_str()) {
                continue;
            }
            let address = app.address.key("patches").index(index).key("target");
            let finding = PATCH_WITHOUT_TARGET
                .at(
                    context.spec.value(&address.key("name")),
                    format!("no {} of this name in `{}`", target.kind, app.written.source),
                )
                .title(format!(
                    "app `{name}` patches a {} `{}` that it does not have",
                    target.kind, target.name
                ))
                .why("kustomize stops here, and nothing in the layer of apps is updated any more");
            let of_kind = of_app().filter(|object| object.kind() == target.kind).map(|object| object.name());
            sink.report(match nearest(target.name.as_str(), of_kind) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => {
                    finding.help(format!("it has: {}", list(of_app().map(|one| (one.kind(), one.name())))))
                }
            });
        }
    }
}

fn list<'a>(objects: impl Iterator<Item = (&'a str, &'a str)>) -> String {
    let mut names: Vec<String> = objects.map(|(kind, name)| format!("{kind} `{name}`")).collect();
    names.sort();
    names.dedup();
    let more = names.len().saturating_sub(8);
    names.truncate(8);
    let end = if more > 0 { format!(", and {more} more") } else { String::new() };
    if names.is_empty() { "no objects".to_owned() } else { format!("{}{end}", names.join(", ")) }
}
