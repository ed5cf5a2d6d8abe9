//! EKS add-ons: the basic ones, those that components need, those that are written.

use std::collections::BTreeMap;

use serde::Serialize;

use super::Component;
use super::codes::UNKNOWN_COMPONENT;
use crate::catalog::addons;
use crate::diagnostic::Sink;
use crate::domain::{Key, fixed};
use crate::source::Address;
use crate::spec::{Addon, Spec};

/// An EKS add-on as it is meant.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AddonUse {
    /// What is written of it.
    #[serde(flatten)]
    pub written: Addon,
    /// Where the spec asks for it, or what implies it.
    #[serde(skip)]
    pub address: Address,
}

/// The add-ons without which an EKS cluster does not work.
const BASIC_ADDONS: [&str; 4] = ["coredns", "eks-pod-identity-agent", "kube-proxy", "vpc-cni"];

pub(in crate::cluster) fn addons(
    spec: &Spec,
    components: &BTreeMap<Key, Component>,
    sink: &mut Sink,
) -> BTreeMap<Key, AddonUse> {
    let below = Address::of("spec.aws.addons");
    let mut out: BTreeMap<Key, AddonUse> = BTreeMap::new();
    for basic in BASIC_ADDONS {
        out.insert(fixed(basic), AddonUse { written: Addon::default(), address: below.key(basic) });
    }
    for component in components.values() {
        for needed in &component.contract().needs.addons {
            let implied = || AddonUse { written: Addon::default(), address: component.address.clone() };
            out.entry(needed.clone()).or_insert_with(implied);
        }
    }
    for (name, written) in &spec.written.spec.aws.addons {
        let address = below.key(name.as_str());
        if addons::find(name.as_str()).is_none() {
            let place = spec.key(&address);
            let finding = UNKNOWN_COMPONENT
                .at(place, "not in the table of EKS add-ons")
                .title(format!("add-on `{name}` is unknown"))
                .why("its namespace, identity and order are not known, so they cannot be right");
            sink.report(match addons::similar(name.as_str()) {
                Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
                None => finding.help(format!(
                    "known add-ons: {}",
                    addons::ADDONS.iter().map(|addon| addon.name).collect::<Vec<_>>().join(", ")
                )),
            });
        }
        out.insert(name.clone(), AddonUse { written: written.clone().unwrap_or_default(), address });
    }
    out
}
