//! What a unit brings for others and what it needs of them: kinds and namespaces.

use std::collections::{BTreeMap, BTreeSet};

use super::manifests::AppObject;
use crate::cluster::Cluster;
use crate::ir::{LayerName, Unit, UnitKind};

/// What a unit brings and needs.
#[derive(Debug, Clone, Default)]
pub(crate) struct Needs {
    /// Kinds (`group/Kind`) that it brings.
    pub(crate) brings_kinds: BTreeSet<String>,
    /// Kinds that it uses.
    pub(crate) uses_kinds: BTreeSet<String>,
    /// Namespaces that it makes.
    pub(crate) makes_namespaces: BTreeSet<String>,
    /// Namespaces that its objects are in.
    pub(crate) uses_namespaces: BTreeSet<String>,
    /// Components whose controllers come first.
    pub(crate) components: BTreeSet<String>,
}

/// What a unit of a layer brings and needs; `objects` are those of all apps.
pub(crate) fn needs(cluster: &Cluster, layer: &LayerName, unit: &Unit, objects: &[AppObject<'_>]) -> Needs {
    let mut out = Needs {
        brings_kinds: unit.provides.iter().map(ToString::to_string).collect(),
        uses_kinds: unit.needs.iter().map(ToString::to_string).collect(),
        ..Needs::default()
    };
    for object in &unit.objects {
        out.object(object.group(), object.kind(), object.name(), &|pointer| object.text(pointer));
        out.uses_namespaces.insert(object.namespace().to_owned());
    }
    match unit.kind {
        UnitKind::App => {
            for object in objects.iter().filter(|object| object.app.as_str() == unit.name) {
                out.object(object.group(), object.kind(), object.name(), &|pointer| object.text(pointer));
                out.uses_namespaces.insert(object.namespace().to_owned());
            }
            out.uses_namespaces.extend(unit.kustomization.namespace.clone());
        }
        UnitKind::Component => out.component(cluster, layer, unit),
    }
    out.uses_namespaces.remove("");
    out
}

impl Needs {
    fn object<'a>(&mut self, group: &str, kind: &str, name: &str, text: &dyn Fn(&str) -> &'a str) {
        match kind {
            "Namespace" => _ = self.makes_namespaces.insert(name.to_owned()),
            "CustomResourceDefinition" => {
                let kind = format!("{}/{}", text("/spec/group"), text("/spec/names/kind"));
                self.brings_kinds.insert(kind);
            }
            _ => _ = self.uses_kinds.insert(format!("{group}/{kind}")),
        }
    }

    /// What the contract puts first; custom resources come after the release of their component.
    fn component(&mut self, cluster: &Cluster, layer: &LayerName, unit: &Unit) {
        let component = cluster.components.iter().find(|(name, _)| name.as_str() == unit.name);
        let Some((name, component)) = component else { return };
        if *layer == LayerName::Controllers {
            let needs = &component.contract().needs;
            self.components.extend(needs.components.iter().chain(&needs.after).map(ToString::to_string));
        } else {
            self.components.insert(name.to_string());
        }
    }
}

/// Who brings each thing, by its name.
pub(crate) type Makers = BTreeMap<String, Vec<usize>>;

/// Makers of what `brought` lists for each unit, in their order.
pub(crate) fn makers<'a>(all: &'a [Needs], brought: impl Fn(&'a Needs) -> &'a BTreeSet<String>) -> Makers {
    let mut out = Makers::new();
    for (index, needs) in all.iter().enumerate() {
        for name in brought(needs) {
            out.entry(name.clone()).or_default().push(index);
        }
    }
    out
}
