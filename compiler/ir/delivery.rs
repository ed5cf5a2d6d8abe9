//! The delivery graph: layers, the units in them, and the objects of each unit.

use std::collections::{BTreeMap, BTreeSet};

use serde::Serialize;
use serde_json::Value;

use crate::domain::{GroupKind, InputName, Key, Quantity, Toleration};
use crate::source::{Address, Origin};
use crate::spec::Granularity;

/// The ConfigMap that holds the variables of manifests, in Flux' namespace: Terraform writes it, Flux reads it.
pub const FACTS: &str = "cluster-facts";

/// Flux' side of a cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Delivery {
    /// The folder of the `kube` tree, from the repository's root.
    pub root: String,
    /// What waits for what.
    pub granularity: Granularity,
    /// The layers, in the order in which they come up.
    pub layers: Vec<Layer>,
    /// What Flux applies as a whole, each after all that it waits for.
    pub kustomizations: Vec<FluxKustomization>,
}

impl Delivery {
    /// The layer of this name, if anything is in it.
    pub fn layer(&self, name: &LayerName) -> Option<&Layer> {
        self.layers.iter().find(|layer| layer.name == *name)
    }

    /// The Flux Kustomization that applies a unit.
    pub fn of_unit(&self, layer: &LayerName, unit: &str) -> Option<&FluxKustomization> {
        let inside = || self.kustomizations.iter().filter(|one| one.layer == *layer);
        let alone = inside().find(|one| one.unit.as_deref() == Some(unit));
        alone.or_else(|| inside().find(|one| one.unit.is_none()))
    }

    /// The units that a Flux Kustomization applies.
    pub fn units_of<'a>(&'a self, kustomization: &'a FluxKustomization) -> impl Iterator<Item = &'a Unit> {
        let layer = self.layer(&kustomization.layer);
        layer.into_iter().flat_map(|layer| &layer.units).filter(move |unit| {
            self.of_unit(&kustomization.layer, &unit.name).is_some_and(|one| one.name == kustomization.name)
        })
    }

    /// Whether one Flux Kustomization waits for another, directly or through others.
    pub fn waits_for(&self, later: &FluxKustomization, earlier: &str) -> bool {
        let mut open: Vec<&FluxKustomization> = vec![later];
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        while let Some(next) = open.pop() {
            for before in &next.after {
                if before.name == earlier {
                    return true;
                }
                if seen.insert(&before.name) {
                    open.extend(self.kustomizations.iter().filter(|one| one.name == before.name));
                }
            }
        }
        false
    }
}

/// A layer: the three that every cluster has, and those that the spec adds for apps.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum LayerName {
    /// Sources, releases, controllers.
    Controllers,
    /// Custom resources of the controllers.
    Configs,
    /// Apps.
    Apps,
    /// A further layer for apps.
    Other(Key),
}

impl LayerName {
    /// The layer that a word in the spec names, whether or not the spec has it.
    pub fn of(word: &Key) -> LayerName {
        match word.as_str() {
            "controllers" => LayerName::Controllers,
            "configs" => LayerName::Configs,
            "apps" => LayerName::Apps,
            _ => LayerName::Other(word.clone()),
        }
    }

    /// The word in the spec, which is also the folder.
    pub fn word(&self) -> &str {
        match self {
            LayerName::Controllers => "controllers",
            LayerName::Configs => "configs",
            LayerName::Apps => "apps",
            LayerName::Other(name) => name.as_str(),
        }
    }

    /// The name of its Flux Kustomization.
    pub fn kustomization(&self) -> &str {
        match self {
            LayerName::Controllers => "infra-controllers",
            LayerName::Configs => "infra-configs",
            LayerName::Apps | LayerName::Other(_) => self.word(),
        }
    }

    /// Its folder below `kube`.
    pub fn folder(&self, cluster: &str) -> String {
        match self {
            LayerName::Apps => format!("apps/{cluster}"),
            other => format!("infra/{cluster}/{}", other.word()),
        }
    }

    /// Where the spec describes it.
    pub fn address(&self) -> Address {
        Address::of("spec.gitops.layers").key(self.word())
    }
}

impl Serialize for LayerName {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.word())
    }
}

/// A layer: its timing, and what is in it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Layer {
    /// Which one.
    pub name: LayerName,
    /// How often it is compared with Git.
    pub interval: String,
    /// How soon a failure is tried again.
    pub retry: String,
    /// How long applying and waiting may take.
    pub timeout: String,
    /// Whether it is ready only when everything in it is.
    pub wait: bool,
    /// Whether objects that leave Git leave the cluster.
    pub prune: bool,
    /// Its units, by name.
    pub units: Vec<Unit>,
}

/// A Secret for Flux whose only value is an input.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct HandedSecret {
    /// Its name, in Flux' namespace.
    pub name: String,
    /// Its key.
    pub key: &'static str,
    /// The input.
    pub input: InputName,
    /// Where the spec asks for it.
    #[serde(skip)]
    pub address: Address,
}

/// What Flux applies as a whole: all units of a layer, or one unit alone. Its timing is that of the layer.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FluxKustomization {
    /// Its name.
    pub name: String,
    /// The layer.
    pub layer: LayerName,
    /// The unit, where it applies only one.
    pub unit: Option<String>,
    /// What must be ready first, by name.
    pub after: Vec<Dependency>,
    /// Variables that its manifests use.
    pub facts: BTreeSet<String>,
    /// Where the spec asks for it.
    #[serde(skip)]
    pub address: Address,
}

impl FluxKustomization {
    /// Its file in the folder of the cluster, without an ending.
    pub fn file(&self) -> &str {
        if self.unit.is_some() { &self.name } else { self.layer.word() }
    }
}

/// A Flux Kustomization that must be ready first.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Dependency {
    /// Its name.
    pub name: String,
    /// What it has that is needed, in words.
    pub why: String,
}

/// A component or an app in a layer: one folder.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Unit {
    /// Its name.
    pub name: String,
    /// Component or app.
    pub kind: UnitKind,
    /// Its objects, in the order in which they are applied.
    pub objects: Vec<Object>,
    /// What its kustomization does beside listing files.
    pub kustomization: Kustomization,
    /// Files that are copied as they are, by path from the `kube` folder.
    #[serde(skip)]
    pub copies: BTreeMap<String, String>,
    /// Kinds that it brings.
    pub provides: Vec<GroupKind>,
    /// Kinds that must be there before it.
    pub needs: Vec<GroupKind>,
    /// Whether Flux replaces variables in its manifests.
    pub substitute: bool,
    /// Where its pods run.
    pub placement: Placement,
    /// Where the spec asks for it.
    #[serde(skip)]
    pub address: Address,
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum UnitKind {
    /// A component.
    Component,
    /// An app.
    App,
}

/// Where pods of a unit run.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Placement {
    /// Whether they must be up before Karpenter makes nodes.
    pub early: bool,
    /// Whether they are meant for the fixed nodes.
    pub system: bool,
    /// Whether there is one on every node.
    pub every_node: bool,
    /// Labels of the nodes that the spec chooses for them; empty where it does not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub selector: BTreeMap<String, String>,
    /// What they tolerate.
    pub tolerations: Vec<Toleration>,
    /// What they request.
    pub pods: Vec<Pods>,
}

/// Pods of one workload.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Pods {
    /// The workload.
    pub name: String,
    /// Whether there is one on every node.
    pub every_node: bool,
    /// How many.
    pub replicas: u32,
    /// CPU of one.
    pub cpu: Option<Quantity>,
    /// Memory of one.
    pub memory: Option<Quantity>,
    /// Whether they run on Fargate.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub fargate: bool,
}

/// An object in a file of its own.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Object {
    /// The file, below the unit's folder.
    pub file: String,
    /// The whole object.
    pub body: Value,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
    /// Who asked for parts of it, by JSON pointer.
    #[serde(skip)]
    pub origins: BTreeMap<String, Origin>,
    /// Comments above parts of it, by JSON pointer.
    #[serde(skip)]
    pub comments: BTreeMap<String, String>,
}

impl Object {
    /// An object that one place asked for.
    pub fn new(file: impl Into<String>, body: Value, origin: Origin) -> Object {
        Object { file: file.into(), body, origin, origins: BTreeMap::new(), comments: BTreeMap::new() }
    }

    /// A text field by JSON pointer.
    pub fn text(&self, pointer: &str) -> &str {
        self.body.pointer(pointer).and_then(Value::as_str).unwrap_or_default()
    }

    /// Its API group; empty for the core group.
    pub fn group(&self) -> &str {
        self.text("/apiVersion").split_once('/').map_or("", |(group, _)| group)
    }

    /// Its kind.
    pub fn kind(&self) -> &str {
        self.text("/kind")
    }

    /// Its name.
    pub fn name(&self) -> &str {
        self.text("/metadata/name")
    }

    /// Its namespace; empty for cluster-wide objects.
    pub fn namespace(&self) -> &str {
        self.text("/metadata/namespace")
    }
}

/// What a unit's `kustomization.yaml` does beside listing its own files.
#[derive(Debug, Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Kustomization {
    /// Folders that it takes as a base, from its own folder.
    pub bases: Vec<String>,
    /// The namespace that everything is put in.
    pub namespace: Option<String>,
    /// New names, tags or digests of images.
    pub images: Vec<Value>,
    /// Patches, each with its target.
    pub patches: Vec<Value>,
}
