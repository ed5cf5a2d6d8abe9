//! Delivery: layers, what is in them, and the variables that their manifests use.

mod access;
mod apps;
mod components;
mod karpenter;
pub(in crate::lower) mod notifications;
mod order;
mod secrets;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use super::placement::Placements;
use crate::catalog::addons;
use crate::cluster::Cluster;
use crate::diagnostic::Sink;
use crate::ir::{Deferred, Delivery, FactValue, Identity, Layer, LayerName, Text, Unit, UnitKind};
use crate::source::{Address, Origin};
use crate::spec::{AppLayer, Fact, Granularity, Layers, OutputName, Spec};

/// Namespaces that Kubernetes and Flux bring.
const GIVEN_NAMESPACES: [&str; 5] =
    ["default", "kube-system", "kube-public", "kube-node-lease", "flux-system"];

/// The delivery graph, and the variables that its manifests use.
pub(super) fn lower(
    cluster: &Cluster,
    spec: &Spec,
    out: &str,
    placement: &Placements,
    identities: &[Identity],
    sink: &mut Sink,
) -> (Option<Delivery>, Vec<FactValue>) {
    let Some(gitops) = &cluster.gitops else { return (None, Vec::new()) };
    let mut controllers = Vec::new();
    let mut configs = Vec::new();
    let mut namespaces: BTreeSet<String> = GIVEN_NAMESPACES.iter().map(|name| (*name).to_owned()).collect();
    // Whoever makes a namespace that several share must wait for none of the others, where each is applied alone.
    let components = match gitops.granularity {
        Granularity::Layer => cluster.components.values().collect(),
        Granularity::Component => components::by_need(cluster),
    };
    for component in components {
        let lowered = components::lower(cluster, component, placement, identities, &mut namespaces, sink);
        controllers.extend(lowered.controllers);
        configs.extend(lowered.configs);
    }
    controllers.extend(access::unit(cluster));
    controllers.sort_by(|a: &Unit, b: &Unit| a.name.cmp(&b.name));
    configs.extend(karpenter::unit(cluster));
    let releases = controllers.iter().flat_map(|unit| &unit.objects);
    let releases = releases.filter(|object| object.kind() == "HelmRelease");
    let releases = releases.map(|object| object.namespace().to_owned()).collect();
    configs.extend(notifications::unit(&gitops.notifications, &releases));
    let mut there = namespaces.clone();
    let addons = cluster.addons.keys().filter_map(|name| addons::find(name.as_str()));
    there.extend(addons.map(|addon| addon.namespace.to_owned()));
    let mut units = BTreeMap::from([(LayerName::Controllers, controllers), (LayerName::Configs, configs)]);
    let in_layers = cluster.apps.values().map(apps::layer).collect();
    for name in order::sorted(&gitops.layers, in_layers) {
        let apps = apps::lower(cluster, spec, out, &name, &mut namespaces);
        units.insert(name, apps);
    }
    let makes = |unit: &Unit, namespace: &str| {
        let is_it = |object: &crate::ir::Object| object.kind() == "Namespace" && object.name() == namespace;
        let of_app = cluster.apps.iter().find(|(name, _)| name.as_str() == unit.name);
        unit.objects.iter().any(is_it)
            || unit.kind == UnitKind::App
                && of_app.is_some_and(|(_, app)| apps::declares_namespace(app, namespace))
    };
    secrets::add(cluster, &there, &mut units, &makes);
    for configs in units.get_mut(&LayerName::Configs).into_iter() {
        configs.sort_by(|a, b| a.name.cmp(&b.name));
    }
    units.retain(|_, units| !units.is_empty());
    let names = order::sorted(&gitops.layers, units.keys().cloned().collect());
    let mut layers: Vec<Layer> = Vec::new();
    for name in names {
        let of_layer = units.remove(&name).unwrap_or_default();
        layers.push(layer(name, &gitops.layers, of_layer));
    }
    let mut kustomizations = order::kustomizations(cluster, gitops.granularity, &gitops.layers, &layers);
    let declared = declared(cluster);
    let mut used: BTreeMap<String, FactValue> = BTreeMap::new();
    for kustomization in &mut kustomizations {
        let layer = layers.iter_mut().find(|layer| layer.name == kustomization.layer);
        let units = layer.into_iter().flat_map(|layer| &mut layer.units);
        let alone = |unit: &Unit| gitops.granularity == Granularity::Component || !unit.substitute;
        let of_it = units.filter(|unit| match &kustomization.unit {
            Some(name) => unit.name == *name,
            None => !alone(unit),
        });
        kustomization.facts = variables::resolve(of_it.collect(), &cluster.apps, &declared, &mut used);
    }
    let root = gitops.flux.path.to_string();
    let delivery = Delivery { root, granularity: gitops.granularity, layers, kustomizations };
    (Some(delivery), used.into_values().collect())
}

/// Variables that the spec declares, by name.
fn declared(cluster: &Cluster) -> BTreeMap<String, FactValue> {
    let facts = cluster.gitops.iter().flat_map(|gitops| &gitops.facts);
    let value = |(name, fact): (&crate::domain::InputName, &Fact)| {
        let text = match fact {
            Fact::Known(text) => Text::of(text),
            Fact::Input(reference) => Text::deferred(Deferred::Input(reference.input.clone())),
            Fact::Output(reference) => match reference.output {
                OutputName::AccountId => Text::deferred(Deferred::AccountId),
                OutputName::Partition => Text::from(cluster.partition.as_str()),
                OutputName::VpcId => Text::deferred(Deferred::VpcId),
                OutputName::ClusterEndpoint => Text::deferred(Deferred::ClusterEndpoint),
                OutputName::OidcIssuer => Text::deferred(Deferred::OidcIssuer),
            },
            Fact::SecurityGroup(group) => {
                Text::deferred(Deferred::SecurityGroupId(group.security_group.to_string()))
            }
            Fact::Certificate(one) => Text::deferred(Deferred::CertificateArn(one.certificate.to_string())),
        };
        let origin = Origin::Spec(Address::of("spec.gitops.facts").key(name.as_str()));
        (name.to_string(), FactValue { name: name.to_string(), quoted: false, value: text, origin })
    };
    facts.map(value).collect()
}

fn layer(name: LayerName, layers: &Layers, units: Vec<Unit>) -> Layer {
    let timing = match &name {
        LayerName::Controllers => layers.controllers.clone(),
        LayerName::Configs => layers.configs.clone(),
        apps => order::written(layers, apps).map(AppLayer::timing),
    };
    let timing = timing.unwrap_or_default();
    let or = |given: Option<crate::domain::GoDuration>, default: &str| {
        given.map_or_else(|| default.to_owned(), |duration| duration.to_string())
    };
    Layer {
        interval: or(timing.interval, "1h"),
        retry: or(timing.retry, "2m"),
        // Charts pull images and wait for webhooks; custom resources and apps are quicker.
        timeout: or(timing.timeout, if name == LayerName::Controllers { "15m" } else { "5m" }),
        wait: timing.wait.unwrap_or(true),
        prune: timing.prune.unwrap_or(true),
        name,
        units,
    }
}
