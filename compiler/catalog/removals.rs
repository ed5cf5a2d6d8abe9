//! API versions that Kubernetes and components no longer serve. Sources and columns stand at the top of `removals.tsv`.

static TABLE: &str = include_str!("removals.tsv");

/// An API version of a kind that has an end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Removal {
    /// The API version, such as `batch/v1beta1`.
    pub api_version: &'static str,
    /// The kind.
    pub kind: &'static str,
    /// What served it: `kubernetes`, or a component by its name.
    pub component: &'static str,
    /// The first version that does not serve it, major and minor.
    pub removed_in: &'static str,
    /// The API version to write instead, if there is one.
    pub instead: Option<&'static str>,
}

/// The row of an API version and kind; `None` where none is known to end.
pub fn find(api_version: &str, kind: &str) -> Option<Removal> {
    all().find(|row| row.api_version == api_version && row.kind == kind)
}

/// Every row.
pub fn all() -> impl Iterator<Item = Removal> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(read)
}

/// Major and minor of a version such as `1.36`, `v1.21.1` or `2.9`.
pub fn minor(version: &str) -> Option<(u64, u64)> {
    let mut numbers = version.trim_start_matches('v').split('.').map(|number| number.parse::<u64>().ok());
    Some((numbers.next()??, numbers.next()??))
}

fn read(line: &'static str) -> Option<Removal> {
    let mut fields = line.split('\t');
    let mut next = || fields.next();
    let (api_version, kind, component, removed_in) = (next()?, next()?, next()?, next()?);
    let instead = next().filter(|instead| !instead.is_empty());
    Some(Removal { api_version, kind, component, removed_in, instead })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Key;

    #[test]
    fn every_row_is_well_formed_and_names_a_successor_that_is_still_there() {
        assert_eq!(all().count(), TABLE.lines().filter(|line| !line.starts_with('#')).count());
        for row in all() {
            assert!(minor(row.removed_in).is_some() && row.component.parse::<Key>().is_ok(), "{row:?}");
            assert_eq!(find(row.api_version, row.kind), Some(row));
            assert_ne!(row.instead, Some(row.api_version));
        }
    }

    #[test]
    fn versions_are_compared_by_major_and_minor() {
        assert_eq!(find("batch/v1beta1", "CronJob").map(|row| row.removed_in), Some("1.25"));
        assert_eq!(find("batch/v1", "CronJob"), None);
        assert!(minor("v1.21.1") > minor("1.6") && minor("1.9") < minor("1.10"));
        assert_eq!(minor("latest"), None);
    }
}
