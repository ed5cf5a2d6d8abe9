//! How one string or number is spelled so that no reader of YAML 1.1 or 1.2 gives it another type.

use std::fmt::Write;

use serde_json::Number;

use crate::syntax::marks;
use crate::syntax::printed::unseen;

/// Words that some reader takes for a boolean, null or a number, in lower case.
const WORDS: &[&str] =
    &["y", "n", "yes", "no", "on", "off", "true", "false", "t", "f", "null", "nan", "inf", "infinity"];

/// Letters that no number and no date of YAML 1.1 or 1.2 has, and the slash. A scalar that starts with a digit
/// and holds one of them is text for every reader: `10Gi`, `1h`, `10.0.0.0/16`.
const NEVER_IN_A_NUMBER: &str = "ghijklmpqrsuvwyGHIJKLMNPQRSUVWY/";

/// A string on one line, plain if it cannot be misread, else in double quotes. A mark stays a mark, in quotes: whatever
/// comes in its place is text.
pub(super) fn inline(text: &str) -> String {
    if marks::is_mark(text) {
        return format!("\"{text}\"");
    }
    if is_plain(text) { text.to_owned() } else { quoted(text) }
}

/// A number. Floats carry a dot and the exponent its sign, for YAML 1.1 takes `1e21` for a string.
pub(super) fn number(number: &Number) -> String {
    let text = number.to_string();
    let Some((mantissa, exponent)) = text.split_once(['e', 'E']) else { return text };
    let dot = if mantissa.contains('.') { "" } else { ".0" };
    let sign = if exponent.starts_with(['-', '+']) { "" } else { "+" };
    format!("{mantissa}{dot}e{sign}{exponent}")
}

/// A string of several lines as the opener and the lines of a literal block; `None` where a block would not give
/// the exact text back. `keep` allows `|+`, and an opener with an indentation indicator.
pub(super) fn literal_block(text: &str, keep: bool) -> Option<(String, Vec<&str>)> {
    let body = text.trim_end_matches('\n');
    let blank_end = |line: &str| line.ends_with([' ', '\t']);
    let odd = |c: char| unseen(c) && !matches!(c, '\n' | '\t');
    if !text.contains('\n') || body.is_empty() || body.split('\n').any(blank_end) || body.contains(odd) {
        return None;
    }
    // libyaml stops at a block whose first line starts with a tab.
    if body.trim_start_matches('\n').starts_with('\t') {
        return None;
    }
    let indicator = if body.starts_with([' ', '\n']) { "2" } else { "" };
    let breaks = text.len() - body.len();
    let chomping = match breaks {
        0 => "-",
        1 => "",
        _ => "+",
    };
    if !keep && (breaks > 1 || !indicator.is_empty()) {
        return None;
    }
    let mut lines: Vec<&str> = body.split('\n').collect();
    lines.extend((1..breaks).map(|_| ""));
    Some((format!("|{indicator}{chomping}"), lines))
}

fn is_plain(text: &str) -> bool {
    let safe_end = !text.ends_with(':') && !text.ends_with(char::is_whitespace);
    safe_end
        && safe_start(text)
        && !text.contains(unseen)
        && !text.contains(": ")
        && !text.contains(" #")
        && !WORDS.contains(&text.trim_start_matches('-').to_ascii_lowercase().as_str())
}

fn safe_start(text: &str) -> bool {
    let mut characters = text.chars();
    let (Some(first), second) = (characters.next(), characters.next()) else { return false };
    match first {
        '/' | '_' | '$' => true,
        // A path such as `./infra`, never a number such as `.5`.
        '.' => text.starts_with("./") || text.starts_with("../"),
        // A flag such as `-v` or `--log-level=info`.
        '-' => {
            text.trim_start_matches('-').starts_with(|c: char| c.is_ascii_alphabetic())
                && !text.starts_with("---")
        }
        '0'..='9' => second.is_some() && text.contains(|c: char| NEVER_IN_A_NUMBER.contains(c)),
        _ => first.is_alphabetic(),
    }
}

fn quoted(text: &str) -> String {
    let mut spelled = String::from('"');
    for c in text.chars() {
        match c {
            '"' => spelled.push_str("\\\""),
            '\\' => spelled.push_str("\\\\"),
            '\n' => spelled.push_str("\\n"),
            '\t' => spelled.push_str("\\t"),
            '\r' => spelled.push_str("\\r"),
            c if unseen(c) => escape(&mut spelled, c),
            c => spelled.push(c),
        }
    }
    spelled.push('"');
    spelled
}

/// `\x`, `\u` or `\U`, whichever is long enough.
fn escape(spelled: &mut String, c: char) {
    // Writing to a string does not fail.
    let _ = match u32::from(c) {
        code @ ..=0xff => write!(spelled, "\\x{code:02x}"),
        code @ ..=0xffff => write!(spelled, "\\u{code:04x}"),
        code => write!(spelled, "\\U{code:08x}"),
    };
}
