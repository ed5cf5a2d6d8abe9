//! Node groups and Karpenter: what follows from the instance types.

use std::collections::BTreeMap;

use serde::Serialize;

use crate::catalog::ami::Driver;
use crate::catalog::instances;
use crate::diagnostic::Sink;
use crate::domain::{Architecture, Key, KubernetesVersion, ZoneName, fixed};
use crate::source::Address;
use crate::spec::{self, Spec};

use super::Network;

crate::diagnostic! {
    /// An instance type is not in the table of EC2 types.
    ///
    /// AWS would refuse the group when it is made, after the network and the control plane are up; a pool of
    /// Karpenter would make no such node.
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.lagre ], size: { min: 2, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Write a type that EC2 has, as `family.size`:
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub UNKNOWN_INSTANCE_TYPE = E0201: "an instance type is unknown"
}

crate::diagnostic! {
    /// Instance types of one group have different processor architectures, or another one than the group states.
    ///
    /// A group has one image, and an image has one architecture: AWS refuses the group.
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large, m7i.large ], size: { min: 2, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    ///
    /// Keep to one architecture, or make a group for each:
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7g.large ], size: { min: 2, max: 3 } }
    ///       intel: { instanceTypes: [ m7i.large ], size: { min: 0, max: 3 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    /// ```
    pub MIXED_ARCHITECTURES = E0202: "a node group mixes processor architectures"
}

crate::diagnostic! {
    /// A group is made in each zone, and one of the names that this gives is another group's.
    ///
    /// One of the two would be missing in the cluster.
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
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], perZone: true }
    ///       workers-a: { instanceTypes: [ m7i.large ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Rename one of them:
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
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], perZone: true }
    ///       system: { instanceTypes: [ m7i.large ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NAMES_OF_ZONES = E0207: "a group in each zone takes another group's name"
}

/// A fixed group of nodes as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeGroup {
    /// What is written of it.
    #[serde(flatten)]
    pub written: spec::NodeGroup,
    /// Its architecture.
    #[serde(rename = "resolvedArch")]
    pub arch: Architecture,
    /// What its image needs drivers for.
    pub driver: Driver,
    /// Whether cluster-autoscaler changes how many nodes it has.
    #[serde(rename = "isAutoscaled")]
    pub autoscaled: bool,
    /// Its name in the spec; a group in one zone has the zone's letter behind it.
    #[serde(skip)]
    pub name: Key,
    /// Its only zone, if each zone has a group of its own.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub zone: Option<ZoneName>,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

impl NodeGroup {
    /// The Kubernetes version of its nodes, under a control plane of version `control_plane`.
    pub fn kubernetes<'a>(&'a self, control_plane: &'a KubernetesVersion) -> &'a KubernetesVersion {
        self.written.version.as_ref().unwrap_or(control_plane)
    }

    /// Whether it has nodes in a zone of the network.
    pub fn is_in(&self, zone: &ZoneName) -> bool {
        let zones = &self.written.zones;
        self.zone.as_ref().is_none_or(|only| only == zone) && (zones.is_empty() || zones.contains(zone))
    }
}

/// Karpenter as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Karpenter {
    /// The name of the role of its nodes.
    pub node_role: String,
    /// The name of the interruption queue.
    pub queue: String,
    /// The classes that pools use, by name.
    pub classes: BTreeMap<Key, NodeClass>,
    /// The pools, by name.
    pub pools: BTreeMap<Key, spec::NodePool>,
}

/// A class as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NodeClass {
    /// What is written of it.
    #[serde(flatten)]
    pub written: spec::NodeClass,
    /// Where the spec describes it, or the part that asks for the default one.
    #[serde(skip)]
    pub address: Address,
}

impl Karpenter {
    /// Where the spec describes a pool.
    pub fn pool_address(name: &Key) -> Address {
        Address::of("spec.aws.karpenter.pools").key(name.as_str())
    }

    /// The name of the class of a pool.
    pub fn class_of(pool: &spec::NodePool) -> Key {
        pool.class.clone().unwrap_or_else(|| fixed("default"))
    }
}

pub(super) fn groups(spec: &Spec, network: Option<&Network>, sink: &mut Sink) -> BTreeMap<Key, NodeGroup> {
    let groups = Address::of("spec.aws.nodeGroups");
    let implied = || BTreeMap::from([(fixed("system"), spec::NodeGroup::of(vec![fixed("t3.large")]))]);
    let written = spec.written.spec.aws.node_groups.clone().unwrap_or_else(implied);
    let mut out = BTreeMap::new();
    let mut stamped = Vec::new();
    for (name, written) in written {
        let address = groups.key(name.as_str());
        let (arch, driver) = machines(spec, &name, &written, &address, sink);
        let autoscaled = is_autoscaled(spec, &written);
        let is_stamped = written.per_zone;
        let group = NodeGroup { name: name.clone(), written, arch, driver, autoscaled, zone: None, address };
        if is_stamped {
            stamped.push(group);
        } else {
            out.insert(name, group);
        }
    }
    for group in stamped {
        in_each_zone(spec, network, &group, &mut out, sink);
    }
    out
}

/// One group for each zone.
fn in_each_zone(
    spec: &Spec,
    network: Option<&Network>,
    group: &NodeGroup,
    out: &mut BTreeMap<Key, NodeGroup>,
    sink: &mut Sink,
) {
    for zone in network.into_iter().flat_map(|network| &network.zones).filter(|zone| group.is_in(zone)) {
        let letter = zone.as_str().strip_prefix(zone.region().as_str()).unwrap_or_default();
        let name = format!("{}-{}", group.name, letter.trim_start_matches('-'));
        let place = spec.key(&group.address);
        let Ok(key) = name.parse::<Key>() else {
            sink.report(
                NAMES_OF_ZONES
                    .at(place, format!("`{name}` has {} characters", name.len()))
                    .title(format!("the name of group `{}` has no room for its zones", group.name))
                    .why("each zone gets a group of its own, named after it")
                    .help("choose a shorter name"),
            );
            return;
        };
        if let Some(other) = out.get(&key) {
            sink.report(
                NAMES_OF_ZONES
                    .at(place, format!("makes `{key}` in zone {zone}"))
                    .also(spec.key(&other.address), format!("is `{key}`, too"))
                    .title(format!("two groups would be called `{key}`"))
                    .why("one of the two would be missing in the cluster")
                    .help("rename one of them"),
            );
            return;
        }
        out.insert(key, NodeGroup { zone: Some(zone.clone()), ..group.clone() });
    }
}

/// Karpenter and cluster-autoscaler do not go together, so beside Karpenter no group is autoscaled.
fn is_autoscaled(spec: &Spec, group: &spec::NodeGroup) -> bool {
    let written = &spec.written.spec;
    let enabled =
        |entry: &Option<spec::ComponentUse>| entry.as_ref().is_none_or(|one| one.enabled != Some(false));
    let has_autoscaler = || written.components.get(&fixed::<Key>("cluster-autoscaler")).is_some_and(enabled);
    written.aws.karpenter.is_none()
        && group.autoscaled.unwrap_or_else(|| has_autoscaler() && group.size.min < group.size.max)
}

const ONE_IMAGE: &str = "AWS refuses the group: it has one image, and an image has one architecture";

fn machines(
    spec: &Spec,
    key: &Key,
    group: &spec::NodeGroup,
    address: &Address,
    sink: &mut Sink,
) -> (Architecture, Driver) {
    let types = address.key("instanceTypes");
    let mut first: Option<(Architecture, usize)> = None;
    let mut driver = Driver::None;
    for (index, name) in group.instance_types.iter().enumerate() {
        let place = spec.value(&types.index(index));
        let Some(instance) = instances::find(name) else {
            let why = "AWS would refuse the group, after the network and the control plane are up";
            report_unknown(name.as_str(), place, why, sink);
            continue;
        };
        if let Some(found) = driver_of(&instance) {
            driver = found;
        }
        let Some(arch) = instance.arch else { continue };
        match (group.arch, first) {
            (Some(stated), _) if stated != arch => sink.report(
                MIXED_ARCHITECTURES
                    .at(place, format!("`{name}` is {arch}"))
                    .also(spec.value(&address.key("arch")), format!("the group is {stated}"))
                    .title(format!("instance type `{name}` does not fit the architecture of group `{key}`"))
                    .why(ONE_IMAGE)
                    .help(format!("take {stated} types only, or make a second group")),
            ),
            (None, Some((earlier, at))) if earlier != arch => sink.report(
                MIXED_ARCHITECTURES
                    .at(place, format!("`{name}` is {arch}"))
                    .also(spec.value(&types.index(at)), format!("this one is {earlier}"))
                    .title(format!("group `{key}` mixes processor architectures"))
                    .why(ONE_IMAGE)
                    .help("make one group for each architecture"),
            ),
            _ => {}
        }
        first = first.or(Some((arch, index)));
    }
    let arch = group.arch.or(first.map(|(arch, _)| arch)).unwrap_or(Architecture::Amd64);
    (arch, driver)
}

pub(super) fn report_unknown(name: &str, place: crate::source::Span, why: &str, sink: &mut Sink) {
    let finding = UNKNOWN_INSTANCE_TYPE
        .at(place, "not in the table of EC2 types")
        .title(format!("instance type `{name}` is unknown"))
        .why(why);
    sink.report(match instances::similar(name) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(place, near),
        None => finding.help("write `family.size`, such as `m7g.large`"),
    });
}

fn driver_of(instance: &instances::Instance) -> Option<Driver> {
    if instance.gpu.as_ref().is_some_and(|gpu| gpu.manufacturer == "nvidia") {
        return Some(Driver::Nvidia);
    }
    (instance.family.starts_with("inf") || instance.family.starts_with("trn")).then_some(Driver::Neuron)
}

pub(super) fn karpenter(spec: &Spec, sink: &mut Sink) -> Option<Karpenter> {
    let written = spec.written.spec.aws.karpenter.as_ref()?;
    let name = &spec.written.metadata.name;
    let at = Address::of("spec.aws.karpenter");
    let mut classes: BTreeMap<Key, NodeClass> = BTreeMap::new();
    for (class, body) in &written.classes {
        classes.insert(
            class.clone(),
            NodeClass { written: body.clone(), address: at.key("classes").key(class.as_str()) },
        );
    }
    for (pool_name, pool) in &written.pools {
        if pool.class.as_ref().is_none_or(|class| class.as_str() == "default") {
            let implied = || NodeClass {
                written: spec::NodeClass::default(),
                address: at.key("pools").key(pool_name.as_str()),
            };
            classes.entry(fixed("default")).or_insert_with(implied);
        }
        for (index, instance) in pool.instance_types.iter().enumerate() {
            if instances::find(instance).is_none() {
                let place = Karpenter::pool_address(pool_name).key("instanceTypes").index(index);
                let why = "Karpenter would find no such type, and pods would wait for a node";
                report_unknown(instance.as_str(), spec.value(&place), why, sink);
            }
        }
    }
    Some(Karpenter {
        node_role: written.node_role_name.clone().unwrap_or_else(|| format!("Karpenter-{name}")),
        queue: written.queue_name.clone().unwrap_or_else(|| format!("Karpenter-{name}")),
        classes,
        pools: written.pools.clone(),
    })
}
