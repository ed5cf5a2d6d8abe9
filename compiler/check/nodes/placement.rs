//! Machines can be placed as a group asks.

use crate::catalog::instances;
use crate::check::Context;
use crate::cluster::NodeGroup;
use crate::diagnostic::Sink;
use crate::domain::Key;
use crate::ir;
use crate::spec::{MadePlacementGroup, PlacementGroup, PlacementStrategy};

crate::diagnostic! {
    /// Machines of a group cannot be placed as it asks.
    ///
    /// A placement group of strategy `cluster` is in one zone and takes no burstable or flexible machines; one of strategy `spread` holds
    /// at most seven machines in each zone; only strategy `partition` has partitions. What does not fit is not started, and
    /// the node group stays smaller than it says.
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
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ c7i.4xlarge ], placement: { group: { strategy: cluster } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
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
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 3, max: 30 }, placement: { group: { strategy: spread } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
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
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i-flex.large ], perZone: true, placement: { group: { strategy: cluster } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Make one group in each zone, and no more machines than fit:
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
    ///     nodeGroups:
    ///       fast: { instanceTypes: [ c7i.4xlarge ], perZone: true, placement: { group: { strategy: cluster } } }
    ///       spread: { instanceTypes: [ m7i.large ], size: { min: 3, max: 21 }, placement: { group: { strategy: spread } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_SUCH_PLACEMENT = E0223: "machines cannot be placed as their group asks"
}

/// Machines of a `spread` group in each zone (EC2 user guide, placement strategies).
const SPREAD_PER_ZONE: usize = 7;
/// Families that no `cluster` group takes: burstable ones (EC2 user guide, placement strategies).
const BURSTABLE: [&str; 4] = ["t2", "t3", "t3a", "t4g"];
/// And the flexible ones, of which the guide names the first, `m7i-flex`.
const FLEXIBLE: &str = "-flex";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let placement = group.written.placement.as_ref().and_then(|placement| placement.group.as_ref());
        let Some(PlacementGroup::Made(made)) = placement else { continue };
        partitions(context, group, made, sink);
        match made.strategy {
            PlacementStrategy::Cluster => cluster(context, name, group, sink),
            PlacementStrategy::Spread => spread(context, name, group, sink),
            PlacementStrategy::Partition => {}
        }
    }
}

fn partitions(context: &Context<'_>, group: &NodeGroup, made: &MadePlacementGroup, sink: &mut Sink) {
    if made.partitions.is_none() || made.strategy == PlacementStrategy::Partition {
        return;
    }
    let at = |field: &str| group.address.key("placement").key("group").key(field);
    sink.report(
        NO_SUCH_PLACEMENT
            .at(context.spec.key(&at("partitions")), "goes with `strategy: partition`")
            .also(context.spec.value(&at("strategy")), "the strategy is another")
            .title(format!("a `{}` group has no partitions", made.strategy.word()))
            .why("EC2 refuses the placement group")
            .help("write `strategy: partition`, or remove `partitions`"),
    );
}

/// The zones that the subnets of a group are in.
fn zones(context: &Context<'_>, group: &NodeGroup) -> usize {
    let made: Option<&ir::NodeGroup> = context
        .ir
        .infra
        .node_groups
        .iter()
        .find(|one| one.address == group.address && (group.zone.is_none() || one.subnets.len() == 1));
    made.map_or(1, |made| made.subnets.len())
}

fn cluster(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let strategy = group.address.key("placement").key("group").key("strategy");
    let zones = zones(context, group);
    if zones > 1 {
        sink.report(
            NO_SUCH_PLACEMENT
                .at(context.spec.value(&strategy), "in one zone")
                .also(context.spec.key(&group.address), format!("its nodes are in {zones} zones"))
                .title(format!("the machines of group `{name}` cannot be close together in {zones} zones"))
                .why("a `cluster` placement group is in one zone; machines in the others are not started")
                .help("write `perZone: true` for one group in each zone, or one zone under `zones`"),
        );
    }
    for (index, written) in group.written.instance_types.iter().enumerate() {
        let Some(row) = instances::find(written) else { continue };
        let sort = match row.family {
            family if BURSTABLE.contains(&family) => "burstable",
            family if family.ends_with(FLEXIBLE) => "flexible",
            _ => continue,
        };
        let place = group.address.key("instanceTypes").index(index);
        sink.report(
            NO_SUCH_PLACEMENT
                .at(context.spec.value(&place), sort)
                .also(context.spec.value(&strategy), format!("takes no {sort} machines"))
                .title(format!("no `{written}` can be in a `cluster` placement group"))
                .why("EC2 refuses to start the machine, and the group stays without nodes")
                .help("take a type of another family, such as `m7i.large`"),
        );
    }
}

fn spread(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let zones = zones(context, group);
    let most = zones * SPREAD_PER_ZONE;
    let max = group.written.size.max;
    if usize::try_from(max).is_ok_and(|max| max <= most) {
        return;
    }
    let strategy = group.address.key("placement").key("group").key("strategy");
    sink.report(
        NO_SUCH_PLACEMENT
            .at(context.spec.value(&group.address.key("size").key("max")), format!("up to {max} nodes"))
            .also(context.spec.value(&strategy), "seven machines in each zone at most")
            .title(format!("group `{name}` cannot have {max} machines on racks of their own"))
            .why(format!("{most} fit into its zones; the rest is not started, and pods wait for nodes"))
            .help(format!("write `max: {most}`, or `strategy: partition`")),
    );
}
