//! What has to exist, in no dialect: the infra graph, the delivery graph, and the order in which they come up.

mod access;
mod deferred;
mod delivery;
mod edge;
mod fargate;
mod foundation;
mod group_names;
mod infra;
mod machines;
mod nodes;
mod order;
mod pod_network;
mod roles;
mod spread;
mod traffic;
mod upkeep;

use serde::Serialize;

pub use access::*;
pub use deferred::{Deferred, Part, Text};
pub use delivery::*;
pub use edge::*;
pub use fargate::*;
pub use foundation::*;
pub use infra::*;
pub use machines::{KeyForDisks, OwnImage, Placement as MachinePlacement, PlacementGroup, Volume};
pub use nodes::*;
pub use order::{Step, StepKind, cold_start};
pub use pod_network::PodNetwork;
pub use roles::*;
pub use spread::{MANAGED_LIMIT, Spread, policy_length, spread};
pub use traffic::*;
pub use upkeep::*;

/// Everything that has to exist for one cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Ir {
    /// What Terraform makes.
    pub infra: Infra,
    /// What Flux delivers; `None` without `gitops`.
    pub delivery: Option<Delivery>,
}
