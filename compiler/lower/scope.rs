//! The names that expressions of a component may use.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::catalog::addons;
use crate::cluster::{Cluster, Component};
use crate::component::Scope;
use crate::domain::{Key, Region};
use crate::ir::{Deferred, NodeGroup};
use crate::spec::{SecretService, SecretStore};

/// The scope of a component's policies: Terraform has one place for the cluster's name and for the region, and
/// policies refer to it.
pub(super) fn policy_scope(cluster: &Cluster, component: &Component) -> Scope {
    of(cluster, component, Deferred::ClusterName.mark(), Deferred::Region.mark())
}

/// The scope of a component's values and objects.
pub(super) fn scope(cluster: &Cluster, component: &Component) -> Scope {
    of(cluster, component, cluster.name.to_string(), cluster.region.to_string())
}

/// The groups of each priority, by patterns of the names of their auto scaling groups; nothing without priorities.
fn priorities(cluster: &Cluster, component: &Component) -> Value {
    let written = component.params.get("priorities").and_then(Value::as_object);
    let mut out: BTreeMap<u64, Vec<String>> = BTreeMap::new();
    for (name, priority) in written.into_iter().flatten() {
        let groups = cluster.node_groups.iter().filter(|(_, group)| group.name.as_str() == name);
        let patterns = groups.map(|(key, group)| match group.written.self_managed {
            Some(_) => NodeGroup::own_scaling_group(cluster.name.as_str(), key.as_str()),
            None => NodeGroup::managed_scaling_group(key.as_str(), group.written.generation),
        });
        out.entry(priority.as_u64().unwrap_or_default()).or_default().extend(patterns);
    }
    let out: Map<String, Value> =
        out.into_iter().map(|(priority, patterns)| (priority.to_string(), json!(patterns))).collect();
    if out.is_empty() { Value::Null } else { Value::Object(out) }
}

/// A mapping from keys of the spec to what each stands for.
fn marks<'a>(keys: impl Iterator<Item = &'a Key>, of: fn(String) -> Deferred) -> Map<String, Value> {
    keys.map(|key| (key.to_string(), of(key.to_string()).mark().into())).collect()
}

fn of(cluster: &Cluster, component: &Component, name: String, region: String) -> Scope {
    let contract = component.contract();
    let karpenter = cluster.karpenter.as_ref();
    let has_karpenter = |value: Value| if karpenter.is_some() { value } else { Value::Null };
    let names = json!({
        "cluster": {
            "name": name,
            "version": cluster.version,
            "region": region,
            "tags": cluster.tags,
            "serviceCidr": cluster.network.service_cidr,
            "dnsIp": cluster.network.service_cidr.host(addons::CLUSTER_DNS).map(|address| address.to_string()),
        },
        "aws": {
            "partition": cluster.partition,
            "account": Deferred::AccountId.mark(),
            "region": region,
            "isolated": cluster.is_isolated(),
            "fargate": !cluster.fargate.is_empty(),
        },
        "vpc": { "id": Deferred::VpcId.mark(), "cidr": cluster.network.cidr },
        "release": {
            "name": contract.chart.as_ref().map(|chart| chart.release.clone()),
            "namespace": contract.namespace,
            "version": component.version.as_ref().map(|version| version.to_string()),
            "app": component.app,
            "fargate": cluster.fargate_component(component).is_some(),
        },
        "scaling": { "priorities": priorities(cluster, component) },
        "certificates": marks(cluster.certificates.keys(), Deferred::CertificateArn),
        "securityGroups": marks(cluster.network.security_groups.keys(), Deferred::SecurityGroupId),
        "params": component.params,
        "secrets": secrets(cluster, &region),
        "components": cluster.components.keys().collect::<Vec<_>>(),
        "addons": cluster.addons.keys().collect::<Vec<_>>(),
        "karpenter": {
            "queue": karpenter.map(|karpenter| karpenter.queue.clone()),
            "nodeRole": karpenter.map(|karpenter| karpenter.node_role.clone()),
            "queueArn": has_karpenter(Deferred::QueueArn.mark().into()),
            "nodeRoleArn": has_karpenter(Deferred::NodeRoleArn.mark().into()),
        },
    });
    let names = match names {
        Value::Object(names) => names,
        _ => Map::new(),
    };
    Scope::new(names, contract.parameter_names())
}

/// What the secrets of the spec need: ARNs of those that are read, and the given stores that are named.
fn secrets(cluster: &Cluster, region: &str) -> Value {
    let Some(written) = &cluster.external_secrets else {
        return json!({ "stores": [], "secretArns": [], "parameterArns": [] });
    };
    let (mut stores, mut secrets, mut parameters) = (BTreeSet::new(), BTreeSet::new(), BTreeSet::new());
    for secret in written.secrets.values() {
        let Some(store) = store(cluster, &secret.store) else { continue };
        if !written.stores.contains_key(&secret.store) {
            stores.insert(store.service);
        }
        let region = store.region.as_ref().map_or(region, Region::as_str);
        let of = |service: &str| {
            format!("arn:{}:{service}:{region}:{}", cluster.partition.as_str(), Deferred::AccountId.mark())
        };
        for key in secret.keys.values() {
            match store.service {
                // Secrets Manager ends each ARN with a hyphen and six characters of its own.
                SecretService::SecretsManager => {
                    secrets.insert(format!("{}:secret:{}-??????", of("secretsmanager"), key.from))
                }
                SecretService::ParameterStore => {
                    let name = key.from.as_str().trim_start_matches('/');
                    parameters.insert(format!("{}:parameter/{name}", of("ssm")))
                }
            };
        }
    }
    json!({ "stores": stores, "secretArns": secrets, "parameterArns": parameters })
}

/// The store of a name: one that the spec adds, or one that every cluster may name.
pub(crate) fn store(cluster: &Cluster, name: &Key) -> Option<SecretStore> {
    let written = cluster.external_secrets.as_ref().and_then(|written| written.stores.get(name));
    let given = [SecretService::SecretsManager, SecretService::ParameterStore];
    let given = given.into_iter().find(|service| service.given_store() == name.as_str());
    written.cloned().or(given.map(|service| SecretStore { service, region: None }))
}
