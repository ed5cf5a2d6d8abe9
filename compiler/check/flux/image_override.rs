//! Every new tag of an image is for an image that the app uses.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::check::Context;
use crate::check::manifests::Listing;
use crate::diagnostic::Sink;
use crate::domain::nearest;

crate::diagnostic! {
    /// An app overrides an image that none of its manifests uses.
    ///
    /// Kustomize says nothing: the tag in the manifests stays, and a release that was meant to go out does not. It
    /// happens when an image moves to another registry, or when the name here holds the tag as well.
    ///
    /// ```yaml,file=apps/web/web.yaml
    /// apiVersion: v1
    /// kind: Pod
    /// metadata: { name: web }
    /// spec: { containers: [ { name: web, image: "ghcr.io/demo/web:1.0.0" } ] }
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
    ///   apps: { web: { source: apps/web, images: { web: { tag: 1.1.0 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the name as the manifests have it, without its tag:
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
    ///   apps: { web: { source: apps/web, images: { ghcr.io/demo/web: { tag: 1.1.0 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNUSED_IMAGE = W0740: "an image is overridden that is not used"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, app) in &context.cluster.apps {
        // Manifests that come from elsewhere may use it.
        if app.written.images.is_empty() || app.documents.is_empty() || Listing::of(app).is_open {
            continue;
        }
        let mut used = BTreeSet::new();
        app.documents.values().flatten().for_each(|document| images(&document.value(), &mut used));
        for image in app.written.images.keys().filter(|image| !used.contains(*image)) {
            let place = context.spec.key(&app.address.key("images").key(image));
            let finding = UNUSED_IMAGE
                .at(place, format!("no container in `{}` has this image", app.written.source))
                .title(format!("app `{name}` overrides the image `{image}`, which it does not use"))
                .why("kustomize says nothing, and the tag in the manifests stays");
            // The last part of a name is what stays when an image moves.
            let last = |image: &str| image.rsplit('/').next().unwrap_or_default().to_owned();
            let moved = used.iter().find(|other| last(other) == last(untagged(image)));
            let near = moved.map(String::as_str).or_else(|| nearest(image, used.iter().map(String::as_str)));
            sink.report(match near {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None if used.is_empty() => finding.help("take it out: the app has no containers"),
                None => finding.help(format!("it uses: {}", list(&used))),
            });
        }
    }
}

/// The names of all images in an object, without tags and digests.
fn images(value: &Value, out: &mut BTreeSet<String>) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                match below.as_str() {
                    Some(image) if key == "image" => {
                        out.insert(untagged(image).to_owned());
                    }
                    _ => images(below, out),
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| images(item, out)),
        _ => {}
    }
}

/// The name of an image; a colon before a slash belongs to the registry's port.
fn untagged(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or(image);
    match name.rsplit_once(':') {
        Some((name, tag)) if !tag.contains('/') => name,
        _ => name,
    }
}

fn list(names: &BTreeSet<String>) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::untagged;

    #[test]
    fn a_port_is_no_tag() {
        for (image, name) in [
            ("nginx", "nginx"),
            ("nginx:1.27", "nginx"),
            ("localhost:5000/web", "localhost:5000/web"),
            ("localhost:5000/web:1@sha256:00", "localhost:5000/web"),
        ] {
            assert_eq!(untagged(image), name);
        }
    }
}
