//! What a run is about to do: `.clusterc/journal.json`, from which it can be finished or undone.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use super::manifest;
use super::place::fault;

/// The name of the journal in the folder of records.
pub(super) const NAME: &str = "journal.json";

/// How the names of staging folders begin.
pub(super) const STAGE: &str = "stage-";

/// The intended changes of one run. Its presence means that every new file is staged.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Journal {
    /// The name of the staging folder.
    pub(super) stage: String,
    /// Folders that the run makes, highest first.
    pub(super) folders: Vec<String>,
    /// The changes in order. The new text of number `n` is `new-n` in the staging folder, the old one `old-n`.
    pub(super) entries: Vec<Entry>,
}

/// One change.
#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Entry {
    /// The path below the root.
    pub(super) path: String,
    /// The hash of what lies there before; `None` for nothing.
    pub(super) old: Option<String>,
    /// The hash of what lies there afterwards; `None` for nothing.
    pub(super) new: Option<String>,
}

impl Journal {
    /// Reads a journal; `None` when it is not whole or names a place that no run of ours would touch.
    pub(super) fn parse(text: &[u8]) -> Option<Journal> {
        let journal: Journal = serde_json::from_slice(text).ok()?;
        let stage = journal.stage.starts_with(STAGE)
            && fault(&journal.stage).is_none()
            && !journal.stage.contains('/');
        let folders = journal.folders.iter().all(|path| fault(path).is_none());
        let ours = |entry: &Entry| entry.path == manifest::PATH || fault(&entry.path).is_none();
        (stage && folders && journal.entries.iter().all(ours)).then_some(journal)
    }
}

/// Where the two texts of a change lie while a run is under way.
pub(super) struct Staged {
    /// The new text, until it is in place.
    pub(super) new: PathBuf,
    /// The old text, once it is out of place.
    pub(super) old: PathBuf,
}

impl Staged {
    /// The places of change number `index`.
    pub(super) fn of(stage: &Path, index: usize) -> Staged {
        Staged { new: stage.join(format!("new-{index}")), old: stage.join(format!("old-{index}")) }
    }
}
