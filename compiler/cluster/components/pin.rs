//! Which version of a component: the one asked for, or the newest that fits the cluster.

use super::codes::*;
use crate::component::{ContractSpec, KnownVersion};
use crate::diagnostic::Sink;
use crate::domain::{ChartVersion, Key, KubernetesVersion};
use crate::source::Address;
use crate::spec::Spec;

pub(super) fn pin(
    name: &Key,
    contract: &ContractSpec,
    asked: Option<ChartVersion>,
    kubernetes: &KubernetesVersion,
    spec: &Spec,
    address: &Address,
    sink: &mut Sink,
) -> Option<KnownVersion> {
    let fits =
        |known: &&KnownVersion| known.kubernetes.as_ref().is_none_or(|range| range.contains(kubernetes));
    let newest_that_fits = contract.versions.iter().find(fits);
    let Some(asked) = asked else {
        if let (None, Some(newest)) = (newest_that_fits, contract.versions.first()) {
            let finding =
                no_version_fits(name, newest, kubernetes, spec, &address.parent().unwrap_or_default());
            sink.report(finding.help(NO_VERSION_FITS));
        }
        return newest_that_fits.or(contract.versions.first()).cloned();
    };
    match contract.versions.iter().find(|known| known.version.semver() == asked.semver()) {
        Some(known) => {
            if !fits(&known) {
                let finding = no_version_fits(name, known, kubernetes, spec, address);
                sink.report(match newest_that_fits {
                    Some(better) => {
                        finding.help(format!("write `version: {}`, or leave `version` out", better.version))
                    }
                    None => finding.help(NO_VERSION_FITS),
                });
            }
            Some(known.clone())
        }
        None => {
            let known: Vec<&str> = contract.versions.iter().map(|known| known.version.as_str()).collect();
            // Karpenter's own matrix answers for versions that the table does not hold.
            if !name.as_str().starts_with("karpenter") && !contract.versions.is_empty() {
                sink.report(
                    COMPONENT_VERSION_UNKNOWN
                        .at(spec.value(address), format!("known: {}", known.join(", ")))
                        .title(format!("version {asked} of `{name}` is not in its table"))
                        .why("its policy, its CRDs and its Kubernetes range are not checked for this version")
                        .help("take a known version, or `allow` this warning with a reason"),
                );
            }
            let app = if name.as_str().starts_with("karpenter") {
                asked.semver().to_string()
            } else {
                String::new()
            };
            Some(KnownVersion { version: asked, app, kubernetes: None })
        }
    }
}

const NO_VERSION_FITS: &str =
    "no known version does: take another Kubernetes version, or leave the component out";

fn no_version_fits(
    name: &Key,
    known: &KnownVersion,
    kubernetes: &KubernetesVersion,
    spec: &Spec,
    address: &Address,
) -> crate::diagnostic::Finding {
    let range = known.kubernetes.clone().unwrap_or_default();
    let supported = match (range.min, range.max) {
        (Some(min), Some(max)) => format!("{min} to {max}"),
        (Some(min), None) => format!("{min} and later"),
        (None, Some(max)) => format!("{max} and earlier"),
        (None, None) => "of every version".to_owned(),
    };
    COMPONENT_VERSION_DOES_NOT_FIT
        .at(spec.value(address), format!("`{name}` {} supports Kubernetes {supported}", known.version))
        .also(spec.value(&Address::of("spec.kubernetes.version")), format!("the cluster is {kubernetes}"))
        .title(format!("`{name}` {} does not support Kubernetes {kubernetes}", known.version))
        .why("outside the range that its project tests, it fails at the first API call that is gone")
}
