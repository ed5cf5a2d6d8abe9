//! Findings for people, drawn as rustc draws them.

use annotate_snippets::{Annotation, AnnotationKind, Element, Group, Level, Patch, Renderer, Snippet};

use crate::diagnostic::{Finding, Fix, Label, Severity};
use crate::source::{FileId, Sources, Span};

/// Findings that are drawn; of a longer list the rest is counted only.
const SHOWN: usize = 100;
/// Chains of files that are drawn for one finding.
const CHAINS: usize = 3;
/// Longest line that is drawn, in bytes. Longer ones are cut around the place, so that one line of a hostile
/// file cannot fill the screen.
const LINE: usize = 400;

/// Whether the drawing holds colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Text only.
    Plain,
    /// ANSI colours.
    Colour,
}

/// Draws findings, one blank line between them.
pub fn human(findings: &[Finding], sources: &Sources, style: Style) -> String {
    let renderer = match style {
        Style::Plain => Renderer::plain(),
        Style::Colour => Renderer::styled(),
    };
    let secrets = findings.iter().filter(|finding| finding.is_secret).map(|finding| finding.primary.span);
    let sources = &sources.hiding(secrets);
    let drawn = findings.iter().take(SHOWN).map(|finding| draw(finding, sources, &renderer));
    let mut text = drawn.collect::<Vec<_>>().join("\n");
    if findings.len() > SHOWN {
        text += &format!("\n{} more are not shown; `--format json` lists all\n", findings.len() - SHOWN);
    }
    text
}

fn draw(finding: &Finding, sources: &Sources, renderer: &Renderer) -> String {
    let level = match finding.code.severity() {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let mut main = Group::with_title(level.primary_title(&*finding.title).id(finding.code.id));
    for file in files(finding) {
        if let Some(snippet) = snippet(finding, file, sources) {
            main = main.element(snippet);
        }
    }
    let patch = finding.fix.as_ref().and_then(|fix| patch(fix, sources));
    // With a patch the first advice is its heading.
    let (heading, help) = match (&patch, finding.help.split_first()) {
        (Some(_), Some((first, others))) => (first.as_str(), others),
        (Some(_), None) => ("write", &[][..]),
        (None, _) => ("", finding.help.as_slice()),
    };
    main = main.elements(finding.why.iter().map(|why| note("why", why)));
    main = main.elements(help.iter().map(|help| note("help", help)));
    main = main.elements(chains(finding).iter().map(|chain| note("chain", chain)));
    let more = note("more", &format!("clusterc explain {}", finding.code.id));
    let report = match patch {
        None => vec![main.element(more)],
        Some(patch) => {
            vec![main, Group::with_title(Level::HELP.secondary_title(heading)).element(patch).element(more)]
        }
    };
    renderer.render(&report) + "\n"
}

/// How the files came to be a part of a spec; of many specs the first few.
fn chains(finding: &Finding) -> Vec<String> {
    let mut shown: Vec<String> = finding.chains.iter().take(CHAINS).cloned().collect();
    if finding.chains.len() > CHAINS {
        shown.push(format!("and {} more", finding.chains.len() - CHAINS));
    }
    shown
}

fn note(name: &str, text: &str) -> Element<'static> {
    Level::NOTE.with_name(name.to_owned()).message(text.to_owned()).into()
}

/// The files of a finding, that of the primary place first.
fn files(finding: &Finding) -> Vec<FileId> {
    let mut files = vec![finding.primary.span.file];
    for label in &finding.others {
        if !files.contains(&label.span.file) {
            files.push(label.span.file);
        }
    }
    files
}

fn snippet<'a>(
    finding: &'a Finding,
    file: FileId,
    sources: &'a Sources,
) -> Option<Snippet<'a, Annotation<'a>>> {
    let source = sources.get(file)?;
    let primary = std::iter::once((&finding.primary, AnnotationKind::Primary));
    let others = finding.others.iter().map(|label| (label, AnnotationKind::Context));
    let labels: Vec<(&Label, AnnotationKind)> =
        primary.chain(others).filter(|(label, _)| label.span.file == file).collect();
    let spans = labels.iter().map(|(label, _)| one_line(&source.text, label.span)).collect::<Vec<_>>();
    let window = window(&source.text, &spans);
    let annotations = labels.iter().zip(&spans).map(|((label, kind), (start, end))| {
        let shown = Some(label.text.as_str()).filter(|text| !text.is_empty());
        kind.span(start - window.start..end - window.start).label(shown)
    });
    let snippet = Snippet::source(window.text).line_start(window.line).path(source.path.as_str());
    Some(snippet.annotations(annotations))
}

fn patch<'a>(fix: &'a Fix, sources: &'a Sources) -> Option<Snippet<'a, Patch<'a>>> {
    let source = sources.get(fix.span.file)?;
    let (start, end) = (boundary(&source.text, fix.span.start), boundary(&source.text, fix.span.end));
    let window = window(&source.text, &[(start, end.max(start))]);
    if window.text.lines().any(|line| line.len() > LINE) {
        return None;
    }
    let change = Patch::new(start - window.start..end.max(start) - window.start, fix.replacement.as_str());
    Some(Snippet::source(window.text).line_start(window.line).path(source.path.as_str()).patch(change))
}

/// Whole lines of a file.
struct Window<'a> {
    text: &'a str,
    start: usize,
    line: usize,
}

/// The lines that hold all spans. Drawing takes time by the length of the text, so it gets no more than this.
fn window<'a>(text: &'a str, spans: &[(usize, usize)]) -> Window<'a> {
    let first = spans.iter().map(|(start, _)| *start).min().unwrap_or(0);
    let last = spans.iter().map(|(_, end)| *end).max().unwrap_or(first);
    let before = text.get(..first).unwrap_or_default();
    let start = before.rfind('\n').map_or(0, |at| at + 1);
    let end = text.get(last..).and_then(|rest| rest.find('\n')).map_or(text.len(), |at| last + at);
    let line = before.matches('\n').count() + 1;
    let whole = Window { text: text.get(start..end).unwrap_or_default(), start, line };
    if whole.text.lines().all(|line| line.len() <= LINE) || last - first > LINE {
        return whole;
    }
    let start = boundary(text, u32::try_from(first.saturating_sub(LINE / 2).max(start)).unwrap_or(u32::MAX));
    let end = boundary(text, u32::try_from((last + LINE / 2).min(end)).unwrap_or(u32::MAX));
    Window { text: text.get(start..end).unwrap_or_default(), start, line }
}

/// A span cut to its first line, and to what fits a drawn line, on character boundaries.
fn one_line(text: &str, span: Span) -> (usize, usize) {
    let start = boundary(text, span.start);
    let longest = u32::try_from(start + LINE / 2).unwrap_or(u32::MAX);
    let end = boundary(text, span.end.min(longest)).max(start);
    let line = text.get(start..end).and_then(|text| text.split('\n').next()).unwrap_or_default();
    (start, start + line.trim_end().len())
}

fn boundary(text: &str, at: u32) -> usize {
    text.floor_char_boundary((at as usize).min(text.len()))
}
