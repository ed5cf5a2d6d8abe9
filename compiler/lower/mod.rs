//! How meaning becomes things that exist: a cluster in, the infra graph and the delivery graph out.

mod aws;
mod bootstrap_script;
mod bottlerocket;
mod delivery;
pub(crate) mod manifests;
pub(crate) mod needs;
mod placement;
pub(crate) mod scope;
mod tags;
mod tree;
mod user_data;
mod volumes;

use crate::cluster::Cluster;
use crate::diagnostic::Sink;
use crate::ir::Ir;
use crate::spec::Spec;

/// Lowers a cluster. `out` is the output's folder, as the user would write it; apps that lie in it are referred to
/// in place.
pub fn lower(cluster: &Cluster, spec: &Spec, out: &str, sink: &mut Sink) -> Ir {
    let placement = placement::Placements::of(cluster);
    let identities = aws::identities(cluster, sink);
    let (delivery, facts) = delivery::lower(cluster, spec, out, &placement, &identities, sink);
    let infra = aws::lower(cluster, &placement, identities, facts);
    Ir { infra, delivery }
}
