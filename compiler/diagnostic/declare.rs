//! The one form in which a diagnostic is declared.

use super::Finding;
use crate::source::Span;

/// How bad a finding is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// Nothing is written.
    Error,
    /// Output is written; the user may `allow` it with a reason.
    Warning,
}

impl Severity {
    /// The word that reports use.
    pub fn word(self) -> &'static str {
        match self {
            Severity::Error => "error",
            Severity::Warning => "warning",
        }
    }
}

/// A diagnostic: its number, its names and its page. Made by [`diagnostic!`](crate::diagnostic!).
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// `E0301` for an error, `W0301` for a warning. Never reused.
    pub id: &'static str,
    /// The name of the constant.
    pub name: &'static str,
    /// What is wrong, in a few words.
    pub title: &'static str,
    /// The page: why it matters and a failing and a passing example, as Markdown.
    pub page: &'static str,
}

impl Code {
    /// Error or warning, from the letter of the id.
    pub fn severity(&self) -> Severity {
        if self.id.starts_with('W') { Severity::Warning } else { Severity::Error }
    }

    /// A finding of this kind at a place. `label` says what that place contributes.
    pub fn at(&'static self, span: Span, label: impl Into<String>) -> Finding {
        Finding::new(self, span, label.into())
    }
}

/// Declares a diagnostic: the doc comment is rustdoc, `clusterc explain`, the docs page and a test at once.
///
/// The page holds the consequence, an example that fails (a block fenced as `yaml,fails`) and one that passes
/// (`yaml,passes`); both are whole specs and are compiled by the tests. A block fenced `yaml,file=PATH` before
/// an example is a further file that the example reads; one fenced `yaml,member=PATH` is a further spec of the same run.
///
/// ```
/// clusterc::diagnostic! {
///     /// Two groups share a name, so the second would replace the first.
///     pub EXAMPLE = E9999: "two groups share a name"
/// }
/// assert_eq!(EXAMPLE.id, "E9999");
/// ```
#[macro_export]
macro_rules! diagnostic {
    ($(#[doc = $page:literal])+ pub $name:ident = $id:ident: $title:literal) => {
        $(#[doc = $page])+
        #[allow(unreachable_pub, reason = "reached through its floor's list of codes")]
        #[allow(rustdoc::invalid_codeblock_attributes, reason = "a block may be a file that the example reads")]
        pub static $name: $crate::diagnostic::Code = $crate::diagnostic::Code {
            id: stringify!($id),
            name: stringify!($name),
            title: $title,
            page: concat!($($page, "\n"),+),
        };
    };
}
