//! Self-managed node groups: an auto scaling group and a launch template, without EKS in between.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{GoDuration, choices, fixed};

/// Makes a group self-managed: an auto scaling group whose nodes register themselves, and which EKS neither shows nor
/// updates. `{}` takes the defaults. A group cannot be handed over: to set this later, or take it out, replaces it.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SelfManaged {
    /// How Spot and on-demand nodes are mixed; only with `capacity: spot`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mixed_instances: Option<MixedInstances>,
    /// How long a new machine takes until it counts as healthy: joining the cluster and pulling images.
    #[serde(default = "SelfManaged::default_warm_up")]
    pub warm_up: GoDuration,
    /// How nodes are replaced when their image or anything else in the launch template changes. With `off`, nodes stay
    /// as they are until somebody ends them.
    #[serde(default)]
    pub refresh: Refresh,
}

impl SelfManaged {
    fn default_warm_up() -> GoDuration {
        fixed("2m")
    }
}

/// How much of a Spot group is bought on demand after all.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct MixedInstances {
    /// How many nodes are on demand before the first Spot node is bought.
    #[serde(default)]
    pub on_demand_base: u32,
    /// How many percent of the nodes beyond the base are on demand.
    #[serde(default)]
    #[schemars(range(max = 100))]
    pub on_demand_percent: u8,
    /// By what AWS chooses among the instance types when it buys Spot.
    #[serde(default = "MixedInstances::default_strategy")]
    pub spot_strategy: SpotStrategy,
    /// Whether a Spot node that is likely to be taken away is replaced before that. Its pods are not moved; that takes
    /// software in the cluster.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rebalance: bool,
}

impl MixedInstances {
    fn default_strategy() -> SpotStrategy {
        SpotStrategy::PriceCapacityOptimized
    }
}

impl Default for MixedInstances {
    fn default() -> MixedInstances {
        MixedInstances {
            on_demand_base: 0,
            on_demand_percent: 0,
            spot_strategy: MixedInstances::default_strategy(),
            rebalance: false,
        }
    }
}

choices! {
    /// By what AWS chooses among instance types (EC2 Auto Scaling API, August 2026).
    SpotStrategy {
        /// Where an interruption is unlikely, and of those the cheapest.
        PriceCapacityOptimized = "price-capacity-optimized",
        /// Where an interruption is least likely.
        CapacityOptimized = "capacity-optimized",
        /// Where an interruption is least likely; the order of the types counts where it makes little difference.
        CapacityOptimizedPrioritized = "capacity-optimized-prioritized",
        /// The cheapest.
        LowestPrice = "lowest-price",
    }
}

/// How nodes are replaced when the launch template changes.
#[derive(Debug, Clone, Copy, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Refresh {
    /// Not at all.
    Off(RefreshOff),
    /// A few at a time.
    Rolling(Rolling),
}

impl Default for Refresh {
    fn default() -> Refresh {
        Refresh::Rolling(Rolling::default())
    }
}

impl Refresh {
    /// How nodes are replaced; `None` if they are not.
    pub fn rolling(self) -> Option<Rolling> {
        match self {
            Refresh::Off(RefreshOff::Off) => None,
            Refresh::Rolling(rolling) => Some(rolling),
        }
    }
}

/// The word for no refresh.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum RefreshOff {
    /// Nodes are not replaced.
    Off,
}

/// How many nodes are there while they are replaced, as a share of the group's size. They are not drained: their pods
/// end with them and are made anew elsewhere.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Rolling {
    /// Never fewer healthy nodes than this, in percent. With 100, a new node comes before an old one goes.
    #[serde(default = "Rolling::default_min")]
    #[schemars(range(max = 100))]
    pub min_healthy_percent: u8,
    /// Never more nodes than this, in percent, and at most 100 above the other; without it 110, as far as that goes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(range(min = 100, max = 200))]
    pub max_healthy_percent: Option<u8>,
    /// Whether a refresh that fails puts the nodes back to the launch template before.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub rollback: bool,
}

impl Rolling {
    fn default_min() -> u8 {
        100
    }

    /// Never more nodes than this, in percent.
    pub fn most(self) -> u8 {
        self.max_healthy_percent.unwrap_or_else(|| 110.min(self.min_healthy_percent + Rolling::WIDEST))
    }

    /// How far the two bounds may be apart, in percent (EC2 Auto Scaling API, August 2026).
    pub const WIDEST: u8 = 100;
}

impl Default for Rolling {
    fn default() -> Rolling {
        Rolling { min_healthy_percent: Rolling::default_min(), max_healthy_percent: None, rollback: false }
    }
}
