//! What the families share: where things are, how files are compared, how they are blessed.
#![allow(
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "tests read and write the project's own files"
)]

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};

use clusterc::source::{Files, ReadError};
use libtest_mimic::Failed;
use similar::TextDiff;

static BLESS: AtomicBool = AtomicBool::new(false);

/// Whether golden files are written instead of compared.
pub(crate) fn set_bless(bless: bool) {
    BLESS.store(bless, Ordering::Relaxed);
}

/// Whether golden files are written instead of compared.
pub(crate) fn blessing() -> bool {
    BLESS.load(Ordering::Relaxed)
}

/// The root of the project.
pub(crate) fn root() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// The project's files, by paths from its root.
pub(crate) struct Project;

impl Files for Project {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        fs::read_to_string(root().join(path)).map_err(|_| ReadError::Missing)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let all = tree(&root().join(folder));
        if all.is_empty() { Err(ReadError::Missing) } else { Ok(all.into_keys().collect()) }
    }
}

/// All text files below a folder, by path from it.
pub(crate) fn tree(folder: &Path) -> BTreeMap<String, String> {
    let mut out = BTreeMap::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        let Ok(entries) = fs::read_dir(&next) else { continue };
        for path in entries.flatten().map(|entry| entry.path()) {
            let hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            if path.is_dir() && !hidden {
                open.push(path);
            } else if !hidden && let Ok(text) = fs::read_to_string(&path) {
                let name =
                    path.strip_prefix(folder).expect("below the folder").to_string_lossy().replace('\\', "/");
                out.insert(name, text);
            }
        }
    }
    out
}

/// Compares one golden file, or writes it when blessing.
pub(crate) fn compare(path: &Path, new: &str) -> Result<(), Failed> {
    let old = fs::read_to_string(path).unwrap_or_default();
    if old == new && path.exists() {
        return Ok(());
    }
    if blessing() {
        fs::create_dir_all(path.parent().expect("a folder"))?;
        fs::write(path, new)?;
        return Ok(());
    }
    let name = path.strip_prefix(root()).unwrap_or(path).display().to_string();
    let diff = TextDiff::from_lines(&old, new).unified_diff().header(&name, "now").to_string();
    let short: String = diff.lines().take(60).collect::<Vec<_>>().join("\n");
    Err(format!("{short}\n\nif this is meant: cargo bless").into())
}

/// Compares a golden folder: contents, missing files, files too many.
pub(crate) fn compare_tree(folder: &Path, new: &BTreeMap<String, String>) -> Result<(), Failed> {
    let old = tree(folder);
    let mut faults = Vec::new();
    for stale in old.keys().filter(|name| !new.contains_key(*name)) {
        if blessing() {
            fs::remove_file(folder.join(stale))?;
        } else {
            faults.push(format!("{stale}: no longer written"));
        }
    }
    for (name, text) in new {
        if let Err(fault) = compare(&folder.join(name), text) {
            faults.push(fault.message().unwrap_or_default().to_owned());
        }
    }
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
