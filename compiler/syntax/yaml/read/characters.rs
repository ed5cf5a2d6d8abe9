//! Characters that do not survive the way to the cluster.

use std::borrow::Cow;

use super::codes::BAD_CHARACTER;
use super::{MAX_BYTES, MAX_FINDINGS, Reader};
use crate::diagnostic::{Finding, Sink};
use crate::source::{FileId, Span};
use crate::syntax::yaml::tree::Style;

/// Reports the characters that no document may hold, and puts harmless ones of the same length in their place, so
/// that reading can go on and every offset stays true.
pub(super) fn refuse_characters<'t>(file: FileId, text: &'t str, sink: &mut Sink) -> Cow<'t, str> {
    if text.len() > MAX_BYTES || !text.contains(is_refused) {
        return Cow::Borrowed(text);
    }
    for (at, character) in
        text.char_indices().filter(|(_, character)| is_refused(*character)).take(MAX_FINDINGS)
    {
        sink.report(refused_character(Span::new(file, at..at + character.len_utf8()), character));
    }
    let stand_in = |character: char| match character.len_utf8() {
        _ if !is_refused(character) => character,
        1 => '_',
        2 => '\u{e9}',
        _ => '\u{20ac}',
    };
    Cow::Owned(text.chars().map(stand_in).collect())
}

/// Characters that some reader of YAML on the way to the cluster drops, changes or stops at, and the private-use
/// characters, which the compiler keeps for marks of its own.
fn is_refused(character: char) -> bool {
    match character {
        '\t' | '\n' | '\r' => false,
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' | '\u{e000}'..='\u{f8ff}' => true,
        _ => character.is_control(),
    }
}

fn refused_character(span: Span, character: char) -> Finding {
    BAD_CHARACTER
        .at(span, format!("U+{:04X} stands here", u32::from(character)))
        .title(format!(
            "the character U+{:04X} does not survive the way to the cluster",
            u32::from(character)
        ))
        .help("remove it; if a program really needs it, let the program make it from an escape of its own")
}

/// Escapes such as `"\u0085"` name characters that the text itself does not hold.
pub(super) fn refuse_escapes(reader: &mut Reader, text: &str, style: Style, span: Span) {
    if style != Style::Quoted {
        return;
    }
    if let Some(character) = text.chars().find(|character| is_refused(*character)) {
        reader.report(refused_character(span, character));
    }
}
