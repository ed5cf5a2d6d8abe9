//! Makes a plan true: stage, journal, rename; and finishes or undoes what an interrupted run left.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use super::hands::Hands;
use super::journal::{Entry, Journal, NAME, STAGE, Staged};
use super::manifest::{self, hash};
use super::place::{Eyes, Found, kind_of};
use super::plan::{Change, Plan};
use super::{RECORDS, Trouble};

/// Why entries are gone through.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Purpose {
    /// A build: a file that changed since the plan was made stops it.
    Build,
    /// A repair: a file that somebody changed since the interruption is left to them; the next plan names it.
    Repair,
}

/// Makes all changes of a plan, or none.
pub(super) fn commit(root: &Path, plan: &Plan<'_>, hands: &Hands<'_>) -> Result<(), Trouble> {
    if plan.changes.is_empty() && plan.manifest.is_none() {
        return Ok(());
    }
    let record = plan.manifest.as_deref().map(|text| Change {
        path: manifest::PATH.to_owned(),
        old: plan.manifest_old.clone(),
        text: Some(text),
    });
    let changes: Vec<&Change<'_>> = plan.changes.iter().chain(&record).collect();
    let records = root.join(RECORDS);
    let stage = hands.make_fresh_folder(&records, STAGE)?;
    let work = Work { root, stage: records.join(&stage), hands };
    let journal = match work.stage(stage, &changes) {
        Ok(journal) => journal,
        Err(error) => {
            let _ = hands.remove_all(&work.stage);
            return Err(error.into());
        }
    };
    if let Err(error) = work.forward(&journal, Purpose::Build) {
        // If undoing fails as well, the journal stays and the next run repairs.
        if work.back(&journal).is_ok() {
            work.finish();
        }
        return Err(error.into());
    }
    work.finish();
    Ok(())
}

/// Finishes an interrupted run, or undoes it where it cannot be finished. Says whether there was one.
pub(super) fn repair(root: &Path, hands: &Hands<'_>) -> Result<bool, Trouble> {
    let records = root.join(RECORDS);
    let text = match fs_err::read(records.join(NAME)) {
        Ok(text) => Some(text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    if let Some(journal) = text.as_deref().and_then(Journal::parse) {
        let work = Work { root, stage: records.join(&journal.stage), hands };
        let whole = work.intact(&journal)?;
        if !whole || work.forward(&journal, Purpose::Repair).is_err() {
            work.back(&journal)?;
        }
    }
    if text.is_some() {
        hands.remove_file(&records.join(NAME))?;
    }
    Ok(sweep(&records, hands)? || text.is_some())
}

/// Removes staging folders of runs that ended before their journal was written, or after it was done with.
fn sweep(records: &Path, hands: &Hands<'_>) -> io::Result<bool> {
    let mut any = false;
    for entry in fs_err::read_dir(records)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() && entry.file_name().to_string_lossy().starts_with(STAGE) {
            hands.remove_all(&entry.path())?;
            any = true;
        }
    }
    Ok(any)
}

struct Work<'a> {
    root: &'a Path,
    stage: PathBuf,
    hands: &'a Hands<'a>,
}

impl Work<'_> {
    /// Writes every new file into the staging folder, then the journal, in one step, beside it.
    fn stage(&self, name: String, changes: &[&Change<'_>]) -> io::Result<Journal> {
        let mut entries = Vec::with_capacity(changes.len());
        for (index, change) in changes.iter().enumerate() {
            if let Some(text) = change.text {
                self.hands.write(&Staged::of(&self.stage, index).new, text)?;
            }
            let new = change.text.map(|text| hash(text.as_bytes()));
            entries.push(Entry { path: change.path.clone(), old: change.old.clone(), new });
        }
        let journal = Journal { stage: name, folders: self.missing_folders(&entries)?, entries };
        let draft = self.stage.join(NAME);
        self.hands.write(&draft, &serde_json::to_string(&journal).map_err(io::Error::other)?)?;
        self.hands.rename(&draft, &self.root.join(RECORDS).join(NAME))?;
        Ok(journal)
    }

    fn missing_folders(&self, entries: &[Entry]) -> io::Result<Vec<String>> {
        let mut seen: BTreeSet<&str> = BTreeSet::new();
        let mut missing = Vec::new();
        for entry in entries.iter().filter(|entry| entry.new.is_some()) {
            for above in folders_above(&entry.path) {
                if seen.insert(above) && kind_of(&self.root.join(above))?.is_none_or(|kind| !kind.is_dir()) {
                    missing.push(above.to_owned());
                }
            }
        }
        missing.sort();
        Ok(missing)
    }

    /// Whether every new text that still waits is the one that was meant.
    fn intact(&self, journal: &Journal) -> io::Result<bool> {
        for (index, entry) in journal.entries.iter().enumerate() {
            let staged = Staged::of(&self.stage, index).new;
            if let (Some(new), Some(_)) = (&entry.new, kind_of(&staged)?)
                && hash(&fs_err::read(&staged)?) != *new
            {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn forward(&self, journal: &Journal, purpose: Purpose) -> io::Result<()> {
        let mut eyes = Eyes::new(self.root);
        for (index, entry) in journal.entries.iter().enumerate() {
            let staged = Staged::of(&self.stage, index);
            let done = match &entry.new {
                Some(new) => self.put(entry, new, &staged, &mut eyes)?,
                None => {
                    eyes.forget();
                    self.take(entry, &staged)?
                }
            };
            if !done && purpose == Purpose::Build {
                return Err(io::Error::other(format!("`{}` changed while it was being written", entry.path)));
            }
        }
        Ok(())
    }

    /// Puts a new text in place; false when what lies there is not what was expected.
    fn put(&self, entry: &Entry, new: &str, staged: &Staged, eyes: &mut Eyes<'_>) -> io::Result<bool> {
        if kind_of(&staged.new)?.is_none() {
            return Ok(true);
        }
        let target = self.root.join(&entry.path);
        let now = match eyes.look(&entry.path)? {
            Found::Nothing => None,
            Found::File(bytes) => Some(hash(&bytes)),
            Found::Folder if self.remove_hollow(&target)? => None,
            Found::Folder | Found::Link | Found::FileAbove(_) | Found::LinkAbove(_) => return Ok(false),
        };
        match (&now, &entry.old) {
            (None, _) => self.make_folders(&entry.path, eyes)?,
            (Some(now), Some(old)) if now == old => {
                if kind_of(&staged.old)?.is_none() {
                    self.hands.keep(&target, &staged.old)?;
                }
            }
            (Some(now), _) if now == new => {}
            (Some(_), _) => return Ok(false),
        }
        self.hands.rename(&staged.new, &target)?;
        Ok(true)
    }

    /// Removes a folder that holds only folders; false when a file lies in it.
    fn remove_hollow(&self, folder: &Path) -> io::Result<bool> {
        for entry in fs_err::read_dir(folder)? {
            let entry = entry?;
            if !entry.file_type()?.is_dir() || !self.remove_hollow(&entry.path())? {
                return Ok(false);
            }
        }
        self.hands.remove_empty(folder)?;
        Ok(true)
    }

    /// Takes an old text out of place; false when it is not the one that was expected.
    fn take(&self, entry: &Entry, staged: &Staged) -> io::Result<bool> {
        match Eyes::new(self.root).look(&entry.path)? {
            Found::File(bytes) if entry.old.as_ref() == Some(&hash(&bytes)) => {
                self.hands.rename(&self.root.join(&entry.path), &staged.old)?;
            }
            Found::Nothing => {}
            _ => return Ok(false),
        }
        for above in folders_above(&entry.path).into_iter().rev() {
            let folder = self.root.join(above);
            match kind_of(&folder)? {
                // A run that died here may have removed the lower folders and not the upper ones.
                None => {}
                Some(_) if is_empty_folder(&folder)? => self.hands.remove_empty(&folder)?,
                Some(_) => break,
            }
        }
        Ok(true)
    }

    fn make_folders(&self, path: &str, eyes: &mut Eyes<'_>) -> io::Result<()> {
        for above in folders_above(path) {
            if eyes.knows(above) {
                continue;
            }
            let folder = self.root.join(above);
            match kind_of(&folder)? {
                None => self.hands.make_folder(&folder)?,
                Some(kind) if kind.is_dir() => {}
                Some(_) => return Err(io::Error::other(format!("`{}` is not a folder", folder.display()))),
            }
            eyes.learn(above);
        }
        Ok(())
    }

    /// The way back: every step of [`Work::forward`] reversed, last first.
    fn back(&self, journal: &Journal) -> io::Result<()> {
        for (index, entry) in journal.entries.iter().enumerate().rev() {
            let staged = Staged::of(&self.stage, index);
            let target = self.root.join(&entry.path);
            if let Some(new) = &entry.new
                && kind_of(&staged.new)?.is_none()
                && matches!(Eyes::new(self.root).look(&entry.path)?, Found::File(bytes) if hash(&bytes) == *new)
            {
                self.hands.rename(&target, &staged.new)?;
            }
            self.drop_folders(journal, &entry.path)?;
            if kind_of(&staged.old)?.is_some() && self.free(entry)? {
                self.make_folders(&entry.path, &mut Eyes::new(self.root))?;
                self.hands.rename(&staged.old, &target)?;
            }
        }
        Ok(())
    }

    /// Removes the folders that this run made for a path, as far as they are empty again.
    fn drop_folders(&self, journal: &Journal, path: &str) -> io::Result<()> {
        for above in folders_above(path).into_iter().rev() {
            let folder = self.root.join(above);
            if journal.folders.iter().any(|made| made == above) && is_empty_folder(&folder)? {
                self.hands.remove_empty(&folder)?;
            }
        }
        Ok(())
    }

    /// Whether the old text may return: nothing lies there, or it does already.
    fn free(&self, entry: &Entry) -> io::Result<bool> {
        Ok(match Eyes::new(self.root).look(&entry.path)? {
            Found::Nothing => true,
            Found::File(bytes) => entry.old.as_ref() == Some(&hash(&bytes)),
            _ => false,
        })
    }

    /// The tree is right; what remains of the run is only litter, which the next run sweeps if this one cannot.
    fn finish(&self) {
        if self.hands.remove_file(&self.root.join(RECORDS).join(NAME)).is_ok() {
            let _ = self.hands.remove_all(&self.stage);
        }
    }
}

/// `a` and `a/b` for `a/b/c`.
fn folders_above(path: &str) -> Vec<&str> {
    path.match_indices('/').filter_map(|(end, _)| path.get(..end)).collect()
}

fn is_empty_folder(path: &Path) -> io::Result<bool> {
    match kind_of(path)? {
        Some(kind) if kind.is_dir() => Ok(fs_err::read_dir(path)?.next().is_none()),
        _ => Ok(false),
    }
}
