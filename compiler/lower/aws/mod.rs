//! The AWS platform: a cluster's infra graph.

mod access;
mod addons;
mod edge;
mod fargate;
mod foundation;
mod identities;
mod network;
mod nodes;
mod scaling;
mod self_managed;
mod traffic;

use std::collections::{BTreeMap, BTreeSet};

pub(super) use identities::identities;

use super::placement::{Placements, chosen};
use super::tags::discovery;
use crate::cluster::Cluster;
use crate::ir::{
    Bootstrap, ControlPlane, FactValue, Identity, Infra, KarpenterInfra, OpenPort, SecurityGroup, SharedTag,
    Trail,
};
use crate::source::Origin;
use crate::spec::Given;

/// The infra graph of a cluster.
pub(super) fn lower(
    cluster: &Cluster,
    placement: &Placements,
    identities: Vec<Identity>,
    facts: Vec<FactValue>,
) -> Infra {
    let node_security_group = security_group(cluster);
    Infra {
        name: cluster.name.to_string(),
        region: cluster.region.to_string(),
        partition: cluster.partition.to_string(),
        account: cluster.account.clone(),
        tags: cluster.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        state: cluster.state.clone(),
        foundation: foundation::lower(cluster),
        inputs: cluster.inputs.clone(),
        network: network::lower(cluster),
        control_plane: control_plane(cluster),
        node_role: nodes::role(cluster),
        self_managed_role: self_managed::role(cluster),
        node_groups: nodes::groups(cluster),
        disk_key: crate::lower::volumes::key(cluster),
        fargate: fargate::profiles(cluster),
        oidc_providers: identities::oidc_providers(cluster),
        boundary: identities::boundary(cluster),
        access: access::entries(cluster),
        authentication: cluster.authentication,
        aws_auth: access::config_map(cluster),
        roles: access::roles(cluster),
        assume_role: cluster.assume_role.clone(),
        addons: addons::lower(cluster, placement, &identities),
        karpenter: karpenter(cluster),
        trail: cluster.audit.as_ref().map(|audit| Trail {
            data_events: audit.cloud_trail.data_events.clone(),
            multi_region: audit.cloud_trail.multi_region,
            retention_days: audit.cloud_trail.retention_days.0,
            delete_with_cluster: audit.cloud_trail.delete_with_cluster,
        }),
        security_groups: traffic::groups(cluster),
        traffic_rules: traffic::rules(cluster, &node_security_group),
        node_security_group,
        bastion: edge::bastion(cluster),
        certificates: edge::certificates(cluster),
        protect: cluster.protect,
        bootstrap: bootstrap(cluster, placement),
        identities,
        facts,
        handed_secrets: crate::lower::delivery::notifications::secrets(cluster),
    }
}

fn control_plane(cluster: &Cluster) -> ControlPlane {
    ControlPlane {
        version: cluster.version.to_string(),
        support: cluster.support,
        tier: cluster.network.control_plane_tier,
        private: cluster.endpoint.private,
        public: cluster.endpoint.public.clone(),
        service_cidr: cluster.network.service_cidr.clone(),
        secrets_key: cluster.secrets_key.clone(),
        logs: cluster.logs.types.clone(),
        log_days: cluster.logs.retention_days.0,
    }
}

/// Nodes carry one group, and only that one has the cluster's tag: load balancer controllers refuse a node with two.
fn security_group(cluster: &Cluster) -> SecurityGroup {
    let mut tags = BTreeMap::from([(format!("kubernetes.io/cluster/{}", cluster.name), "owned".to_owned())]);
    if cluster.karpenter.is_some() {
        let SharedTag { key, value } = discovery(cluster);
        tags.insert(key, value);
    }
    let mut ports: BTreeMap<u16, OpenPort> = BTreeMap::new();
    for component in cluster.components.values() {
        for port in &component.contract().ports {
            let why = format!("{}: {}", component.name, port.why);
            let new =
                OpenPort { port: port.port, why: why.clone(), origin: Origin::from(&component.address) };
            let known = ports.entry(port.port).or_insert(new);
            if known.why != why {
                known.why = format!("{}\n{why}", known.why);
            }
        }
    }
    SecurityGroup { tags, from_control_plane: ports.into_values().collect() }
}

fn karpenter(cluster: &Cluster) -> Option<KarpenterInfra> {
    let karpenter = cluster.karpenter.as_ref()?;
    let component =
        cluster.components.iter().find(|(name, _)| name.as_str() == "karpenter").map(|(_, one)| one)?;
    let version = component.version.as_ref()?.semver().clone();
    let buys_spot =
        karpenter.pools.values().any(|pool| pool.capacity.contains(&crate::domain::CapacityType::Spot));
    Some(KarpenterInfra {
        queue: karpenter.queue.clone(),
        node_role: karpenter.node_role.clone(),
        instance_profile: cluster.is_isolated(),
        managed_policies: nodes::node_policies(cluster),
        discovery: discovery(cluster),
        buys_spot,
        version,
    })
}

fn bootstrap(cluster: &Cluster, placement: &Placements) -> Option<Bootstrap> {
    let flux = &cluster.gitops.as_ref()?.flux;
    let chosen = flux.runs_on.as_ref().and_then(|group| chosen(cluster, group));
    let keys = chosen
        .as_ref()
        .map(|chosen| chosen.taints.iter().map(|taint| taint.key.to_string()).collect::<BTreeSet<String>>());
    Some(Bootstrap {
        way: flux.bootstrap,
        version: flux.version.clone(),
        repository: flux.repository.to_string(),
        branch: match &flux.branch {
            Given::Known(branch) => Given::Known(branch.to_string()),
            Given::Input(input) => Given::Input(input.clone()),
        },
        path: format!("{}/clusters/{}", flux.path, cluster.name),
        auth: flux.auth.clone(),
        author: flux.author.clone(),
        signing: flux.signing.clone(),
        toleration_keys: keys.map_or_else(|| placement.system_keys(), |keys| keys.into_iter().collect()),
        selector: chosen.map(|chosen| chosen.labels).unwrap_or_default(),
    })
}
