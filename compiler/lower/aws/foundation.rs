//! The foundation: the bucket for the state, and the roles of operators.

use crate::cluster::Cluster;
use crate::domain::{Key, PrincipalArn};
use crate::ir::{Acting, FOUNDATION_FOLDER, Foundation, Operator, RoleSettings};
use crate::source::Address;
use crate::spec::{AssumedRole, Given, OperatorRole, Principal};

/// What comes before the cluster.
pub(super) fn lower(cluster: &Cluster) -> Option<Foundation> {
    let written = cluster.foundation.as_ref()?;
    let operators = written.operators.iter().map(|(key, written)| operator(cluster, key, written));
    Some(Foundation { state_bucket: written.state_bucket.clone(), operators: operators.collect() })
}

fn operator(cluster: &Cluster, key: &Key, operator: &OperatorRole) -> Operator {
    Operator {
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
    }
}

/// The ARN of an operator's role, where the account is written down.
fn known(cluster: &Cluster, key: &Key) -> Option<PrincipalArn> {
    let written = cluster.foundation.as_ref()?.operators.get(key)?;
    let account = cluster.account.as_ref().filter(|account| account.known().is_some())?;
    let arn = operator(cluster, key, written).arn(cluster.partition.as_str(), Some(account));
    arn.to_string().parse().ok()
}

/// A principal; an operator by its ARN, where that is known when compiling.
pub(super) fn principal(cluster: &Cluster, written: &Principal) -> Principal {
    let arn = match written {
        Principal::Operator(reference) => known(cluster, &reference.operator),
        _ => None,
    };
    arn.map_or_else(|| written.clone(), Principal::Known)
}

/// The role that Terraform acts as. A provider and the place of a state are told before anything is looked up, so an
/// operator needs an account that is written down.
pub(super) fn acting(cluster: &Cluster) -> Option<Acting> {
    Some(match cluster.assume_role.as_ref()? {
        AssumedRole::Role(written) => {
            Acting { role: written.role.clone(), session: written.session.clone(), operator: None }
        }
        AssumedRole::Operator(written) => Acting {
            role: Given::Known(known(cluster, &written.operator)?.to_string().parse().ok()?),
            session: written.session.clone(),
            operator: Some(written.operator.to_string()),
        },
    })
}
