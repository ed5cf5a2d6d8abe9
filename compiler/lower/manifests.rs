//! The manifests of apps, as kustomize sees them: which files count, and in which namespace their objects end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cluster::{AppSource, Cluster};
use crate::domain::Key;
use crate::source::{Address, Span};
use crate::syntax::yaml::{Document, Kind};

/// The names under which kustomize looks for its file.
const KUSTOMIZATION_NAMES: [&str; 2] = ["kustomization.yaml", "kustomization.yml"];
/// Lists in a kustomization that hold paths of objects.
const RESOURCES: [&str; 4] = ["resources", "bases", "components", "crds"];
/// How deep kustomizations may refer to each other before we stop following.
const MAX_DEPTH: usize = 16;

/// Kinds of Kubernetes itself that stand outside namespaces.
const CLUSTER_WIDE: [&str; 16] = [
    "APIService",
    "CSIDriver",
    "ClusterRole",
    "ClusterRoleBinding",
    "CustomResourceDefinition",
    "FlowSchema",
    "IngressClass",
    "MutatingWebhookConfiguration",
    "Namespace",
    "PersistentVolume",
    "PriorityClass",
    "PriorityLevelConfiguration",
    "RuntimeClass",
    "StorageClass",
    "ValidatingAdmissionPolicy",
    "ValidatingWebhookConfiguration",
];

/// Whether objects of a kind of Kubernetes itself stand outside namespaces.
pub(crate) fn is_cluster_wide(kind: &str) -> bool {
    CLUSTER_WIDE.contains(&kind)
}

/// An object in an app's folder.
pub(crate) struct AppObject<'a> {
    /// The app.
    pub(crate) app: &'a Key,
    /// The document that holds it.
    pub(crate) document: &'a Document,
    body: Value,
    namespace: String,
}

impl AppObject<'_> {
    /// A text field by JSON pointer; empty where there is none.
    pub(crate) fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// A field of any form by JSON pointer.
    pub(crate) fn field(&self, pointer: &str) -> Option<&Value> {
        self.body.pointer(pointer)
    }

    /// Whether there is anything at a JSON pointer.
    pub(crate) fn has(&self, pointer: &str) -> bool {
        self.body.pointer(pointer).is_some()
    }

    pub(crate) fn api_version(&self) -> &str {
        self.text("/apiVersion")
    }

    /// The API group; empty for the core group.
    pub(crate) fn group(&self) -> &str {
        self.api_version().split_once('/').map_or("", |(group, _)| group)
    }

    pub(crate) fn kind(&self) -> &str {
        self.text("/kind")
    }

    pub(crate) fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// The namespace that it ends in, or would end in if its kind has namespaces.
    pub(crate) fn namespace(&self) -> &str {
        &self.namespace
    }

    /// Bytes of the whole object, as it is sent to the API server.
    pub(crate) fn size(&self) -> usize {
        self.body.to_string().len()
    }

    /// Bytes of the data of a ConfigMap or Secret; nothing for other kinds.
    pub(crate) fn data_size(&self) -> usize {
        let is_secret = self.kind() == "Secret";
        if self.group() != "" || !(is_secret || self.kind() == "ConfigMap") {
            return 0;
        }
        // Three bytes are written as four letters.
        let part = |field: &str, is_encoded: bool| -> usize {
            let entries = self.body.get(field).and_then(Value::as_object).into_iter().flatten();
            let lengths = entries.map(|(_, value)| value.as_str().map_or(0, str::len));
            lengths.sum::<usize>() / if is_encoded { 4 } else { 1 } * if is_encoded { 3 } else { 1 }
        };
        part("data", is_secret) + part("binaryData", true) + part("stringData", false)
    }

    /// Where a field is written; where it is not, the nearest key above it.
    pub(crate) fn place(&self, dotted: &str) -> Span {
        self.at(&Address::of(dotted))
    }

    /// Where what is at an address is written; where it is not, the nearest key above it.
    pub(crate) fn at(&self, address: &Address) -> Span {
        self.document.value_span(address).unwrap_or_else(|| self.document.nearest(address))
    }
}

/// The objects of all apps.
pub(crate) fn objects(cluster: &Cluster) -> Vec<AppObject<'_>> {
    let mut out = Vec::new();
    for (app, source) in &cluster.apps {
        let listing = Listing::of(source);
        for (file, document) in documents(source) {
            let Some(inherited) = listing.namespace_of(file) else { continue };
            let body = document.value();
            let is_object = body.get("kind").is_some_and(Value::is_string)
                && body.get("apiVersion").and_then(Value::as_str).is_some_and(|api| !is_kustomize(api));
            if !is_object {
                continue;
            }
            let own =
                body.pointer("/metadata/namespace").and_then(Value::as_str).filter(|own| !own.is_empty());
            let forced = source.written.namespace.as_ref().map(crate::domain::Namespace::as_str);
            let namespace = forced.or(inherited).or(own).unwrap_or("default").to_owned();
            out.push(AppObject { app, document, body, namespace });
        }
    }
    out
}

fn documents(source: &AppSource) -> impl Iterator<Item = (&str, &Document)> {
    source.documents.iter().flat_map(|(file, all)| all.iter().map(move |document| (file.as_str(), document)))
}

/// The kustomizations in an app's folder.
pub(crate) fn kustomizations(source: &AppSource) -> impl Iterator<Item = &Document> {
    let is_one = |file: &str| file.rsplit('/').next().is_some_and(|name| KUSTOMIZATION_NAMES.contains(&name));
    documents(source).filter(move |(file, _)| is_one(file)).map(|(_, document)| document)
}

fn is_kustomize(api_version: &str) -> bool {
    api_version.starts_with("kustomize.config.k8s.io/")
}

/// What the kustomizations of an app's folder refer to.
#[derive(Default)]
pub(crate) struct Listing<'a> {
    /// Whether the folder has a kustomization of its own; otherwise every file counts.
    pub(crate) is_written: bool,
    /// Files whose objects are applied, with the namespace that a kustomization puts them in.
    applied: BTreeMap<String, Option<&'a str>>,
    /// Files that a kustomization names in any other way.
    pub(crate) mentioned: BTreeSet<String>,
    /// Names without a file, and where they are written.
    pub(crate) missing: Vec<(Span, String)>,
    /// Names that generators give to what they make, as kind and name.
    pub(crate) generated: BTreeSet<(&'static str, String)>,
    /// Whether objects come from places that the compiler does not read.
    pub(crate) is_open: bool,
}

impl<'a> Listing<'a> {
    pub(crate) fn of(source: &'a AppSource) -> Listing<'a> {
        let mut listing = Listing::default();
        if let Some(file) = kustomization(source, "") {
            listing.is_written = true;
            listing.follow(source, "", &file, None, 0);
        } else if source.files.contains_key("Kustomization") {
            // Written under a name that is not read as YAML here; every file counts, and none is missed.
            listing.is_open = true;
        }
        listing
    }

    /// Whether a file's objects are applied, and the namespace that they are put in.
    fn namespace_of(&self, file: &str) -> Option<Option<&'a str>> {
        if self.is_written { self.applied.get(file).copied() } else { Some(None) }
    }

    /// Whether some kustomization names the file.
    pub(crate) fn knows(&self, file: &str) -> bool {
        self.applied.contains_key(file) || self.mentioned.contains(file)
    }

    fn follow(
        &mut self,
        source: &'a AppSource,
        folder: &str,
        file: &str,
        outer: Option<&'a str>,
        depth: usize,
    ) {
        if depth > MAX_DEPTH || !self.mentioned.insert(file.to_owned()) {
            return;
        }
        for document in source.documents.get(file).into_iter().flatten() {
            let namespace = outer.or_else(|| text_at(document, &Address::of("namespace")));
            let Kind::Map(entries) = document.kind(document.root()) else { continue };
            for entry in entries {
                if RESOURCES.contains(&entry.key.as_str()) {
                    let Kind::Seq(items) = document.kind(entry.value) else { continue };
                    for item in items {
                        let Kind::Scalar { text, .. } = document.kind(*item) else { continue };
                        self.resource(source, folder, text, document.span(*item), namespace, depth);
                    }
                } else {
                    self.mention(source, folder, document, entry.value);
                }
            }
            self.generators(document);
        }
    }

    /// A path under `resources`: a file, a folder, or something elsewhere.
    fn resource(
        &mut self,
        source: &'a AppSource,
        folder: &str,
        written: &str,
        place: Span,
        namespace: Option<&'a str>,
        depth: usize,
    ) {
        let Some(path) = joined(folder, written) else {
            self.is_open = true;
            return;
        };
        if source.files.contains_key(&path) {
            self.applied.insert(path, namespace);
        } else if let Some(inner) = kustomization(source, &path) {
            self.follow(source, &path, &inner, namespace, depth + 1);
        } else {
            self.missing.push((place, path));
        }
    }

    /// Every other text that is the path of a file: patches, values, generators' files.
    fn mention(
        &mut self,
        source: &AppSource,
        folder: &str,
        document: &Document,
        node: crate::syntax::yaml::NodeId,
    ) {
        match document.kind(node) {
            Kind::Scalar { text, .. } => {
                // Generators write `key=file`.
                let written = text.rsplit('=').next().unwrap_or(text);
                for candidate in [text, written].into_iter().filter_map(|path| joined(folder, path)) {
                    if source.files.contains_key(&candidate) {
                        self.mentioned.insert(candidate);
                    }
                }
            }
            Kind::Seq(items) => items.iter().for_each(|item| self.mention(source, folder, document, *item)),
            Kind::Map(entries) => {
                entries.iter().for_each(|entry| self.mention(source, folder, document, entry.value));
            }
        }
    }

    fn generators(&mut self, document: &Document) {
        for (field, kind) in [("configMapGenerator", "ConfigMap"), ("secretGenerator", "Secret")] {
            let Some(node) = document.find(&Address::of(field)) else { continue };
            let Kind::Seq(items) = document.kind(node) else { continue };
            for index in 0..items.len() {
                if let Some(name) = text_at(document, &Address::of(field).index(index).key("name")) {
                    self.generated.insert((kind, name.to_owned()));
                }
            }
        }
        for field in ["helmCharts", "generators", "namePrefix", "nameSuffix"] {
            self.is_open |= document.find(&Address::of(field)).is_some();
        }
    }
}

fn text_at<'a>(document: &'a Document, address: &Address) -> Option<&'a str> {
    match document.kind(document.find(address)?) {
        Kind::Scalar { text, .. } if !text.is_empty() => Some(text),
        _ => None,
    }
}

/// The kustomization of a folder of the app.
fn kustomization(source: &AppSource, folder: &str) -> Option<String> {
    let below = |name: &str| if folder.is_empty() { name.to_owned() } else { format!("{folder}/{name}") };
    KUSTOMIZATION_NAMES.iter().map(|name| below(name)).find(|path| source.documents.contains_key(path))
}

/// A path of a kustomization, from the app's folder; `None` where it leads out of it.
fn joined(folder: &str, written: &str) -> Option<String> {
    if written.contains("://")
        || written.contains("?ref=")
        || written.contains('@')
        || written.starts_with('/')
    {
        return None;
    }
    let mut steps: Vec<&str> = folder.split('/').filter(|step| !step.is_empty()).collect();
    for step in written.split('/') {
        match step {
            "" | "." => {}
            ".." => {
                steps.pop()?;
            }
            step => steps.push(step),
        }
    }
    Some(steps.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_stay_inside_the_app() {
        assert_eq!(joined("base", "../web.yaml").as_deref(), Some("web.yaml"));
        assert_eq!(joined("", "./base/").as_deref(), Some("base"));
        assert_eq!(joined("", "../other"), None);
        assert_eq!(joined("", "https://example.com/x.yaml"), None);
    }
}
