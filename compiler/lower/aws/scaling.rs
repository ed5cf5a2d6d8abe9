//! What cluster-autoscaler is told about the nodes of a group that has none: labels, taints, resources.

use std::collections::BTreeMap;

use crate::catalog::autoscaling::NODE_TEMPLATE;
use crate::catalog::instances::{self, Accelerator, Instance};
use crate::cluster::NodeGroup;
use crate::domain::{LabelKey, LabelValue};
use crate::ir::ScalingTag;
use crate::source::Origin;

/// One tag for each label, taint and resource that the instance type alone does not tell; none for a group that
/// nobody scales.
pub(super) fn tags(group: &NodeGroup, labels: &BTreeMap<LabelKey, LabelValue>) -> Vec<ScalingTag> {
    if !group.autoscaled {
        return Vec::new();
    }
    let tag = |sort: &str, name: &str, value: String, below: &str| ScalingTag {
        key: format!("{NODE_TEMPLATE}/{sort}/{name}"),
        value,
        origin: Origin::Spec(group.address.key(below)),
    };
    let mut out: Vec<ScalingTag> =
        labels.iter().map(|(key, value)| tag("label", key.as_str(), value.to_string(), "labels")).collect();
    for (index, taint) in group.written.taints.iter().enumerate() {
        let value = format!("{}:{}", taint.value_text(), taint.effect);
        let origin = Origin::Spec(group.address.key("taints").index(index));
        out.push(ScalingTag { origin, ..tag("taint", taint.key.as_str(), value, "taints") });
    }
    let (storage, field) = match group.written.local_storage {
        Some(_) => (format!("{}G", local_disks(group)), "localStorage"),
        None => (group.written.disk.size.to_string(), "disk"),
    };
    out.push(tag("resources", "ephemeral-storage", storage, field));
    for (name, count) in [
        ("nvidia.com/gpu", least(group, "nvidia")),
        ("amd.com/gpu", least(group, "amd")),
        ("aws.amazon.com/neuron", least(group, "aws")),
    ] {
        if let Some(count) = count {
            out.push(tag("resources", name, count.to_string(), "instanceTypes"));
        }
    }
    out
}

/// GB of disks that each machine has for certain.
fn local_disks(group: &NodeGroup) -> u64 {
    let rows = group.written.instance_types.iter().filter_map(instances::find);
    rows.map(|row| row.local_nvme_gib).min().unwrap_or(0)
}

/// How many accelerators each node has for certain, whichever of the types AWS gives; `None` if that is none.
fn least(group: &NodeGroup, manufacturer: &str) -> Option<u32> {
    let made_by = |row: Instance| {
        let all = [row.gpu, row.accelerator].into_iter().flatten();
        all.filter(|one: &Accelerator| one.manufacturer == manufacturer).map(|one| one.count).next()
    };
    let rows = group.written.instance_types.iter().filter_map(instances::find);
    rows.map(|row| made_by(row).unwrap_or(0)).min().filter(|count| *count > 0)
}
