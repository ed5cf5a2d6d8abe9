//! The bastion: what follows from its instance type.

use serde::Serialize;

use super::nodes::report_unknown;
use crate::catalog::instances;
use crate::diagnostic::Sink;
use crate::domain::Architecture;
use crate::source::Address;
use crate::spec::{self, Spec};

/// The machine from which people reach nodes and the API.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bastion {
    /// As it is written.
    #[serde(flatten)]
    pub written: spec::Bastion,
    /// The processor architecture of its type.
    pub arch: Architecture,
}

pub(super) fn resolve(spec: &Spec, sink: &mut Sink) -> Option<Bastion> {
    let written = spec.written.spec.aws.bastion.clone()?;
    let found = instances::find(&written.instance_type);
    if found.is_none() {
        let place = spec.value(&Address::of("spec.aws.bastion.instanceType"));
        let why = "AWS would refuse the bastion in the middle of the first apply";
        report_unknown(written.instance_type.as_str(), place, why, sink);
    }
    let arch = found.and_then(|instance| instance.arch).unwrap_or(Architecture::Amd64);
    Some(Bastion { written, arch })
}
