//! Which zones a region offers a cluster when the spec says only how many.
//!
//! Partitions and regions themselves are words of `domain`. EKS refuses the zone ids `use1-az3`, `usw1-az2` and
//! `cac1-az3` (EKS user guide, December 2024). Letters are assigned per account, so a letter is only offered here where
//! the region has had it for every account; where none is certain, the spec has to name its zones.

use crate::domain::{Region, ZoneName};

/// Zone ids in which EKS puts no control plane, by region (EKS user guide, December 2024).
pub const REFUSED_ZONE_IDS: &[(&str, &str)] =
    &[("ca-central-1", "cac1-az3"), ("us-east-1", "use1-az3"), ("us-west-1", "usw1-az2")];

/// The letters of the zones that a cluster in this region may use without naming them, in order.
///
/// `None` where they differ from account to account or are not known, and zones must be named.
pub fn default_letters(region: &Region) -> Option<&'static str> {
    match region.as_str() {
        "us-west-1" => None,
        isolated
            if isolated.starts_with("us-iso")
                || isolated.starts_with("eu-iso")
                || isolated.starts_with("eusc-") =>
        {
            None
        }
        "ap-northeast-1" => Some("acd"),
        "ca-central-1" => Some("abd"),
        "cn-north-1" => Some("ab"),
        "us-west-2" | "ap-northeast-2" => Some("abcd"),
        _ => Some("abc"),
    }
}

/// How many zones `zones: N` may ask for in this region; 0 where zones must be named.
pub fn max_default_zones(region: &Region) -> usize {
    default_letters(region).map_or(0, str::len)
}

/// The first `count` zones of the region; `None` if it does not offer so many without naming them.
pub fn default_zones(region: &Region, count: usize) -> Option<Vec<ZoneName>> {
    let letters = default_letters(region).filter(|letters| count <= letters.len())?;
    letters.chars().take(count).map(|letter| region.zone(letter)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Partition;

    #[test]
    fn every_region_has_two_zones_or_wants_names() {
        for name in Partition::ALL.iter().flat_map(|partition| partition.regions().iter()) {
            let region: Region = name.parse().unwrap();
            let most = max_default_zones(&region);
            assert!(most != 1, "{name}");
            assert_eq!(default_zones(&region, most).is_some(), most > 0, "{name}");
            assert_eq!(default_zones(&region, most + 1), None);
        }
    }

    #[test]
    fn exceptions_are_kept() {
        let zones = |name: &str| default_zones(&name.parse().unwrap(), 3).map(|zones| zones[2].to_string());
        assert_eq!(zones("ap-northeast-1").as_deref(), Some("ap-northeast-1d"));
        assert_eq!(zones("us-east-1").as_deref(), Some("us-east-1c"));
        assert_eq!(zones("us-west-1"), None);
        assert!(REFUSED_ZONE_IDS.iter().all(|(region, _)| region.parse::<Region>().is_ok()));
    }
}
