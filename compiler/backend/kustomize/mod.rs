//! The `kube` tree: Flux Kustomizations, one folder for each unit, and a complete `kustomization.yaml` everywhere.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::catalog::flux;
use crate::ir::{Delivery, FACTS, FluxKustomization, Layer, Object, Unit, UnitKind};
use crate::source::{Address, Origin};
use crate::spec::Granularity;
use crate::syntax::Printed;
use crate::syntax::yaml::{Notes, print};

/// All files of the tree, by path below the output's `kube` folder. `header` is the first line of each.
pub fn emit(delivery: &Delivery, cluster: &str, header: &str) -> BTreeMap<String, Printed> {
    let mut tree = Tree { cluster, header, files: BTreeMap::new() };
    for layer in &delivery.layers {
        tree.layer(delivery, layer);
    }
    let folder = match delivery.granularity {
        Granularity::Layer => "layers",
        Granularity::Component => "kustomizations",
    };
    let folder = format!("clusters/{cluster}/{folder}");
    let mut names = Vec::new();
    for kustomization in &delivery.kustomizations {
        let Some(layer) = delivery.layer(&kustomization.layer) else { continue };
        let (body, mut notes) = flux_kustomization(delivery, layer, kustomization, cluster);
        notes.header = Some(header.to_owned());
        let name = format!("{}.yaml", kustomization.file());
        tree.files.insert(format!("{folder}/{name}"), print(&body, &notes));
        names.push(name);
    }
    tree.kustomization(&folder, &names, Origin::Spec(Address::of("spec.gitops.layers")));
    tree.files
}

struct Tree<'a> {
    cluster: &'a str,
    header: &'a str,
    files: BTreeMap<String, Printed>,
}

impl Tree<'_> {
    fn layer(&mut self, delivery: &Delivery, layer: &Layer) {
        let folder = layer.name.folder(self.cluster);
        for unit in &layer.units {
            self.unit(&folder, unit);
        }
        // What is applied alone is read from its own folder.
        let together = layer.units.iter().filter(|unit| {
            delivery
                .of_unit(&layer.name, &unit.name)
                .is_some_and(|kustomization| kustomization.unit.is_none())
        });
        let mut names: Vec<String> = together.map(|unit| unit.name.clone()).collect();
        names.sort();
        if !names.is_empty() {
            self.kustomization(&folder, &names, Origin::Spec(layer.name.address()));
        }
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

fn flux_kustomization(
    delivery: &Delivery,
    layer: &Layer,
    kustomization: &FluxKustomization,
    cluster: &str,
) -> (Value, Notes) {
    let mut folder = layer.name.folder(cluster);
    if let Some(unit) = &kustomization.unit {
        folder = format!("{folder}/{unit}");
    }
    let mut spec = Map::new();
    if !kustomization.after.is_empty() {
        let first = kustomization.after.iter().map(|before| json!({ "name": before.name }));
        spec.insert("dependsOn".to_owned(), first.collect());
    }
    spec.insert("interval".to_owned(), json!(layer.interval));
    spec.insert("retryInterval".to_owned(), json!(layer.retry));
    spec.insert("timeout".to_owned(), json!(layer.timeout));
    spec.insert("sourceRef".to_owned(), json!({ "kind": "GitRepository", "name": "flux-system" }));
    spec.insert("path".to_owned(), json!(format!("./{}/{folder}", delivery.root)));
    spec.insert("prune".to_owned(), json!(layer.prune));
    spec.insert("wait".to_owned(), json!(layer.wait));
    if !kustomization.facts.is_empty() {
        let from = json!([{ "kind": "ConfigMap", "name": FACTS }]);
        spec.insert("postBuild".to_owned(), json!({ "substituteFrom": from }));
    }
    let body = json!({
        "apiVersion": flux::api_version("Kustomization"),
        "kind": "Kustomization",
        "metadata": { "name": kustomization.name, "namespace": "flux-system" },
        "spec": spec,
    });
    let address = layer.name.address();
    let mut notes = Notes { root: Some(Origin::Spec(kustomization.address.clone())), ..Notes::default() };
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
    let ordered = Origin::Rule(match delivery.granularity {
        Granularity::Layer => "a layer uses kinds, namespaces and webhooks of the one before it",
        Granularity::Component => "it uses kinds and namespaces of these",
    });
    notes.origins.insert("/spec/dependsOn".to_owned(), ordered);
    let variables = Origin::Rule("its manifests use values that are known only after the apply");
    notes.origins.insert("/spec/postBuild".to_owned(), variables);
    (body, notes)
}
