//! Settings of Amazon's VPC CNI (README of amazon-vpc-cni-k8s v1.23.1, August 2026).

/// What a setting's text has to be.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Form {
    /// `true` or `false`.
    Flag,
    /// A whole number.
    Number,
    /// Any text.
    Text,
}

use Form::{Flag, Number, Text};

/// The settings, sorted by name.
pub const SETTINGS: &[(&str, Form)] = &[
    ("ADDITIONAL_ENI_TAGS", Text),
    ("ANNOTATE_POD_IP", Flag),
    ("AWS_EC2_ENDPOINT", Text),
    ("AWS_EXTERNAL_SERVICE_CIDRS", Text),
    ("AWS_MANAGE_ENIS_NON_SCHEDULABLE", Flag),
    ("AWS_VPC_CNI_NODE_PORT_SUPPORT", Flag),
    ("AWS_VPC_ENI_MTU", Number),
    ("AWS_VPC_K8S_CNI_CONFIGURE_RPFILTER", Flag),
    ("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG", Flag),
    ("AWS_VPC_K8S_CNI_EXCLUDE_SNAT_CIDRS", Text),
    ("AWS_VPC_K8S_CNI_EXTERNALSNAT", Flag),
    ("AWS_VPC_K8S_CNI_LOGLEVEL", Text),
    ("AWS_VPC_K8S_CNI_LOG_FILE", Text),
    ("AWS_VPC_K8S_CNI_RANDOMIZESNAT", Text),
    ("AWS_VPC_K8S_CNI_VETHPREFIX", Text),
    ("AWS_VPC_K8S_PLUGIN_LOG_FILE", Text),
    ("AWS_VPC_K8S_PLUGIN_LOG_LEVEL", Text),
    ("CLUSTER_ENDPOINT", Text),
    ("CLUSTER_NAME", Text),
    ("DISABLE_INTROSPECTION", Flag),
    ("DISABLE_LEAKED_ENI_CLEANUP", Flag),
    ("DISABLE_METRICS", Flag),
    ("DISABLE_NETWORK_RESOURCE_PROVISIONING", Flag),
    ("DISABLE_POD_V6", Flag),
    ("DISABLE_TCP_EARLY_DEMUX", Flag),
    ("ENABLE_BANDWIDTH_PLUGIN", Flag),
    ("ENABLE_IMDS_ONLY_MODE", Flag),
    ("ENABLE_IPv4", Flag),
    ("ENABLE_IPv6", Flag),
    ("ENABLE_MULTI_NIC", Flag),
    ("ENABLE_NFTABLES", Flag),
    ("ENABLE_POD_ENI", Flag),
    ("ENABLE_PREFIX_DELEGATION", Flag),
    ("ENABLE_SUBNET_DISCOVERY", Flag),
    ("ENABLE_V4_EGRESS", Flag),
    ("ENABLE_V6_EGRESS", Flag),
    ("ENI_CONFIG_ANNOTATION_DEF", Text),
    ("ENI_CONFIG_LABEL_DEF", Text),
    ("HOST_CNI_BIN_PATH", Text),
    ("HOST_CNI_CONFDIR_PATH", Text),
    ("INTROSPECTION_BIND_ADDRESS", Text),
    ("IP_COOLDOWN_PERIOD", Number),
    ("MAX_ENI", Number),
    ("MINIMUM_IP_TARGET", Number),
    ("NETWORK_POLICY_ENFORCING_MODE", Text),
    ("POD_MTU", Number),
    ("POD_SECURITY_GROUP_ENFORCING_MODE", Text),
    ("WARM_ENI_TARGET", Number),
    ("WARM_IP_TARGET", Number),
    ("WARM_PREFIX_TARGET", Number),
];

/// Addresses in one prefix (a /28).
pub const PREFIX: u64 = 16;

/// What the setting of this name has to be, if there is one.
pub fn form(name: &str) -> Option<Form> {
    SETTINGS.iter().find(|(known, _)| *known == name).map(|(_, form)| *form)
}

/// The setting whose name looks most like `name`, if one is so close that a slip of the pen explains it.
pub fn similar(name: &str) -> Option<&'static str> {
    crate::domain::nearest(name, SETTINGS.iter().map(|(known, _)| *known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn settings_are_sorted_and_found() {
        assert!(SETTINGS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert_eq!(form("WARM_IP_TARGET"), Some(Number));
        assert_eq!(form("WARM_IPS"), None);
        assert_eq!(similar("WARM_IP_TARGETS"), Some("WARM_IP_TARGET"));
    }
}
