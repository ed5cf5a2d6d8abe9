//! Marks: places inside text for values that are known only after the apply.
//!
//! An expression that asks for such a value gets a mark instead: the value's name between two private-use
//! characters, which the YAML reader refuses in all input, so nobody can forge one. Each back end replaces marks
//! by its own kind of reference.

const OPEN: char = '\u{E000}';
const CLOSE: char = '\u{E001}';

/// A piece of a marked text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Text as it is.
    Text(&'a str),
    /// The name of a value that stands here.
    Mark(&'a str),
}

/// The mark of the value `name`.
pub fn mark(name: &str) -> String {
    format!("{OPEN}{name}{CLOSE}")
}

/// Whether a text holds any mark.
pub fn is_marked(text: &str) -> bool {
    text.contains(OPEN)
}

/// Whether a text is one mark and nothing else.
pub fn is_mark(text: &str) -> bool {
    matches!(split(text).as_slice(), [Piece::Mark(_)])
}

/// The pieces of a text, in order. Text that looks like half a mark stays text.
pub fn split(text: &str) -> Vec<Piece<'_>> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some((before, after)) = rest.split_once(OPEN) {
        let Some((name, behind)) = after.split_once(CLOSE) else { break };
        if !before.is_empty() {
            pieces.push(Piece::Text(before));
        }
        pieces.push(Piece::Mark(name));
        rest = behind;
    }
    if !rest.is_empty() {
        pieces.push(Piece::Text(rest));
    }
    pieces
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marked_text_splits_into_its_pieces() {
        let text = format!("arn:{}:s3:::b/{}", mark("aws.partition"), mark("x"));
        let want =
            [Piece::Text("arn:"), Piece::Mark("aws.partition"), Piece::Text(":s3:::b/"), Piece::Mark("x")];
        assert_eq!(split(&text), want);
    }

    #[test]
    fn half_a_mark_stays_text() {
        assert_eq!(split("a\u{E000}b"), [Piece::Text("a\u{E000}b")]);
        assert_eq!(split(""), []);
    }
}
