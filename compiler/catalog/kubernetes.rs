//! Kubernetes minors on EKS and how long they are supported (endoflife.date, made from the AWS versions page, 2026-08-22).

use crate::domain::KubernetesVersion;

/// One minor version on EKS. Dates are ISO (`2026-06-02`) and compare as text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minor {
    /// The number after `1.`.
    pub minor: u32,
    /// The day it came to EKS.
    pub released: &'static str,
    /// The last day of standard support; after it, a cluster with support `standard` is upgraded by AWS.
    pub standard_ends: &'static str,
    /// The last day of extended support, if it has any; after it, AWS upgrades every cluster.
    pub extended_ends: Option<&'static str>,
}

impl Minor {
    /// The version as a word of the spec.
    pub fn version(&self) -> KubernetesVersion {
        KubernetesVersion::from_minor(self.minor)
    }

    /// The day after which AWS upgrades even a cluster that pays for extended support.
    pub fn ends(&self) -> &'static str {
        self.extended_ends.unwrap_or(self.standard_ends)
    }
}

const NEWEST: Minor = row(36, "2026-06-02", "2027-08-02", "2028-08-02");

/// Every minor that EKS has had, newest first.
pub const MINORS: &[Minor] = &[
    NEWEST,
    row(35, "2026-01-28", "2027-03-27", "2028-03-27"),
    row(34, "2025-10-06", "2026-12-02", "2027-12-02"),
    row(33, "2025-05-28", "2026-07-29", "2027-07-29"),
    row(32, "2025-01-25", "2026-03-23", "2027-03-23"),
    row(31, "2024-09-26", "2025-11-26", "2026-11-26"),
    row(30, "2024-05-23", "2025-07-23", "2026-07-23"),
    row(29, "2024-01-23", "2025-03-23", "2026-03-23"),
    row(28, "2023-09-26", "2024-11-26", "2025-11-26"),
    row(27, "2023-05-24", "2024-07-24", "2025-07-24"),
    row(26, "2023-04-11", "2024-06-11", "2025-06-11"),
    row(25, "2023-02-21", "2024-05-01", "2025-05-01"),
    row(24, "2022-11-15", "2024-01-31", "2025-01-31"),
    row(23, "2022-08-11", "2023-10-11", "2024-10-11"),
    row(22, "2022-04-04", "2023-06-04", "2024-09-01"),
    row(21, "2021-07-19", "2023-02-16", "2024-07-15"),
    Minor { minor: 20, released: "2021-05-18", standard_ends: "2022-11-01", extended_ends: None },
    Minor { minor: 19, released: "2021-02-16", standard_ends: "2022-08-01", extended_ends: None },
    Minor { minor: 18, released: "2020-10-13", standard_ends: "2022-08-15", extended_ends: None },
];

const fn row(
    minor: u32,
    released: &'static str,
    standard_ends: &'static str,
    extended_ends: &'static str,
) -> Minor {
    Minor { minor, released, standard_ends, extended_ends: Some(extended_ends) }
}

/// The newest minor that this version of the compiler knows.
pub const fn newest() -> Minor {
    NEWEST
}

/// The row of a version; `None` for a version that EKS never had, or that is newer than the table.
pub fn find(version: &KubernetesVersion) -> Option<&'static Minor> {
    MINORS.iter().find(|row| row.minor == version.minor())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_newest_first_without_gaps_and_their_days_are_in_order() {
        assert_eq!(MINORS.first(), Some(&newest()));
        assert!(MINORS.windows(2).all(|pair| pair[0].minor == pair[1].minor + 1));
        for row in MINORS {
            for day in [row.released, row.standard_ends, row.ends()] {
                assert!(day.len() == 10 && day.split('-').all(|part| part.parse::<u32>().is_ok()), "{day}");
            }
            assert!(row.released < row.standard_ends && row.standard_ends <= row.ends());
            assert_eq!(find(&row.version()), Some(row));
        }
        assert_eq!(find(&KubernetesVersion::from_minor(99)), None);
    }
}
