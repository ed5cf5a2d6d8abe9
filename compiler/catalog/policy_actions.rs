//! What AWS managed policies allow. Source and columns stand at the top of `policy_actions.tsv`.

static TABLE: &str = include_str!("policy_actions.tsv");

/// The actions that a policy allows, as it spells them; none for a policy that the table does not hold.
pub fn of(policy: &str) -> impl Iterator<Item = &'static str> {
    let rows = TABLE.lines().filter_map(|line| line.split_once('\t'));
    let found = rows.filter(move |(name, _)| *name == policy).map(|(_, actions)| actions).collect::<Vec<_>>();
    found.into_iter().flat_map(|actions| actions.split(' '))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::policies::POLICIES;

    #[test]
    fn every_known_policy_has_its_actions() {
        for (name, _) in POLICIES {
            assert!(of(name).count() > 0, "{name}");
            assert!(of(name).all(|action| action == "*" || action.contains(':')), "{name}");
        }
        let rows: Vec<&str> = TABLE.lines().filter_map(|line| Some(line.split_once('\t')?.0)).collect();
        assert_eq!(rows, POLICIES.iter().map(|row| row.0).collect::<Vec<_>>());
    }
}
