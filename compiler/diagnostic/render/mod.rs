//! How findings are shown: to people, to editors and to the machines that gate a change.

mod github;
mod gitlab;
mod human;
mod json;
pub mod miette;
mod sarif;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::fmt;
use std::str::FromStr;

use super::Finding;
use crate::source::{FileId, Position, Sources, Span};

pub use human::{Style, human};

/// A form in which findings are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Format {
    /// For a person at a terminal: the text, labels and repairs.
    #[default]
    Human,
    /// One JSON array, everything that a finding holds.
    Json,
    /// SARIF 2.1.0 (OASIS), for code scanning.
    Sarif,
    /// Workflow commands of GitHub Actions, shown beside the lines of a pull request.
    Github,
    /// A code quality report of GitLab, shown in a merge request.
    Gitlab,
}

impl Format {
    /// All forms, in the order of the help.
    pub const ALL: [Format; 5] = [Format::Human, Format::Json, Format::Sarif, Format::Github, Format::Gitlab];

    /// The word on the command line.
    pub fn word(self) -> &'static str {
        match self {
            Format::Human => "human",
            Format::Json => "json",
            Format::Sarif => "sarif",
            Format::Github => "github",
            Format::Gitlab => "gitlab",
        }
    }

    /// All words, for a message.
    pub fn words() -> String {
        Format::ALL.map(Format::word).join(", ")
    }
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// A word that names no form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct UnknownFormat(pub String);

impl fmt::Display for UnknownFormat {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a format; write one of {}", self.0, Format::words())
    }
}

impl std::error::Error for UnknownFormat {}

impl FromStr for Format {
    type Err = UnknownFormat;

    fn from_str(word: &str) -> Result<Format, UnknownFormat> {
        Format::ALL
            .into_iter()
            .find(|format| format.word() == word)
            .ok_or_else(|| UnknownFormat(word.to_owned()))
    }
}

/// Shows findings in a form. The text ends with a line break unless it is empty; `colour` counts for people only.
pub fn render(format: Format, findings: &[Finding], sources: &Sources, colour: bool) -> String {
    match format {
        Format::Human => human(findings, sources, if colour { Style::Colour } else { Style::Plain }),
        Format::Json => json::json(findings, sources),
        Format::Sarif => sarif::sarif(findings, sources),
        Format::Github => github::github(findings, sources),
        Format::Gitlab => gitlab::gitlab(findings, sources),
    }
}

/// Lines and columns of many spans: the lines of each file are counted once.
struct Places<'s> {
    sources: &'s Sources,
    line_starts: BTreeMap<FileId, Vec<usize>>,
}

/// The start and the end of a span, the end being one past the last character.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    start: Position,
    end: Position,
}

impl<'s> Places<'s> {
    fn new(sources: &'s Sources) -> Places<'s> {
        Places { sources, line_starts: BTreeMap::new() }
    }

    fn path(&self, span: Span) -> &'s str {
        self.sources.get(span.file).map_or("", |file| file.path.as_str())
    }

    fn stretch(&mut self, span: Span) -> Stretch {
        Stretch {
            start: self.position(span.file, span.start as usize),
            end: self.position(span.file, span.end as usize),
        }
    }

    fn position(&mut self, file: FileId, at: usize) -> Position {
        let text = self.sources.get(file).map_or("", |file| &file.text);
        let starts = self.line_starts.entry(file).or_insert_with(|| {
            std::iter::once(0).chain(text.match_indices('\n').map(|(at, _)| at + 1)).collect()
        });
        let at = text.floor_char_boundary(at.min(text.len()));
        let line = starts.partition_point(|start| *start <= at);
        let start = starts.get(line.saturating_sub(1)).copied().unwrap_or(0);
        let column = text.get(start..at).map_or(0, |before| before.chars().count()) + 1;
        Position { line, column }
    }
}

/// Why, what to do and how the files came in, as one text of whole lines.
fn advice(finding: &Finding) -> String {
    let why = finding.why.iter().map(|why| format!("why: {why}"));
    let help = finding.help.iter().map(|help| format!("help: {help}"));
    let chains = finding.chains.iter().map(|chain| format!("chain: {chain}"));
    why.chain(help).chain(chains).collect::<Vec<_>>().join("\n")
}

/// JSON as text, for machines and diffs alike.
fn pretty(value: &serde_json::Value) -> String {
    format!("{value:#}\n")
}
