//! Where a file may lie: names that stay inside the root, and what is found at them.

use std::collections::BTreeSet;
use std::io;
use std::path::Path;

use super::{RECORDS, Trouble};

/// What lies at a path of the output tree.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Found {
    /// Nothing.
    Nothing,
    /// A plain file with these bytes.
    File(Vec<u8>),
    /// A folder.
    Folder,
    /// A symbolic link, or something stranger, at this path itself.
    Link,
    /// The folder above, which should hold the path, is a plain file.
    FileAbove(String),
    /// A folder above is a symbolic link: writing through it could leave the root.
    LinkAbove(String),
}

/// Says why a path may not be written; `None` when it may.
pub(super) fn fault(path: &str) -> Option<&'static str> {
    if path.len() > 1024 {
        return Some("is longer than 1024 bytes");
    }
    if path.contains('\\') || path.contains(':') || path.chars().any(char::is_control) {
        return Some("holds a character that some systems do not take in file names");
    }
    for (depth, part) in path.split('/').enumerate() {
        match part {
            "" => return Some("has an empty part"),
            "." | ".." => return Some("leads outside the output folder"),
            _ if part.len() > 255 => return Some("has a part longer than 255 bytes"),
            _ if part.eq_ignore_ascii_case(".git") => return Some("lies in a Git folder"),
            _ if depth == 0 && part.eq_ignore_ascii_case(RECORDS) => {
                return Some("lies in clusterc's own folder");
            }
            _ => {}
        }
    }
    None
}

/// Looks at paths below one root and remembers the folders it has seen.
#[derive(Debug)]
pub(super) struct Eyes<'a> {
    root: &'a Path,
    folders: BTreeSet<String>,
    missing: BTreeSet<String>,
}

impl<'a> Eyes<'a> {
    /// Eyes for this root.
    pub(super) fn new(root: &'a Path) -> Eyes<'a> {
        Eyes { root, folders: BTreeSet::new(), missing: BTreeSet::new() }
    }

    /// Takes note that a folder is there.
    pub(super) fn learn(&mut self, folder: &str) {
        self.missing.remove(folder);
        self.folders.insert(folder.to_owned());
    }

    /// Forgets all folders, after some have gone.
    pub(super) fn forget(&mut self) {
        self.folders.clear();
        self.missing.clear();
    }

    /// Whether a folder is known to be there.
    pub(super) fn knows(&self, folder: &str) -> bool {
        self.folders.contains(folder)
    }

    /// What lies at `path`.
    pub(super) fn look(&mut self, path: &str) -> io::Result<Found> {
        for (end, _) in path.match_indices('/') {
            let above = path.get(..end).unwrap_or_default();
            if self.folders.contains(above) {
                continue;
            }
            if self.missing.contains(above) {
                return Ok(Found::Nothing);
            }
            match kind_of(&self.root.join(above))? {
                None => {
                    self.missing.insert(above.to_owned());
                    return Ok(Found::Nothing);
                }
                Some(kind) if kind.is_dir() => self.folders.insert(above.to_owned()),
                Some(kind) if kind.is_file() => return Ok(Found::FileAbove(above.to_owned())),
                Some(_) => return Ok(Found::LinkAbove(above.to_owned())),
            };
        }
        let full = self.root.join(path);
        Ok(match kind_of(&full)? {
            None => Found::Nothing,
            Some(kind) if kind.is_file() => Found::File(fs_err::read(&full)?),
            Some(kind) if kind.is_dir() => Found::Folder,
            Some(_) => Found::Link,
        })
    }
}

/// What lies at `path`, without following a link; `None` when nothing does.
pub(super) fn kind_of(path: &Path) -> io::Result<Option<std::fs::FileType>> {
    match fs_err::symlink_metadata(path) {
        Ok(metadata) => Ok(Some(metadata.file_type())),
        Err(error) if matches!(error.kind(), io::ErrorKind::NotFound | io::ErrorKind::NotADirectory) => {
            Ok(None)
        }
        Err(error) => Err(error),
    }
}

/// Makes the root and the folder of records in it, and tells Git which of them are of the moment only.
pub(super) fn make_records(root: &Path) -> Result<(), Trouble> {
    let records = root.join(RECORDS);
    match kind_of(&records)? {
        Some(kind) if kind.is_dir() => return Ok(()),
        Some(_) => {
            return Err(Trouble::Record(format!("`{}` is not a folder; remove it", records.display())));
        }
        None => {}
    }
    fs_err::create_dir_all(&records)?;
    let ignore = records.join(".gitignore");
    if kind_of(&ignore)?.is_none() {
        fs_err::write(&ignore, "/lock\n/journal.json\n/stage-*\n")?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_leave_the_root_are_refused() {
        for bad in ["", "/etc/passwd", "../up", "a/../../b", "a//b", "a/./b", "c:\\x", "a\\..\\b", "a\nb"] {
            assert!(fault(bad).is_some(), "{bad:?}");
        }
        for bad in [".git/hooks/pre-commit", "a/.GIT/config", ".clusterc/manifest.json", ".Clusterc/x"] {
            assert!(fault(bad).is_some(), "{bad:?}");
        }
        for good in ["terraform/a/cluster/main.tf", "kube/apps/.sops.yaml", "a..b/c"] {
            assert_eq!(fault(good), None, "{good:?}");
        }
    }
}
