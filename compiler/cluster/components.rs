//! Components pinned to a version, with what they imply; add-ons; apps with their files.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use serde::Serialize;
use serde_json::{Map, Value};

use super::World;
use crate::catalog::addons;
use crate::component::{self, Chart, ContractSpec, Crds, Definition, KnownVersion, Place, Provides, Runs};
use crate::diagnostic::Sink;
use crate::domain::{self, ChartVersion, Key, KubernetesVersion, fixed};
use crate::source::{Address, ReadError, Span};
use crate::spec::{self, Addon, ComponentUse, Mechanism, Spec, shape};
use crate::syntax::yaml::{self, Document};

crate::diagnostic! {
    /// A component is neither in the standard library, nor a folder, nor a chart.
    ///
    /// There is nothing to install under that name.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-sever: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// `clusterc components` lists the names that are known:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_COMPONENT = E0405: "a component is unknown"
}

crate::diagnostic! {
    /// A component's entry says two things at once about where it comes from.
    ///
    /// Only one of them could be installed, and which one would be a guess.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello:
    ///       source: components/hello
    ///       helm: { repository: "https://charts.example.com", chart: hello, version: 1.2.0, namespace: hello }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep one of the two, here the chart:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello:
    ///       helm: { repository: "https://charts.example.com", chart: hello, version: 1.2.0, namespace: hello }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub COMPONENT_SOURCE_UNCLEAR = E0406: "where a component comes from is unclear"
}

crate::diagnostic! {
    /// A component's project has ended.
    ///
    /// It gets no more fixes, not even for security faults.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { ingress-nginx: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Use the component that takes its place:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { envoy-gateway: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub RETIRED_COMPONENT = W0407: "a component's project has ended"
}

crate::diagnostic! {
    /// Two things that do the same job stand side by side.
    ///
    /// Both would own the same objects or the same nodes, and undo each other's work.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     addons: { metrics-server: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep one of the two, here the add-on:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     addons: { metrics-server: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub CONFLICTING_COMPONENTS = E0408: "two components do the same job"
}

crate::diagnostic! {
    /// The chosen version of a component is not made for the cluster's Kubernetes version.
    ///
    /// Controllers call APIs that come and go with Kubernetes' minors; outside the range that their project tests
    /// they fail at the first call that is gone.
    ///
    /// ```yaml,file=components/hello/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: hello }
    /// spec:
    ///   summary: Says hello.
    ///   namespace: hello
    ///   versions:
    ///     - { version: 2.1.0, app: 2.1.0, kubernetes: { min: "1.33", max: "1.36" } }
    ///     - { version: 1.4.0, app: 1.4.0, kubernetes: { min: "1.28", max: "1.33" } }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { hello: { source: components/hello, version: 1.4.0 } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a version that supports the cluster; without `version` the newest one that does is taken:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { hello: { source: components/hello, version: 2.1.0 } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub COMPONENT_VERSION_DOES_NOT_FIT = E0801: "a component's version does not support the Kubernetes version"
}

crate::diagnostic! {
    /// The version of a component is not in its table of versions.
    ///
    /// What depends on the version (its policy, its CRDs, its Kubernetes range) is then taken from the newest
    /// known one and not checked.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: { version: 3.12.2 } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a known version; without `version` the newest one that fits is taken:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: { version: 3.13.1 } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub COMPONENT_VERSION_UNKNOWN = W0802: "a component's version is not in its table"
}

crate::diagnostic! {
    /// Karpenter is installed by `spec.aws.karpenter`, which also makes its identity, queue and discovery tags.
    ///
    /// The chart alone would start a controller that may do nothing and finds no subnets.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { karpenter: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the pools; the component comes by itself:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } } }
    ///     karpenter: { pools: { default: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub KARPENTER_WITHOUT_POOLS = E0409: "Karpenter is a part of `spec.aws`, not a component"
}

crate::diagnostic! {
    /// The spec has components or apps, but nothing delivers them.
    ///
    /// Terraform makes the cluster; what runs in it is brought and kept by Flux, so none of it would ever run.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    /// ```
    ///
    /// Say where Flux finds what it delivers:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub NOTHING_DELIVERS = E0701: "components and apps need `gitops`"
}

crate::diagnostic! {
    /// A folder that the spec names does not exist or cannot be read.
    ///
    /// Flux would fail on the missing path long after the merge.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/wbe } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the path of the folder, relative to the spec:
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { level: info }
    /// ```
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    pub PATH_NOT_FOUND = E0702: "a path does not exist"
}

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

/// An EKS add-on as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddonUse {
    /// What is written of it.
    #[serde(flatten)]
    pub written: Addon,
    /// Where the spec asks for it, or what implies it.
    #[serde(skip)]
    pub address: Address,
}

/// An app with the files of its folder.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppSource {
    /// What is written of it.
    #[serde(flatten)]
    pub written: spec::App,
    /// Its files, by path below its folder.
    #[serde(skip)]
    pub files: BTreeMap<String, String>,
    /// The objects in its YAML files, by path.
    #[serde(skip)]
    pub documents: BTreeMap<String, Vec<Document>>,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

/// What asks for a component.
struct Wanted {
    name: Key,
    implied_by: Option<Key>,
}

pub(super) fn components(spec: &Spec, world: &mut World<'_>) -> BTreeMap<Key, Component> {
    let written = &spec.written.spec;
    if written.gitops.is_none() {
        report_undelivered(spec, world.sink);
        return BTreeMap::new();
    }
    let enabled = |entry: &Option<ComponentUse>| entry.as_ref().is_none_or(|entry| entry.enabled != Some(false));
    let mut queue: VecDeque<Wanted> = written
        .components
        .iter()
        .filter(|(_, entry)| enabled(entry))
        .map(|(name, _)| Wanted { name: name.clone(), implied_by: None })
        .collect();
    let karpenter: Key = fixed("karpenter");
    if written.aws.karpenter.is_some() {
        queue.push_back(Wanted { name: karpenter.clone(), implied_by: None });
    } else if written.components.contains_key(&karpenter) {
        let address = Address::of("spec.components.karpenter");
        world.sink.report(
            KARPENTER_WITHOUT_POOLS
                .at(spec.key(&address), "installs only the controller")
                .why("the controller would have no identity, no queue, and no subnets to find")
                .help("write `karpenter: { pools: { default: {} } }` under `spec.aws`; the component comes by itself"),
        );
        queue.retain(|wanted| wanted.name != karpenter);
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
    for part in ["components", "apps"] {
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
        let of_karpenter = spec.written.spec.aws.karpenter.as_ref().and_then(|karpenter| karpenter.version.clone());
        entry.version.clone().or(of_karpenter)
    } else {
        entry.version.clone()
    };
    let version_address = match name.as_str().starts_with("karpenter") && entry.version.is_none() {
        true => Address::of("spec.aws.karpenter.version"),
        false => address.key("version"),
    };
    let pinned = pin(&name, contract, asked, kubernetes, spec, &version_address, world.sink);
    let params = params(spec, &entry, contract, &address, world.sink);
    Some(Component {
        app: pinned.as_ref().map(|known| known.app.clone()).unwrap_or_default(),
        version: pinned.map(|known| known.version),
        params,
        values: entry.values,
        mechanism: entry.mechanism,
        implied_by,
        definition,
        address,
        name,
    })
}

fn definition(
    spec: &Spec,
    name: &Key,
    entry: &ComponentUse,
    address: &Address,
    world: &mut World<'_>,
) -> Option<Definition> {
    match (&entry.source, &entry.helm) {
        (Some(_), Some(_)) => {
            world.sink.report(
                COMPONENT_SOURCE_UNCLEAR
                    .at(spec.key(&address.key("helm")), "a bare chart")
                    .also(spec.key(&address.key("source")), "a folder of your own")
                    .title(format!("`{name}` is both a folder and a bare chart"))
                    .why("only one of them could be installed, and which one would be a guess")
                    .help("keep `source` or `helm`"),
            );
            None
        }
        (Some(source), None) => {
            let folder = format!("{}{source}", spec.folder());
            let asked = spec.value(&address.key("source"));
            component::load(name, &folder, asked, world.files, world.sources, world.sink)
        }
        (None, Some(helm)) => Some(bare_chart(name, helm, spec.key(address))),
        (None, None) => {
            let before = world.library.names().contains(name);
            let found = world.library.definition(name, world.sources, world.sink);
            if !before {
                let known = world.library.names().iter().map(Key::as_str);
                let place = spec.key(address);
                let finding = UNKNOWN_COMPONENT
                    .at(place, "not in the standard library")
                    .title(format!("component `{name}` is unknown"))
                    .why("there is nothing to install under that name");
                world.sink.report(match domain::nearest(name.as_str(), known) {
                    Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
                    None => finding
                        .help("`clusterc components` lists the standard library")
                        .help("for your own: `source: ./folder`, or `helm: { repository, chart, version, namespace }`"),
                });
            }
            found
        }
    }
}

/// A contract for a chart that has none: only what the spec says.
fn bare_chart(name: &Key, helm: &spec::Helm, place: Span) -> Definition {
    let known = KnownVersion { version: helm.version.clone(), app: String::new(), kubernetes: None };
    Definition {
        name: name.clone(),
        contract: ContractSpec {
            summary: format!("The chart {}.", helm.chart),
            homepage: None,
            retired: None,
            chart: Some(Chart {
                source: helm.repository.clone(),
                name: helm.chart.clone(),
                release: name.to_string(),
                crds: if helm.provides.is_empty() { Crds::None } else { Crds::Folder },
                skip_crds: false,
            }),
            versions: vec![known],
            namespace: helm.namespace.clone(),
            service_accounts: Vec::new(),
            provides: Provides { kinds: helm.provides.clone() },
            needs: component::Needs::default(),
            conflicts: component::Conflicting::default(),
            ports: Vec::new(),
            runs: Runs { place: Place::Anywhere, tolerations: helm.tolerations.clone(), ..Runs::default() },
            parameters: None,
        },
        values: None,
        policies: BTreeMap::new(),
        resources: BTreeMap::new(),
        manifests: BTreeMap::new(),
        readme: String::new(),
        place,
    }
}

fn pin(
    name: &Key,
    contract: &ContractSpec,
    asked: Option<ChartVersion>,
    kubernetes: &KubernetesVersion,
    spec: &Spec,
    address: &Address,
    sink: &mut Sink,
) -> Option<KnownVersion> {
    let fits = |known: &&KnownVersion| known.kubernetes.as_ref().is_none_or(|range| range.contains(kubernetes));
    let newest_that_fits = contract.versions.iter().find(fits);
    let Some(asked) = asked else {
        if let (None, Some(newest)) = (newest_that_fits, contract.versions.first()) {
            let finding = no_version_fits(name, newest, kubernetes, spec, &address.parent().unwrap_or_default());
            sink.report(finding.help(NO_VERSION_FITS));
        }
        return newest_that_fits.or(contract.versions.first()).cloned();
    };
    match contract.versions.iter().find(|known| known.version.semver() == asked.semver()) {
        Some(known) => {
            if !fits(&known) {
                let finding = no_version_fits(name, known, kubernetes, spec, address);
                sink.report(match newest_that_fits {
                    Some(better) => finding.help(format!("write `version: {}`, or leave `version` out", better.version)),
                    None => finding.help(NO_VERSION_FITS),
                });
            }
            Some(known.clone())
        }
        None => {
            let known: Vec<&str> = contract.versions.iter().map(|known| known.version.as_str()).collect();
            // Karpenter's own matrix answers for versions that the table does not hold.
            if !name.as_str().starts_with("karpenter") && !contract.versions.is_empty() {
                sink.report(
                    COMPONENT_VERSION_UNKNOWN
                        .at(spec.value(address), format!("known: {}", known.join(", ")))
                        .title(format!("version {asked} of `{name}` is not in its table"))
                        .why("its policy, its CRDs and its Kubernetes range are not checked for this version")
                        .help("take a known version, or `allow` this warning with a reason"),
                );
            }
            let app = if name.as_str().starts_with("karpenter") { asked.semver().to_string() } else { String::new() };
            Some(KnownVersion { version: asked, app, kubernetes: None })
        }
    }
}

const NO_VERSION_FITS: &str = "no known version does: take another Kubernetes version, or leave the component out";

fn no_version_fits(
    name: &Key,
    known: &KnownVersion,
    kubernetes: &KubernetesVersion,
    spec: &Spec,
    address: &Address,
) -> crate::diagnostic::Finding {
    let range = known.kubernetes.clone().unwrap_or_default();
    let supported = match (range.min, range.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} and later"),
        (None, Some(max)) => format!("{max} and earlier"),
        (None, None) => "of every version".to_owned(),
    };
    COMPONENT_VERSION_DOES_NOT_FIT
        .at(spec.value(address), format!("`{name}` {} supports Kubernetes {supported}", known.version))
        .also(spec.value(&Address::of("spec.kubernetes.version")), format!("the cluster is {kubernetes}"))
        .title(format!("`{name}` {} does not support Kubernetes {kubernetes}", known.version))
        .why("outside the range that its project tests, it fails at the first API call that is gone")
}

fn params(
    spec: &Spec,
    entry: &ComponentUse,
    contract: &ContractSpec,
    address: &Address,
    sink: &mut Sink,
) -> Map<String, Value> {
    let below = address.key("params");
    let schema = contract.parameters_schema();
    match spec.document.find(&below) {
        Some(id) => shape::check(&spec.document, id, &below, &schema, &domain::check_format, sink),
        None => {
            let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
            for missing in required.filter_map(Value::as_str) {
                sink.report(
                    shape::codes::MISSING_KEY
                        .at(spec.key(address), format!("needs `params.{missing}`"))
                        .title(format!("parameter `{missing}` is missing"))
                        .help(format!("add `params: {{ {missing}: ... }}`; `clusterc components` describes it")),
                );
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
                        .also(spec.key(&Address::of("spec.aws.addons").key(addon.as_str())), "once as an EKS add-on")
                        .title(format!("`{}` would be installed twice", component.name))
                        .why("both would own the same objects and undo each other's work")
                        .help("keep the add-on, or the component"),
                );
            }
        }
    }
}

/// The add-ons without which an EKS cluster does not work.
const BASIC_ADDONS: [&str; 4] = ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"];

pub(super) fn addons(
    spec: &Spec,
    components: &BTreeMap<Key, Component>,
    sink: &mut Sink,
) -> BTreeMap<Key, AddonUse> {
    let below = Address::of("spec.aws.addons");
    let mut out: BTreeMap<Key, AddonUse> = BTreeMap::new();
    for basic in BASIC_ADDONS {
        out.insert(fixed(basic), AddonUse { written: Addon::default(), address: below.key(basic) });
    }
    for component in components.values() {
        for needed in &component.contract().needs.addons {
            let implied = || AddonUse { written: Addon::default(), address: component.address.clone() };
            out.entry(needed.clone()).or_insert_with(implied);
        }
    }
    for (name, written) in &spec.written.spec.aws.addons {
        let address = below.key(name.as_str());
        if addons::find(name.as_str()).is_none() {
            let place = spec.key(&address);
            let finding = UNKNOWN_COMPONENT
                .at(place, "not in the table of EKS add-ons")
                .title(format!("add-on `{name}` is unknown"))
                .why("its namespace, identity and order are not known, so they cannot be right");
            sink.report(match addons::similar(name.as_str()) {
                Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
                None => finding.help(format!("known add-ons: {}", addons::ADDONS.iter().map(|addon| addon.name).collect::<Vec<_>>().join(", "))),
            });
        }
        out.insert(name.clone(), AddonUse { written: written.clone().unwrap_or_default(), address });
    }
    out
}

pub(super) fn apps(spec: &Spec, world: &mut World<'_>) -> BTreeMap<Key, AppSource> {
    let mut out = BTreeMap::new();
    for (name, written) in &spec.written.spec.apps {
        let address = Address::of("spec.apps").key(name.as_str());
        let place = spec.value(&address.key("source"));
        let folder = format!("{}{}", spec.folder(), written.source);
        let mut app =
            AppSource { written: written.clone(), files: BTreeMap::new(), documents: BTreeMap::new(), address };
        match world.files.list(&folder) {
            Ok(files) => read_app(&mut app, &folder, &files, place, world),
            Err(error) => report_path(place, &folder, &error, world.sink),
        }
        out.insert(name.clone(), app);
    }
    out
}

fn read_app(app: &mut AppSource, folder: &str, files: &[String], place: Span, world: &mut World<'_>) {
    for file in files {
        let path = format!("{folder}/{file}");
        match world.files.read(&path) {
            Ok(text) => {
                if file.ends_with(".yaml") || file.ends_with(".yml") {
                    let id = world.sources.add(&path, &text);
                    app.documents.insert(file.clone(), yaml::read_all(id, &text, world.sink));
                }
                app.files.insert(file.clone(), text);
            }
            Err(error) => report_path(place, &path, &error, world.sink),
        }
    }
}

fn report_path(place: Span, path: &str, error: &ReadError, sink: &mut Sink) {
    sink.report(
        PATH_NOT_FOUND
            .at(place, error.to_string())
            .title(format!("`{path}` cannot be read"))
            .why("Flux would fail on the missing path, long after the merge")
            .help("write the path of a folder of manifests, relative to the spec"),
    );
}
