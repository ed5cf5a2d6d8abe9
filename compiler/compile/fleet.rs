//! Several compilations as one run: their findings together, and what holds between them.

use std::collections::BTreeMap;

use super::Compilation;
use crate::check::Context;
use crate::check::fleet::{self, Member};
use crate::diagnostic::{Finding, Fix, Label, Severity, Sink};
use crate::source::{FileId, Sources, Span, normal};

/// What a run of one or more compilations found.
pub struct Fleet {
    /// All files that were read.
    pub sources: Sources,
    /// All findings by place, each once: those of the members and those about several of them.
    pub findings: Vec<Finding>,
    /// How many errors are about several members.
    pub errors_between: usize,
    /// How many warnings are about several members.
    pub warnings_between: usize,
}

/// Joins compilations of one run, and checks what holds between their clusters. What is wrong with one member does not
/// keep the others from being checked.
pub fn fleet(compilations: &[&Compilation]) -> Fleet {
    let mut sources = Sources::default();
    let mut sink = Sink::default();
    let mut members = Vec::new();
    for compilation in compilations {
        let files = compilation.sources.files();
        let moved: BTreeMap<FileId, FileId> =
            files.map(|(id, file)| (id, sources.add(&file.path, &file.text))).collect();
        for finding in &compilation.findings {
            sink.report(placed(finding, &moved));
        }
        members.extend(member(compilation, moved));
    }
    let mut between = Sink::default();
    if members.len() > 1 {
        fleet::check(&members, &mut between);
    }
    let between = between.into_sorted();
    let errors_between = between.iter().filter(|one| one.code.severity() == Severity::Error).count();
    let warnings_between = between.len() - errors_between;
    for finding in between {
        sink.report(finding);
    }
    Fleet { sources, findings: sink.into_sorted(), errors_between, warnings_between }
}

fn member<'a>(compilation: &'a Compilation, moved: BTreeMap<FileId, FileId>) -> Option<Member<'a>> {
    let (cluster, ir) = compilation.meaning.as_ref()?;
    let spec = compilation.spec.as_ref()?;
    Some(Member {
        context: Context { spec, cluster, ir, sources: &compilation.sources },
        out: normal(&compilation.out),
        files: compilation.output.as_ref().map(|output| &output.files),
        moved,
    })
}

/// The finding with its places among the files of the run.
fn placed(finding: &Finding, moved: &BTreeMap<FileId, FileId>) -> Finding {
    let place = |span: Span| Span { file: moved.get(&span.file).copied().unwrap_or(span.file), ..span };
    let label = |label: &Label| Label { span: place(label.span), text: label.text.clone() };
    let primary = label(&finding.primary);
    let others = finding.others.iter().map(label).collect();
    let fix =
        finding.fix.as_ref().map(|fix| Fix { span: place(fix.span), replacement: fix.replacement.clone() });
    Finding { primary, others, fix, ..finding.clone() }
}
