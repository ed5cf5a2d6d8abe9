//! What has to exist, in no dialect: the infra graph, the delivery graph, and the order in which they come up.

mod deferred;
mod delivery;
mod edge;
mod infra;
mod order;
mod pod_network;
mod roles;
mod spread;
mod traffic;

use serde::Serialize;

pub use deferred::{Deferred, Part, Text};
pub use delivery::*;
pub use edge::*;
pub use infra::*;
pub use order::{Step, StepKind, cold_start};
pub use pod_network::PodNetwork;
pub use roles::*;
pub use spread::{MANAGED_LIMIT, Spread, policy_length, spread};
pub use traffic::*;

/// Everything that has to exist for one cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ir {
    /// What Terraform makes.
    pub infra: Infra,
    /// What Flux delivers; `None` without `gitops`.
    pub delivery: Option<Delivery>,
}
