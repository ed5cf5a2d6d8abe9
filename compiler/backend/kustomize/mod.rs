//! The `kube` tree: Flux Kustomizations, one folder for each unit, and a complete `kustomization.yaml` everywhere.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::catalog::flux;
use crate::ir::{Delivery, FACTS, Layer, LayerName, Object, Unit, UnitKind};
use crate::source::{Address, Origin};
use crate::syntax::Printed;
use crate::syntax::yaml::{Notes, print};

/// All files of the tree, by path below the output's `kube` folder. `header` is the first line of each.
pub fn emit(delivery: &Delivery, cluster: &str, header: &str) -> BTreeMap<String, Printed> {
    let mut tree = Tree { cluster, header, files: BTreeMap::new() };
    for layer in &delivery.layers {
        tree.layer(delivery, layer);
    }
    let names: Vec<String> =
        delivery.layers.iter().map(|layer| format!("{}.yaml", layer.name.word())).collect();
    let layers = format!("clusters/{cluster}/layers");
    tree.kustomization(&layers, &names, Origin::Spec(Address::of("spec.gitops.layers")));
    tree.files
}

struct Tree<'a> {
    cluster: &'a str,
    header: &'a str,
    files: BTreeMap<String, Printed>,
}

/// The folder of a layer, below `kube`.
fn folder(layer: LayerName, cluster: &str) -> String {
    match layer {
        LayerName::Apps => format!("apps/{cluster}"),
        other => format!("infra/{cluster}/{}", other.word()),
    }
}

impl Tree<'_> {
    fn layer(&mut self, delivery: &Delivery, layer: &Layer) {
        let folder = folder(layer.name, self.cluster);
        for unit in &layer.units {
            self.unit(&folder, unit);
        }
        let mut names: Vec<String> = layer.units.iter().map(|unit| unit.name.clone()).collect();
        names.sort();
        self.kustomization(&folder, &names, Origin::Spec(layer.name.address()));
        let path = format!("clusters/{}/layers/{}.yaml", self.cluster, layer.name.word());
        let (body, mut notes) = flux_kustomization(delivery, layer, &folder);
        notes.header = Some(self.header.to_owned());
        self.files.insert(path, print(&body, &notes));
    }

    fn unit(&mut self, folder: &str, unit: &Unit) {
        let folder = format!("{folder}/{}", unit.name);
        for object in &unit.objects {
            self.object(&format!("{folder}/{}", object.file), object);
        }
        for (path, text) in &unit.copies {
            let origin = Origin::Spec(unit.address.key("source"));
            let lines = text.lines().map(|_| Some(origin.clone())).collect();
            self.files.insert(path.clone(), Printed { text: text.clone(), lines });
        }
        self.files.insert(format!("{folder}/kustomization.yaml"), self.unit_kustomization(unit));
    }

    fn object(&mut self, path: &str, object: &Object) {
        let notes = Notes {
            header: Some(self.header.to_owned()),
            root: Some(object.origin.clone()),
            origins: object.origins.clone(),
            comments: object.comments.clone(),
        };
        self.files.insert(path.to_owned(), print(&object.body, &notes));
    }

    fn unit_kustomization(&self, unit: &Unit) -> Printed {
        let extra = &unit.kustomization;
        let mut body = Map::new();
        body.insert("apiVersion".to_owned(), json!("kustomize.config.k8s.io/v1beta1"));
        body.insert("kind".to_owned(), json!("Kustomization"));
        if let Some(namespace) = &extra.namespace {
            body.insert("namespace".to_owned(), json!(namespace));
        }
        let own: BTreeSet<&str> = unit.objects.iter().map(|object| object.file.as_str()).collect();
        let mut resources: Vec<&str> = extra.bases.iter().map(String::as_str).collect();
        resources.extend(in_apply_order(&own));
        body.insert("resources".to_owned(), json!(resources));
        if !extra.images.is_empty() {
            body.insert("images".to_owned(), json!(extra.images));
        }
        if !extra.patches.is_empty() {
            body.insert("patches".to_owned(), json!(extra.patches));
        }
        let mut origins = BTreeMap::new();
        if unit.kind == UnitKind::App {
            for field in ["namespace", "images", "patches"] {
                origins.insert(format!("/{field}"), Origin::Spec(unit.address.key(field)));
            }
        }
        let root = Some(Origin::Spec(unit.address.clone()));
        let notes = Notes { header: Some(self.header.to_owned()), root, origins, comments: BTreeMap::new() };
        print(&Value::Object(body), &notes)
    }

    fn kustomization(&mut self, folder: &str, resources: &[String], origin: Origin) {
        let body = json!({
            "apiVersion": "kustomize.config.k8s.io/v1beta1",
            "kind": "Kustomization",
            "resources": resources,
        });
        let notes = Notes { header: Some(self.header.to_owned()), root: Some(origin), ..Notes::default() };
        self.files.insert(format!("{folder}/kustomization.yaml"), print(&body, &notes));
    }
}

/// Files in the order in which their objects are applied.
fn in_apply_order<'a>(files: &BTreeSet<&'a str>) -> Vec<&'a str> {
    let rank = |file: &str| match file {
        "namespace.yaml" => 0,
        "source.yaml" => 1,
        "release.yaml" => 2,
        file if file.starts_with("class-") => 3,
        _ => 4,
    };
    let mut out: Vec<&str> = files.iter().copied().collect();
    out.sort_by_key(|file| (rank(file), *file));
    out
}

fn flux_kustomization(delivery: &Delivery, layer: &Layer, folder: &str) -> (Value, Notes) {
    let mut spec = Map::new();
    if let Some(before) = layer.after {
        spec.insert("dependsOn".to_owned(), json!([{ "name": before.kustomization() }]));
    }
    spec.insert("interval".to_owned(), json!(layer.interval));
    spec.insert("retryInterval".to_owned(), json!(layer.retry));
    spec.insert("timeout".to_owned(), json!(layer.timeout));
    spec.insert("sourceRef".to_owned(), json!({ "kind": "GitRepository", "name": "flux-system" }));
    spec.insert("path".to_owned(), json!(format!("./{}/{folder}", delivery.root)));
    spec.insert("prune".to_owned(), json!(layer.prune));
    spec.insert("wait".to_owned(), json!(layer.wait));
    if !layer.facts.is_empty() {
        let from = json!([{ "kind": "ConfigMap", "name": FACTS }]);
        spec.insert("postBuild".to_owned(), json!({ "substituteFrom": from }));
    }
    let body = json!({
        "apiVersion": flux::api_version("Kustomization"),
        "kind": "Kustomization",
        "metadata": { "name": layer.name.kustomization(), "namespace": "flux-system" },
        "spec": spec,
    });
    let address = layer.name.address();
    let mut notes = Notes { root: Some(Origin::Spec(address.clone())), ..Notes::default() };
    let fields = [
        ("interval", "interval"),
        ("retryInterval", "retry"),
        ("timeout", "timeout"),
        ("prune", "prune"),
        ("wait", "wait"),
    ];
    for (field, key) in fields {
        notes.origins.insert(format!("/spec/{field}"), Origin::Spec(address.key(key)));
    }
    notes.origins.insert("/spec/path".to_owned(), Origin::Spec(Address::of("spec.gitops.flux.path")));
    let ordered = Origin::Rule("a layer uses kinds, namespaces and webhooks of the one before it");
    notes.origins.insert("/spec/dependsOn".to_owned(), ordered);
    let variables = Origin::Rule("its manifests use values that are known only after the apply");
    notes.origins.insert("/spec/postBuild".to_owned(), variables);
    (body, notes)
}
