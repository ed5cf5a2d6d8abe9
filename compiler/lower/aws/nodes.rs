//! Node groups and the roles of nodes.

use std::collections::BTreeMap;

use super::{max_pods, network, scaling, self_managed};
use crate::catalog::autoscaling::ACCELERATOR_LABEL;
use crate::catalog::{ami, instances};
use crate::cluster::{self, Cluster, Tier};
use crate::domain::{LabelKey, LabelValue, fixed};
use crate::ir::{
    MachinePlacement, Managed, NodeGroup, OwnImage, PlacementGroup, Role, ScalingTag, Upkeep, UserData,
};
use crate::lower::user_data::{Join, Start, user_data};
use crate::lower::volumes::volumes;
use crate::spec::{self, NodeImage, NodeSubnets, Size, Tenancy};

/// What every node may do. Sessions by Session Manager replace SSH, so no port is opened for it.
const NODE_POLICIES: [&str; 3] =
    ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly", "AmazonSSMManagedInstanceCore"];

/// Managed policies of the nodes: those of every node, and the network add-on's unless it has a role of its own.
pub(super) fn node_policies(cluster: &Cluster) -> Vec<String> {
    let cni_has_role = cluster
        .addons
        .iter()
        .any(|(name, addon)| name.as_str() == "vpc-cni" && addon.written.mechanism.is_some());
    let own = NODE_POLICIES.iter().map(|name| (*name).to_owned());
    own.chain((!cni_has_role).then(|| "AmazonEKS_CNI_Policy".to_owned())).collect()
}

pub(super) fn role(cluster: &Cluster) -> Role {
    Role { suffix: "node".to_owned(), managed_policies: node_policies(cluster) }
}

/// Its labels. A new node with a GPU shows no GPU until its driver is up; by the label the autoscaler knows that one
/// is coming, and does not start a second node for the same pod.
fn labels(group: &cluster::NodeGroup) -> BTreeMap<LabelKey, LabelValue> {
    let mut labels = group.written.labels.clone();
    let mut types = group.written.instance_types.iter().filter_map(instances::find);
    let gpu = types.find_map(|row| row.gpu).filter(|gpu| group.autoscaled && gpu.manufacturer == "nvidia");
    if let Some(name) = gpu.and_then(|gpu| gpu.name.parse().ok()) {
        labels.entry(fixed(ACCELERATOR_LABEL)).or_insert(name);
    }
    labels
}

fn upkeep(cluster: &Cluster, group: &cluster::NodeGroup) -> Upkeep {
    let written = &group.written;
    if let Some(own) = &written.self_managed {
        return Upkeep::SelfManaged(self_managed::lower(cluster, group, own));
    }
    Upkeep::Managed(Managed {
        // A combination without an image is an error of its own (the image rule); the word then never shows.
        ami_type: ami::ami_type(written.os, group.arch, group.driver, false).unwrap_or("CUSTOM").to_owned(),
        version: written.version.as_ref().map(ToString::to_string),
        release: written.ami_release.clone(),
        force_update: written.force_update,
        update_timeout: written.update_timeout.as_ref().map(ToString::to_string),
        max_unavailable: written.max_unavailable.as_ref().map_or_else(|| "1".to_owned(), ToString::to_string),
    })
}

/// What its nodes read when they start. EKS completes it for managed ones on an image of its own; others are told
/// everything.
fn start(
    cluster: &Cluster,
    group: &cluster::NodeGroup,
    labels: &BTreeMap<LabelKey, LabelValue>,
    joins: bool,
) -> Option<UserData> {
    let written = &group.written;
    let is_own = written.self_managed.is_some();
    let kubelet = if joins { max_pods::kubelet(cluster, group) } else { written.kubelet.clone() };
    let data = user_data(&Start {
        os: written.os,
        kubelet: kubelet.as_ref(),
        bottlerocket: written.bottlerocket.as_ref(),
        scripts: &written.user_data,
        local_storage: written.local_storage,
        join: joins.then(|| Join::new(cluster, labels, &written.taints)),
    })?;
    let field = match (is_own, data.field) {
        (true, _) => "selfManaged",
        (false, "kubelet") if written.kubelet.is_none() => "instanceTypes",
        (false, field) => field,
    };
    Some(UserData { field, ..data })
}

/// All tags on its auto scaling group that are for cluster-autoscaler, as far as EKS does not put them there.
fn scaling_tags(
    cluster: &Cluster,
    group: &cluster::NodeGroup,
    labels: &BTreeMap<LabelKey, LabelValue>,
) -> Vec<ScalingTag> {
    let mut tags = match group.written.self_managed {
        Some(_) => self_managed::discovery(cluster, group),
        None => Vec::new(),
    };
    tags.extend(scaling::tags(group, labels));
    tags
}

pub(super) fn groups(cluster: &Cluster) -> Vec<NodeGroup> {
    let lower = |(key, group): (&crate::domain::Key, &crate::cluster::NodeGroup)| {
        let written = &group.written;
        let labels = labels(group);
        let image = image(cluster, group);
        let tier = match written.subnets {
            NodeSubnets::Private => Tier::Private,
            NodeSubnets::Public => Tier::Public,
        };
        let subnets = cluster.network.tier(tier).filter(|one| group.is_in(&one.zone));
        NodeGroup {
            key: key.to_string(),
            os: written.os,
            arch: group.arch,
            driver: group.driver,
            image: image.clone(),
            upkeep: upkeep(cluster, group),
            instance_types: written.instance_types.clone(),
            capacity: written.capacity,
            // The autoscaler decides from the first node on.
            size: Size { desired: written.size.desired.filter(|_| !group.autoscaled), ..written.size },
            subnets: subnets.map(|subnet| network::key(tier, &subnet.zone)).collect(),
            tier,
            monitoring: written.monitoring,
            ssh_key: written.ssh_key.clone(),
            max_pods: written.kubelet.as_ref().and_then(|kubelet| kubelet.max_pods),
            user_data: start(cluster, group, &labels, image.is_some()),
            scaling_tags: scaling_tags(cluster, group, &labels),
            volumes: volumes(written.os, &written.disk, &written.disks, &group.address),
            labels,
            taints: written.taints.clone(),
            generation: written.generation,
            metadata: written.metadata,
            placement: written.placement.as_ref().and_then(placement),
            enclave: written.enclave,
            ebs_optimized: written.ebs_optimized,
            address: group.address.clone(),
        }
    };
    cluster.node_groups.iter().map(lower).collect()
}

/// `None` for a placement that says what holds anyway.
fn placement(written: &spec::Placement) -> Option<MachinePlacement> {
    let group = written.group.as_ref().map(|group| match group {
        spec::PlacementGroup::Made(made) => PlacementGroup::Made(made.strategy, made.partitions),
        spec::PlacementGroup::Existing(existing) => PlacementGroup::Existing(existing.name.clone()),
    });
    let dedicated = written.tenancy == Tenancy::Dedicated;
    (group.is_some() || dedicated).then_some(MachinePlacement { group, dedicated })
}

/// The image that EKS does not choose: the user's own, Canonical's, or that of a group which EKS does not manage.
fn image(cluster: &Cluster, group: &cluster::NodeGroup) -> Option<OwnImage> {
    let written = &group.written;
    let version = group.kubernetes(&cluster.version);
    match &written.image {
        Some(NodeImage::Id(image)) => Some(OwnImage::Id(image.id.clone())),
        Some(NodeImage::Parameter(image)) => Some(OwnImage::Parameter(image.ssm.to_string())),
        Some(NodeImage::Name(image)) => {
            Some(OwnImage::Name { name: image.name.clone(), owner: image.owner.0.clone() })
        }
        None if written.self_managed.is_some() => {
            let release = written.ami_release.as_deref();
            let parameter = ami::parameter(written.os, group.arch, group.driver, version, release);
            // A combination without an image is an error of its own; the text then never shows.
            Some(OwnImage::Public(parameter.unwrap_or_default()))
        }
        None => written.os.parameter(version, group.arch).map(OwnImage::Public),
    }
}
