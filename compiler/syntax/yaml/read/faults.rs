//! What the YAML parser complains of, in words that help.

use granit_parser::ErrorKind;

use super::codes::{NOT_YAML, TOO_LARGE, UNSUPPORTED_YAML};
use crate::diagnostic::Finding;
use crate::source::Span;
use crate::syntax::yaml::tree::MAX_DEPTH;

/// The finding for a fault of the syntax at `span`. `info` is the parser's own sentence.
pub(super) fn finding(kind: &ErrorKind, info: &str, span: Span, text: &str) -> Finding {
    use ErrorKind as K;
    let say = |title: &str, label: &str, help: &str| NOT_YAML.at(span, label).title(title).help(help);
    match kind {
        K::RecursionLimitExceeded => too_deep(span),
        K::DirectiveDisallowed => UNSUPPORTED_YAML
            .at(line(span, text), "a YAML directive")
            .title("YAML directives are not supported")
            .help("remove this line; the text is read as YAML 1.2 anyway"),
        K::TabNotAllowed | K::TabInBlockIndentation | K::TabAtBlockScalarStart | K::TabInIndentation => say(
            "a tab in the indentation",
            "a tab stands here",
            "indent with spaces; YAML allows no tabs there",
        ),
        K::MappingValueNotAllowed => say(
            "a `:` where no key can stand",
            "makes a key of the text before it",
            "check the indentation of this line, or put the text in quotes if it holds a `: `",
        ),
        K::InvalidColonPlacement => say(
            "a `:` where no key can stand",
            "comes before a bracket or quote further up is closed",
            "close the `[`, `{` or quote that is open above, or put the text in quotes",
        ),
        K::UnexpectedCharacter { character } => say(
            &format!("a value cannot begin with `{}`", character.escape_default()),
            "has a meaning of its own in YAML",
            "put the value in quotes",
        ),
        K::UnclosedQuotedScalar => {
            say("a quote is never closed", "the text in quotes goes on from here", "close the quote")
        }
        K::InvalidQuotedScalarIndent => say(
            "a quote is not closed where its lines end",
            "text in quotes must be indented further than its key",
            "close the quote further up, or indent the lines of the text",
        ),
        K::InvalidTrailingSingleQuotedScalar | K::InvalidTrailingDoubleQuotedScalar => say(
            "text after a closing quote",
            "stands outside the quotes",
            "put the whole value in quotes; inside single quotes write `''` for `'`",
        ),
        K::BlockSequenceEntryNotAllowed | K::BlockEntryInFlowCollection => say(
            "a list item where none can stand",
            "begins an item in the middle of a line",
            "put the `- ` on a line of its own, or write the list in brackets: `[a, b]`",
        ),
        K::MissingAnchorOrAliasName => say(
            "a `*` or `&` without a name",
            "has a meaning of its own in YAML",
            "put the value in quotes if it is text",
        ),
        K::UnclosedFlowCollection { open } => say(
            &format!("a `{open}` is never closed"),
            "the end of it is missing",
            "close the bracket, or indent the lines below it further than its key",
        ),
        K::MismatchedFlowCollectionEnd { open, close } => say(
            &format!("a `{open}` is closed by `{close}`"),
            "its end does not match",
            "close brackets in the reverse order of opening",
        ),
        K::MisplacedFlowCollectionEnd => {
            say("a bracket is closed that was never opened", "closes nothing", "remove it, or open it before")
        }
        K::UnexpectedEofFlowSequence | K::ExpectedFlowSequenceSeparator => say(
            "a list in brackets does not end",
            "expected `,` or `]`",
            "put `,` between items and `]` at the end",
        ),
        K::UnexpectedEofFlowMapping
        | K::UnexpectedEofImplicitFlowMapping
        | K::ExpectedFlowMappingSeparator => say(
            "a mapping in braces does not end",
            "expected `,` or `}`",
            "put `,` between entries and `}` at the end",
        ),
        K::ExpectedBlockMappingKey | K::InvalidIndentation | K::ExpectedBlockSequenceEntry => say(
            "this line does not fit the lines above it",
            "neither a key nor an item at this indentation",
            "give it the indentation of its siblings, and a `:` after the key or a `- ` before the item",
        ),
        K::SimpleKeyExpected | K::InvalidSimpleKey => say(
            "a line that is neither a key nor part of a value",
            "expected `:` after this",
            "write `key: value`, or indent the line to continue the value above",
        ),
        K::UnknownQuotedScalarEscape => say(
            "an escape that YAML does not know",
            "after a backslash",
            "write `\\\\` for a backslash, or use single quotes, where a backslash is just that",
        ),
        K::CommentNotSeparated => say(
            "a comment needs a blank before its `#`",
            "reads as part of the value",
            "put a blank before `#`",
        ),
        _ => say("this is not YAML", info, "see `clusterc explain E0001` for what often goes wrong"),
    }
}

/// Collections inside collections beyond the limit.
pub(super) fn too_deep(span: Span) -> Finding {
    TOO_LARGE
        .at(span, "one level too many")
        .title(format!("lists and mappings lie more than {MAX_DEPTH} deep inside each other"))
        .help("write it flatter; what a spec or a manifest needs is a dozen levels")
}

/// At most sixty characters of a text, so that a hostile one does not fill the screen.
pub(super) fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((cut, _)) => format!("{}…", text.get(..cut).unwrap_or_default()),
        None => text.to_owned(),
    }
}

fn line(span: Span, text: &str) -> Span {
    let rest = text.get(span.start as usize..).and_then(|rest| rest.lines().next()).unwrap_or_default();
    Span::new(span.file, span.start as usize..span.start as usize + rest.trim_end().len())
}
