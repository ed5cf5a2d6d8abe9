//! A component becomes a unit of the controllers layer (source, release, plain objects) and, if it has custom
//! resources, one of the configs layer.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::catalog::flux;
use crate::cluster::{Cluster, Component};
use crate::component::{Chart, Crds, Filled, Place, Scope, fill};
use crate::diagnostic::Sink;
use crate::domain::Toleration;
use crate::ir::{Consumer, Deferred, Identity, Kustomization, Object, Placement, Pods, Unit, UnitKind};
use crate::lower::placement::{Placements, chosen};
use crate::lower::scope::scope;
use crate::lower::tree::{merge, set, sorted};
use crate::source::{Address, Origin, Span};
use crate::spec::Mechanism;
use crate::syntax::yaml::Document;

/// The units of one component.
pub(super) struct Lowered {
    pub(super) controllers: Option<Unit>,
    pub(super) configs: Option<Unit>,
}

pub(super) fn lower(
    cluster: &Cluster,
    component: &Component,
    placement: &Placements,
    identities: &[Identity],
    namespaces: &mut BTreeSet<String>,
    sink: &mut Sink,
) -> Lowered {
    let scope = scope(cluster, component);
    let contract = component.contract();
    let chosen = component.runs_on.as_ref().and_then(|group| chosen(cluster, group));
    let tolerations = match &chosen {
        Some(chosen) => chosen.taints.iter().map(Toleration::of).collect(),
        None => placement.of_component(&contract.runs),
    };
    let nodes = Nodes { tolerations, selector: chosen.map(|chosen| chosen.labels).unwrap_or_default() };
    let mut objects = Vec::new();
    objects.extend(namespace(component, namespaces));
    if let Some(chart) = &contract.chart {
        objects.push(source(component, chart));
        objects.push(release(cluster, component, chart, &scope, &nodes, identities, sink));
    }
    objects.extend(filled(component, &component.definition.manifests, &scope, sink));
    let controllers =
        unit(component, objects, contract.provides.kinds.clone(), placement_of(cluster, component, &nodes));
    let resources: Vec<Object> = filled(component, &component.definition.resources, &scope, sink).collect();
    let configs = unit(component, resources, Vec::new(), Placement::default());
    Lowered { controllers, configs }
}

fn unit(
    component: &Component,
    objects: Vec<Object>,
    provides: Vec<crate::domain::GroupKind>,
    placement: Placement,
) -> Option<Unit> {
    (!objects.is_empty()).then(|| Unit {
        name: component.name.to_string(),
        kind: UnitKind::Component,
        objects,
        kustomization: Kustomization::default(),
        copies: BTreeMap::new(),
        provides,
        needs: component.contract().needs.kinds.clone(),
        substitute: true,
        placement,
        address: component.address.clone(),
    })
}

/// Which nodes pods run on.
struct Nodes {
    /// Taints that they tolerate.
    tolerations: Vec<Toleration>,
    /// Labels that the nodes have.
    selector: BTreeMap<String, String>,
}

fn placement_of(cluster: &Cluster, component: &Component, nodes: &Nodes) -> Placement {
    let runs = &component.contract().runs;
    let has_paths = !runs.tolerations.is_empty();
    let pods = runs.workloads.iter().map(|workload| Pods {
        name: workload.name.clone(),
        every_node: workload.place.unwrap_or(runs.place) == Place::EveryNode,
        replicas: workload.replicas,
        cpu: workload.cpu.clone(),
        memory: workload.memory.clone(),
        fargate: cluster.fargate_workload(component, workload).is_some(),
    });
    Placement {
        early: runs.early,
        system: runs.place == Place::System,
        every_node: runs.place == Place::EveryNode,
        selector: nodes.selector.clone(),
        tolerations: if runs.tolerates_all {
            vec![Toleration::everything()]
        } else if has_paths {
            nodes.tolerations.clone()
        } else {
            Vec::new()
        },
        pods: pods.collect(),
    }
}

/// The namespace, by the first component that runs in it. It is never pruned: that would take all in it along.
fn namespace(component: &Component, known: &mut BTreeSet<String>) -> Option<Object> {
    let name = component.namespace().to_owned();
    known.insert(name.clone()).then(|| namespace_object(&name, Origin::from(&component.address)))
}

pub(super) fn namespace_object(name: &str, origin: Origin) -> Object {
    let body = json!({
        "apiVersion": "v1",
        "kind": "Namespace",
        "metadata": { "name": name, "annotations": { "kustomize.toolkit.fluxcd.io/prune": "disabled" } },
    });
    let mut object = Object::new("namespace.yaml", body, origin);
    object.origins.insert(
        "/metadata/annotations".to_owned(),
        Origin::Rule("a pruned namespace takes everything in it along, so namespaces are never pruned"),
    );
    object
}

fn api(kind: &str) -> &'static str {
    flux::api_version(kind).unwrap_or_default()
}

fn source(component: &Component, chart: &Chart) -> Object {
    let name = component.name.as_str();
    let version = component.version.as_ref().map(ToString::to_string).unwrap_or_default();
    let is_oci = chart.source.starts_with("oci://");
    let body = if is_oci {
        json!({
            "apiVersion": api("OCIRepository"),
            "kind": "OCIRepository",
            "metadata": { "name": name, "namespace": component.namespace() },
            "spec": {
                "interval": "12h",
                "url": chart.source,
                "layerSelector": {
                    "mediaType": "application/vnd.cncf.helm.chart.content.v1.tar+gzip",
                    "operation": "copy",
                },
                "ref": { "tag": version },
            },
        })
    } else {
        json!({
            "apiVersion": api("HelmRepository"),
            "kind": "HelmRepository",
            "metadata": { "name": name, "namespace": component.namespace() },
            "spec": { "interval": "12h", "url": chart.source },
        })
    };
    let mut object = Object::new("source.yaml", body, Origin::from(&component.address));
    if is_oci {
        object.origins.insert("/spec/ref".to_owned(), Origin::Spec(component.address.key("version")));
    }
    object
}

fn release(
    cluster: &Cluster,
    component: &Component,
    chart: &Chart,
    scope: &Scope,
    nodes: &Nodes,
    identities: &[Identity],
    sink: &mut Sink,
) -> Object {
    let name = component.name.as_str();
    let mut spec = Map::new();
    spec.insert("interval".to_owned(), json!("1h"));
    if chart.release != name {
        spec.insert("releaseName".to_owned(), json!(chart.release));
    }
    if chart.source.starts_with("oci://") {
        spec.insert("chartRef".to_owned(), json!({ "kind": "OCIRepository", "name": name }));
    } else {
        let version = component.version.as_ref().map(ToString::to_string);
        let source = json!({ "kind": "HelmRepository", "name": name });
        let chart = json!({ "spec": { "chart": chart.name, "version": version, "sourceRef": source } });
        spec.insert("chart".to_owned(), chart);
    }
    let first = depends_on(cluster, component);
    if !first.is_empty() {
        spec.insert("dependsOn".to_owned(), Value::Array(first));
    }
    let crds = match (chart.skip_crds, chart.crds) {
        (true, _) => Some("Skip"),
        (false, Crds::Folder) => Some("CreateReplace"),
        (false, Crds::None | Crds::Templates) => None,
    };
    let mut action = Map::new();
    if let Some(crds) = crds {
        action.insert("crds".to_owned(), json!(crds));
    }
    action.insert("strategy".to_owned(), json!({ "name": "RetryOnFailure" }));
    spec.insert("install".to_owned(), Value::Object(action.clone()));
    spec.insert("upgrade".to_owned(), Value::Object(action));
    let values = values(component, scope, nodes, identities, sink);
    if !values.value.is_empty() {
        spec.insert("values".to_owned(), Value::Object(values.value));
    }
    let body = json!({
        "apiVersion": api("HelmRelease"),
        "kind": "HelmRelease",
        "metadata": { "name": name, "namespace": component.namespace() },
        "spec": spec,
    });
    let mut object = Object::new("release.yaml", body, Origin::from(&component.address));
    object.origins =
        values.origins.into_iter().map(|(at, origin)| (format!("/spec/values{at}"), origin)).collect();
    let rules = [
        ("/spec/install/strategy", "a release that fails is tried again instead of staying failed"),
        ("/spec/upgrade/strategy", "a release that fails is tried again instead of staying failed"),
        ("/spec/install/crds", "Helm itself never updates the CRDs in a chart's folder"),
        ("/spec/upgrade/crds", "Helm itself never updates the CRDs in a chart's folder"),
        ("/spec/dependsOn", "its contract needs what these releases bring"),
    ];
    for (at, why) in rules.into_iter().filter(|(at, _)| object.body.pointer(at).is_some()) {
        object.origins.insert(at.to_owned(), Origin::Rule(why));
    }
    object
}

/// Whether a component must be ready before another: named in its contract, or bringing a kind that it needs.
fn comes_before(other: &Component, component: &Component) -> bool {
    let needs = &component.contract().needs;
    other.name != component.name
        && (needs.components.contains(&other.name)
            || needs.after.contains(&other.name)
            || other.contract().provides.kinds.iter().any(|kind| needs.kinds.contains(kind)))
}

/// All components, each after those that it needs; what goes in a circle comes last. Else they stay in their order.
pub(super) fn by_need(cluster: &Cluster) -> Vec<&Component> {
    let mut rest: Vec<&Component> = cluster.components.values().collect();
    let mut out: Vec<&Component> = Vec::new();
    while let Some(at) = rest.iter().position(|one| !rest.iter().any(|other| comes_before(other, one))) {
        out.push(rest.remove(at));
    }
    out.extend(rest);
    out
}

/// Releases that must be ready first.
fn depends_on(cluster: &Cluster, component: &Component) -> Vec<Value> {
    let comes_first = |other: &&Component| other.contract().chart.is_some() && comes_before(other, component);
    let reference = |other: &Component| {
        if other.namespace() == component.namespace() {
            json!({ "name": other.name })
        } else {
            json!({ "name": other.name, "namespace": other.namespace() })
        }
    };
    cluster.components.values().filter(comes_first).map(reference).collect()
}

struct Values {
    value: Map<String, Value>,
    origins: BTreeMap<String, Origin>,
}

fn values(
    component: &Component,
    scope: &Scope,
    nodes: &Nodes,
    identities: &[Identity],
    sink: &mut Sink,
) -> Values {
    let contract = component.contract();
    let filled = component.definition.values.as_ref().and_then(|document| fill(document, scope, sink).pop());
    let Filled { value, places } = filled.unwrap_or_default();
    let mut out = Values { value: value.as_object().cloned().unwrap_or_default(), origins: BTreeMap::new() };
    out.origins = origins(component, &places);
    for account in &contract.service_accounts {
        let rule = Origin::Rule("the name that the identity's trust and the chart must agree on");
        if let (Some(path), Some(_)) = (&account.value, &account.identity) {
            out.put(path, json!(account.name), rule);
        }
        let identity = identities.iter().find(|identity| {
            identity.consumer == Consumer::Component(component.name.to_string())
                && identity.accounts.iter().any(|one| one.name == account.name.as_str())
                && identity.mechanism == Mechanism::Irsa
        });
        if let (Some(path), Some(identity)) = (&account.annotations, identity) {
            let role = Deferred::RoleArn(identity.key.clone()).mark();
            out.put(
                path,
                json!({ Identity::ROLE_ANNOTATION: role }),
                Origin::Spec(component.address.key("mechanism")),
            );
        }
    }
    let chosen = || Origin::Spec(component.address.key("runsOn"));
    let by_rule = || Origin::Rule("it runs on nodes with these taints");
    if !nodes.tolerations.is_empty() {
        for path in &contract.runs.tolerations {
            let origin = if component.runs_on.is_some() { chosen() } else { by_rule() };
            out.put(path, json!(nodes.tolerations), origin);
        }
    }
    if !nodes.selector.is_empty() {
        for path in &contract.runs.node_selectors {
            out.put(path, json!(nodes.selector), chosen());
        }
    }
    let written = sorted(&Value::Object(component.values.clone()));
    for (key, value) in written.as_object().into_iter().flatten() {
        merge(out.value.entry(key.clone()).or_insert(Value::Null), &marked(value));
        note(
            value,
            &format!("/{}", escape(key)),
            &component.address.key("values").key(key),
            &mut out.origins,
        );
    }
    out
}

impl Values {
    fn put(&mut self, path: &str, value: Value, origin: Origin) {
        set(&mut self.value, path, value);
        self.origins.insert(format!("/{}", path.replace('.', "/")), origin);
    }
}

/// `{ input: NAME }` in a user's values is that input.
fn marked(value: &Value) -> Value {
    match value {
        Value::Object(map) => match (map.len(), map.get("input").and_then(Value::as_str)) {
            (1, Some(name)) => match name.parse() {
                Ok(name) => Value::String(Deferred::Input(name).mark()),
                Err(_) => value.clone(),
            },
            _ => Value::Object(map.iter().map(|(key, below)| (key.clone(), marked(below))).collect()),
        },
        Value::Array(items) => Value::Array(items.iter().map(marked).collect()),
        other => other.clone(),
    }
}

fn note(value: &Value, at: &str, address: &Address, origins: &mut BTreeMap<String, Origin>) {
    origins.insert(at.to_owned(), Origin::Spec(address.clone()));
    if let Value::Object(map) = value {
        for (key, below) in map {
            note(below, &format!("{at}/{}", escape(key)), &address.key(key), origins);
        }
    }
}

fn escape(key: &str) -> String {
    key.replace('~', "~0").replace('/', "~1")
}

fn origins(component: &Component, places: &BTreeMap<String, Span>) -> BTreeMap<String, Origin> {
    let origin = |span: &Span| Origin::Component { name: component.name.to_string(), span: *span };
    places.iter().filter(|(at, _)| !at.is_empty()).map(|(at, span)| (at.clone(), origin(span))).collect()
}

fn filled<'a>(
    component: &'a Component,
    documents: &'a BTreeMap<String, Document>,
    scope: &'a Scope,
    sink: &'a mut Sink,
) -> impl Iterator<Item = Object> + 'a {
    documents.iter().flat_map(move |(file, document)| {
        let all = fill(document, scope, sink);
        let several = all.len() > 1;
        all.into_iter().filter(|one| one.value.is_object()).enumerate().map(move |(index, one)| {
            let file = if several { numbered(file, &one.value, index) } else { file.clone() };
            let whole = one.places.get("").copied();
            let origin = match whole {
                Some(span) => Origin::Component { name: component.name.to_string(), span },
                None => Origin::from(&component.address),
            };
            let origins = origins(component, &one.places);
            Object { origins, ..Object::new(file, one.value, origin) }
        })
    })
}

/// A repeated object's file carries the object's name.
fn numbered(file: &str, value: &Value, index: usize) -> String {
    let stem = file.trim_end_matches(".yaml").trim_end_matches(".yml");
    match value.pointer("/metadata/name").and_then(Value::as_str) {
        Some(name) => format!("{stem}-{name}.yaml"),
        None => format!("{stem}-{index}.yaml"),
    }
}
