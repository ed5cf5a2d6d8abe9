//! The names that expressions of a component may use.

use serde_json::{Map, Value, json};

use crate::cluster::{Cluster, Component};
use crate::component::Scope;
use crate::domain::Key;
use crate::ir::Deferred;

/// The scope of a component's policies: Terraform has one place for the cluster's name and for the region, and
/// policies refer to it.
pub(super) fn policy_scope(cluster: &Cluster, component: &Component) -> Scope {
    of(cluster, component, Deferred::ClusterName.mark(), Deferred::Region.mark())
}

/// The scope of a component's values and objects.
pub(super) fn scope(cluster: &Cluster, component: &Component) -> Scope {
    of(cluster, component, cluster.name.to_string(), cluster.region.to_string())
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
            // EKS gives cluster DNS the tenth address of the Service range.
            "dnsIp": cluster.network.service_cidr.host(10).map(|address| address.to_string()),
        },
        "aws": {
            "partition": cluster.partition,
            "account": Deferred::AccountId.mark(),
            "region": region,
            "isolated": cluster.is_isolated(),
        },
        "vpc": { "id": Deferred::VpcId.mark(), "cidr": cluster.network.cidr },
        "release": {
            "name": contract.chart.as_ref().map(|chart| chart.release.clone()),
            "namespace": contract.namespace,
            "version": component.version.as_ref().map(|version| version.to_string()),
            "app": component.app,
        },
        "certificates": marks(cluster.certificates.keys(), Deferred::CertificateArn),
        "securityGroups": marks(cluster.network.security_groups.keys(), Deferred::SecurityGroupId),
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
