//! Secrets from AWS become ExternalSecrets, each applied where its namespace is already there.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::cluster::Cluster;
use crate::domain::{GroupKind, Key, Namespace};
use crate::ir::{Kustomization, LayerName, Object, Placement, Unit, UnitKind};
use crate::lower::scope::store;
use crate::source::{Address, Origin};
use crate::spec::{ExternalSecret, SecretStore};

const API: &str = "external-secrets.io/v1";

fn address() -> Address {
    Address::of("spec.externalSecrets")
}

/// Adds the stores and the ExternalSecrets. One whose namespace an app makes is applied with that app; all others are a
/// unit of the configs layer. `there` are the namespaces that are made before that layer.
pub(super) fn add(
    cluster: &Cluster,
    there: &BTreeSet<String>,
    units: &mut BTreeMap<LayerName, Vec<Unit>>,
    makes: &dyn Fn(&Unit, &str) -> bool,
) {
    let Some(written) = &cluster.external_secrets else { return };
    let stores = written.stores.iter().map(|(name, store)| store_object(cluster, name, store));
    let mut objects: Vec<Object> = stores.collect();
    for (name, secret) in written.secrets.iter().filter(|(_, secret)| store(cluster, &secret.store).is_some())
    {
        for (index, namespace) in secret.namespaces.iter().enumerate() {
            let object = secret_object(name, secret, index, namespace);
            let maker = units.values_mut().flatten().find(|unit| makes(unit, namespace.as_str()));
            match maker.filter(|unit| unit.kind == UnitKind::App && !there.contains(namespace.as_str())) {
                Some(unit) => unit.objects.push(object),
                None => objects.push(object),
            }
        }
    }
    let kinds = ["external-secrets.io/ClusterSecretStore", "external-secrets.io/ExternalSecret"];
    if !objects.is_empty() {
        units.entry(LayerName::Configs).or_default().push(Unit {
            name: "secrets".to_owned(),
            kind: UnitKind::Component,
            objects,
            kustomization: Kustomization::default(),
            copies: BTreeMap::new(),
            provides: Vec::new(),
            needs: kinds.iter().filter_map(|kind| kind.parse::<GroupKind>().ok()).collect(),
            substitute: true,
            placement: Placement::default(),
            address: address(),
        });
    }
}

fn store_object(cluster: &Cluster, name: &Key, store: &SecretStore) -> Object {
    let region = store.region.as_ref().unwrap_or(&cluster.region);
    let body = json!({
        "apiVersion": API,
        "kind": "ClusterSecretStore",
        "metadata": { "name": name },
        "spec": { "provider": { "aws": { "service": store.service.spelled(), "region": region } } },
    });
    let origin = Origin::Spec(address().key("stores").key(name.as_str()));
    Object::new(format!("store-{name}.yaml"), body, origin)
}

fn secret_object(name: &Key, secret: &ExternalSecret, index: usize, namespace: &Namespace) -> Object {
    let data = secret.keys.iter().map(|(key, remote)| {
        let mut from = Map::new();
        from.insert("key".to_owned(), json!(remote.from));
        from.extend(remote.property.as_ref().map(|property| ("property".to_owned(), json!(property))));
        json!({ "secretKey": key, "remoteRef": from })
    });
    let body = json!({
        "apiVersion": API,
        "kind": "ExternalSecret",
        "metadata": { "name": name, "namespace": namespace },
        "spec": {
            "refreshInterval": secret.refresh,
            "secretStoreRef": { "kind": "ClusterSecretStore", "name": secret.store },
            "target": { "name": name },
            "data": data.collect::<Vec<Value>>(),
        },
    });
    let at = address().key("secrets").key(name.as_str());
    let mut object = Object::new(format!("secret-{namespace}-{name}.yaml"), body, Origin::Spec(at.clone()));
    let parts =
        [("/spec/refreshInterval", "refresh"), ("/spec/secretStoreRef", "store"), ("/spec/data", "keys")];
    for (pointer, key) in parts {
        object.origins.insert(pointer.to_owned(), Origin::Spec(at.key(key)));
    }
    let in_namespace = Origin::Spec(at.key("namespaces").index(index));
    object.origins.insert("/metadata/namespace".to_owned(), in_namespace);
    object
}
