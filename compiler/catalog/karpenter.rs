//! Karpenter: which versions run on which Kubernetes, requirement keys, AMI families (Karpenter for AWS 1.14.1, 2026-08-21).

use semver::Version;

use crate::domain::KubernetesVersion;

/// An event that Karpenter acts on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct InterruptionEvent {
    /// The label of its rule, and the end of the rule's name.
    pub key: &'static str,
    /// Who sends it.
    pub source: &'static str,
    /// What it is called (`detail-type`).
    pub detail: &'static str,
    /// The first version of Karpenter that knows it.
    since: (u64, u64),
}

/// Events as the CloudFormation template of Karpenter 1.14 has them.
const EVENTS: [InterruptionEvent; 5] = [
    event("health", "aws.health", "AWS Health Event", (0, 0)),
    event("spot", "aws.ec2", "EC2 Spot Instance Interruption Warning", (0, 0)),
    event("rebalance", "aws.ec2", "EC2 Instance Rebalance Recommendation", (0, 0)),
    event("state", "aws.ec2", "EC2 Instance State-change Notification", (0, 0)),
    event("reservation", "aws.ec2", "EC2 Capacity Reservation Instance Interruption Warning", (1, 10)),
];

const fn event(
    key: &'static str,
    source: &'static str,
    detail: &'static str,
    since: (u64, u64),
) -> InterruptionEvent {
    InterruptionEvent { key, source, detail, since }
}

/// The events that a version of Karpenter knows.
pub fn events(version: &Version) -> impl Iterator<Item = &'static InterruptionEvent> {
    let known = (version.major, version.minor);
    EVENTS.iter().filter(move |event| known >= event.since)
}

/// A line of Karpenter releases and the Kubernetes minors that it runs on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Release {
    /// The first release of the line, as people write it: `1.9`, or `1.0.5` where the patch matters.
    pub name: &'static str,
    /// The first release: major, minor, patch.
    pub since: (u64, u64, u64),
    /// The oldest Kubernetes, as the number after `1.`.
    pub oldest: u32,
    /// The newest Kubernetes, as the number after `1.`.
    pub newest: u32,
}

const fn row(name: &'static str, since: (u64, u64, u64), oldest: u32, newest: u32) -> Release {
    Release { name, since, oldest, newest }
}

/// The project's own table, oldest first.
pub const RELEASES: &[Release] = &[
    row("0.21", (0, 21, 0), 21, 24),
    row("0.22", (0, 22, 0), 21, 24),
    row("0.23", (0, 23, 0), 21, 24),
    row("0.24", (0, 24, 0), 21, 24),
    row("0.25", (0, 25, 0), 21, 25),
    row("0.26", (0, 26, 0), 21, 25),
    row("0.27", (0, 27, 0), 21, 25),
    row("0.28", (0, 28, 0), 23, 27),
    row("0.29", (0, 29, 0), 23, 27),
    row("0.30", (0, 30, 0), 23, 27),
    row("0.31", (0, 31, 0), 23, 28),
    row("0.32", (0, 32, 0), 23, 28),
    row("0.33", (0, 33, 0), 23, 28),
    row("0.34", (0, 34, 0), 23, 29),
    row("0.35", (0, 35, 0), 23, 29),
    row("0.36", (0, 36, 0), 23, 29),
    row("0.37", (0, 37, 0), 23, 30),
    row("1.0", (1, 0, 0), 25, 30),
    row("1.0.5", (1, 0, 5), 25, 31),
    row("1.1", (1, 1, 0), 25, 31),
    row("1.2", (1, 2, 0), 25, 32),
    row("1.3", (1, 3, 0), 25, 32),
    row("1.4", (1, 4, 0), 25, 32),
    row("1.5", (1, 5, 0), 26, 33),
    row("1.6", (1, 6, 0), 26, 34),
    row("1.7", (1, 7, 0), 26, 34),
    row("1.8", (1, 8, 0), 26, 34),
    row("1.9", (1, 9, 0), 26, 35),
    row("1.10", (1, 10, 0), 26, 35),
    row("1.11", (1, 11, 0), 26, 35),
    row("1.12", (1, 12, 0), 26, 35),
    row("1.13", (1, 13, 0), 26, 36),
    row("1.14", (1, 14, 0), 26, 36),
];

/// The line that a release belongs to; `None` for a minor that the table does not hold.
pub fn release(karpenter: &Version) -> Option<&'static Release> {
    let version = (karpenter.major, karpenter.minor, karpenter.patch);
    let row = RELEASES.iter().rev().find(|row| row.since <= version)?;
    ((row.since.0, row.since.1) == (karpenter.major, karpenter.minor)).then_some(row)
}

/// Whether this release of Karpenter runs on this Kubernetes; false for a release that the table does not hold.
pub fn supports(karpenter: &Version, kubernetes: &KubernetesVersion) -> bool {
    release(karpenter).is_some_and(|row| (row.oldest..=row.newest).contains(&kubernetes.minor()))
}

/// The first Karpenter that runs on this Kubernetes, such as `1.9`; `None` where the table knows none.
pub fn smallest_for(kubernetes: &KubernetesVersion) -> Option<&'static str> {
    let fits = |row: &&Release| (row.oldest..=row.newest).contains(&kubernetes.minor());
    RELEASES.iter().find(fits).map(|row| row.name)
}

/// Keys that a NodePool's requirements may use and Karpenter or Kubernetes gives meaning to. Other keys are the user's
/// own labels, and stand outside the domains `karpenter.sh` and `karpenter.k8s.aws`.
pub const REQUIREMENT_KEYS: &[&str] = &[
    "karpenter.k8s.aws/capacity-reservation-id",
    "karpenter.k8s.aws/capacity-reservation-interruptible",
    "karpenter.k8s.aws/capacity-reservation-type",
    "karpenter.k8s.aws/instance-accelerator-count",
    "karpenter.k8s.aws/instance-accelerator-manufacturer",
    "karpenter.k8s.aws/instance-accelerator-name",
    "karpenter.k8s.aws/instance-capability-flex",
    "karpenter.k8s.aws/instance-category",
    "karpenter.k8s.aws/instance-cpu",
    "karpenter.k8s.aws/instance-cpu-manufacturer",
    "karpenter.k8s.aws/instance-ebs-bandwidth",
    "karpenter.k8s.aws/instance-encryption-in-transit-supported",
    "karpenter.k8s.aws/instance-family",
    "karpenter.k8s.aws/instance-generation",
    "karpenter.k8s.aws/instance-gpu-count",
    "karpenter.k8s.aws/instance-gpu-manufacturer",
    "karpenter.k8s.aws/instance-gpu-memory",
    "karpenter.k8s.aws/instance-gpu-name",
    "karpenter.k8s.aws/instance-hypervisor",
    "karpenter.k8s.aws/instance-local-nvme",
    "karpenter.k8s.aws/instance-memory",
    "karpenter.k8s.aws/instance-network-bandwidth",
    "karpenter.k8s.aws/instance-size",
    "karpenter.k8s.aws/instance-tenancy",
    "karpenter.sh/capacity-type",
    "kubernetes.io/arch",
    "kubernetes.io/os",
    "node.kubernetes.io/instance-type",
    "topology.k8s.aws/zone-id",
    "topology.kubernetes.io/zone",
];

/// Domains in which a requirement or label must be one of [`REQUIREMENT_KEYS`].
pub const RESTRICTED_DOMAINS: &[&str] = &["karpenter.k8s.aws", "karpenter.sh"];

/// Keys that requirements and labels of a NodePool may never use.
pub const REFUSED_KEYS: &[&str] = &["karpenter.sh/nodepool", "kubernetes.io/hostname"];

/// A family of images that an alias such as `al2023@latest` may name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct AliasFamily {
    /// The word before the `@`.
    pub alias: &'static str,
    /// The word of `spec.amiFamily`.
    pub family: &'static str,
    /// The last Kubernetes that it exists for, as the number after `1.`; `None` while it goes on.
    pub last_minor: Option<u32>,
    /// Whether the alias may name a release, not only `latest`.
    pub takes_release: bool,
}

/// The families of an alias.
pub const ALIAS_FAMILIES: &[AliasFamily] = &[
    AliasFamily { alias: "al2", family: "AL2", last_minor: Some(32), takes_release: true },
    AliasFamily { alias: "al2023", family: "AL2023", last_minor: None, takes_release: true },
    AliasFamily { alias: "bottlerocket", family: "Bottlerocket", last_minor: None, takes_release: true },
    AliasFamily { alias: "windows2019", family: "Windows2019", last_minor: None, takes_release: false },
    AliasFamily { alias: "windows2022", family: "Windows2022", last_minor: None, takes_release: false },
    AliasFamily { alias: "windows2025", family: "Windows2025", last_minor: None, takes_release: false },
];

/// The family of an alias word.
pub fn alias_family(alias: &str) -> Option<&'static AliasFamily> {
    ALIAS_FAMILIES.iter().find(|family| family.alias == alias)
}

impl AliasFamily {
    /// Whether images of this family are made for this Kubernetes.
    pub fn exists_for(&self, kubernetes: &KubernetesVersion) -> bool {
        self.last_minor.is_none_or(|last| kubernetes.minor() <= last)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::LabelKey;

    #[test]
    fn rows_are_sorted_and_named_after_their_first_release() {
        assert!(RELEASES.windows(2).all(|pair| pair[0].since < pair[1].since));
        for row in RELEASES {
            let (major, minor, patch) = row.since;
            let short = format!("{major}.{minor}");
            assert!(row.name == short || row.name == format!("{short}.{patch}"));
            assert!(row.oldest <= row.newest);
        }
        assert!(REQUIREMENT_KEYS.is_sorted());
        assert!(REQUIREMENT_KEYS.iter().chain(REFUSED_KEYS).all(|key| key.parse::<LabelKey>().is_ok()));
    }

    #[test]
    fn the_matrix_answers_as_the_project_does() {
        let supports = |karpenter: &str, minor| {
            supports(&Version::parse(karpenter).unwrap(), &KubernetesVersion::from_minor(minor))
        };
        assert!(supports("1.14.1", 36) && supports("1.0.5", 31) && supports("1.0.9", 31));
        assert!(!supports("1.0.4", 31) && !supports("1.12.0", 36) && !supports("1.14.1", 25));
        assert!(!supports("1.15.0", 36) && !supports("0.20.0", 21) && !supports("2.0.0", 36));
        let smallest = |minor| smallest_for(&KubernetesVersion::from_minor(minor));
        assert_eq!(
            [30, 31, 32, 33, 34, 35, 36, 37].map(smallest),
            [
                Some("0.37"),
                Some("1.0.5"),
                Some("1.2"),
                Some("1.5"),
                Some("1.6"),
                Some("1.9"),
                Some("1.13"),
                None
            ]
        );
    }

    #[test]
    fn old_images_end() {
        let al2 = alias_family("al2").unwrap();
        assert!(
            al2.exists_for(&KubernetesVersion::from_minor(32))
                && !al2.exists_for(&KubernetesVersion::from_minor(33))
        );
    }
}
