//! Fargate as it is meant: which pods run there, by what is known of them.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Cluster, Component};
use crate::component::Place;
use crate::domain::Key;
use crate::source::Address;
use crate::spec::{self, Spec};

/// Labels of pods, as far as they are known.
pub type Labels = BTreeMap<String, String>;

/// The namespace of Flux.
const FLUX: &str = "flux-system";

/// A Fargate profile as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FargateProfile {
    /// What is written of it.
    #[serde(flatten)]
    pub written: spec::FargateProfile,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

pub(super) fn profiles(spec: &Spec) -> BTreeMap<Key, FargateProfile> {
    let below = Address::of("spec.aws.fargate");
    let written = spec.written.spec.aws.fargate.iter();
    let profile = |(name, written): (&Key, &spec::FargateProfile)| {
        let address = below.key(name.as_str());
        (name.clone(), FargateProfile { written: written.clone(), address })
    };
    written.map(profile).collect()
}

impl Cluster {
    /// The selector that takes a pod to Fargate, by its place in the spec. Labels that are not known do not fit.
    pub fn fargate_selector(&self, namespace: &str, labels: &Labels) -> Option<Address> {
        let fits = |selector: &spec::FargateSelector| {
            selector.namespace.matches(namespace)
                && selector
                    .labels
                    .iter()
                    .all(|(key, value)| labels.get(key.as_str()).is_some_and(|found| found == value.as_str()))
        };
        self.fargate.values().find_map(|profile| {
            let index = profile.written.selectors.iter().position(fits)?;
            Some(profile.address.key("selectors").index(index))
        })
    }

    /// The selector that takes every pod of a namespace to Fargate.
    pub fn fargate_namespace(&self, namespace: &str) -> Option<Address> {
        self.fargate_selector(namespace, &Labels::new())
    }

    /// The selector that takes pods of an EKS add-on's workload to Fargate. One on every node stays there.
    pub fn fargate_addon(
        &self,
        addon: &crate::catalog::addons::Addon,
        workload: &crate::catalog::addons::Workload,
    ) -> Option<Address> {
        if workload.kind == crate::catalog::addons::Kind::DaemonSet {
            return None;
        }
        let label = |(key, value): &(&str, &str)| ((*key).to_owned(), (*value).to_owned());
        self.fargate_selector(addon.namespace, &workload.labels.iter().map(label).collect())
    }

    /// The selector that takes Flux to Fargate.
    pub fn fargate_flux(&self) -> Option<Address> {
        self.fargate_namespace(FLUX)
    }

    /// The selector that takes pods of a workload of a component to Fargate. One on every node stays there.
    pub fn fargate_workload(
        &self,
        component: &Component,
        workload: &crate::component::Workload,
    ) -> Option<Address> {
        if workload.place.unwrap_or(component.contract().runs.place) == Place::EveryNode {
            return None;
        }
        let labels = workload.labels.iter().map(|(key, value)| (key.to_string(), value.to_string()));
        self.fargate_selector(component.namespace(), &labels.collect())
    }

    /// The selector that takes a component to Fargate, or the first part of it that runs there.
    pub fn fargate_component(&self, component: &Component) -> Option<Address> {
        let runs = &component.contract().runs;
        if runs.workloads.is_empty() && runs.place != Place::EveryNode {
            return self.fargate_namespace(component.namespace());
        }
        runs.workloads.iter().find_map(|workload| self.fargate_workload(component, workload))
    }
}
