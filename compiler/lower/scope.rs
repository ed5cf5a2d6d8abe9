//! The names that expressions of a component may use.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::cluster::{Cluster, Component};
use crate::component::Scope;
use crate::ir::{Deferred, NodeGroup};

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
            // EKS gives cluster DNS the tenth address of the Service range.
            "dnsIp": cluster.network.service_cidr.host(10).map(|address| address.to_string()),
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
        "params": component.params,
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
