//! An app becomes an overlay on the user's own base: namespace, images, patches with named targets.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use super::components::namespace_object;
use crate::cluster::{AppSource, Cluster};
use crate::domain::Key;
use crate::ir::{Kustomization, LayerName, Placement, Unit, UnitKind};
use crate::source::{Origin, normal};
use crate::spec::{Image, Patch, Spec};

pub(super) fn lower(
    cluster: &Cluster,
    spec: &Spec,
    out: &str,
    in_layer: &LayerName,
    namespaces: &mut BTreeSet<String>,
) -> Vec<Unit> {
    let apps = cluster.apps.iter().filter(|(_, app)| layer(app) == *in_layer);
    apps.map(|(name, app)| unit(cluster, spec, out, name, app, namespaces)).collect()
}

/// The layer that an app is in.
pub(super) fn layer(app: &AppSource) -> LayerName {
    app.written.layer.as_ref().map_or(LayerName::Apps, LayerName::of)
}

fn unit(
    cluster: &Cluster,
    spec: &Spec,
    out: &str,
    name: &Key,
    app: &AppSource,
    namespaces: &mut BTreeSet<String>,
) -> Unit {
    let mut objects = Vec::new();
    if let Some(namespace) = &app.written.namespace
        && !declares_namespace(app, namespace.as_str())
        && namespaces.insert(namespace.to_string())
    {
        objects.push(namespace_object(namespace.as_str(), Origin::Spec(app.address.key("namespace"))));
    }
    let (base, copies) = base(cluster, spec, out, name, app);
    Unit {
        name: name.to_string(),
        kind: UnitKind::App,
        objects,
        kustomization: Kustomization {
            bases: vec![base],
            namespace: app.written.namespace.as_ref().map(ToString::to_string),
            images: app.written.images.iter().map(|(name, image)| image_of(name, image)).collect(),
            patches: app.written.patches.iter().map(|patch| patch_of(app, patch)).collect(),
        },
        copies,
        provides: Vec::new(),
        needs: Vec::new(),
        substitute: app.written.substitute != Some(false),
        placement: Placement::default(),
        address: app.address.clone(),
    }
}

pub(super) fn declares_namespace(app: &AppSource, namespace: &str) -> bool {
    app.documents.values().flatten().any(|document| {
        let value = document.value();
        let is = |pointer: &str, word: &str| value.pointer(pointer).and_then(Value::as_str) == Some(word);
        is("/kind", "Namespace") && is("/metadata/name", namespace)
    })
}

/// The base's folder as seen from the overlay, and the files that are copied to make it. A base that lies in the
/// output is referred to in place.
fn base(
    cluster: &Cluster,
    spec: &Spec,
    out: &str,
    name: &Key,
    app: &AppSource,
) -> (String, BTreeMap<String, String>) {
    let folder = normal(&format!("{}{}", spec.folder(&app.address.key("source")), app.written.source));
    let root = format!("{}/kube/", normal(out));
    // As many steps as the overlay's folder is deep, but one.
    let up = if layer(app) == LayerName::Apps { "../../" } else { "../../../" };
    if let Some(below) = folder.strip_prefix(&root) {
        return (format!("{up}../{below}"), BTreeMap::new());
    }
    let target = format!("apps/base/{name}");
    let mut copies: BTreeMap<String, String> =
        app.files.iter().map(|(file, text)| (format!("{target}/{file}"), text.clone())).collect();
    if !app.files.keys().any(|file| KUSTOMIZATION_NAMES.contains(&file.as_str())) {
        copies.insert(format!("{target}/kustomization.yaml"), listing(cluster, app));
    }
    let base = if layer(app) == LayerName::Apps { "../../base" } else { "../../../../apps/base" };
    (format!("{base}/{name}"), copies)
}

/// The names under which kustomize looks for its file.
pub(crate) const KUSTOMIZATION_NAMES: [&str; 3] =
    ["kustomization.yaml", "kustomization.yml", "Kustomization"];

/// A `kustomization.yaml` for a base that has none: all its manifests, sorted.
fn listing(_: &Cluster, app: &AppSource) -> String {
    let files: Vec<&String> = app.documents.keys().collect();
    let body = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": files,
    });
    crate::syntax::yaml::print(&body, &crate::syntax::yaml::Notes::default()).text
}

fn image_of(name: &str, image: &Image) -> Value {
    let mut out = Map::new();
    out.insert("name".to_owned(), json!(name));
    for (key, value) in [("newName", &image.name), ("newTag", &image.tag), ("digest", &image.digest)] {
        if let Some(value) = value {
            out.insert(key.to_owned(), json!(value));
        }
    }
    Value::Object(out)
}

/// A patch whose target names its kind and its name, so that it can hit one object only.
fn patch_of(app: &AppSource, patch: &Patch) -> Value {
    let target = &patch.target;
    let found = app.documents.values().flatten().map(|document| document.value()).find(|value| {
        let is = |pointer: &str, word: &str| value.pointer(pointer).and_then(Value::as_str) == Some(word);
        is("/kind", &target.kind) && is("/metadata/name", target.name.as_str())
    });
    let version = found.as_ref().and_then(|value| value.get("apiVersion")).cloned();
    let mut body = Map::new();
    body.insert("apiVersion".to_owned(), version.unwrap_or_else(|| json!("v1")));
    body.insert("kind".to_owned(), json!(target.kind));
    body.insert("metadata".to_owned(), json!({ "name": target.name }));
    let written = crate::lower::tree::sorted(&Value::Object(patch.merge.clone()));
    for (key, value) in written.as_object().into_iter().flatten() {
        crate::lower::tree::merge(body.entry(key.clone()).or_insert(Value::Null), value);
    }
    let text = crate::syntax::yaml::print(&Value::Object(body), &crate::syntax::yaml::Notes::default()).text;
    json!({ "target": { "kind": target.kind, "name": target.name }, "patch": text })
}
