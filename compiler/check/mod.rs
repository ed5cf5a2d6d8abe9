//! Whether it can work: rules over the meaning and over what must exist, one file for each rule.

use crate::cluster::Cluster;
use crate::diagnostic::{Code, Sink};
use crate::ir::Ir;
use crate::source::Sources;
use crate::spec::Spec;

/// What a rule may look at.
pub struct Context<'a> {
    /// What the user wrote.
    pub spec: &'a Spec,
    /// What the user meant.
    pub cluster: &'a Cluster,
    /// What has to exist.
    pub ir: &'a Ir,
    /// All files that were read.
    pub sources: &'a Sources,
}

/// Diagnostics of this floor.
pub static CODES: &[&Code] = &[];

/// Asks every rule.
pub fn check(_context: &Context<'_>, _sink: &mut Sink) {}
