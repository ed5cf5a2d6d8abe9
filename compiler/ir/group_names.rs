//! By which names AWS knows node groups and their auto scaling groups.

use super::NodeGroup;

impl NodeGroup {
    /// Characters of the suffix that Terraform puts behind a prefix.
    const SUFFIX: usize = 26;

    /// The beginning of the name that EKS knows a managed group by; Terraform makes the rest. EKS takes 63 characters.
    pub fn name_prefix(key: &str, generation: Option<u32>) -> String {
        let generation = generation.map(|number| format!("g{number}-")).unwrap_or_default();
        let room = 63 - NodeGroup::SUFFIX - generation.len();
        let key: String = format!("{key}-").chars().take(room).collect();
        format!("{key}{generation}")
    }

    /// A regular expression for the name of a managed group's auto scaling group: `eks-`, the name of the group, and
    /// an id.
    pub fn managed_scaling_group(key: &str, generation: Option<u32>) -> String {
        format!("^eks-{}[0-9a-f]{{{}}}-", NodeGroup::name_prefix(key, generation), NodeGroup::SUFFIX)
    }

    /// A regular expression for the name of a self-managed group's auto scaling group, which has no other part.
    pub fn own_scaling_group(cluster: &str, key: &str) -> String {
        format!("^{cluster}-{key}$")
    }
}
