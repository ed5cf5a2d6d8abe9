//! What holds between the clusters of one run.

pub mod account_names;
pub mod leak;
pub mod one_cluster;
pub mod one_path;
pub mod one_state;
pub mod peers;
pub mod state_bucket;

use std::collections::BTreeMap;

use crate::check::Context;
use crate::diagnostic::{Code, Finding, Sink};
use crate::source::{Address, FileId, Span};
use crate::spec::Given;
use crate::syntax::Printed;

/// One cluster of a run. Its places are places in the files of the whole run.
pub struct Member<'a> {
    /// What the rules about one cluster look at.
    pub context: Context<'a>,
    /// The folder that it is written to, without detours.
    pub out: String,
    /// What is written, by path below that folder; nothing where there are errors.
    pub files: Option<&'a BTreeMap<String, Printed>>,
    /// Each of its files among those of the run.
    pub moved: BTreeMap<FileId, FileId>,
}

/// A rule about several clusters reports what it finds.
type Rule = fn(&[Member<'_>], &mut Sink);

const RULES: &[Rule] = &[
    one_cluster::check,
    one_state::check,
    one_path::check,
    peers::check,
    account_names::check,
    leak::check,
    state_bucket::check,
];

/// Every diagnostic about several clusters.
pub static CODES: &[&Code] = &[
    &one_cluster::TWO_SPECS_ONE_CLUSTER,
    &one_state::ONE_STATE,
    &one_path::ONE_PATH,
    &peers::PEERS_OVERLAP,
    &account_names::ACCOUNT_NAMES_COLLIDE,
    &leak::LEAK,
    &state_bucket::BUCKET_MADE_TWICE,
];

/// Runs every rule about several clusters.
pub fn check(members: &[Member<'_>], sink: &mut Sink) {
    for rule in RULES {
        rule(members, sink);
    }
}

/// Each two members, the later one first.
fn pairs<'m, 'a>(members: &'m [Member<'a>]) -> impl Iterator<Item = (&'m Member<'a>, &'m Member<'a>)> {
    let earlier = |index: usize| members.iter().take(index);
    members.iter().enumerate().flat_map(move |(index, later)| earlier(index).map(move |one| (later, one)))
}

/// Whether two clusters are in one account. Where a spec does not say which, a shared state bucket tells: the bucket of
/// an environment is in its account.
fn same_account(one: &Member<'_>, other: &Member<'_>) -> bool {
    match (one.account(), other.account()) {
        (Some(one), Some(other)) => one == other,
        _ => one.context.cluster.state.bucket == other.context.cluster.state.bucket,
    }
}

/// Whether two specs make the same cluster of EKS, or write the same files.
fn same_cluster(one: &Member<'_>, other: &Member<'_>) -> bool {
    let same_region = one.context.cluster.region == other.context.cluster.region;
    one.name() == other.name() && (one.out == other.out || (same_region && same_account(one, other)))
}

impl Member<'_> {
    fn name(&self) -> &str {
        self.context.cluster.name.as_str()
    }

    fn account(&self) -> Option<String> {
        self.context.cluster.account.as_ref().and_then(Given::known).map(ToString::to_string)
    }

    fn value(&self, address: &Address) -> Span {
        self.placed(self.context.spec.value(address))
    }

    fn placed(&self, span: Span) -> Span {
        Span { file: self.moved.get(&span.file).copied().unwrap_or(span.file), ..span }
    }

    /// Says in a finding how bases that it points into came to be a part of this member.
    fn told(&self, mut finding: Finding) -> Finding {
        let labels = std::iter::once(&finding.primary).chain(&finding.others);
        let own = |file: FileId| self.moved.iter().find(|(_, moved)| **moved == file).map(|(own, _)| *own);
        let way = |file: FileId| self.context.spec.chain.way_to(own(file)?);
        let ways: Vec<String> = labels.filter_map(|label| way(label.span.file)).collect();
        finding.chains.extend(ways);
        finding.chains.sort();
        finding.chains.dedup();
        finding
    }

    /// Whether the spec accepts a warning.
    fn allows(&self, code: &Code) -> bool {
        self.context.spec.written.spec.allow.iter().any(|entry| entry.code == code.id)
    }
}
