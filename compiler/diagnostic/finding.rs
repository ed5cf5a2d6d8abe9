//! A finding, and the sink that collects all of a run.

use super::{Code, Severity};
use crate::source::Span;

/// A place and what it contributes to a finding.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Label {
    /// The place.
    pub span: Span,
    /// What this place contributes.
    pub text: String,
}

/// A certain repair: put `replacement` where `span` is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fix {
    /// What is replaced; empty to insert.
    pub span: Span,
    /// The new text.
    pub replacement: String,
}

/// One thing that is wrong at one place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Finding {
    /// What kind of fault.
    pub code: &'static Code,
    /// What is wrong, in the user's words.
    pub title: String,
    /// The place to change.
    pub primary: Label,
    /// Other places that take part.
    pub others: Vec<Label>,
    /// What would happen in the cluster.
    pub why: Option<String>,
    /// What to write instead.
    pub help: Vec<String>,
    /// A repair, where it is certain.
    pub fix: Option<Fix>,
    /// Whether the text at the primary place must not be repeated: reports end up in logs.
    pub is_secret: bool,
    /// How the files that it points into came to be a part of a spec, such as `prod.yaml extends base.yaml`.
    pub chains: Vec<String>,
}

impl Finding {
    pub(super) fn new(code: &'static Code, span: Span, label: String) -> Finding {
        let primary = Label { span, text: label };
        Finding {
            code,
            title: code.title.to_owned(),
            primary,
            others: Vec::new(),
            why: None,
            help: Vec::new(),
            fix: None,
            is_secret: false,
            chains: Vec::new(),
        }
    }

    /// Replaces the general title by one with the user's own names.
    #[must_use]
    pub fn title(mut self, title: impl Into<String>) -> Finding {
        self.title = title.into();
        self
    }

    /// Adds a second place and what it contributes.
    #[must_use]
    pub fn also(mut self, span: Span, label: impl Into<String>) -> Finding {
        self.others.push(Label { span, text: label.into() });
        self
    }

    /// Says what would happen in the cluster.
    #[must_use]
    pub fn why(mut self, why: impl Into<String>) -> Finding {
        self.why = Some(why.into());
        self
    }

    /// Says what to write instead. May be called more than once.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Finding {
        self.help.push(help.into());
        self
    }

    /// Keeps the text at the primary place out of reports.
    #[must_use]
    pub fn secret(mut self) -> Finding {
        self.is_secret = true;
        self
    }

    /// Offers a certain repair.
    #[must_use]
    pub fn fix(mut self, span: Span, replacement: impl Into<String>) -> Finding {
        self.fix = Some(Fix { span, replacement: replacement.into() });
        self
    }
}

/// Collects all findings of a run.
#[derive(Debug, Clone, Default)]
pub struct Sink {
    findings: Vec<Finding>,
}

impl Sink {
    /// Takes a finding.
    pub fn report(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Whether anything so far prevents output.
    pub fn has_errors(&self) -> bool {
        self.findings.iter().any(|finding| finding.code.severity() == Severity::Error)
    }

    /// The findings by place, each once. What differs in its chains only is told once, with all of them.
    pub fn into_sorted(mut self) -> Vec<Finding> {
        self.findings.sort_by(|a, b| {
            (a.primary.span, a.code.id, &a.title).cmp(&(b.primary.span, b.code.id, &b.title))
        });
        self.findings.dedup_by(|next, kept| {
            let chains = std::mem::take(&mut next.chains);
            let same = Finding { chains: kept.chains.clone(), ..next.clone() } == *kept;
            if same {
                kept.chains.extend(chains);
                kept.chains.sort();
                kept.chains.dedup();
            } else {
                next.chains = chains;
            }
            same
        });
        self.findings
    }
}
