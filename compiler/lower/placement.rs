//! Who must tolerate what: the taints of the fixed groups, turned into tolerations.

use std::collections::{BTreeMap, BTreeSet};

use crate::cluster::Cluster;
use crate::component::{Place, Runs};
use crate::domain::{Key, Taint, Toleration};

/// The key of the taint that system components tolerate. Kubernetes' own components know it, too.
pub(crate) const SYSTEM_TAINT: &str = "CriticalAddonsOnly";

/// What follows from the taints of the fixed groups.
pub(super) struct Placements {
    /// Taints that system components are made to tolerate.
    system: BTreeSet<Taint>,
    /// Whether pods without any toleration find a node.
    open_capacity: bool,
}

impl Placements {
    pub(super) fn of(cluster: &Cluster) -> Placements {
        let hard = |taints: &[Taint]| -> Vec<Taint> {
            taints.iter().filter(|taint| taint.effect.is_hard()).cloned().collect()
        };
        let groups: Vec<Vec<Taint>> =
            cluster.node_groups.values().map(|group| hard(&group.written.taints)).collect();
        let system = groups
            .iter()
            .filter(|taints| taints.iter().all(|taint| taint.key.as_str() == SYSTEM_TAINT))
            .flatten()
            .cloned()
            .collect();
        let open_pool = cluster
            .karpenter
            .iter()
            .flat_map(|karpenter| karpenter.pools.values())
            .any(|pool| hard(&pool.taints).is_empty());
        let open_capacity = open_pool || groups.iter().any(Vec::is_empty);
        Placements { system, open_capacity }
    }

    /// Tolerations of what runs on the fixed nodes.
    pub(super) fn system(&self) -> Vec<Toleration> {
        self.system.iter().map(Toleration::of).collect()
    }

    /// Keys of the taints that Flux must tolerate.
    pub(super) fn system_keys(&self) -> Vec<String> {
        let keys: BTreeSet<String> = self.system.iter().map(|taint| taint.key.to_string()).collect();
        keys.into_iter().collect()
    }

    /// Tolerations that the compiler gives a component.
    pub(super) fn of_component(&self, runs: &Runs) -> Vec<Toleration> {
        match runs.place {
            Place::System => self.system(),
            Place::EveryNode => vec![Toleration::everything()],
            Place::Anywhere if self.open_capacity => Vec::new(),
            Place::Anywhere => self.system(),
        }
    }
}

/// The nodes that the spec chooses for something.
#[derive(Debug, Clone, Default)]
pub(super) struct Chosen {
    /// Labels that the nodes have.
    pub(super) labels: BTreeMap<String, String>,
    /// Taints that keep others away from them.
    pub(super) taints: Vec<Taint>,
}

/// Labels and hard taints of a node group; `None` where no group has this name.
pub(super) fn chosen(cluster: &Cluster, group: &Key) -> Option<Chosen> {
    let written = &cluster.group(group)?.written;
    Some(Chosen {
        labels: written.labels.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect(),
        taints: written.taints.iter().filter(|taint| taint.effect.is_hard()).cloned().collect(),
    })
}
