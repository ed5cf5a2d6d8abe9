//! Bindings of the groups that `access` names to roles of Kubernetes, so that a group means something from the start.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::catalog::access::ClusterRole;
use crate::cluster::Cluster;
use crate::domain::Key;
use crate::ir::{Kustomization, Object, Placement, Unit, UnitKind};
use crate::source::{Address, Origin};
use crate::spec::AccessEntry;

const API: &str = "rbac.authorization.k8s.io";

/// The unit, if any group is bound. It is in the first layer: people can look when a later one is stuck.
pub(super) fn unit(cluster: &Cluster) -> Option<Unit> {
    let bound = || cluster.access.iter().filter(|(_, entry)| !entry.groups.is_empty());
    let mut objects: Vec<Object> = Vec::new();
    let of_ours = bound().find(|(_, entry)| entry.cluster_role == Some(ClusterRole::ViewAll));
    objects.extend(of_ours.map(|(key, _)| view_all(key)));
    objects.extend(bound().filter_map(|(key, entry)| binding(key, entry, entry.cluster_role?)));
    (!objects.is_empty()).then(|| Unit {
        name: name(cluster),
        kind: UnitKind::Component,
        objects,
        kustomization: Kustomization::default(),
        substitute: true,
        copies: BTreeMap::new(),
        provides: Vec::new(),
        needs: Vec::new(),
        placement: Placement::default(),
        address: Address::of("spec.aws.access"),
    })
}

/// The folder's name: no component has it.
fn name(cluster: &Cluster) -> String {
    let mut name = "access".to_owned();
    while cluster.components.keys().any(|component| component.as_str() == name) {
        name.push_str("-bindings");
    }
    name
}

fn asked(key: &Key) -> Origin {
    Origin::Spec(Address::of("spec.aws.access").key(key.as_str()).key("clusterRole"))
}

fn view_all(key: &Key) -> Object {
    let body = json!({
        "apiVersion": format!("{API}/v1"),
        "kind": "ClusterRole",
        "metadata": { "name": ClusterRole::ViewAll.object_name() },
        "rules": [{ "apiGroups": ["*"], "resources": ["*"], "verbs": ["get", "list", "watch"] }],
    });
    Object::new("role-view-all.yaml", body, asked(key))
}

/// The role is part of the name: Kubernetes refuses to change the role of a binding, so another one is made.
fn binding(key: &Key, entry: &AccessEntry, role: ClusterRole) -> Option<Object> {
    let subject = |group: &String| json!({ "apiGroup": API, "kind": "Group", "name": group });
    let subjects: Vec<Value> = entry.groups.iter().map(subject).collect();
    let body = json!({
        "apiVersion": format!("{API}/v1"),
        "kind": "ClusterRoleBinding",
        "metadata": { "name": format!("access-{key}-{role}") },
        "roleRef": { "apiGroup": API, "kind": "ClusterRole", "name": role.object_name() },
        "subjects": subjects,
    });
    let mut object = Object::new(format!("binding-{key}.yaml"), body, asked(key));
    let groups = Address::of("spec.aws.access").key(key.as_str()).key("groups");
    object.origins.insert("/subjects".to_owned(), Origin::Spec(groups));
    Some(object)
}
