//! What operators may do, and what they may not.

use super::*;
use crate::backend::terraform::sample::platform;
use crate::ir::{Boundary, MANAGED_LIMIT, policy_length};
use crate::spec::Bootstrap;

/// A cluster with every kind of thing there is, with folders, a boundary and a key.
fn everything() -> (Infra, Foundation, Emitted) {
    let mut infra = platform(Bootstrap::Operator);
    infra.boundary = Some(Boundary::Existing(
        serde_json::from_value(serde_json::json!("arn:aws:iam::111122223333:policy/boundary/clusters"))
            .unwrap(),
    ));
    let bucket = serde_json::from_value(serde_json::json!({ "key": "managed" })).unwrap();
    let foundation = Foundation { state_bucket: Some(bucket), operators: vec![] };
    infra.foundation = Some(foundation.clone());
    let name = Text::of(&format!("{}-*", Deferred::ClusterName.mark()));
    let exact = Text::of(&format!("Karpenter-{}", Deferred::ClusterName.mark()));
    let targets = [
        Target::Role,
        Target::Policy,
        Target::InstanceProfile,
        Target::Bucket,
        Target::Queue,
        Target::Rule,
        Target::LogGroup,
        Target::Trail,
    ];
    let names = targets.map(|target| (target, BTreeSet::from([name.clone(), exact.clone()]))).into();
    let kinds = operations::all().map(|row| row.kind.to_owned()).collect();
    (infra, foundation, Emitted { kinds, names, has_folders: true })
}

fn all_statements() -> Vec<Statement> {
    let (infra, foundation, emitted) = everything();
    OperatorPolicy::ALL.into_iter().flat_map(|which| of(which, &infra, &foundation, &emitted)).collect()
}

#[test]
fn no_policy_is_longer_than_iam_takes_whatever_the_stacks_hold() {
    let (infra, foundation, emitted) = everything();
    for which in OperatorPolicy::ALL {
        let length = policy_length(&of(which, &infra, &foundation, &emitted));
        assert!(length > 1_000 && length <= MANAGED_LIMIT, "{}: {length}", which.suffix());
    }
}

#[test]
fn every_statement_has_a_name_of_its_own() {
    let (infra, foundation, emitted) = everything();
    for which in OperatorPolicy::ALL {
        let statements = of(which, &infra, &foundation, &emitted);
        let sids: BTreeSet<&str> = statements.iter().map(|statement| statement.sid.as_str()).collect();
        assert_eq!(sids.len(), statements.len(), "{}", which.suffix());
        let plain = |sid: &&str| sid.chars().all(|c| c.is_ascii_alphanumeric());
        assert!(sids.iter().all(plain), "{sids:?}");
    }
}

#[test]
fn a_role_is_made_only_within_the_boundary() {
    for statement in all_statements().iter().filter(|statement| statement.effect == Effect::Allow) {
        let held = statement.actions.iter().any(|action| HELD_TO_BOUNDARY.contains(&action.as_str()));
        let keys: Vec<String> =
            statement.conditions.iter().flat_map(|(_, keys)| keys).map(|(key, _)| key.to_string()).collect();
        assert_eq!(held, keys.contains(&"iam:PermissionsBoundary".to_owned()), "{}", statement.sid);
    }
}

#[test]
fn nobody_may_take_a_boundary_off_a_role() {
    let allowed = all_statements().into_iter().filter(|statement| statement.effect == Effect::Allow);
    let actions: Vec<String> = allowed.flat_map(|statement| statement.actions).collect();
    assert!(
        !actions.iter().any(|action| action == "iam:DeleteRolePermissionsBoundary" || action.contains('*'))
    );
}
