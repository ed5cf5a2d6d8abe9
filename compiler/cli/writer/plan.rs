//! What a build would change, found by comparing before anything is touched.

use std::collections::{BTreeMap, BTreeSet};
use std::io;
use std::path::Path;

use super::manifest::{self, Manifest, Owned, hash};
use super::place::{Eyes, Found, fault};
use super::{Stance, Tree, Trouble};

/// One file that changes.
#[derive(Debug, Clone)]
pub(in crate::cli) struct Change<'a> {
    /// The path below the root.
    pub(in crate::cli) path: String,
    /// The hash of what lies there now; `None` to create.
    pub(in crate::cli) old: Option<String>,
    /// The new text; `None` to remove.
    pub(in crate::cli) text: Option<&'a str>,
}

/// Why a path cannot be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) enum Kind {
    /// It is ours, but is no longer what we wrote.
    Edited,
    /// It was not written by us.
    Foreign,
    /// A symbolic link lies at the path or above it; where.
    Link(String),
    /// A folder with files of other people lies there.
    Folder,
    /// A file lies where a folder should be; which.
    FileAbove(String),
    /// Two clusters of this run want different texts; the other cluster.
    Disagree(String),
    /// The name may not be written; why.
    Name(&'static str),
    /// The path is a cluster's name, which another spec of this folder has; that spec.
    OtherSpec(String),
}

/// A path that cannot be touched.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::cli) struct Conflict {
    /// The path below the root, or the cluster's name for [`Kind::OtherSpec`].
    pub(in crate::cli) path: String,
    /// Why not.
    pub(in crate::cli) kind: Kind,
}

/// All that a build would change.
#[derive(Debug)]
pub(in crate::cli) struct Plan<'a> {
    /// The changes, in the order in which they are made: what makes room, what is written, what is removed.
    pub(in crate::cli) changes: Vec<Change<'a>>,
    /// What cannot be done. Nothing is, then.
    pub(in crate::cli) conflicts: Vec<Conflict>,
    /// How many files are as they should be.
    pub(in crate::cli) unchanged: usize,
    /// The new record, if it differs from the one on disk.
    pub(in crate::cli) manifest: Option<String>,
    /// The hash of the record on disk, if there is one.
    pub(in crate::cli) manifest_old: Option<String>,
}

/// Compares the trees with what lies in `root`. Changes nothing.
///
/// # Errors
/// The disk or the record cannot be read.
pub(in crate::cli) fn plan<'a>(root: &Path, trees: &[Tree<'a>], stance: Stance) -> Result<Plan<'a>, Trouble> {
    let before = Manifest::read(root)?;
    let mut conflicts = Vec::new();
    let wanted = gather(trees, &mut conflicts);
    let after = record_after(root, &before, trees, &wanted, stance, &mut conflicts);
    let obsolete = obsolete(&before, &after);
    let eyes = Eyes::new(root);
    let mut planner = Planner {
        root,
        before: &before,
        obsolete: &obsolete,
        stance,
        eyes,
        conflicts,
        changes: Vec::new(),
        unchanged: 0,
    };
    for (path, text) in &wanted {
        planner.want(path, text)?;
    }
    for (path, hash) in &obsolete {
        planner.unwant(path, hash)?;
    }
    let Planner { conflicts, mut changes, unchanged, .. } = planner;
    changes.sort_by_cached_key(|change| (rank(change, &wanted), change.path.clone()));
    let (on_disk, text) = (manifest_on_disk(root)?, after.text()?);
    let stale = on_disk.as_deref() != Some(text.as_bytes());
    Ok(Plan {
        changes,
        conflicts,
        unchanged,
        manifest: stale.then_some(text),
        manifest_old: on_disk.map(|bytes| hash(&bytes)),
    })
}

fn manifest_on_disk(root: &Path) -> io::Result<Option<Vec<u8>>> {
    match fs_err::read(root.join(manifest::PATH)) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// All wanted files of a run, each once.
fn gather<'a>(trees: &[Tree<'a>], conflicts: &mut Vec<Conflict>) -> BTreeMap<&'a str, &'a str> {
    let mut wanted: BTreeMap<&str, (&str, &str)> = BTreeMap::new();
    for tree in trees {
        for (&path, &text) in &tree.files {
            if let Some(fault) = fault(path) {
                conflicts.push(Conflict { path: path.to_owned(), kind: Kind::Name(fault) });
                continue;
            }
            let (first, cluster) = *wanted.entry(path).or_insert((text, tree.cluster));
            if first != text {
                conflicts.push(Conflict { path: path.to_owned(), kind: Kind::Disagree(cluster.to_owned()) });
            }
        }
    }
    wanted.into_iter().map(|(path, (text, _))| (path, text)).collect()
}

/// The record as it will be when the trees are written.
fn record_after(
    root: &Path,
    before: &Manifest,
    trees: &[Tree<'_>],
    wanted: &BTreeMap<&str, &str>,
    stance: Stance,
    conflicts: &mut Vec<Conflict>,
) -> Manifest {
    let mut after = before.clone();
    // A spec that gave its cluster another name: the files under the old name have no owner any more.
    after.clusters.retain(|_, owned| owned.spec == "-" || trees.iter().all(|tree| tree.spec != owned.spec));
    let hashes: BTreeMap<&str, String> =
        wanted.iter().map(|(&path, text)| (path, hash(text.as_bytes()))).collect();
    for owned in after.clusters.values_mut() {
        for (path, known) in &mut owned.files {
            if let Some(hash) = hashes.get(path.as_str()) {
                known.clone_from(hash);
            }
        }
    }
    // Of a cluster without files nothing is wanted any more, so the record forgets it.
    for tree in trees.iter().filter(|tree| !tree.files.is_empty()) {
        let files = tree
            .files
            .keys()
            .filter_map(|&path| Some((path.to_owned(), hashes.get(path)?.clone())))
            .collect();
        let owned = Owned { spec: tree.spec.clone(), files };
        let replaced = after.clusters.insert(tree.cluster.to_owned(), owned);
        if let Some(other) =
            replaced.filter(|other| stance == Stance::Careful && lives(root, tree, other, trees))
        {
            conflicts.push(Conflict { path: tree.cluster.to_owned(), kind: Kind::OtherSpec(other.spec) });
        }
    }
    after
}

/// Whether the cluster of this name belongs to another spec that still exists.
fn lives(root: &Path, tree: &Tree<'_>, other: &Owned, trees: &[Tree<'_>]) -> bool {
    let piped = tree.spec == "-" || other.spec == "-";
    let in_this_run = trees.iter().any(|tree| tree.spec == other.spec);
    !piped && tree.spec != other.spec && (in_this_run || root.join(&other.spec).exists())
}

/// What was ours and is no longer wanted by anyone, with the hash of what we wrote.
fn obsolete(before: &Manifest, after: &Manifest) -> BTreeMap<String, String> {
    let kept: BTreeSet<&String> = after.clusters.values().flat_map(|owned| owned.files.keys()).collect();
    let all = before.clusters.values().flat_map(|owned| &owned.files);
    all.filter(|(path, _)| !kept.contains(path)).map(|(path, hash)| (path.clone(), hash.clone())).collect()
}

/// What makes room comes first, removal of the rest last.
fn rank(change: &Change<'_>, wanted: &BTreeMap<&str, &str>) -> u8 {
    if change.text.is_some() {
        return 1;
    }
    let below = format!("{}/", change.path);
    let in_the_way = wanted.range(below.as_str()..).next().is_some_and(|(path, _)| path.starts_with(&below))
        || change
            .path
            .match_indices('/')
            .any(|(end, _)| wanted.contains_key(change.path.get(..end).unwrap_or_default()));
    if in_the_way { 0 } else { 2 }
}

struct Planner<'p, 'a> {
    root: &'p Path,
    before: &'p Manifest,
    obsolete: &'p BTreeMap<String, String>,
    stance: Stance,
    eyes: Eyes<'p>,
    changes: Vec<Change<'a>>,
    conflicts: Vec<Conflict>,
    unchanged: usize,
}

impl<'a> Planner<'_, 'a> {
    fn want(&mut self, path: &str, text: &'a str) -> io::Result<()> {
        match self.eyes.look(path)? {
            Found::Nothing => self.change(path, None, Some(text)),
            Found::File(bytes) if bytes == text.as_bytes() => self.unchanged += 1,
            Found::File(bytes) => {
                let now = hash(&bytes);
                let kind = match self.before.hash(path) {
                    Some(known) if known == now => None,
                    Some(_) => Some(Kind::Edited),
                    None => Some(Kind::Foreign),
                };
                match kind.filter(|_| self.stance == Stance::Careful) {
                    Some(kind) => self.refuse(path, kind),
                    None => self.change(path, Some(now), Some(text)),
                }
            }
            Found::Folder if self.all_obsolete(path)? => self.change(path, None, Some(text)),
            Found::FileAbove(above) if self.obsolete.contains_key(&above) => {
                self.change(path, None, Some(text))
            }
            Found::Folder => self.refuse(path, Kind::Folder),
            Found::FileAbove(above) => self.refuse(path, Kind::FileAbove(above)),
            Found::Link => self.refuse(path, Kind::Link(path.to_owned())),
            Found::LinkAbove(above) => self.refuse(path, Kind::Link(above)),
        }
        Ok(())
    }

    fn unwant(&mut self, path: &str, known: &str) -> io::Result<()> {
        match self.eyes.look(path)? {
            // Gone, or something of the user's took its place: not ours any more.
            Found::Nothing | Found::Folder | Found::FileAbove(_) => {}
            Found::File(bytes) => {
                let now = hash(&bytes);
                if now == known || self.stance == Stance::Forced {
                    self.change(path, Some(now), None);
                } else {
                    self.refuse(path, Kind::Edited);
                }
            }
            Found::Link => self.refuse(path, Kind::Link(path.to_owned())),
            Found::LinkAbove(above) => self.refuse(path, Kind::Link(above)),
        }
        Ok(())
    }

    fn change(&mut self, path: &str, old: Option<String>, text: Option<&'a str>) {
        self.changes.push(Change { path: path.to_owned(), old, text });
    }

    fn refuse(&mut self, path: &str, kind: Kind) {
        self.conflicts.push(Conflict { path: path.to_owned(), kind });
    }

    /// Whether a folder holds no file but those of ours that go away, so that it goes away with them.
    fn all_obsolete(&self, folder: &str) -> io::Result<bool> {
        for entry in fs_err::read_dir(self.root.join(folder))? {
            let entry = entry?;
            let path = format!("{folder}/{}", entry.file_name().to_string_lossy());
            let gone = match entry.file_type()? {
                kind if kind.is_dir() => self.all_obsolete(&path)?,
                kind => kind.is_file() && self.obsolete.contains_key(&path),
            };
            if !gone {
                return Ok(false);
            }
        }
        Ok(true)
    }
}
