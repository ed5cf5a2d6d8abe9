//! How many addresses a node takes for its pods, as the network add-on is told.

use serde_json::{Map, Value};

use super::Infra;
use crate::catalog::cni::PREFIX;

/// What the add-on `vpc-cni` is told about addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PodNetwork {
    /// Whether nodes take prefixes of sixteen addresses instead of single ones.
    pub prefixes: bool,
    /// Whether pods are in other subnets than their nodes (custom networking).
    pub elsewhere: bool,
    /// Free addresses that each node keeps.
    warm: Option<u64>,
    /// Addresses that each node has at least.
    minimum: Option<u64>,
    /// Free prefixes that each node keeps, where nothing finer is asked for.
    warm_prefixes: u64,
}

impl PodNetwork {
    /// Reads the settings of the add-on; without it, or without settings, the defaults.
    pub fn of(infra: &Infra) -> PodNetwork {
        let addon = infra.addons.iter().find(|addon| addon.name == "vpc-cni");
        match addon.and_then(|addon| addon.configuration.get("env")?.as_object()) {
            Some(env) => PodNetwork::told(env),
            None => PodNetwork { warm_prefixes: 1, ..PodNetwork::default() },
        }
    }

    fn told(env: &Map<String, Value>) -> PodNetwork {
        let text = |name: &str| match env.get(name)? {
            Value::String(text) => Some(text.clone()),
            other => Some(other.to_string()),
        };
        // Zero and less mean that it is not set; no machine has as many as `u16` holds.
        let number = |name: &str| text(name)?.parse::<u16>().ok().filter(|number| *number > 0).map(u64::from);
        PodNetwork {
            prefixes: text("ENABLE_PREFIX_DELEGATION").as_deref() == Some("true"),
            elsewhere: text("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG").as_deref() == Some("true"),
            warm: number("WARM_IP_TARGET"),
            minimum: number("MINIMUM_IP_TARGET"),
            warm_prefixes: number("WARM_PREFIX_TARGET").unwrap_or(1),
        }
    }

    /// Addresses of its own subnet that a node takes when `pods` run on it; without prefixes it cannot have more than
    /// `most`.
    pub fn addresses(&self, pods: u64, most: u64) -> u64 {
        if self.elsewhere {
            return 1;
        }
        let is_fine = self.warm.is_some() || self.minimum.is_some();
        let wanted = (pods + self.warm.unwrap_or(0)).max(self.minimum.unwrap_or(0));
        match (self.prefixes, is_fine) {
            (false, _) => wanted.min(most),
            (true, true) => wanted.div_ceil(PREFIX) * PREFIX,
            (true, false) => (pods.div_ceil(PREFIX) + self.warm_prefixes) * PREFIX,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn addresses(env: &Value, pods: u64, most: u64) -> u64 {
        PodNetwork::told(env.as_object().unwrap()).addresses(pods, most)
    }

    #[test]
    fn single_addresses_end_at_what_the_machine_can_have() {
        assert_eq!(addresses(&json!({}), 29, 29), 29);
        assert_eq!(addresses(&json!({ "WARM_IP_TARGET": "5" }), 10, 29), 15);
        assert_eq!(addresses(&json!({ "WARM_IP_TARGET": "5" }), 29, 29), 29);
        assert_eq!(addresses(&json!({ "WARM_IP_TARGET": "2", "MINIMUM_IP_TARGET": "20" }), 10, 29), 20);
        assert_eq!(addresses(&json!({ "WARM_IP_TARGET": "0" }), 10, 29), 10);
    }

    #[test]
    fn prefixes_are_taken_whole() {
        let prefixes = |more: &[(&str, &str)]| {
            let mut env = json!({ "ENABLE_PREFIX_DELEGATION": "true" });
            more.iter().for_each(|(name, value)| env[*name] = json!(value));
            addresses(&env, 17, 110)
        };
        // The table of docs/prefix-and-ip-target.md.
        assert_eq!(prefixes(&[]), 48);
        assert_eq!(prefixes(&[("WARM_IP_TARGET", "1"), ("MINIMUM_IP_TARGET", "1")]), 32);
        assert_eq!(prefixes(&[("WARM_IP_TARGET", "7"), ("MINIMUM_IP_TARGET", "20")]), 32);
        assert_eq!(prefixes(&[("WARM_PREFIX_TARGET", "2")]), 64);
    }

    #[test]
    fn pods_elsewhere_leave_the_node_its_own_address() {
        assert_eq!(addresses(&json!({ "AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG": true }), 29, 29), 1);
    }
}
