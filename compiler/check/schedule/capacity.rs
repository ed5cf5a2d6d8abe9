//! The fixed nodes have room for what must run on them.

use super::fixed_nodes::{Tenant, live, lodgers, nodes, tenants};
use crate::catalog::instances;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{NodeGroup, PodNetwork};

crate::diagnostic! {
    /// The fixed nodes are too small for what must run on them.
    ///
    /// Counted are pods, CPU and memory of all that must run there (add-ons, Flux, Karpenter or, without it, all
    /// components) against the smallest listed instance type of each group, less what the kubelet keeps. Where it is not
    /// enough, some of these pods stay `Pending`, often CoreDNS or the second replica of Karpenter.
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
    ///     nodeGroups: { system: { instanceTypes: [ t3.small ], size: { min: 2, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { aws-load-balancer-controller: {}, external-secrets: {}, metrics-server: {}, snapshot-controller: {}, aws-ebs-csi-driver: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take larger or more nodes:
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
    ///     nodeGroups: { system: { instanceTypes: [ t3.large ], size: { min: 2, max: 3 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { aws-load-balancer-controller: {}, external-secrets: {}, metrics-server: {}, snapshot-controller: {}, aws-ebs-csi-driver: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TOO_LITTLE_ROOM = W0504: "the fixed nodes have too little room"
}

/// Pods, CPU in thousandths, memory in bytes.
#[derive(Clone, Copy, Default)]
struct Room {
    pods: i128,
    cpu: i128,
    memory: i128,
}

impl Room {
    fn add(&mut self, other: Room, times: i128) {
        self.pods += other.pods * times;
        self.cpu += other.cpu * times;
        self.memory += other.memory * times;
    }
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let tenants = tenants(context);
    let lodgers = lodgers(context);
    let accepts = |group: &&NodeGroup| tenants.iter().any(|tenant| tenant.fits(group));
    let groups: Vec<&NodeGroup> = live(context).into_iter().filter(accepts).collect();
    let mut there = Room::default();
    let mut count = 0;
    for group in &groups {
        let Some(room) = smallest(context, group) else { return };
        there.add(room, i128::from(nodes(group)));
        count += nodes(group);
    }
    let Some(first) = groups.first() else { return };
    let everyone = || tenants.iter().chain(&lodgers);
    let wanted = wanted(everyone(), count);
    let short: Vec<String> = [
        (wanted.pods > there.pods, format!("{} pods of {}", wanted.pods, there.pods)),
        (wanted.cpu > there.cpu, format!("{}m CPU of {}m", wanted.cpu, there.cpu)),
        (wanted.memory > there.memory, format!("{} MiB of {} MiB", wanted.memory >> 20, there.memory >> 20)),
    ]
    .into_iter()
    .filter_map(|(is_short, words)| is_short.then_some(words))
    .collect();
    if short.is_empty() {
        return;
    }
    let mut largest: Vec<(i128, &str)> =
        everyone().map(|tenant| (wanted_by(tenant, count).cpu, tenant.name.as_str())).collect();
    largest.sort_by(|a, b| b.cmp(a));
    let names: Vec<&str> = largest.iter().take(4).map(|(_, name)| *name).collect();
    sink.report(
        TOO_LITTLE_ROOM
            .at(
                context.spec.key(&first.address.key("instanceTypes")),
                format!("{count} nodes at first; {} wanted", short.join(", ")),
            )
            .title(format!("the fixed nodes have too little room: {} are wanted", short.join(" and ")))
            .why(format!("some pods stay `Pending`; most is requested by {}", names.join(", ")))
            .help("take a larger instance type, or raise `min`")
            .help("the smallest type of a group counts, for AWS may give you that one"),
    );
}

fn wanted<'a>(all: impl Iterator<Item = &'a Tenant>, nodes: u32) -> Room {
    let mut sum = Room::default();
    for tenant in all {
        sum.add(wanted_by(tenant, nodes), 1);
    }
    sum
}

fn wanted_by(tenant: &Tenant, nodes: u32) -> Room {
    let mut sum = Room::default();
    for pods in &tenant.pods {
        let times = i128::from(pods.count) * if pods.on_each_node { i128::from(nodes) } else { 1 };
        sum.add(Room { pods: 1, cpu: pods.cpu, memory: pods.memory }, times);
    }
    sum
}

/// What the smallest listed type offers to pods.
fn smallest(context: &Context<'_>, group: &NodeGroup) -> Option<Room> {
    let rooms: Option<Vec<Room>> = group
        .instance_types
        .iter()
        .map(|name| instances::find(name).and_then(|row| room(context, &row)))
        .collect();
    let rooms = rooms?;
    Some(Room {
        pods: group.max_pods.map(i128::from).or(rooms.iter().map(|room| room.pods).min())?,
        cpu: rooms.iter().map(|room| room.cpu).min()?,
        memory: rooms.iter().map(|room| room.memory).min()?,
    })
}

/// A type less the reserve that nodeadm makes for the kubelet (255 MiB and 11 MiB for each pod; 6 % of the first core,
/// 1 % of the second, 0.5 % of the third and fourth, 0.25 % of the others) and the eviction threshold of 100 MiB.
fn room(context: &Context<'_>, row: &instances::Instance) -> Option<Room> {
    let pods = if PodNetwork::of(&context.ir.infra).prefixes {
        row.max_pods_prefix.or(row.max_pods)?
    } else {
        row.max_pods?
    };
    let cores = i128::from(row.vcpu?);
    let reserve = [(1, 6_000), (1, 1_000), (2, 500), (cores, 250)];
    let mut left = cores;
    let mut kept = 0;
    for (many, each) in reserve {
        let here = left.min(many);
        kept += here * each;
        left -= here;
    }
    let memory = i128::from(row.memory_mib?) - (255 + 11 * i128::from(pods)) - 100;
    Some(Room { pods: i128::from(pods), cpu: cores * 1000 - kept / 100, memory: memory << 20 })
}
