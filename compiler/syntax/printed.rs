//! Text that was printed, with the origin of every line.

use crate::source::Origin;

/// Text that was printed, and who asked for each of its lines.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Printed {
    /// The text. It ends with one line break, unless there is nothing to print: then it is empty.
    pub text: String,
    /// Who asked for each line: `lines[0]` belongs to the first. As many as the text has lines.
    pub lines: Vec<Option<Origin>>,
}

/// One line, without its line break.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    pub(super) text: String,
    pub(super) origin: Option<Origin>,
}

impl Line {
    pub(super) fn new(text: impl Into<String>, origin: Option<&Origin>) -> Line {
        Line { text: text.into(), origin: origin.cloned() }
    }
}

impl FromIterator<Line> for Printed {
    fn from_iter<T: IntoIterator<Item = Line>>(lines: T) -> Printed {
        let mut printed = Printed::default();
        for line in lines {
            printed.text.push_str(&line.text);
            printed.text.push('\n');
            printed.lines.push(line.origin);
        }
        printed
    }
}

/// A comment as lines that open with `indent` and `#`, one per line of its text. Both languages spell them alike.
pub(super) fn comment<'a>(
    text: &'a str,
    indent: &'a str,
    origin: Option<&'a Origin>,
) -> impl Iterator<Item = Line> {
    text.lines().map(move |line| {
        let words: String = line.chars().filter(|c| !unseen(*c)).collect();
        Line::new(format!("{indent}# {}", words.trim_end()).trim_end(), origin)
    })
}

/// Whether a character cannot be seen in an editor, or ends a line in some reader. Such characters are escaped
/// in strings and left out of comments; a tab counts, a blank does not.
pub(super) fn unseen(c: char) -> bool {
    c.is_control()
        || matches!(c, '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(c, '\u{ad}' | '\u{feff}' | '\u{e000}'..='\u{f8ff}' | '\u{fff0}'..='\u{fffb}')
        || u32::from(c) & 0xfffe == 0xfffe
}
