//! How strings are spelled: in quotes on one line, or as a heredoc where that keeps every character.

use super::{Expression, Part};
use crate::syntax::printed::unseen;

/// Words that may close a heredoc; the first that no line of the text starts with is taken.
const CLOSING_WORDS: &[&str] = &["EOT", "END_OF_TEXT"];

/// Spells an expression on one line.
pub(super) type Spell<'a> = &'a dyn Fn(&Expression) -> String;

/// A string in quotes.
pub(super) fn quoted(parts: &[Part], spell: Spell) -> String {
    let parts = joined(parts);
    let mut spelled = String::from('"');
    for (at, part) in parts.iter().enumerate() {
        match part {
            Part::Interpolation(expression) => spelled.push_str(&interpolated(expression, spell)),
            // A `$` right before `${` would escape it, so it is spelled by its number.
            Part::Literal(text) => match text.strip_suffix('$').filter(|_| at + 1 < parts.len()) {
                Some(before) => spelled.push_str(&format!("{}\\u0024", escaped(before))),
                None => spelled.push_str(&escaped(text)),
            },
        }
    }
    spelled.push('"');
    spelled
}

fn interpolated(expression: &Expression, spell: Spell) -> String {
    let inside = spell(expression);
    // `terraform fmt` parts two opening braces, and a minus right after one from its number.
    match inside.chars().next() {
        Some('{') => format!("${{ {inside} }}"),
        Some('-') => format!("${{({inside})}}"),
        _ => format!("${{{inside}}}"),
    }
}

/// The one interpolation that a string consists of: Terraform takes it for the bare expression.
pub(super) fn only_interpolation(parts: &[Part]) -> Option<&Expression> {
    let mut spoken = parts.iter().filter(|part| !matches!(part, Part::Literal(text) if text.is_empty()));
    match (spoken.next(), spoken.next()) {
        (Some(Part::Interpolation(only)), None) => Some(only),
        _ => None,
    }
}

/// A string of several lines as a heredoc: the opener, the lines indented by `indent` blanks, and the closing word
/// two blanks further out. `None` where Terraform would read back another text.
pub(super) fn heredoc(parts: &[Part], indent: usize, spell: Spell) -> Option<Vec<String>> {
    let parts = joined(parts);
    let closing = closing_word(&parts)?;
    let mut text = String::new();
    for part in &parts {
        match part {
            Part::Literal(literal) => text.push_str(&marked(literal)),
            Part::Interpolation(expression) => text.push_str(&interpolated(expression, spell)),
        }
    }
    let mut lines = vec![format!("<<-{closing}")];
    for line in text.strip_suffix('\n')?.split('\n') {
        lines.push(if line.is_empty() { String::new() } else { format!("{:indent$}{line}", "") });
    }
    lines.push(format!("{:1$}{closing}", "", indent.saturating_sub(2)));
    Some(lines)
}

/// Whether [`heredoc`] would spell the string.
pub(super) fn is_heredoc(parts: &[Part]) -> bool {
    closing_word(&joined(parts)).is_some()
}

/// The word that can close the string as a heredoc; `None` if the string must be quoted.
fn closing_word(parts: &[Part]) -> Option<&'static str> {
    let mut shape = String::new();
    for (at, part) in parts.iter().enumerate() {
        match part {
            // A `$` right before `${` would escape it, and a heredoc has no other spelling for it.
            Part::Literal(text) if text.ends_with('$') && at + 1 < parts.len() => return None,
            Part::Literal(text) => shape.push_str(text),
            Part::Interpolation(_) => shape.push('x'),
        }
    }
    let text = shape.strip_suffix('\n')?;
    // `<<-` takes away the indentation that all lines share, so one line must have none of its own. A mark that
    // joins the blank before it would make Terraform count one blank too few.
    let odd_start = |line: &str| line.trim_start().starts_with(|c: char| !c.is_ascii());
    let bad = |line: &str| line.ends_with(char::is_whitespace) || odd_start(line);
    let flush = |line: &str| line.starts_with(|c: char| !c.is_whitespace());
    let several = text.trim_matches('\n').contains('\n');
    if !several || shape.contains(|c: char| unseen(c) && !matches!(c, '\n' | '\t')) {
        return None;
    }
    if text.split('\n').any(bad) || !text.split('\n').any(flush) {
        return None;
    }
    CLOSING_WORDS
        .iter()
        .copied()
        .find(|word| !text.split('\n').any(|line| line.trim_start().starts_with(word)))
}

/// The parts without empty literals, and neighbouring literals as one: a marker may lie across both.
fn joined(parts: &[Part]) -> Vec<Part> {
    let mut joined: Vec<Part> = Vec::new();
    for part in parts {
        match (joined.last_mut(), part) {
            (_, Part::Literal(text)) if text.is_empty() => {}
            (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(text),
            _ => joined.push(part.clone()),
        }
    }
    joined
}

/// Text with every `${` and `%{` escaped by one more `$` or `%`, whatever stands before it.
fn marked(text: &str) -> String {
    text.replace("${", "$${").replace("%{", "%%{")
}

fn escaped(text: &str) -> String {
    let mut spelled = String::new();
    for c in marked(text).chars() {
        match c {
            '"' => spelled.push_str("\\\""),
            '\\' => spelled.push_str("\\\\"),
            '\n' => spelled.push_str("\\n"),
            '\t' => spelled.push_str("\\t"),
            '\r' => spelled.push_str("\\r"),
            c if unseen(c) => spelled.push_str(&numbered(c)),
            c => spelled.push(c),
        }
    }
    spelled
}

/// A character by its number.
fn numbered(c: char) -> String {
    let code = u32::from(c);
    if code <= 0xffff { format!("\\u{code:04x}") } else { format!("\\U{code:08x}") }
}

/// A spelled object key in which every character is as wide as it looks to `terraform fmt`, which counts clusters
/// of characters: what could join a cluster is spelled by its number.
pub(super) fn steady(key: &str) -> String {
    let single = |c: char| c.is_ascii() || matches!(c, '\u{a1}'..='\u{2ff}');
    key.chars().map(|c| if single(c) { String::from(c) } else { numbered(c) }).collect()
}
