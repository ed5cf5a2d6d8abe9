//! The cold start: in which order everything comes up, stack by stack and layer by layer.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Boundary, Delivery, FluxKustomization, Ir, LayerName, Moment, Stack};
use crate::cluster::Tier;
use crate::spec::Granularity;

/// What comes up in a step.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum StepKind {
    /// Something that Terraform makes.
    Terraform,
    /// Flux itself.
    Flux,
    /// A layer that Flux applies.
    Layer,
}

/// One step of the cold start.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Step {
    /// What kind of step.
    pub kind: StepKind,
    /// What comes up.
    pub what: String,
    /// Its parts.
    pub parts: Vec<String>,
    /// Why it comes here.
    pub why: &'static str,
}

/// The tiers of subnets, each with the number of its zones.
fn tiers(ir: &Ir) -> Vec<String> {
    let subnets = &ir.infra.network.subnets;
    let count = |tier: &Tier| subnets.iter().filter(|subnet| subnet.tier == *tier).count();
    let used = Tier::ALL.iter().filter(|tier| count(tier) > 0);
    used.map(|tier| format!("{} in {} zones", tier.word(), count(tier))).collect()
}

/// What the foundation holds.
fn foundation(ir: &Ir) -> Vec<String> {
    let Some(foundation) = &ir.infra.foundation else { return Vec::new() };
    let bucket = foundation.state_bucket.as_ref().map(|_| "state bucket".to_owned());
    let made = matches!(&ir.infra.boundary, Some(Boundary::Own { made_in: Stack::Foundation, .. }));
    let boundary = made.then(|| "permissions boundary".to_owned());
    let operators = foundation.operators.iter().map(|operator| format!("operator {}", operator.key));
    bucket.into_iter().chain(boundary).chain(operators).collect()
}

/// The steps, first to last.
pub fn cold_start(ir: &Ir) -> Vec<Step> {
    let infra = &ir.infra;
    let addons = |moment: Moment| -> Vec<String> {
        infra.addons.iter().filter(|addon| addon.moment == moment).map(|addon| addon.name.clone()).collect()
    };
    let step = |kind, what: &str, parts, why| Step { kind, what: what.to_owned(), parts, why };
    let mut steps = vec![
        step(
            StepKind::Terraform,
            "foundation",
            foundation(ir),
            "the other stacks keep their state in it, and what they make carries its boundary",
        ),
        step(StepKind::Terraform, "network", tiers(ir), "everything else lives in it"),
        step(
            StepKind::Terraform,
            "control plane",
            vec![infra.control_plane.version.clone()],
            "nodes join it",
        ),
        step(
            StepKind::Terraform,
            "identities",
            infra.identities.iter().map(|identity| identity.key.clone()).collect(),
            "a pod that starts before its identity keeps running without it",
        ),
        step(
            StepKind::Terraform,
            "add-ons before nodes",
            addons(Moment::BeforeNodes),
            "a node without its network add-on never becomes ready",
        ),
        step(
            StepKind::Terraform,
            "node groups",
            infra.node_groups.iter().map(|group| group.key.clone()).collect(),
            "what comes up first needs nodes that nobody has to make",
        ),
        step(
            StepKind::Terraform,
            "Fargate profiles",
            infra.fargate.iter().map(|profile| profile.key.clone()).collect(),
            "a pod lands on Fargate only if its profile is there before it",
        ),
        step(StepKind::Terraform, "add-ons after nodes", addons(Moment::AfterNodes), "their pods need nodes"),
    ];
    if infra.aws_auth.is_some() {
        let rows = vec!["aws-auth".to_owned()];
        steps.push(step(
            StepKind::Terraform,
            "who may come in",
            rows,
            "people and further nodes need their rows",
        ));
    }
    if let Some(bootstrap) = &infra.bootstrap {
        steps.push(step(
            StepKind::Flux,
            "Flux",
            vec![bootstrap.path.clone()],
            "it delivers all that follows",
        ));
    }
    steps.extend(ir.delivery.iter().flat_map(deliveries));
    steps.retain(|step| !step.parts.is_empty());
    steps
}

/// What Flux applies, first to last.
fn deliveries(delivery: &Delivery) -> Vec<Step> {
    match delivery.granularity {
        Granularity::Layer => delivery.kustomizations.iter().map(|one| layer(delivery, one)).collect(),
        Granularity::Component => waves(delivery),
    }
}

fn layer(delivery: &Delivery, kustomization: &FluxKustomization) -> Step {
    let why = match (&kustomization.unit, &kustomization.layer) {
        (Some(_), _) => "it is applied as it is, without variables",
        (None, LayerName::Controllers) => "they bring kinds and webhooks that the rest uses",
        (None, LayerName::Configs) => "custom resources need their controllers' kinds and webhooks",
        (None, LayerName::Apps) => "apps use what the layers before provide",
        (None, LayerName::Other(_)) => "the spec gives these apps a layer of their own",
    };
    Step {
        kind: StepKind::Layer,
        what: kustomization.name.clone(),
        parts: delivery.units_of(kustomization).map(|unit| unit.name.clone()).collect(),
        why,
    }
}

/// Where each unit waits for others: those that wait for nothing, those that wait for these, and so on.
fn waves(delivery: &Delivery) -> Vec<Step> {
    let mut depths: BTreeMap<&str, usize> = BTreeMap::new();
    for one in &delivery.kustomizations {
        let before = one.after.iter().filter_map(|before| depths.get(before.name.as_str())).max();
        depths.insert(&one.name, before.map_or(0, |depth| depth + 1));
    }
    let last = depths.values().max().copied().unwrap_or(0);
    let wave = |depth: usize| Step {
        kind: StepKind::Layer,
        what: format!("wave {}", depth + 1),
        parts: depths.iter().filter(|(_, of)| **of == depth).map(|(name, _)| (*name).to_owned()).collect(),
        why: match depth {
            0 => "they wait for nothing but Flux",
            _ => "each waits for those before that bring its kinds and namespaces",
        },
    };
    (0..=last).map(wave).collect()
}
