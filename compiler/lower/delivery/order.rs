//! Which Flux Kustomizations there are, and what each of them waits for.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::Cluster;
use crate::domain::Key;
use crate::ir::{Dependency, FluxKustomization, Layer, LayerName, Unit, UnitKind};
use crate::lower::manifests;
use crate::lower::needs::{Needs, makers, needs};
use crate::spec::{AppLayer, Granularity, Layers};

/// What the spec writes of a layer for apps.
pub(super) fn written<'a>(layers: &'a Layers, name: &LayerName) -> Option<&'a AppLayer> {
    match name {
        LayerName::Controllers | LayerName::Configs => None,
        LayerName::Apps => layers.apps.as_ref(),
        LayerName::Other(key) => layers.others.get(key),
    }
}

/// The layer that comes right before another, whether or not anything is in it.
fn before(layers: &Layers, name: &LayerName) -> Option<LayerName> {
    match name {
        LayerName::Controllers => None,
        LayerName::Configs => Some(LayerName::Controllers),
        apps => {
            let after: Option<&Key> = written(layers, apps).and_then(|layer| layer.after.as_ref());
            Some(after.map_or(LayerName::Configs, LayerName::of))
        }
    }
}

/// All layers that come before another, the nearest first. A circle ends where it closes.
fn all_before(layers: &Layers, name: &LayerName) -> Vec<LayerName> {
    let mut out: Vec<LayerName> = Vec::new();
    let mut at = name.clone();
    while let Some(next) = before(layers, &at).filter(|next| next != name && !out.contains(next)) {
        out.push(next.clone());
        at = next;
    }
    out
}

/// Names of layers in the order in which they come up.
pub(super) fn sorted(layers: &Layers, names: BTreeSet<LayerName>) -> Vec<LayerName> {
    let mut out: Vec<LayerName> = names.into_iter().collect();
    out.sort_by_cached_key(|name| (all_before(layers, name).len(), name.clone()));
    out
}

/// A unit with its layer.
struct Member<'a> {
    layer: &'a LayerName,
    unit: &'a Unit,
    needs: Needs,
    /// Which Flux Kustomization applies it.
    home: usize,
}

/// The Flux Kustomizations, each after all that it waits for.
pub(super) fn kustomizations(
    cluster: &Cluster,
    granularity: Granularity,
    written: &Layers,
    layers: &[Layer],
) -> Vec<FluxKustomization> {
    let objects = manifests::objects(cluster);
    let mut all: Vec<FluxKustomization> = Vec::new();
    let mut members: Vec<Member<'_>> = Vec::new();
    for layer in layers {
        for unit in &layer.units {
            let alone = granularity == Granularity::Component || !unit.substitute;
            let name = if alone {
                name_of(cluster, &layer.name, unit)
            } else {
                layer.name.kustomization().to_owned()
            };
            let known = all.iter().position(|one| one.layer == layer.name && one.name == name && !alone);
            let home = known.unwrap_or(all.len());
            if known.is_none() {
                all.push(FluxKustomization {
                    name,
                    layer: layer.name.clone(),
                    unit: alone.then(|| unit.name.clone()),
                    after: Vec::new(),
                    facts: BTreeSet::new(),
                    address: if alone { unit.address.clone() } else { layer.name.address() },
                });
            }
            members.push(Member {
                layer: &layer.name,
                unit,
                needs: needs(cluster, &layer.name, unit, &objects),
                home,
            });
        }
    }
    let mut waits: Vec<BTreeMap<usize, String>> = vec![BTreeMap::new(); all.len()];
    of_layers(&all, granularity, written, &mut waits);
    for (later, earlier, why) in edges(&members) {
        let turned = |one: usize, other: usize| match (all.get(one), all.get(other)) {
            (Some(one), Some(other)) => all_before(written, &other.layer).contains(&one.layer),
            _ => true,
        };
        // What contradicts the layers is a finding, not an order.
        let fits = granularity == Granularity::Component || !turned(later, earlier);
        if later != earlier && fits && !reaches(&waits, later, earlier, granularity) {
            waits.get_mut(later).map(|of| of.entry(earlier).or_insert(why));
        }
    }
    let names: Vec<String> = all.iter().map(|one| one.name.clone()).collect();
    for (one, waits) in all.iter_mut().zip(&waits) {
        let dependency = |(at, why): (&usize, &String)| {
            names.get(*at).map(|name| Dependency { name: name.clone(), why: why.clone() })
        };
        one.after = waits.iter().filter_map(dependency).collect();
        one.after.sort();
    }
    in_order(all)
}

/// The name of a unit that is applied alone; what a component has in a second layer is told apart.
fn name_of(cluster: &Cluster, layer: &LayerName, unit: &Unit) -> String {
    let is_component = cluster.components.keys().any(|name| name.as_str() == unit.name);
    match layer {
        LayerName::Configs if is_component => format!("{}-configs", unit.name),
        _ => unit.name.clone(),
    }
}

/// The order of layers: all of it between whole layers; else only what the spec writes.
fn of_layers(
    all: &[FluxKustomization],
    granularity: Granularity,
    layers: &Layers,
    waits: &mut [BTreeMap<usize, String>],
) {
    for (one, waits) in all.iter().zip(waits) {
        let is_written = written(layers, &one.layer).is_some_and(|layer| layer.after.is_some());
        if granularity == Granularity::Component && !is_written {
            continue;
        }
        let filled = |layer: &&LayerName| all.iter().any(|other| other.layer == **layer);
        let before = all_before(layers, &one.layer);
        let Some(nearest) = before.iter().find(filled) else { continue };
        let why = format!("layer `{}`", nearest.word());
        let of_nearest = all.iter().enumerate().filter(|(_, other)| other.layer == *nearest);
        waits.extend(of_nearest.map(|(index, _)| (index, why.clone())));
    }
}

/// Whether one waits for another: directly, and between whole layers also through others.
fn reaches(
    waits: &[BTreeMap<usize, String>],
    later: usize,
    earlier: usize,
    granularity: Granularity,
) -> bool {
    let mut open = vec![later];
    let mut seen = BTreeSet::new();
    while let Some(next) = open.pop() {
        let Some(of) = waits.get(next) else { continue };
        if of.contains_key(&earlier) {
            return true;
        }
        if granularity == Granularity::Layer {
            open.extend(of.keys().copied().filter(|one| seen.insert(*one)));
        }
    }
    false
}

/// Who needs something of whom, by Flux Kustomization: the later, the earlier, and what it is.
fn edges(members: &[Member<'_>]) -> Vec<(usize, usize, String)> {
    let all: Vec<Needs> = members.iter().map(|member| member.needs.clone()).collect();
    let kinds = makers(&all, |needs| &needs.brings_kinds);
    let namespaces = makers(&all, |needs| &needs.makes_namespaces);
    let mut out = Vec::new();
    for later in members {
        let needs = &later.needs;
        let first = |one: &&Member<'_>| {
            *one.layer == LayerName::Controllers && needs.components.contains(&one.unit.name)
        };
        out.extend(
            members
                .iter()
                .filter(first)
                .map(|earlier| (later.home, earlier.home, format!("component `{}`", earlier.unit.name))),
        );
        for kind in needs.uses_kinds.difference(&needs.brings_kinds) {
            let known: Vec<&Member<'_>> =
                kinds.get(kind).into_iter().flatten().filter_map(|index| members.get(*index)).collect();
            let components = known.iter().filter(|one| one.unit.kind == UnitKind::Component).count();
            let chosen =
                known.into_iter().filter(|one| components == 0 || one.unit.kind == UnitKind::Component);
            out.extend(chosen.map(|earlier| (later.home, earlier.home, format!("kind `{kind}`"))));
        }
        for namespace in needs.uses_namespaces.difference(&needs.makes_namespaces) {
            let known =
                namespaces.get(namespace).into_iter().flatten().filter_map(|index| members.get(*index));
            out.extend(known.map(|earlier| (later.home, earlier.home, format!("namespace `{namespace}`"))));
        }
    }
    out
}

/// Each after all that it waits for; what waits in a circle comes last, in the order of layers.
fn in_order(mut rest: Vec<FluxKustomization>) -> Vec<FluxKustomization> {
    let mut out: Vec<FluxKustomization> = Vec::new();
    while !rest.is_empty() {
        let is_ready = |one: &FluxKustomization| {
            one.after.iter().all(|before| out.iter().any(|done| done.name == before.name))
        };
        let Some(at) = rest.iter().position(is_ready) else { break };
        out.push(rest.remove(at));
    }
    out.extend(rest);
    out
}
