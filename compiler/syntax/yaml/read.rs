//! How YAML is read: parser events become a [`Document`], and all that is wrong with the text is reported.
//!
//! Input is hostile until proven otherwise: size, depth and the expansion of aliases are limited here, so that
//! nobody further up has to count.

mod builder;
mod characters;
pub mod codes;
mod faults;

use granit_parser::{Event, Parser, Span as Parsed, StrInput, options};

use super::tree::{Document, MAX_DEPTH};
use crate::diagnostic::{Finding, Sink};
use crate::source::{Address, FileId, Span};
use builder::Builder;
use characters::refuse_characters;
use codes::{NOT_YAML, SECOND_DOCUMENT, TOO_LARGE};

/// Bytes of text that are read at most.
const MAX_BYTES: usize = 4 << 20;
/// Findings about one file; nobody reads more, and a hostile text could hold one per byte.
const MAX_FINDINGS: usize = 1_000;

/// Reads a file that holds one document. Whatever can be passed over is reported and passed over; `None` means
/// that no tree could be made, and says so in the sink.
pub fn read(file: FileId, text: &str, sink: &mut Sink) -> Option<Document> {
    let clean = refuse_characters(file, text, sink);
    let mut reader = Reader::new(file, &clean, sink);
    let mut documents = reader.documents(true);
    if documents.is_empty() && !reader.failed {
        reader.report(
            NOT_YAML
                .at(reader.first_line(), "nothing but blanks and comments")
                .title("the file is empty")
                .help("write a document, or let `clusterc init` write one"),
        );
    }
    if documents.is_empty() { None } else { Some(documents.swap_remove(0)) }
}

/// Reads a stream of documents, as manifests of Kubernetes come. Empty documents are left out, as `kubectl` does; one
/// that cannot be read is reported, and reading goes on at the next `---`.
pub fn read_all(file: FileId, text: &str, sink: &mut Sink) -> Vec<Document> {
    let clean = refuse_characters(file, text, sink);
    let mut documents = Reader::new(file, &clean, sink).documents(false);
    documents.retain(|document| !is_empty(document));
    documents
}

fn is_empty(document: &Document) -> bool {
    let root = document.root();
    let span = document.span(root);
    span.start == span.end && document.scalar(root).is_null() && !document.is_refused(root)
}

struct Reader<'t, 's> {
    file: FileId,
    text: &'t str,
    sink: &'s mut Sink,
    findings: usize,
    /// Some document could not be read.
    failed: bool,
}

impl<'t, 's> Reader<'t, 's> {
    fn new(file: FileId, text: &'t str, sink: &'s mut Sink) -> Reader<'t, 's> {
        Reader { file, text, sink, findings: 0, failed: false }
    }

    fn documents(&mut self, only_one: bool) -> Vec<Document> {
        if self.text.len() > MAX_BYTES {
            let title = format!("the file is larger than {} MiB", MAX_BYTES >> 20);
            self.fail(TOO_LARGE.at(self.first_line(), "too much to read").title(title));
            return Vec::new();
        }
        let limits = options! {
            block_nesting_limit: MAX_DEPTH,
            flow_nesting_limit: MAX_DEPTH,
            disallow_directives: true,
            emit_comments: false,
            emit_unresolved_aliases: true,
        };
        let mut parser = Parser::new_from_str_with_options(self.text, limits);
        let mut documents: Vec<Document> = Vec::new();
        loop {
            match self.document(&mut parser) {
                Next::End => return documents,
                Next::Document(document) => {
                    if let (true, Some(first)) = (only_one, documents.first()) {
                        self.second_document(first.nearest(&Address::root()), &document);
                        return documents;
                    }
                    documents.push(document);
                }
                Next::Unreadable => {
                    self.failed = true;
                    // After a fault in the only document there is nothing to save.
                    if only_one || !parser.proceed_next_document().unwrap_or(false) {
                        return if only_one { Vec::new() } else { documents };
                    }
                }
            }
        }
    }

    fn second_document(&mut self, first: Span, second: &Document) {
        let start = second.nearest(&Address::root());
        self.report(
            SECOND_DOCUMENT
                .at(start, "the second document begins here")
                .also(first, "the first document")
                .help("give each document a file of its own, or remove the `---` line"),
        );
    }

    /// Reads up to the end of one document.
    fn document(&mut self, parser: &mut Parser<'t, StrInput<'t>>) -> Next {
        let mut builder = Builder::default();
        while let Some(event) = parser.next_event() {
            let (event, parsed) = match event {
                Ok(event) => event,
                Err(error) => {
                    let at = error.marker().byte_offset().unwrap_or(self.text.len());
                    let finding = faults::finding(error.kind(), &error.info(), self.character(at), self.text);
                    self.fail(finding);
                    return Next::Unreadable;
                }
            };
            let span = self.span(&parsed);
            match event {
                Event::DocumentStart(..) => builder.start = Some(span),
                Event::DocumentEnd => return Next::Document(builder.finish(self.anywhere(span))),
                Event::StreamEnd => return Next::End,
                event => {
                    if let Err(finding) = builder.take(self, event, span, &parsed) {
                        self.fail(*finding);
                        return Next::Unreadable;
                    }
                }
            }
        }
        Next::End
    }

    fn report(&mut self, finding: Finding) {
        if self.findings < MAX_FINDINGS {
            self.findings += 1;
            self.sink.report(finding);
        }
    }

    /// Reports what ends a document, even when the list of findings is long.
    fn fail(&mut self, finding: Finding) {
        self.failed = true;
        self.sink.report(finding);
    }

    fn span(&self, parsed: &Parsed) -> Span {
        let range = parsed.byte_range().unwrap_or_default();
        Span::new(self.file, floor(self.text, range.start)..floor(self.text, range.end.max(range.start)))
    }

    /// The character at an offset; at the end of the text the last character that is not blank.
    fn character(&self, at: usize) -> Span {
        let start = floor(self.text, at);
        let rest = self.text.get(start..).unwrap_or_default();
        match rest.chars().next() {
            Some(character) => Span::new(self.file, start..start + character.len_utf8()),
            None => {
                let end = self.text.trim_end().len();
                let last = self.text.get(..end).and_then(|text| text.char_indices().next_back());
                Span::new(self.file, last.map_or(end, |(at, _)| at)..end)
            }
        }
    }

    /// `span`, or the first thing that is written if it is empty.
    fn anywhere(&self, span: Span) -> Span {
        if span.start < span.end { span } else { self.first_line() }
    }

    /// The first line that is more than blanks.
    fn first_line(&self) -> Span {
        let start = self.text.len() - self.text.trim_start().len();
        let line = self.text.get(start..).and_then(|rest| rest.lines().next()).unwrap_or_default();
        if line.is_empty() {
            return Span::new(self.file, 0..self.text.chars().next().map_or(0, char::len_utf8));
        }
        Span::new(self.file, start..start + line.trim_end().len())
    }
}

enum Next {
    Document(Document),
    Unreadable,
    End,
}

/// The largest character boundary that is not after `at`.
fn floor(text: &str, at: usize) -> usize {
    text.floor_char_boundary(at.min(text.len()))
}

#[cfg(test)]
mod tests;
