//! The few ways in which the writer changes the disk, each of which may fail.

use std::io;
use std::path::Path;

/// Changes the disk, one step at a time. Before each step a hook is asked, so that a test can fail any of them.
pub(super) struct Hands<'a> {
    before: &'a dyn Fn() -> io::Result<()>,
}

impl Hands<'static> {
    /// Hands that fail only when the disk does.
    pub(super) fn steady() -> Hands<'static> {
        Hands { before: &|| Ok(()) }
    }
}

impl<'a> Hands<'a> {
    /// Hands that ask `before` each step whether it may happen.
    #[cfg(test)]
    pub(super) fn asking(before: &'a dyn Fn() -> io::Result<()>) -> Hands<'a> {
        Hands { before }
    }

    /// Writes a new file.
    pub(super) fn write(&self, path: &Path, text: &str) -> io::Result<()> {
        (self.before)()?;
        fs_err::write(path, text)
    }

    /// Moves a file; what was there before is replaced.
    pub(super) fn rename(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)()?;
        fs_err::rename(from, to)
    }

    /// Gives a file a second name, so that the first may be replaced in one step. A file system without such
    /// names gets a copy.
    pub(super) fn keep(&self, from: &Path, to: &Path) -> io::Result<()> {
        (self.before)()?;
        fs_err::hard_link(from, to).or_else(|_| fs_err::copy(from, to).map(|_| ()))
    }

    /// Makes one folder.
    pub(super) fn make_folder(&self, path: &Path) -> io::Result<()> {
        (self.before)()?;
        fs_err::create_dir(path)
    }

    /// Makes a folder with a fresh name that begins with `prefix`, and returns the name.
    pub(super) fn make_fresh_folder(&self, within: &Path, prefix: &str) -> io::Result<String> {
        (self.before)()?;
        let folder = tempfile::Builder::new().prefix(prefix).tempdir_in(within)?.keep();
        Ok(folder.file_name().unwrap_or_default().to_string_lossy().into_owned())
    }

    /// Removes a folder if it is empty.
    pub(super) fn remove_empty(&self, path: &Path) -> io::Result<()> {
        (self.before)()?;
        fs_err::remove_dir(path)
    }

    /// Removes a file.
    pub(super) fn remove_file(&self, path: &Path) -> io::Result<()> {
        (self.before)()?;
        fs_err::remove_file(path)
    }

    /// Removes a folder of ours and all that is in it; links in it are not followed.
    pub(super) fn remove_all(&self, path: &Path) -> io::Result<()> {
        (self.before)()?;
        fs_err::remove_dir_all(path)
    }
}
