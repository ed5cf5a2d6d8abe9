//! Components pinned to a version, with what they imply.

mod addons;
mod apps;
pub(super) mod codes;
mod definition;
mod pin;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value};

use self::codes::*;
use super::World;
use crate::component::{ContractSpec, Definition};
use crate::diagnostic::Sink;
use crate::domain::{self, ChartVersion, Key, fixed};
use crate::source::Address;
use crate::spec::{ComponentUse, Mechanism, Spec, shape};

pub use addons::AddonUse;
pub(super) use addons::addons;
pub use apps::AppSource;
pub(super) use apps::apps;
use definition::definition;
use pin::pin;

/// A component as it is meant: which version, with which settings, and why it is there.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Component {
    /// Its name.
    pub name: Key,
    /// The version of its chart or manifests.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<ChartVersion>,
    /// The version of the software in it.
    pub app: String,
    /// Its parameters, defaults applied.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub params: Map<String, Value>,
    /// Values over those of the component.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub values: Map<String, Value>,
    /// How its accounts get AWS permissions, if the spec says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<Mechanism>,
    /// The node group that its pods run on, if the spec says so.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<Key>,
    /// The component that asked for it, if the spec did not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub implied_by: Option<Key>,
    /// What it states about itself and its files.
    #[serde(skip)]
    pub definition: Definition,
    /// Where the spec asks for it.
    #[serde(skip)]
    pub address: Address,
}

impl Component {
    /// The namespace that it runs in.
    pub fn namespace(&self) -> &str {
        self.definition.contract.namespace.as_str()
    }

    /// Its contract.
    pub fn contract(&self) -> &ContractSpec {
        &self.definition.contract
    }
}

/// What asks for a component.
struct Wanted {
    name: Key,
    implied_by: Option<Key>,
}

pub(in crate::cluster) fn components(spec: &Spec, world: &mut World<'_>) -> BTreeMap<Key, Component> {
    let written = &spec.written.spec;
    if written.gitops.is_none() {
        report_undelivered(spec, world.sink);
        return BTreeMap::new();
    }
    let enabled =
        |entry: &Option<ComponentUse>| entry.as_ref().is_none_or(|entry| entry.enabled != Some(false));
    let mut queue: VecDeque<Wanted> = written
        .components
        .iter()
        .filter(|(_, entry)| enabled(entry))
        .map(|(name, _)| Wanted { name: name.clone(), implied_by: None })
        .collect();
    let karpenter: Key = fixed("karpenter");
    if written.aws.karpenter.is_some() {
        queue.push_back(Wanted { name: karpenter.clone(), implied_by: None });
    } else if written.components.get(&karpenter).is_some_and(enabled) {
        let address = Address::of("spec.components.karpenter");
        world.sink.report(
            KARPENTER_WITHOUT_POOLS
                .at(spec.key(&address), "installs only the controller")
                .why("the controller would have no identity, no queue, and no subnets to find")
                .help("write `karpenter: { pools: { default: {} } }` under `spec.aws`; the component comes by itself"),
        );
        queue.retain(|wanted| wanted.name != karpenter);
    }
    if written.external_secrets.is_some() {
        queue.push_back(Wanted { name: fixed("external-secrets"), implied_by: None });
    }
    let mut out: BTreeMap<Key, Component> = BTreeMap::new();
    let mut seen: BTreeSet<Key> = BTreeSet::new();
    while let Some(wanted) = queue.pop_front() {
        if !seen.insert(wanted.name.clone()) {
            continue;
        }
        let Some(component) = resolve(spec, wanted, world) else { continue };
        for needed in &component.contract().needs.components {
            queue.push_back(Wanted { name: needed.clone(), implied_by: Some(component.name.clone()) });
        }
        out.insert(component.name.clone(), component);
    }
    conflicts(spec, &out, world.sink);
    out
}

const ADD_GITOPS: &str =
    "add to `spec`: `gitops: { flux: { repository: \"ssh://git@github.com/you/repository.git\" } }`";

fn report_undelivered(spec: &Spec, sink: &mut Sink) {
    for part in ["components", "apps", "externalSecrets"] {
        let address = Address::of("spec").key(part);
        if spec.writes(&address) {
            sink.report(
                NOTHING_DELIVERS
                    .at(spec.key(&address), "nothing brings these into the cluster")
                    .title(format!("`{part}` need `gitops`"))
                    .why("none of them would ever run: Terraform makes the cluster, Flux brings what runs in it")
                    .help(ADD_GITOPS),
            );
        }
    }
    let karpenter = Address::of("spec.aws.karpenter");
    if spec.writes(&karpenter) {
        sink.report(
            NOTHING_DELIVERS
                .at(spec.key(&karpenter), "Karpenter runs in the cluster, and nothing brings it there")
                .title("Karpenter needs `gitops`")
                .why("no node would ever be made on demand: Flux brings the controller that makes them")
                .help(ADD_GITOPS),
        );
    }
}

fn resolve(spec: &Spec, wanted: Wanted, world: &mut World<'_>) -> Option<Component> {
    let Wanted { name, implied_by } = wanted;
    let entry = spec.written.spec.components.get(&name).cloned().flatten().unwrap_or_default();
    let address = match &implied_by {
        Some(parent) => Address::of("spec.components").key(parent.as_str()),
        None => Address::of("spec.components").key(name.as_str()),
    };
    let address = match spec.writes(&address) || spec.written.spec.aws.karpenter.is_none() {
        true => address,
        false if name.as_str().starts_with("karpenter") => Address::of("spec.aws.karpenter"),
        false => address,
    };
    let definition = definition(spec, &name, &entry, &address, world)?;
    let contract = &definition.contract;
    if let Some(retired) = &contract.retired {
        world.sink.report(
            RETIRED_COMPONENT
                .at(spec.key(&address), format!("retired in {}", retired.since))
                .title(format!("`{name}` has been retired"))
                .why(retired.why.clone())
                .help(format!("use `{}` in new clusters", retired.instead))
                .help(format!(
                    "to keep it for now, add to `spec`: `allow: [ {{ code: {}, reason: \"...\" }} ]`",
                    RETIRED_COMPONENT.id
                )),
        );
    }
    let kubernetes = &spec.written.spec.kubernetes.version;
    let asked = if name.as_str().starts_with("karpenter") {
        let of_karpenter =
            spec.written.spec.aws.karpenter.as_ref().and_then(|karpenter| karpenter.version.clone());
        entry.version.clone().or(of_karpenter)
    } else {
        entry.version.clone()
    };
    let version_address = match name.as_str().starts_with("karpenter") && entry.version.is_none() {
        true => Address::of("spec.aws.karpenter.version"),
        false => address.key("version"),
    };
    let pinned = pin(&name, contract, asked, kubernetes, spec, &version_address, world.sink);
    let params = params(spec, &name, &entry, contract, &address, world.sink);
    Some(Component {
        app: pinned.as_ref().map(|known| known.app.clone()).unwrap_or_default(),
        version: pinned.map(|known| known.version),
        params,
        values: entry.values,
        mechanism: entry.mechanism,
        runs_on: entry.runs_on,
        implied_by,
        definition,
        address,
        name,
    })
}

fn params(
    spec: &Spec,
    name: &Key,
    entry: &ComponentUse,
    contract: &ContractSpec,
    address: &Address,
    sink: &mut Sink,
) -> Map<String, Value> {
    // Not below `address`: an implied component has that of the one that asked for it.
    let below = Address::of("spec.components").key(name.as_str()).key("params");
    let schema = contract.parameters_schema();
    match spec.document.find(&below) {
        Some(id) => shape::check(&spec.document, id, &below, &schema, &domain::check_format, sink),
        None => {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            for missing in required.filter_map(Value::as_str) {
                let finding = shape::codes::MISSING_KEY
                    .at(spec.key(address), format!("needs `params.{missing}`"))
                    .title(format!("component `{name}` needs parameter `{missing}`"))
                    .help(format!("add to it: `params: {{ {missing}: ... }}`"));
                sink.report(match &entry.source {
                    None => finding.help(format!("`clusterc components {name}` describes it")),
                    Some(_) => finding,
                });
            }
        }
    }
    let mut params = contract.parameter_defaults();
    params.extend(entry.params.clone());
    params
}

fn conflicts(spec: &Spec, components: &BTreeMap<Key, Component>, sink: &mut Sink) {
    for component in components.values() {
        for other in &component.contract().conflicts.components {
            if let Some(other) = components.get(other) {
                let mutual = other.contract().conflicts.components.contains(&component.name);
                if mutual && other.name < component.name {
                    continue; // Said once, from the other side.
                }
                sink.report(
                    CONFLICTING_COMPONENTS
                        .at(spec.key(&component.address), format!("asks for `{}`", component.name))
                        .also(spec.key(&other.address), format!("asks for `{}`", other.name))
                        .title(format!("`{}` and `{}` do the same job", component.name, other.name))
                        .why("both would own the same nodes or objects and undo each other's work")
                        .help("keep one of the two"),
                );
            }
        }
        for addon in &component.contract().conflicts.addons {
            if spec.written.spec.aws.addons.contains_key(addon) {
                sink.report(
                    CONFLICTING_COMPONENTS
                        .at(spec.key(&component.address), "once as a component")
                        .also(
                            spec.key(&Address::of("spec.aws.addons").key(addon.as_str())),
                            "once as an EKS add-on",
                        )
                        .title(format!("`{}` would be installed twice", component.name))
                        .why("both would own the same objects and undo each other's work")
                        .help("keep the add-on, or the component"),
                );
            }
        }
    }
}
