//! The files a compilation may read: those of the repository that the spec lies in, and no others.

use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

use crate::source::{Files, ReadError};

/// The largest file that is read, in bytes.
const LARGEST: u64 = 32 * 1024 * 1024;

/// How many files [`Files::list`] goes through before it gives up.
const MOST_FILES: usize = 10_000;

/// The spec that comes through a pipe.
pub(super) const STDIN: &str = "-";

/// The disk as one spec may see it.
#[derive(Debug)]
pub(super) struct Disk {
    root: PathBuf,
    piped: Option<String>,
}

impl Disk {
    /// The disk for a spec: the nearest folder above it that is a Git repository, else the spec's own folder.
    ///
    /// # Errors
    /// The spec itself cannot be read.
    pub(super) fn of(spec: &str) -> Result<Disk, ReadError> {
        if spec == STDIN {
            let here = fs_err::canonicalize(".").map_err(reason)?;
            return Ok(Disk { root: repository(&here), piped: Some(limited(io::stdin().lock())?) });
        }
        let path = fs_err::canonicalize(spec).map_err(reason)?;
        let folder = path.parent().ok_or(ReadError::Missing)?;
        let disk = Disk { root: repository(folder), piped: None };
        disk.read(spec)?;
        Ok(disk)
    }

    /// The real place of a path, which must lie in the repository.
    fn inside(&self, path: &str) -> Result<PathBuf, ReadError> {
        let full = fs_err::canonicalize(path).map_err(|error| match std::path::absolute(path) {
            // A path that leads outside is refused in the same words whether or not something lies there.
            Ok(written) if !self.may_hold(&written) => ReadError::Outside,
            _ => reason(error),
        })?;
        if full.starts_with(&self.root) { Ok(full) } else { Err(ReadError::Outside) }
    }

    fn may_hold(&self, written: &Path) -> bool {
        let mut plain = PathBuf::new();
        for part in written.components() {
            match part {
                Component::ParentDir => {
                    plain.pop();
                }
                part => plain.push(part),
            }
        }
        let existing = plain.ancestors().find_map(|above| fs_err::canonicalize(above).ok());
        existing.is_some_and(|above| above.starts_with(&self.root))
    }

    fn walk(
        &self,
        folder: &Path,
        prefix: &str,
        above: &mut Vec<PathBuf>,
        found: &mut Vec<String>,
    ) -> Result<(), ReadError> {
        for entry in fs_err::read_dir(folder).map_err(reason)? {
            let name = entry.map_err(reason)?.file_name();
            let Some(name) = name.to_str() else {
                let words = format!("`{}` is not a UTF-8 name", folder.join(&name).display());
                return Err(ReadError::System(words));
            };
            if name.starts_with('.') {
                continue;
            }
            let full = match fs_err::canonicalize(folder.join(name)) {
                Ok(full) => full,
                // A link to nothing is nothing.
                Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
                Err(error) => return Err(reason(error)),
            };
            if !full.starts_with(&self.root) {
                return Err(ReadError::Outside);
            }
            let path = format!("{prefix}{name}");
            if full.is_file() {
                found.push(path);
            } else if full.is_dir() && !above.contains(&full) {
                above.push(full.clone());
                self.walk(&full, &format!("{path}/"), above, found)?;
                above.pop();
            }
            if found.len() > MOST_FILES {
                return Err(ReadError::System(format!("more than {MOST_FILES} files")));
            }
        }
        Ok(())
    }
}

impl Files for Disk {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        if let (STDIN, Some(text)) = (path, &self.piped) {
            return Ok(text.clone());
        }
        let full = self.inside(path)?;
        let metadata = fs_err::metadata(&full).map_err(reason)?;
        if metadata.is_dir() {
            return Err(ReadError::System("a folder, not a file".to_owned()));
        }
        if !metadata.is_file() {
            return Err(ReadError::System("not a plain file; pipe it in as `-`".to_owned()));
        }
        limited(fs_err::File::open(&full).map_err(reason)?)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let full = self.inside(folder)?;
        if !full.is_dir() {
            return Err(ReadError::Missing);
        }
        let mut found = Vec::new();
        self.walk(&full, "", &mut vec![full.clone()], &mut found)?;
        found.sort();
        Ok(found)
    }
}

/// The nearest folder at or above `folder` that holds `.git`, else `folder`.
fn repository(folder: &Path) -> PathBuf {
    folder.ancestors().find(|above| above.join(".git").exists()).unwrap_or(folder).to_path_buf()
}

fn limited(from: impl Read) -> Result<String, ReadError> {
    let mut bytes = Vec::new();
    from.take(LARGEST + 1).read_to_end(&mut bytes).map_err(reason)?;
    if bytes.len() as u64 > LARGEST {
        return Err(ReadError::TooLarge(LARGEST));
    }
    String::from_utf8(bytes).map_err(|_| ReadError::NotText)
}

fn reason(error: io::Error) -> ReadError {
    match error.kind() {
        io::ErrorKind::NotFound => ReadError::Missing,
        // The words of the system alone: the path is in the message already.
        kind => ReadError::System(kind.to_string()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with a spec in a folder, and a file beside the repository.
    fn world() -> (tempfile::TempDir, Disk, impl Fn(&str) -> String) {
        let folder = tempfile::tempdir().unwrap();
        for made in ["repo/.git", "repo/env/apps/web/.hidden", "repo/shared"] {
            fs_err::create_dir_all(folder.path().join(made)).unwrap();
        }
        let files = ["secret", "repo/env/spec.yaml", "repo/shared/base.yaml"];
        let apps = ["repo/env/apps/web/b.yaml", "repo/env/apps/web/a.yaml", "repo/env/apps/web/.hidden/c"];
        for file in files.iter().chain(&apps) {
            fs_err::write(folder.path().join(file), *file).unwrap();
        }
        let root = folder.path().to_path_buf();
        let at = move |path: &str| root.join(path).to_str().unwrap().to_owned();
        let disk = Disk::of(&at("repo/env/spec.yaml")).unwrap();
        (folder, disk, at)
    }

    #[test]
    fn files_of_the_repository_can_be_read() {
        let (_folder, disk, at) = world();
        assert_eq!(disk.read(&at("repo/env/../shared/base.yaml")).unwrap(), "repo/shared/base.yaml");
        assert_eq!(disk.read(&at("repo/env/none.yaml")), Err(ReadError::Missing));
    }

    #[test]
    fn files_outside_are_refused_whether_they_exist_or_not() {
        let (_folder, disk, at) = world();
        for path in ["secret", "none", "repo/env/../../secret", "repo/../none/../none"] {
            assert_eq!(disk.read(&at(path)), Err(ReadError::Outside), "{path}");
        }
        assert_eq!(disk.read("/dev/zero"), Err(ReadError::Outside));
    }

    #[cfg(unix)]
    #[test]
    fn links_that_lead_outside_are_refused() {
        let (folder, disk, at) = world();
        std::os::unix::fs::symlink(at("secret"), at("repo/env/link")).unwrap();
        assert_eq!(disk.read(&at("repo/env/link")), Err(ReadError::Outside));
        std::os::unix::fs::symlink(folder.path(), at("repo/env/apps/web/up")).unwrap();
        assert_eq!(disk.list(&at("repo/env/apps")), Err(ReadError::Outside));
    }

    #[cfg(unix)]
    #[test]
    fn links_in_a_circle_end() {
        let (_folder, disk, at) = world();
        std::os::unix::fs::symlink(at("repo/env/apps"), at("repo/env/apps/web/again")).unwrap();
        assert_eq!(disk.list(&at("repo/env/apps")).unwrap(), ["web/a.yaml", "web/b.yaml"]);
    }

    #[test]
    fn lists_are_sorted_and_without_hidden_files() {
        let (_folder, disk, at) = world();
        assert_eq!(disk.list(&at("repo/env/apps")).unwrap(), ["web/a.yaml", "web/b.yaml"]);
        assert_eq!(disk.list(&at("repo/env/none")), Err(ReadError::Missing));
    }

    #[test]
    fn large_files_and_bytes_that_are_no_text_are_refused() {
        assert_eq!(limited(io::repeat(b'a')), Err(ReadError::TooLarge(LARGEST)));
        assert_eq!(limited(&b"\xff\xfe"[..]), Err(ReadError::NotText));
    }
}
