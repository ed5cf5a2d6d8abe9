//! Claims of storage, of components and of apps, and the storage classes that answer them.

use std::collections::BTreeMap;

use serde_json::Value;

use super::Context;
use super::manifests::{AppObject, Listing};
use super::workloads::workloads;
use crate::cluster::{Component, Labels};
use crate::domain::Toleration;
use crate::ir::{Object, Unit};
use crate::source::{Address, Span};

/// The driver of EBS volumes, as classes name it.
const EBS: [&str; 2] = ["ebs.csi.aws.com", "kubernetes.io/aws-ebs"];
/// The annotation of the class for claims that name none.
const DEFAULT: &str = "storageclass.kubernetes.io/is-default-class";
/// The component and the EKS add-on that make EBS volumes.
const DRIVER: &str = "aws-ebs-csi-driver";

/// A claim of storage.
pub(super) struct Claim {
    /// Who claims, in the user's words.
    pub(super) who: String,
    /// The class; `None` for the default one.
    pub(super) class: Option<String>,
    /// Where it is claimed.
    pub(super) place: Span,
    /// The namespace.
    pub(super) namespace: String,
    /// The pods that use it, where they are known.
    pub(super) pods: Option<Users>,
}

/// Pods that use a claim.
pub(super) struct Users {
    /// Their labels.
    pub(super) labels: Labels,
    /// What they tolerate.
    pub(super) tolerations: Vec<Toleration>,
    /// Labels that their node must have.
    pub(super) node_labels: Labels,
}

/// A storage class.
#[derive(Clone, Copy)]
pub(super) struct Class {
    /// Whether its volumes can grow.
    pub(super) grows: bool,
    /// Whether its volumes are EBS': each in one zone.
    pub(super) is_ebs: bool,
    /// Whether it answers claims that name none.
    pub(super) is_default: bool,
}

/// All storage classes that are known.
pub(super) struct Classes {
    known: BTreeMap<String, Class>,
    /// Whether others may come from places that the compiler does not read.
    pub(super) is_open: bool,
    /// Whether anything makes EBS volumes.
    pub(super) has_driver: bool,
}

impl Classes {
    /// The class of a claim.
    pub(super) fn of(&self, claim: &Claim) -> Option<Class> {
        match &claim.class {
            Some(name) => self.known.get(name).copied(),
            None => self.known.values().find(|class| class.is_default).copied(),
        }
    }

    /// The names of classes whose volumes can grow.
    pub(super) fn growing(&self) -> Vec<&str> {
        self.known.iter().filter(|(_, class)| class.grows).map(|(name, _)| name.as_str()).collect()
    }

    /// Reads all classes.
    pub(super) fn all(context: &Context<'_>, apps: &[AppObject<'_>]) -> Classes {
        let cluster = context.cluster;
        let addon = context.ir.infra.addons.iter().find(|addon| addon.name == DRIVER);
        let driver = cluster.components.values().find(|one| one.name.as_str() == DRIVER);
        // EKS brings it; nobody's default since 1.30, and made before volumes could grow.
        let gp2 = Class { grows: false, is_ebs: true, is_default: false };
        let mut known = BTreeMap::from([("gp2".to_owned(), gp2)]);
        let own = Value::Object(addon.map(|addon| addon.configuration.clone()).unwrap_or_default());
        let releases = context.objects().filter(|object| object.kind() == "HelmRelease");
        let values = releases.filter_map(|one| Some((one.name(), one.body.pointer("/spec/values")?)));
        for (name, values) in [(DRIVER, &own)].into_iter().chain(values) {
            let is_ebs = name == DRIVER;
            if is_ebs && values.pointer("/defaultStorageClass/enabled") == Some(&Value::Bool(true)) {
                let class = Class { grows: true, is_ebs, is_default: true };
                known.insert("ebs-csi-default-sc".to_owned(), class);
            }
            for class in values.get("storageClasses").and_then(Value::as_array).into_iter().flatten() {
                let name = class.get("name").and_then(Value::as_str).unwrap_or_default();
                let read = class_of(class, class.get("annotations"));
                // Charts of other drivers are for file systems, which have no size.
                known.insert(name.to_owned(), Class { is_ebs, grows: read.grows || !is_ebs, ..read });
            }
        }
        let plain = context.objects().filter(|object| object.kind() == "StorageClass").map(|one| &one.body);
        let of_apps = apps.iter().filter(|one| one.kind() == "StorageClass").filter_map(|one| one.field(""));
        for body in plain.chain(of_apps) {
            let name = body.pointer("/metadata/name").and_then(Value::as_str).unwrap_or_default();
            known.insert(name.to_owned(), class_of(body, body.pointer("/metadata/annotations")));
        }
        // A chart of one's own may bring classes of its own.
        let foreign = |one: &Component| {
            let written = context.spec.written.spec.components.get(&one.name);
            written.and_then(Option::as_ref).is_some_and(|one| one.source.is_some())
        };
        let is_open = cluster.components.values().any(foreign)
            || cluster.apps.values().any(|app| Listing::of(app).is_open);
        Classes { known, is_open, has_driver: addon.is_some() || driver.is_some() }
    }
}

fn class_of(body: &Value, annotations: Option<&Value>) -> Class {
    let provisioner = body.get("provisioner").and_then(Value::as_str).unwrap_or_default();
    Class {
        grows: body.get("allowVolumeExpansion") == Some(&Value::Bool(true)),
        is_ebs: EBS.contains(&provisioner),
        is_default: annotations.and_then(|all| all.get(DEFAULT)?.as_str()) == Some("true"),
    }
}

/// All claims: those of components' values, and those of apps' manifests.
pub(super) fn claims(context: &Context<'_>, apps: &[AppObject<'_>]) -> Vec<Claim> {
    let mut out = Vec::new();
    let layers = context.ir.delivery.iter().flat_map(|delivery| &delivery.layers);
    for unit in layers.flat_map(|layer| &layer.units) {
        for object in &unit.objects {
            if let Some(values) =
                object.body.pointer("/spec/values").filter(|_| object.kind() == "HelmRelease")
            {
                in_values(context, unit, object, values, &mut out);
            }
        }
    }
    of_apps(apps, &mut out);
    out
}

fn in_values(context: &Context<'_>, unit: &Unit, object: &Object, values: &Value, out: &mut Vec<Claim>) {
    match values {
        Value::Object(map) => {
            for (key, below) in map {
                let spec = below.get("spec").filter(|_| key == "volumeClaimTemplate");
                if let Some(class) = spec.and_then(class_name) {
                    out.push(Claim {
                        who: format!("component `{}`", unit.name),
                        place: place_in(context, unit, class.as_deref()),
                        class,
                        namespace: object.namespace().to_owned(),
                        pods: Some(Users {
                            labels: Labels::new(),
                            tolerations: unit.placement.tolerations.clone(),
                            node_labels: Labels::new(),
                        }),
                    });
                } else {
                    in_values(context, unit, object, below, out);
                }
            }
        }
        Value::Array(items) => items.iter().for_each(|item| in_values(context, unit, object, item, out)),
        _ => {}
    }
}

/// The class that a claim names; `Some(None)` for the default one, `None` for a claim of a volume that is there.
fn class_name(spec: &Value) -> Option<Option<String>> {
    if spec.get("volumeName").is_some() {
        return None;
    }
    match spec.get("storageClassName").and_then(Value::as_str) {
        Some("") => None,
        named => Some(named.map(str::to_owned)),
    }
}

/// Where a component's class is written: the parameter or value that holds it, or the component.
fn place_in(context: &Context<'_>, unit: &Unit, class: Option<&str>) -> Span {
    let component = context.cluster.components.values().find(|one| one.name.as_str() == unit.name);
    let found = component.zip(class).and_then(|(component, class)| {
        let params = holds(&Value::Object(component.params.clone()), class, component.address.key("params"));
        params.filter(|address| context.spec.writes(address)).or_else(|| {
            holds(&Value::Object(component.values.clone()), class, component.address.key("values"))
        })
    });
    found.map_or_else(|| context.spec.key(&unit.address), |address| context.spec.value(&address))
}

fn holds(value: &Value, text: &str, at: Address) -> Option<Address> {
    match value {
        Value::String(found) if found == text => Some(at),
        Value::Object(map) => map.iter().find_map(|(key, below)| holds(below, text, at.key(key))),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, below)| holds(below, text, at.index(index)))
        }
        _ => None,
    }
}

fn of_apps(apps: &[AppObject<'_>], out: &mut Vec<Claim>) {
    let all: Vec<_> = workloads(apps).collect();
    let users = |pods: &super::workloads::Workload<'_>| Users {
        labels: pods.labels.clone(),
        tolerations: pods.tolerations(),
        node_labels: pods.node_labels(),
    };
    for workload in all.iter().filter(|one| one.object.kind() == "StatefulSet") {
        let templates = workload.object.field("/spec/volumeClaimTemplates").and_then(Value::as_array);
        for (index, template) in templates.into_iter().flatten().enumerate() {
            let Some(class) = template.get("spec").and_then(class_name) else { continue };
            let at =
                Address::of("spec.volumeClaimTemplates").index(index).key("spec").key("storageClassName");
            out.push(Claim {
                who: workload.name(),
                class,
                place: workload.object.at(&at),
                namespace: workload.object.namespace().to_owned(),
                pods: Some(users(workload)),
            });
        }
    }
    for object in apps.iter().filter(|one| one.kind() == "PersistentVolumeClaim") {
        let Some(class) = object.field("/spec").and_then(class_name) else { continue };
        let uses = |pods: &&super::workloads::Workload<'_>| {
            let volumes = pods.pod.get("volumes").and_then(Value::as_array).into_iter().flatten();
            let claimed = |volume: &Value| {
                volume.pointer("/persistentVolumeClaim/claimName")?.as_str().map(str::to_owned)
            };
            pods.object.namespace() == object.namespace()
                && volumes.filter_map(claimed).any(|name| name == object.name())
        };
        out.push(Claim {
            who: format!("claim `{}`", object.name()),
            class,
            place: object.place("spec.storageClassName"),
            namespace: object.namespace().to_owned(),
            pods: all.iter().find(uses).map(users),
        });
    }
}
