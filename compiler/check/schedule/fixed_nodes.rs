//! The fixed nodes, and what must run on them.

use std::collections::BTreeMap;

use crate::catalog::addons::{self, Kind};
use crate::check::Context;
use crate::domain::{Quantity, Taint, Toleration};
use crate::ir::{Bootstrap, Moment, NodeGroup, Unit};
use crate::source::Address;
use crate::spec;

/// The add-on that every pod needs, by the name that people know.
const DNS: &str = "CoreDNS";

/// What must run on the fixed nodes.
pub(super) struct Tenant {
    /// Its name, in the user's words.
    pub(super) name: String,
    /// What it tolerates.
    tolerates: Tolerates,
    /// Labels of the nodes that it is bound to.
    selector: BTreeMap<String, String>,
    /// Its pods, as far as they are known.
    pub(super) pods: Vec<Pods>,
    /// Where the spec asks for it.
    pub(super) address: Address,
}

/// Pods of one workload.
pub(super) struct Pods {
    /// How many in all, or on each node.
    pub(super) count: u64,
    /// Whether `count` is for each node.
    pub(super) on_each_node: bool,
    /// CPU of one, in thousandths.
    pub(super) cpu: i128,
    /// Memory of one, in bytes.
    pub(super) memory: i128,
}

enum Tolerates {
    These(Vec<Toleration>),
    Keys(Vec<String>),
}

impl Tenant {
    /// Whether its pods can run in a group: no taint keeps them away, and they select no other nodes.
    pub(super) fn fits(&self, group: &NodeGroup) -> bool {
        let has = |key: &String, value: &String| {
            group.labels.iter().any(|(one, other)| one.as_str() == key && other.as_str() == value)
        };
        self.refused_by(group).is_none() && self.selector.iter().all(|(key, value)| has(key, value))
    }

    /// The first taint of a group that keeps its pods away.
    pub(super) fn refused_by<'a>(&self, group: &'a NodeGroup) -> Option<&'a Taint> {
        let accepts = |taint: &Taint| match &self.tolerates {
            Tolerates::These(list) => list.iter().any(|one| one.tolerates(taint)),
            Tolerates::Keys(keys) => keys.iter().any(|key| key == taint.key.as_str()),
        };
        group.taints.iter().find(|taint| taint.effect.is_hard() && !accepts(taint))
    }
}

/// How many nodes a group starts with.
pub(super) fn nodes(group: &NodeGroup) -> u32 {
    group.size.desired.unwrap_or(0).max(group.size.min)
}

/// The groups that have nodes from the beginning.
pub(super) fn live<'a>(context: &Context<'a>) -> Vec<&'a NodeGroup> {
    context.ir.infra.node_groups.iter().filter(|group| nodes(group) > 0).collect()
}

/// Everything that must run on the fixed nodes, best known first: Karpenter with what it needs (without Karpenter, all
/// components), Flux, the add-ons.
pub(super) fn tenants(context: &Context<'_>) -> Vec<Tenant> {
    let layers = context.ir.delivery.iter().flat_map(|delivery| &delivery.layers);
    let everything = context.cluster.karpenter.is_none();
    let stays = |unit: &&Unit| {
        let placement = &unit.placement;
        let on_fargate = placement.pods.iter().any(|pods| pods.fargate)
            && placement.pods.iter().all(|pods| pods.fargate || pods.every_node);
        !placement.pods.is_empty() && !on_fargate && !placement.every_node && (placement.early || everything)
    };
    let mut out: Vec<Tenant> =
        layers.flat_map(|layer| &layer.units).filter(stays).map(|unit| component(context, unit)).collect();
    let bootstrap = context.ir.infra.bootstrap.as_ref();
    out.extend(bootstrap.filter(|_| context.cluster.fargate_flux().is_none()).map(flux));
    let (dns, others): (Vec<Tenant>, Vec<Tenant>) =
        addon_tenants(context).into_iter().partition(|tenant| tenant.name == DNS);
    out.extend(dns.into_iter().chain(others));
    out
}

/// What else takes room on the fixed nodes: pods on every node, and system components that no pool accepts.
pub(super) fn lodgers(context: &Context<'_>) -> Vec<Tenant> {
    let mut out = every_node_addons(context);
    let layers = context.ir.delivery.iter().flat_map(|delivery| &delivery.layers);
    let pools = || context.cluster.karpenter.iter().flat_map(|karpenter| karpenter.pools.values());
    let has_karpenter = context.cluster.karpenter.is_some();
    let accepts = |pool: &spec::NodePool, tolerations: &[Toleration]| {
        let tolerated = |taint: &Taint| tolerations.iter().any(|one| one.tolerates(taint));
        pool.taints.iter().all(|taint| !taint.effect.is_hard() || tolerated(taint))
    };
    let stays = |unit: &&Unit| {
        let placement = &unit.placement;
        let is_bound = || has_karpenter && placement.system && !placement.early;
        let on_fargate = placement.pods.iter().all(|pods| pods.fargate) && !placement.pods.is_empty();
        placement.every_node
            || (!on_fargate && is_bound() && !pools().any(|pool| accepts(pool, &placement.tolerations)))
    };
    out.extend(layers.flat_map(|layer| &layer.units).filter(stays).map(|unit| component(context, unit)));
    out
}

fn component(context: &Context<'_>, unit: &Unit) -> Tenant {
    let written = context.cluster.components.values().find(|one| one.name.as_str() == unit.name);
    // The usual name of the value; where a chart has another, the contract's number is used.
    let replicas = written.and_then(|one| one.values.get("replicas")?.as_u64());
    let single = unit.placement.pods.len() == 1;
    let on_nodes = unit.placement.pods.iter().filter(|pods| !pods.fargate);
    let pods = on_nodes.map(|pods| Pods {
        count: replicas.filter(|_| single).unwrap_or(u64::from(pods.replicas)),
        on_each_node: unit.placement.every_node,
        cpu: pods.cpu.as_ref().map_or(0, Quantity::milli),
        memory: pods.memory.as_ref().map_or(0, Quantity::bytes),
    });
    Tenant {
        name: format!("`{}`", unit.name),
        tolerates: Tolerates::These(unit.placement.tolerations.clone()),
        selector: unit.placement.selector.clone(),
        pods: pods.collect(),
        address: unit.address.clone(),
    }
}

fn addon_tenants(context: &Context<'_>) -> Vec<Tenant> {
    let after = context.ir.infra.addons.iter().filter(|addon| addon.moment == Moment::AfterNodes);
    let tenant = |addon: &crate::ir::Addon| {
        let known = addons::find(&addon.name)?;
        let pods = known.workloads.iter().filter(|workload| {
            workload.kind == Kind::Deployment && context.cluster.fargate_addon(known, workload).is_none()
        });
        let pods: Vec<Pods> = pods.map(pods_of).collect();
        // Of some add-ons no pods are known; nothing can be said about them.
        (!pods.is_empty()).then(|| Tenant {
            name: if addon.name == "coredns" { DNS.to_owned() } else { format!("add-on `{}`", addon.name) },
            tolerates: Tolerates::These(addon.tolerates.clone()),
            selector: BTreeMap::new(),
            pods,
            address: addon.address.clone(),
        })
    };
    after.filter_map(tenant).collect()
}

fn every_node_addons(context: &Context<'_>) -> Vec<Tenant> {
    let tenant = |addon: &crate::ir::Addon| {
        let known = addons::find(&addon.name)?;
        let pods = known.workloads.iter().filter(|workload| workload.kind == Kind::DaemonSet);
        Some(Tenant {
            name: format!("add-on `{}`", addon.name),
            tolerates: Tolerates::These(vec![Toleration::everything()]),
            selector: BTreeMap::new(),
            pods: pods.map(pods_of).collect(),
            address: addon.address.clone(),
        })
    };
    context.ir.infra.addons.iter().filter_map(tenant).collect()
}

fn pods_of(workload: &addons::Workload) -> Pods {
    let amount = |text: Option<&str>| text.and_then(|text| text.parse::<Quantity>().ok());
    let is_daemon = workload.kind == Kind::DaemonSet;
    Pods {
        count: if is_daemon { 1 } else { u64::from(workload.replicas.max(1)) },
        on_each_node: is_daemon,
        cpu: amount(workload.cpu).map_or(0, |cpu| cpu.milli()),
        memory: amount(workload.memory).map_or(0, |memory| memory.bytes()),
    }
}

/// Flux' controllers request 100m and 64Mi each (flux2 2.9.4), and so does the operator (flux-operator 0.58.1).
fn flux(bootstrap: &Bootstrap) -> Tenant {
    let operator = u64::from(bootstrap.way == spec::Bootstrap::Operator);
    let controllers = crate::catalog::flux::CONTROLLERS.len() as u64;
    Tenant {
        name: "Flux".to_owned(),
        tolerates: Tolerates::Keys(bootstrap.toleration_keys.clone()),
        selector: bootstrap.selector.clone(),
        pods: vec![Pods { count: controllers + operator, on_each_node: false, cpu: 100, memory: 64 << 20 }],
        address: Address::of("spec.gitops.flux"),
    }
}
