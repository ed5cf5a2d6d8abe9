//! How a node is called in a finding, and where to point when nothing is written.

use crate::diagnostic::Finding;
use crate::source::{Address, Segment, Span};
use crate::syntax::yaml::{Document, Kind, NodeId};

use super::codes::WRONG_TYPE;

/// Where a node stands.
#[derive(Clone, Copy)]
pub(super) struct Place<'k> {
    key: Option<&'k str>,
    index: Option<usize>,
    /// The key that leads here; for a list item the item, if anything is written.
    pub(super) owner: Span,
}

impl<'k> Place<'k> {
    pub(super) fn at(document: &Document, node: NodeId, address: &'k Address) -> Place<'k> {
        let mut place = Place { key: None, index: None, owner: document.nearest(address) };
        for segment in address.segments() {
            match segment {
                Segment::Key(key) => (place.key, place.index) = (Some(key.as_str()), None),
                Segment::Index(index) => place.index = Some(*index),
            }
        }
        if address.segments().is_empty() && place.owner.start == place.owner.end {
            place.owner = document.span(node);
        }
        place
    }

    pub(super) fn child(key: &'k str, key_span: Span) -> Place<'k> {
        Place { key: Some(key), index: None, owner: key_span }
    }

    pub(super) fn item(&self, document: &Document, item: NodeId, index: usize) -> Place<'k> {
        let span = document.span(item);
        let first_key = match document.kind(item) {
            Kind::Map(entries) if !document.is_alias(item) => entries.first().map(|entry| entry.key_span),
            _ => None,
        };
        let written = (span.start < span.end).then_some(span);
        let owner = first_key.or(written).unwrap_or(self.owner);
        Place { key: self.key, index: Some(index), owner }
    }

    /// The node in words: `` `zones` ``, ``item 2 of `zones` ``.
    pub(super) fn name(&self) -> String {
        match (self.key, self.index) {
            (Some(key), None) => format!("`{}`", short(key)),
            (Some(key), Some(index)) => format!("item {} of `{}`", index + 1, short(key)),
            (None, Some(index)) => format!("item {} of the list", index + 1),
            (None, None) => "the document".to_owned(),
        }
    }

    /// The place to show for a node: its text, or its key where it is empty or spreads over lines.
    pub(super) fn shown(&self, document: &Document, node: NodeId) -> Span {
        let span = document.span(node);
        let spread = matches!(document.kind(node), Kind::Seq(_) | Kind::Map(_)) && !document.is_alias(node);
        if spread || document.is_block(node) || span.start == span.end { self.owner } else { span }
    }

    pub(super) fn refused(&self, document: &Document, node: NodeId) -> Finding {
        WRONG_TYPE
            .at(self.shown(document, node), "nothing can be written here")
            .title(format!("{} has no meaning here", self.name()))
            .help("remove it")
    }
}

/// At most sixty characters of the user's text.
pub(super) fn short(text: &str) -> String {
    let line = text.lines().next().unwrap_or_default();
    match line.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", line.get(..cut).unwrap_or_default()),
        None if line.len() < text.trim_end().len() => format!("{line}…"),
        None => line.to_owned(),
    }
}

/// Words joined as `a, b or c`.
pub(super) fn either(words: &[String]) -> String {
    match words.split_last() {
        None => String::new(),
        Some((only, [])) => only.clone(),
        Some((last, others)) => format!("{} or {last}", others.join(", ")),
    }
}

/// What of `known` was probably meant by `word`, and whether that is beyond doubt.
pub(super) fn nearest<'w>(word: &str, known: impl Iterator<Item = &'w str>) -> Option<&'w str> {
    // Distances cost the product of both lengths; nobody misspells a word by this much.
    if word.len() > 100 {
        return None;
    }
    let plain =
        |text: &str| text.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_lowercase).collect();
    let bare: String = plain(word);
    let distance = |candidate: &str| {
        let other: String = plain(candidate);
        if other == bare { 0 } else { strsim::damerau_levenshtein(&other, &bare) }
    };
    let limit = 1 + word.chars().count() / 4;
    known
        .filter(|candidate| candidate.len() <= 100)
        .map(|candidate| (distance(candidate), candidate))
        .filter(|(distance, candidate)| *distance <= limit && *distance < candidate.chars().count().max(1))
        .min()
        .map(|(_, candidate)| candidate)
}
