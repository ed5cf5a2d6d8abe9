//! Which Kubernetes versions EKS offers, on the day of the tables.

use crate::catalog::kubernetes;
use crate::domain::KubernetesVersion;

/// The day that the tables of the catalog are of. There is no clock here: the same spec gives the same answer.
pub(super) const TABLES_OF: &str = "2026-08-22";

/// Whether EKS offers a version, as far as the table knows.
pub(super) fn is_offered(version: &KubernetesVersion) -> bool {
    kubernetes::find(version).is_some_and(|row| row.ends() >= TABLES_OF)
}
