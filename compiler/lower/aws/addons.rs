//! EKS add-ons: when they come, what they tolerate, which identity they take.

use serde_json::{Map, Value, json};

use crate::catalog::addons::{self, Moment as CatalogMoment, Tolerates};
use crate::cluster::{AddonUse, Cluster};
use crate::domain::{Key, Toleration};
use crate::ir::{Addon, Consumer, Identity, Moment};
use crate::lower::placement::{Placements, SYSTEM_TAINT};
use crate::lower::tree::{merge, set, sorted};
use crate::spec::Conflicts;

pub(super) fn lower(cluster: &Cluster, placement: &Placements, identities: &[Identity]) -> Vec<Addon> {
    let mut out: Vec<Addon> = cluster
        .addons
        .iter()
        .filter_map(|(name, used)| addon(cluster, name, used, placement, identities))
        .collect();
    out.sort_by(|a, b| (a.moment, &a.name).cmp(&(b.moment, &b.name)));
    out
}

fn addon(
    cluster: &Cluster,
    name: &Key,
    used: &AddonUse,
    placement: &Placements,
    identities: &[Identity],
) -> Option<Addon> {
    let known = addons::find(name.as_str())?;
    let mut configuration = Map::new();
    let system = placement.system();
    for pods in known.workloads.iter().filter(|pods| pods.tolerates != Tolerates::Everything) {
        if cluster.fargate_addon(known, pods).is_some() {
            // Without it the pods carry an annotation that keeps them off Fargate.
            if name.as_str() == "coredns" {
                set(&mut configuration, "computeType", json!("Fargate"));
            }
        } else if let (Some(path), false) = (pods.tolerations_at, system.is_empty()) {
            set(&mut configuration, path, json!(system));
        }
    }
    let written = sorted(&Value::Object(used.written.configuration.clone().unwrap_or_default()));
    for (key, value) in written.as_object().into_iter().flatten() {
        merge(configuration.entry(key.clone()).or_insert(Value::Null), value);
    }
    let identity = identities.iter().find(|identity| identity.consumer == Consumer::Addon(name.to_string()));
    Some(Addon {
        name: name.to_string(),
        version: used.written.version.clone().unwrap_or_else(|| "default".to_owned()),
        tolerates: tolerations(known, &configuration),
        configuration,
        overwrite: used.written.conflicts == Conflicts::Overwrite,
        moment: match known.moment {
            CatalogMoment::BeforeCompute => Moment::BeforeNodes,
            CatalogMoment::AfterCompute => Moment::AfterNodes,
        },
        identity: identity.map(|identity| identity.key.clone()),
        address: used.address.clone(),
    })
}

/// What all pods of the add-on tolerate, as far as is known.
fn tolerations(known: &addons::Addon, configuration: &Map<String, Value>) -> Vec<Toleration> {
    if known.tolerates_everything() {
        return vec![Toleration::everything()];
    }
    let at = known.workloads.iter().find(|pods| pods.tolerates != Tolerates::Everything);
    let path = at.and_then(|pods| pods.tolerations_at).unwrap_or("tolerations");
    let pointer = format!("/{}", path.replace('.', "/"));
    let set = Value::Object(configuration.clone()).pointer(&pointer).cloned();
    if let Some(list) = set.and_then(|value| serde_json::from_value::<Vec<Toleration>>(value).ok()) {
        return list;
    }
    match at.map(|pods| pods.tolerates) {
        Some(Tolerates::CriticalAddonsOnly) => vec![Toleration {
            key: Some(crate::domain::fixed(SYSTEM_TAINT)),
            operator: Some(crate::domain::TolerationOperator::Exists),
            ..Toleration::default()
        }],
        _ => Vec::new(),
    }
}
