//! Flux: which Kubernetes it runs on, and how its kinds are spelled (flux2 2.9.4 of 2026-08-07, provider flux 1.8.5).

use crate::domain::KubernetesVersion;

/// A minor version of Flux.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Minor {
    /// The version as it stands in the spec, such as `2.9`.
    pub version: &'static str,
    /// The oldest Kubernetes that it supports, as the number after `1.`.
    pub oldest: u32,
    /// The newest Kubernetes that it supports, as the number after `1.`.
    pub newest: u32,
    /// The release that outputs name: of 2.9 the newest known, of 2.8 the one that the Terraform provider 1.8.5 installs.
    pub release: &'static str,
}

/// The minors that are supported, newest first.
pub const MINORS: &[Minor] = &[
    Minor { version: "2.9", oldest: 34, newest: 36, release: "2.9.4" },
    Minor { version: "2.8", oldest: 33, newest: 35, release: "2.8.5" },
];

/// The row of a minor version such as `2.9`.
pub fn find(version: &str) -> Option<&'static Minor> {
    MINORS.iter().find(|minor| minor.version == version)
}

/// The newest Flux that supports this Kubernetes.
pub fn newest_for(kubernetes: &KubernetesVersion) -> Option<&'static Minor> {
    MINORS.iter().find(|minor| minor.supports(kubernetes))
}

impl Minor {
    /// Whether this Flux supports this Kubernetes.
    pub fn supports(&self, kubernetes: &KubernetesVersion) -> bool {
        (self.oldest..=self.newest).contains(&kubernetes.minor())
    }
}

/// The API version of each kind, the same in all of [`MINORS`]. Sorted by kind.
pub const KINDS: &[(&str, &str)] = &[
    ("Alert", "notification.toolkit.fluxcd.io/v1beta3"),
    ("ArtifactGenerator", "source.extensions.fluxcd.io/v1beta1"),
    ("Bucket", "source.toolkit.fluxcd.io/v1"),
    ("ExternalArtifact", "source.toolkit.fluxcd.io/v1"),
    ("FluxInstance", "fluxcd.controlplane.io/v1"),
    ("FluxReport", "fluxcd.controlplane.io/v1"),
    ("GitRepository", "source.toolkit.fluxcd.io/v1"),
    ("HelmChart", "source.toolkit.fluxcd.io/v1"),
    ("HelmRelease", "helm.toolkit.fluxcd.io/v2"),
    ("HelmRepository", "source.toolkit.fluxcd.io/v1"),
    ("ImagePolicy", "image.toolkit.fluxcd.io/v1"),
    ("ImageRepository", "image.toolkit.fluxcd.io/v1"),
    ("ImageUpdateAutomation", "image.toolkit.fluxcd.io/v1"),
    ("Kustomization", "kustomize.toolkit.fluxcd.io/v1"),
    ("OCIRepository", "source.toolkit.fluxcd.io/v1"),
    ("Provider", "notification.toolkit.fluxcd.io/v1beta3"),
    ("Receiver", "notification.toolkit.fluxcd.io/v1"),
    ("ResourceSet", "fluxcd.controlplane.io/v1"),
    ("ResourceSetInputProvider", "fluxcd.controlplane.io/v1"),
];

/// The API version of a kind of Flux, such as `helm.toolkit.fluxcd.io/v2`.
pub fn api_version(kind: &str) -> Option<&'static str> {
    KINDS.binary_search_by_key(&kind, |row| row.0).ok().and_then(|at| KINDS.get(at)).map(|row| row.1)
}

/// API versions that Flux no longer serves, and the Flux that dropped them. A manifest with one of them fails.
pub const REMOVED: &[(&str, &str)] = &[
    ("helm.toolkit.fluxcd.io/v2beta1", "2.7"),
    ("helm.toolkit.fluxcd.io/v2beta2", "2.8"),
    ("image.toolkit.fluxcd.io/v1beta1", "2.7"),
    ("image.toolkit.fluxcd.io/v1beta2", "2.9"),
    ("kustomize.toolkit.fluxcd.io/v1beta1", "2.7"),
    ("kustomize.toolkit.fluxcd.io/v1beta2", "2.8"),
    ("notification.toolkit.fluxcd.io/v1beta1", "2.7"),
    ("notification.toolkit.fluxcd.io/v1beta2", "2.9"),
    ("source.toolkit.fluxcd.io/v1beta1", "2.7"),
    ("source.toolkit.fluxcd.io/v1beta2", "2.8"),
];

/// The Terraform provider `fluxcd/flux` that outputs are written for.
pub const PROVIDER_CONSTRAINT: &str = "~> 1.8";

/// The chart of flux-operator, which names the same version as the operator.
pub const OPERATOR_CHART: &str = "0.58.1";

/// The node selector that Flux' own manifests have (flux2 2.9.4); a patch of it has to repeat it.
pub const OS_LABEL: (&str, &str) = ("kubernetes.io/os", "linux");

/// The files that a bootstrap writes beside Flux' own kustomization.
pub const OWN_FILES: &[&str] = &["gotk-components.yaml", "gotk-sync.yaml"];

/// The controllers that Flux starts with unless told otherwise.
pub const CONTROLLERS: &[&str] =
    &["source-controller", "kustomize-controller", "helm-controller", "notification-controller"];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::GroupKind;

    #[test]
    fn rows_are_sorted_and_well_formed() {
        assert!(KINDS.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (kind, api_version) in KINDS {
            let (group, version) = api_version.split_once('/').unwrap();
            assert!(format!("{group}/{kind}").parse::<GroupKind>().is_ok() && version.starts_with('v'));
            assert_eq!(super::api_version(kind), Some(*api_version));
            assert!(!REMOVED.iter().any(|(removed, _)| removed == api_version));
        }
        assert!(semver::VersionReq::parse("~1.8").unwrap().matches(&semver::Version::new(1, 8, 5)));
        for minor in MINORS {
            assert!(
                semver::Version::parse(minor.release).is_ok() && minor.release.starts_with(minor.version)
            );
        }
    }

    #[test]
    fn the_newest_fitting_flux_is_chosen() {
        let newest = |minor| newest_for(&KubernetesVersion::from_minor(minor)).map(|minor| minor.version);
        assert_eq!([33, 34, 36, 37].map(newest), [Some("2.8"), Some("2.9"), Some("2.9"), None]);
    }
}
