//! Findings for programs that embed the compiler and report through miette.

use std::fmt;
use std::sync::Arc;

use ::miette::{
    Diagnostic, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan, SpanContents,
};

use super::advice;
use crate::diagnostic::{Finding, Label, Severity};
use crate::source::{FileId, Sources};

/// A finding with the text it speaks of. Labels in other files follow as related diagnostics.
#[derive(Debug, Clone)]
pub struct Report {
    finding: Finding,
    text: NamedText,
    elsewhere: Vec<Elsewhere>,
}

/// A place in another file than that of the finding.
#[derive(Debug, Clone)]
struct Elsewhere {
    label: Label,
    text: NamedText,
}

/// A file's text with its path. Offsets are bytes; columns count characters, as the compiler's own messages do.
#[derive(Debug, Clone)]
struct NamedText {
    path: String,
    text: Arc<str>,
}

impl Report {
    /// A finding of a run whose files are `sources`.
    pub fn new(finding: &Finding, sources: &Sources) -> Report {
        let file = finding.primary.span.file;
        let sources = &sources.hiding(finding.is_secret.then_some(finding.primary.span));
        let others = finding.others.iter().filter(|label| label.span.file != file);
        let elsewhere = others
            .map(|label| Elsewhere { label: label.clone(), text: NamedText::of(label.span.file, sources) });
        Report {
            finding: finding.clone(),
            text: NamedText::of(file, sources),
            elsewhere: elsewhere.collect(),
        }
    }

    /// The finding itself.
    pub fn finding(&self) -> &Finding {
        &self.finding
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.finding.title)
    }
}

impl std::error::Error for Report {}

impl Diagnostic for Report {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.finding.code.id))
    }

    fn severity(&self) -> Option<::miette::Severity> {
        Some(match self.finding.code.severity() {
            Severity::Error => ::miette::Severity::Error,
            Severity::Warning => ::miette::Severity::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(advice(&self.finding))
            .filter(|advice| !advice.is_empty())
            .map(|advice| Box::new(advice) as Box<_>)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let file = self.finding.primary.span.file;
        let primary = LabeledSpan::new_primary_with_span(
            words(&self.finding.primary),
            self.text.span(&self.finding.primary),
        );
        let others = self.finding.others.iter().filter(move |label| label.span.file == file);
        let others = others.map(|label| LabeledSpan::new_with_span(words(label), self.text.span(label)));
        Some(Box::new(std::iter::once(primary).chain(others)))
    }

    fn related<'a>(&'a self) -> Option<Box<dyn Iterator<Item = &'a dyn Diagnostic> + 'a>> {
        if self.elsewhere.is_empty() {
            return None;
        }
        Some(Box::new(self.elsewhere.iter().map(|place| place as &dyn Diagnostic)))
    }
}

impl fmt::Display for Elsewhere {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.label.text)
    }
}

impl std::error::Error for Elsewhere {}

impl Diagnostic for Elsewhere {
    fn severity(&self) -> Option<::miette::Severity> {
        Some(::miette::Severity::Advice)
    }

    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.text)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let label = LabeledSpan::new_primary_with_span(words(&self.label), self.text.span(&self.label));
        Some(Box::new(std::iter::once(label)))
    }
}

fn words(label: &Label) -> Option<String> {
    Some(label.text.clone()).filter(|text| !text.is_empty())
}

impl NamedText {
    fn of(file: FileId, sources: &Sources) -> NamedText {
        match sources.get(file) {
            Some(file) => NamedText { path: file.path.clone(), text: Arc::clone(&file.text) },
            None => NamedText { path: String::new(), text: Arc::from("") },
        }
    }

    fn boundary(&self, at: usize) -> usize {
        self.text.floor_char_boundary(at.min(self.text.len()))
    }

    fn span(&self, label: &Label) -> SourceSpan {
        let (start, end) = (self.boundary(label.span.start as usize), self.boundary(label.span.end as usize));
        SourceSpan::from((start, end.saturating_sub(start)))
    }

    fn before(&self, at: usize) -> &str {
        self.text.get(..at).unwrap_or_default()
    }

    /// The start of the line that is `lines` above the one of `at`.
    fn line_start(&self, at: usize, lines: usize) -> usize {
        self.before(at).rmatch_indices('\n').nth(lines).map_or(0, |(at, _)| at + 1)
    }

    /// The end of the line that is `lines` below the one of `at`, line break included.
    fn line_end(&self, at: usize, lines: usize) -> usize {
        let rest = self.text.get(at..).unwrap_or_default();
        rest.match_indices('\n').nth(lines).map_or(self.text.len(), |(offset, _)| at + offset + 1)
    }
}

impl SourceCode for NamedText {
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        if span.offset().saturating_add(span.len()) > self.text.len() {
            return Err(MietteError::OutOfBounds);
        }
        let (first, last) = (self.boundary(span.offset()), self.boundary(span.offset() + span.len()));
        // Without context exactly the span is asked for, and its column counts.
        let start =
            if context_lines_before == 0 { first } else { self.line_start(first, context_lines_before) };
        let end = if context_lines_after == 0 { last } else { self.line_end(last, context_lines_after) };
        let data = self.text.get(start..end).unwrap_or_default();
        let line = self.before(start).matches('\n').count();
        let column =
            self.text.get(self.line_start(start, 0)..start).map_or(0, |before| before.chars().count());
        let range = SourceSpan::from((start, data.len()));
        let lines = data.matches('\n').count() + 1;
        let contents =
            MietteSpanContents::new_named(self.path.clone(), data.as_bytes(), range, line, column, lines);
        Ok(Box::new(contents.with_language("yaml")))
    }
}
