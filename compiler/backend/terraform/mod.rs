//! Terraform's dialect of the infra graph: one file for each concern, in the stacks `foundation`, `cluster` and
//! `gitops`.
//!
//! The compiler is the module: only plain resources are written, and every line knows who asked for it.

mod access;
mod addons;
mod audit;
mod aws_auth;
mod bastion;
mod boundary;
mod certificates;
mod control_plane;
mod emitted;
mod fargate;
mod flow_logs;
mod flux;
mod foundation;
mod gitops;
mod identities;
mod images;
mod karpenter;
mod network;
mod node_groups;
mod node_security;
mod oidc_providers;
mod operators;
mod outputs;
mod policy;
mod roots;
mod security_groups;
mod self_managed;
mod state_bucket;
mod terms;
mod volumes;

use std::collections::BTreeMap;

use emitted::Emitted;

use crate::ir::Infra;
use crate::syntax::Printed;
use crate::syntax::hcl::{self, Body};

/// The files of all stacks by their path below `terraform/CLUSTER/`, such as `cluster/network.tf`.
///
/// `header` becomes the first line of every file, without its `# `. A file that would be empty is left out.
pub fn emit(infra: &Infra, header: &str) -> BTreeMap<String, Printed> {
    let (cluster, gitops) = (cluster(infra), gitops::files(infra));
    let emitted = Emitted::of(infra, cluster.iter().chain(&gitops).map(|(_, body)| body));
    let stacks =
        [("foundation", foundation::files(infra, &emitted)), ("cluster", cluster), ("gitops", gitops)];
    let mut printed = BTreeMap::new();
    for (stack, files) in stacks {
        for (name, body) in files.into_iter().filter(|(_, body)| !body.0.is_empty()) {
            printed.insert(format!("{stack}/{name}"), hcl::print(&body, Some(header)));
        }
    }
    printed
}

fn cluster(infra: &Infra) -> Vec<(&'static str, Body)> {
    let mut files = vec![
        ("network.tf", network::body(infra)),
        ("flow_logs.tf", flow_logs::body(infra)),
        ("boundary.tf", boundary::body(infra)),
        ("control_plane.tf", control_plane::body(infra)),
        ("disks.tf", volumes::body(infra)),
        ("node_groups.tf", node_groups::body(infra)),
        ("fargate.tf", fargate::body(infra)),
        ("identities.tf", identities::body(infra)),
        ("oidc_providers.tf", oidc_providers::body(infra)),
        ("karpenter.tf", karpenter::body(infra)),
        ("addons.tf", addons::body(infra)),
        ("access.tf", access::body(infra)),
        ("audit.tf", audit::body(infra)),
        ("security_groups.tf", security_groups::body(infra)),
        ("bastion.tf", bastion::body(infra)),
        ("certificates.tf", certificates::body(infra)),
        ("outputs.tf", outputs::body(infra)),
    ];
    files.extend(roots::cluster(infra, &files));
    files
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
