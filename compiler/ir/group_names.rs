//! By which names AWS knows node groups and their auto scaling groups.

use super::NodeGroup;

impl NodeGroup {
    /// Characters of the suffix that Terraform puts behind a prefix.
    const SUFFIX: usize = 26;

    /// The beginning of the name that EKS knows a group by; Terraform makes the rest. EKS takes 63 characters.
    pub fn name_prefix(key: &str) -> String {
        format!("{key}-").chars().take(63 - NodeGroup::SUFFIX).collect()
    }

    /// A regular expression for the name of its auto scaling group: `eks-`, the name of the group, and an id.
    pub fn scaling_group(key: &str) -> String {
        format!("^eks-{}[0-9a-f]{{{}}}-", NodeGroup::name_prefix(key), NodeGroup::SUFFIX)
    }
}
