//! Names that the compiler derives.

pub mod collision;
pub mod group_labels;
pub mod length;

/// Every derived name with its sort, such as `IAM role`. Digits of the account's id are shown as `0`.
pub fn derived(cluster: &crate::cluster::Cluster, ir: &crate::ir::Ir) -> Vec<(&'static str, String)> {
    crate::check::derived::all(cluster, ir).into_iter().map(|one| (one.sort, one.name)).collect()
}
