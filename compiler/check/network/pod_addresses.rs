//! The private subnets hold the pods of the fixed groups at their largest.

use crate::catalog::instances;
use crate::check::Context;
use crate::cluster::Tier;
use crate::diagnostic::Sink;
use crate::ir::{NodeGroup, PodNetwork};
use crate::source::Address;

crate::diagnostic! {
    /// The private subnets have fewer addresses than the fixed groups can use at their largest.
    ///
    /// Every pod takes an address of its node's subnet, and nodes keep some in reserve. When a subnet has none left,
    /// new pods hang in `ContainerCreating`, nodes do not join, and load balancers cannot be made, in one zone only and
    /// on the busiest day. The size of a subnet cannot be changed later.
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
    ///     network: { cidr: 10.0.0.0/22, tiers: { public: { newbits: 5 }, private: { newbits: 4 } } }
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 3, max: 12 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Here prefixes make a node take 128 addresses instead of 29:
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
    ///     network: { cidr: 10.0.0.0/20, tiers: { public: { newbits: 5 }, private: { newbits: 4 } } }
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 3, max: 6 } } }
    ///     addons: { vpc-cni: { configuration: { env: { ENABLE_PREFIX_DELEGATION: "true" } } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// What a node takes follows from its machine type, from `kubelet.maxPods`, and from the settings of the add-on
    /// `vpc-cni` below `configuration.env`: `ENABLE_PREFIX_DELEGATION` (sixteen at a time), `WARM_IP_TARGET` and
    /// `WARM_PREFIX_TARGET` (kept free), `MINIMUM_IP_TARGET` (had at least), and `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG`
    /// (pods are in subnets of their own).
    ///
    /// Take a larger VPC or fewer `newbits`; nodes that Karpenter makes come on top:
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
    ///     network: { cidr: 10.0.0.0/16, tiers: { public: { newbits: 8 }, private: { newbits: 4 } } }
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 3, max: 12 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TOO_FEW_POD_ADDRESSES = W0309: "subnets are too small for the fixed groups"
}

/// Addresses that AWS keeps in every subnet (VPC user guide, 2026).
const RESERVED: u64 = 5;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for tier in [Tier::Private, Tier::Public] {
        of_tier(context, tier, sink);
    }
}

fn of_tier(context: &Context<'_>, tier: Tier, sink: &mut Sink) {
    let network = &context.cluster.network;
    let Some(smallest) = network.tier(tier).min_by_key(|subnet| subnet.cidr.addresses()) else {
        return;
    };
    let zones = network.zones.len().max(1) as u64;
    let pods = PodNetwork::of(&context.ir.infra);
    let groups = || context.ir.infra.node_groups.iter().filter(|group| group.tier == tier);
    let nodes: u64 = groups().map(|group| u64::from(group.size.max)).sum();
    let needed: u64 = groups()
        .map(|group| u64::from(group.size.max).div_ceil(zones) * addresses_of_a_node(&pods, group))
        .sum();
    let free = smallest.cidr.addresses().saturating_sub(RESERVED);
    if needed <= free {
        return;
    }
    let largest = groups().max_by_key(|group| group.size.max);
    let mut finding = TOO_FEW_POD_ADDRESSES
        .at(context.spec.value(&smallest.address), format!("{free} free addresses in each zone"))
        .title(format!(
            "the {} subnets are too small: {needed} addresses are needed in a zone, {free} are free",
            tier.word()
        ))
        .why(
            "pods hang in `ContainerCreating` when their subnet has no address left, and subnets cannot grow",
        )
        .help(format!(
            "give each {} subnet a /{} or larger: fewer `newbits`, or a larger VPC",
            tier.word(),
            prefix_for(needed + RESERVED)
        ));
    if let Some(group) = largest {
        finding = finding.also(
            context.spec.value(&group.address.key("size")),
            format!("{nodes} fixed nodes at most, {} in a zone", nodes.div_ceil(zones)),
        );
    }
    if pods.prefixes {
        finding = finding.help(
            "a prefix is sixteen addresses in a row; fewer pods for each node (`kubelet.maxPods`) take fewer",
        );
    }
    if context.cluster.karpenter.is_some() {
        finding = finding.help("leave room for the nodes that Karpenter makes, too");
    }
    sink.report(if context.spec.writes(&smallest.address) {
        finding
    } else {
        finding.also(
            context.spec.value(&Address::of("spec.aws.network.cidr")),
            format!("the VPC is {}", network.cidr),
        )
    });
}

/// Addresses that the largest listed type takes when it is full of pods.
fn addresses_of_a_node(network: &PodNetwork, group: &NodeGroup) -> u64 {
    let of = |name| {
        let row = instances::find(name)?;
        let most = row.max_pods?;
        let room = if network.prefixes { row.max_pods_prefix.unwrap_or(most) } else { most };
        let pods = group.max_pods.map_or(room, |limit| limit.min(room));
        Some(network.addresses(u64::from(pods), u64::from(most)))
    };
    group.instance_types.iter().filter_map(of).max().unwrap_or(0)
}

/// The longest prefix that holds so many addresses.
fn prefix_for(addresses: u64) -> u32 {
    32u32.saturating_sub(addresses.next_power_of_two().trailing_zeros())
}
