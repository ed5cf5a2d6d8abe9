//! Files that were read, and places in them.

use std::collections::BTreeMap;
use std::fmt;
use std::ops::Range;
use std::sync::Arc;

/// A file known to [`Sources`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileId(u32);

/// A range of bytes in one file. The bounds lie on character boundaries.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Span {
    /// The file.
    pub file: FileId,
    /// Offset of the first byte.
    pub start: u32,
    /// Offset one past the last byte.
    pub end: u32,
}

impl Span {
    /// The span of `range` in `file`. Offsets past 4 GiB are clamped; the reader refuses such files long before.
    pub fn new(file: FileId, range: Range<usize>) -> Span {
        let clamp = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        Span { file, start: clamp(range.start), end: clamp(range.end) }
    }

    /// The range as `usize` offsets, for slicing.
    pub fn range(self) -> Range<usize> {
        self.start as usize..self.end as usize
    }
}

/// A place as people count: lines and characters from one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// Line, from one.
    pub line: usize,
    /// Character in the line, from one.
    pub column: usize,
}

/// One file that was read.
#[derive(Debug, Clone)]
pub struct File {
    /// The path as the user would write it, with forward slashes.
    pub path: String,
    /// Its whole text.
    pub text: Arc<str>,
}

/// All files that were read in one run, in the order of reading.
#[derive(Debug, Clone, Default)]
pub struct Sources {
    files: Vec<File>,
}

impl Sources {
    /// Adds a file and returns its id. A path that is already known keeps its first text and id.
    pub fn add(&mut self, path: &str, text: &str) -> FileId {
        if let Some(known) = self.files.iter().position(|file| file.path == path) {
            return FileId(known as u32);
        }
        self.files.push(File { path: path.to_owned(), text: text.into() });
        FileId(self.files.len() as u32 - 1)
    }

    /// The file with this id; `None` only for an id of other `Sources`.
    pub fn get(&self, id: FileId) -> Option<&File> {
        self.files.get(id.0 as usize)
    }

    /// The same files with stars in place of these spans, for what is shown to people.
    #[must_use]
    pub fn hiding(&self, spans: impl IntoIterator<Item = Span>) -> Sources {
        let mut shown = self.clone();
        for span in spans {
            if let Some(file) = shown.files.get_mut(span.file.0 as usize) {
                // As many bytes as before, so that every other span stays where it is.
                let stars = |text: &str| "*".repeat(text.len());
                let parts = (file.text.get(..span.range().start), file.text.get(span.range()));
                if let (Some(before), Some(hidden)) = parts {
                    let after = file.text.get(span.range().end..).unwrap_or_default();
                    file.text = format!("{before}{}{after}", stars(hidden)).into();
                }
            }
        }
        shown
    }

    /// All files with their ids, in the order of reading.
    pub fn files(&self) -> impl Iterator<Item = (FileId, &File)> {
        self.files.iter().enumerate().map(|(at, file)| (FileId(at as u32), file))
    }

    /// The text under a span; empty if the span lies outside its file.
    pub fn text(&self, span: Span) -> &str {
        self.get(span.file).and_then(|file| file.text.get(span.range())).unwrap_or_default()
    }

    /// Line and column of the start of a span.
    pub fn position(&self, span: Span) -> Position {
        let before =
            self.get(span.file).and_then(|file| file.text.get(..span.start as usize)).unwrap_or_default();
        let line_start = before.rfind('\n').map_or(0, |at| at + 1);
        let column = before.get(line_start..).unwrap_or_default().chars().count() + 1;
        Position { line: before.matches('\n').count() + 1, column }
    }

    /// `path:line:column` of the start of a span.
    pub fn show(&self, span: Span) -> String {
        let path = self.get(span.file).map_or("", |file| file.path.as_str());
        let Position { line, column } = self.position(span);
        format!("{path}:{line}:{column}")
    }
}

/// Why a file could not be had.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum ReadError {
    /// There is no such file or folder.
    Missing,
    /// The bytes are not UTF-8 text.
    NotText,
    /// The path leads outside the folder that the spec may refer to.
    Outside,
    /// The file is larger than the limit, in bytes.
    TooLarge(u64),
    /// The system said no; its words.
    System(String),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            ReadError::Missing => write!(f, "no such file or folder"),
            ReadError::NotText => write!(f, "not UTF-8 text"),
            ReadError::Outside => write!(f, "outside the repository"),
            ReadError::TooLarge(limit) => write!(f, "larger than {limit} bytes"),
            ReadError::System(words) => write!(f, "{words}"),
        }
    }
}

/// The files that a compilation may read. The door implements it on the disk, tests in memory, so that the
/// compiler itself stays a pure function. Paths have forward slashes and are relative to the working folder
/// unless absolute.
pub trait Files {
    /// The whole text of a file.
    ///
    /// # Errors
    /// Says why the file cannot be had.
    fn read(&self, path: &str) -> Result<String, ReadError>;

    /// Paths of all files below a folder, relative to it, sorted; hidden files and folders are left out.
    ///
    /// # Errors
    /// [`ReadError::Missing`] when there is no such folder.
    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError>;
}

/// Files in memory, by path.
#[derive(Debug, Clone, Default)]
pub struct MemoryFiles(pub BTreeMap<String, String>);

impl Files for MemoryFiles {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        self.0.get(path).cloned().ok_or(ReadError::Missing)
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        let prefix = format!("{}/", folder.trim_end_matches('/'));
        let below: Vec<String> =
            self.0.keys().filter_map(|path| path.strip_prefix(&prefix)).map(str::to_owned).collect();
        if below.is_empty() { Err(ReadError::Missing) } else { Ok(below) }
    }
}

/// A path without its detours: no `.`, no double `/`, and `..` only at its start.
pub fn normal(path: &str) -> String {
    let mut steps: Vec<&str> = Vec::new();
    for step in path.split('/') {
        match step {
            "" | "." => {}
            ".." if steps.last().is_some_and(|last| *last != "..") => {
                steps.pop();
            }
            other => steps.push(other),
        }
    }
    let root = if path.starts_with('/') { "/" } else { "" };
    format!("{root}{}", steps.join("/"))
}

/// The folder of a file, with a `/` behind it, or nothing; what the file's relative paths start from.
pub fn folder(path: &str) -> &str {
    path.rfind('/').map_or("", |at| path.get(..=at).unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_compared_without_their_detours() {
        assert_eq!(normal("examples/platform/./out/../out/kube/apps"), "examples/platform/out/kube/apps");
        assert_eq!(normal("/a//b/"), "/a/b");
        assert_eq!(normal("../a"), "../a");
    }

    #[test]
    fn relative_paths_start_in_the_folder_of_their_file() {
        assert_eq!((folder("a/b.yaml"), folder("b.yaml"), folder("/b.yaml")), ("a/", "", "/"));
    }
}
