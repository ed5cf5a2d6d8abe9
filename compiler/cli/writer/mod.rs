//! The writer: puts compiled trees on disk, all or nothing, and touches only what is ours.
//!
//! A run goes through four steps under one lock: repair what an interrupted run left, plan by comparing, stage
//! every new file beside the tree, then rename. The journal is written between staging and renaming; from that
//! moment the change can be finished or undone from what lies on disk. Files are not forced to the device one by
//! one (ten times dearer, and Git holds the tree); instead a repair trusts no staged file before its hash agrees.

mod apply;
mod hands;
mod journal;
mod lock;
mod manifest;
mod place;
mod plan;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

pub(super) use manifest::Manifest;
pub(super) use plan::{Conflict, Kind, Plan, plan};

use hands::Hands;

/// The folder in the output root that holds the writer's own records.
pub(super) const RECORDS: &str = ".clusterc";

/// How long a build waits for another one in the same folder.
const PATIENCE: Duration = Duration::from_secs(10);

/// The files of one cluster, as they should be.
#[derive(Debug, Clone)]
pub(super) struct Tree<'a> {
    /// The cluster.
    pub(super) cluster: &'a str,
    /// Its spec, relative to the output root; `-` when it came through a pipe.
    pub(super) spec: String,
    /// Text by path relative to the output root, with forward slashes. None at all takes the cluster away.
    pub(super) files: BTreeMap<&'a str, &'a str>,
}

/// What to do with files that are not as we left them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stance {
    /// Refuse, and name them.
    Careful,
    /// Replace or remove them: the user said `--force`.
    Forced,
}

/// What a run did.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Written {
    /// Files that did not exist.
    pub(super) created: Vec<String>,
    /// Files whose text changed.
    pub(super) updated: Vec<String>,
    /// Files that nothing asks for any more.
    pub(super) removed: Vec<String>,
    /// Files that were left alone.
    pub(super) unchanged: usize,
    /// Whether an interrupted run had to be repaired first.
    pub(super) repaired: bool,
}

/// Why nothing was written.
#[derive(Debug)]
pub(super) enum Trouble {
    /// Files stand in the way.
    Conflicts(Vec<Conflict>),
    /// Another build holds the folder.
    Busy(PathBuf),
    /// The writer's own record cannot be understood; what is wrong.
    Record(String),
    /// The system said no.
    System(io::Error),
}

impl From<io::Error> for Trouble {
    fn from(error: io::Error) -> Trouble {
        Trouble::System(error)
    }
}

impl fmt::Display for Trouble {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Trouble::Conflicts(conflicts) => write!(f, "{} files stand in the way", conflicts.len()),
            Trouble::Busy(root) => write!(f, "another build is writing to `{}`", root.display()),
            Trouble::Record(words) => write!(f, "{words}"),
            Trouble::System(error) => write!(f, "{error}"),
        }
    }
}

/// Brings the trees into `root`, which is made if it does not exist.
///
/// # Errors
/// Nothing was changed, or, if even undoing failed, the next run repairs what is there.
pub(super) fn write(root: &Path, trees: &[Tree<'_>], stance: Stance) -> Result<Written, Trouble> {
    write_with(root, trees, stance, &Hands::steady(), PATIENCE)
}

fn write_with(
    root: &Path,
    trees: &[Tree<'_>],
    stance: Stance,
    hands: &Hands<'_>,
    patience: Duration,
) -> Result<Written, Trouble> {
    place::make_records(root)?;
    let _lock = lock::take(root, patience)?;
    let repaired = apply::repair(root, hands)?;
    let plan = plan(root, trees, stance)?;
    if !plan.conflicts.is_empty() {
        return Err(Trouble::Conflicts(plan.conflicts));
    }
    apply::commit(root, &plan, hands)?;
    let paths = |wanted: fn(&plan::Change<'_>) -> bool| {
        plan.changes.iter().filter(|change| wanted(change)).map(|change| change.path.clone()).collect()
    };
    Ok(Written {
        created: paths(|change| change.old.is_none()),
        updated: paths(|change| change.old.is_some() && change.text.is_some()),
        removed: paths(|change| change.text.is_none()),
        unchanged: plan.unchanged,
        repaired,
    })
}

/// Whether an interrupted run waits to be repaired by the next build.
pub(super) fn interrupted(root: &Path) -> bool {
    root.join(RECORDS).join(journal::NAME).exists()
}
