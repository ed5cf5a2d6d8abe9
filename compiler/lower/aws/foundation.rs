//! The foundation: the bucket for the state, and the roles of operators.

use crate::cluster::Cluster;
use crate::ir::{FOUNDATION_FOLDER, Foundation, Operator, RoleSettings};
use crate::source::Address;

/// What comes before the cluster.
pub(super) fn lower(cluster: &Cluster) -> Option<Foundation> {
    let written = cluster.foundation.as_ref()?;
    let operator = |(key, operator): (&crate::domain::Key, &crate::spec::OperatorRole)| Operator {
        key: key.to_string(),
        role: operator.role_name.clone().unwrap_or_else(|| format!("{}-{key}", cluster.name)),
        trust: operator.trust.clone(),
        may: operator.may,
        settings: RoleSettings {
            max_session: Some(u32::from(operator.max_session) * 3600),
            path: Some(format!("{FOUNDATION_FOLDER}{}/", cluster.name)),
            description: operator.description.clone(),
        },
        address: Address::of("spec.aws.foundation.operators").key(key.as_str()),
    };
    Some(Foundation {
        state_bucket: written.state_bucket.clone(),
        operators: written.operators.iter().map(operator).collect(),
    })
}
