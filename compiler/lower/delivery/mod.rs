//! Delivery: layers, what is in them, and the variables that their manifests use.

mod apps;
mod components;
mod karpenter;
mod variables;

use std::collections::{BTreeMap, BTreeSet};

use super::placement::Placements;
use crate::cluster::Cluster;
use crate::diagnostic::Sink;
use crate::ir::{Deferred, Delivery, FactValue, Identity, Layer, LayerName, Text, Unit};
use crate::source::{Address, Origin};
use crate::spec::{Fact, OutputName, Spec, Timing};

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
    for component in cluster.components.values() {
        let lowered = components::lower(cluster, component, placement, identities, &mut namespaces, sink);
        controllers.extend(lowered.controllers);
        configs.extend(lowered.configs);
    }
    configs.extend(karpenter::unit(cluster));
    configs.sort_by(|a, b| a.name.cmp(&b.name));
    let apps: Vec<Unit> = apps::lower(cluster, spec, out, &mut namespaces);

    let timing = &gitops.layers;
    let mut layers = vec![
        layer(LayerName::Controllers, timing.controllers.as_ref(), controllers),
        layer(LayerName::Configs, timing.configs.as_ref(), configs),
        layer(LayerName::Apps, timing.apps.as_ref(), apps),
    ];
    layers.retain(|layer| !layer.units.is_empty());
    let mut before = None;
    for layer in &mut layers {
        layer.after = before;
        before = Some(layer.name);
    }
    let declared = declared(cluster);
    let mut used: BTreeMap<String, FactValue> = BTreeMap::new();
    for layer in &mut layers {
        variables::resolve(layer, &cluster.apps, &declared, &mut used);
    }
    let delivery = Delivery { root: gitops.flux.path.to_string(), layers };
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
        (name.to_string(), FactValue { name: name.to_string(), value: text, origin })
    };
    facts.map(value).collect()
}

fn layer(name: LayerName, timing: Option<&Timing>, units: Vec<Unit>) -> Layer {
    let timing = timing.cloned().unwrap_or_default();
    let or = |given: Option<crate::domain::GoDuration>, default: &str| {
        given.map_or_else(|| default.to_owned(), |duration| duration.to_string())
    };
    Layer {
        name,
        after: None,
        interval: or(timing.interval, "1h"),
        retry: or(timing.retry, "2m"),
        // Charts pull images and wait for webhooks; custom resources and apps are quicker.
        timeout: or(timing.timeout, if name == LayerName::Controllers { "15m" } else { "5m" }),
        wait: timing.wait.unwrap_or(true),
        prune: timing.prune.unwrap_or(true),
        facts: BTreeSet::new(),
        units,
    }
}
