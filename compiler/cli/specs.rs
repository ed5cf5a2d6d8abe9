//! Specs in, findings out: what `check`, `show` and `build` have in common.

use std::collections::BTreeSet;
use std::num::NonZero;
use std::path::Path;
use std::thread;

use crate::compile::{Compilation, Input, View, compile, fleet};
use crate::component::Library;
use crate::diagnostic::render::{Format, render};
use crate::diagnostic::{Finding, Severity};

use super::args::{self, Form, Report, What};
use super::disk::Disk;
use super::members;
use super::paths;
use super::terminal::{Failure, Terminal, Verdict};

/// From how many specs on a second thread pays for itself.
const WORTH_A_THREAD: usize = 10;

/// A spec and what became of it.
pub(super) struct Compiled {
    /// The spec as the user named it.
    pub(super) spec: String,
    /// What became of it.
    pub(super) compilation: Compilation,
}

/// How many findings a run has.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Tally {
    /// Findings that prevent output.
    pub(super) errors: usize,
    /// Findings that do not.
    pub(super) warnings: usize,
}

impl Tally {
    /// Whether these findings fail the run.
    pub(super) fn fails(self, report: &Report) -> bool {
        self.errors > 0 || (report.deny_warnings && self.warnings > 0)
    }
}

/// Counts findings.
pub(super) fn tally(findings: &[Finding]) -> Tally {
    let errors = findings.iter().filter(|finding| finding.code.severity() == Severity::Error).count();
    Tally { errors, warnings: findings.len() - errors }
}

/// Runs `clusterc check`.
pub(super) fn check(args: &args::Check, terminal: Terminal) -> Result<Verdict, Failure> {
    let compiled = compile_all(&args.specs, None)?;
    let tally = report(&compiled, &args.report, terminal)?.all;
    if tally == (Tally { errors: 0, warnings: 0 }) && args.report.format == Form::Human && terminal.watched {
        terminal.error(&format!("no findings in {}\n", counted(compiled.len(), "spec")));
    }
    Ok(if tally.fails(&args.report) { Verdict::Findings } else { Verdict::Clean })
}

/// Runs `clusterc show`.
pub(super) fn show(args: &args::Show, terminal: Terminal) -> Result<Verdict, Failure> {
    let view = match (args.what, args.origins) {
        (What::Spec, true) => View::Origins,
        (_, true) => return Err(Failure::Usage("`--origins` goes with `show spec` only".to_owned())),
        (what, false) => what.into(),
    };
    let compiled = compile_all(std::slice::from_ref(&args.spec), None)?;
    let tally = report(&compiled, &Report { format: Form::Human, deny_warnings: false }, terminal)?.all;
    match compiled.first().and_then(|one| one.compilation.view(view)) {
        Some(text) if tally.errors == 0 => terminal.output(&text).map(|()| Verdict::Clean),
        _ => Ok(Verdict::Findings),
    }
}

/// Compiles the specs that are named, and those in folders and behind patterns that are, each once, in their order. A
/// spec that only others build on is no member. `out` is the output folder, without it the one beside each spec.
pub(super) fn compile_all(named: &[String], out: Option<&Path>) -> Result<Vec<Compiled>, Failure> {
    let mut compiled = compile_each(&members::members(named)?, out)?;
    members::drop_bases(&mut compiled)?;
    Ok(compiled)
}

/// Compiles specs. A fleet is shared among the cores; the result does not show it.
fn compile_each(specs: &[String], out: Option<&Path>) -> Result<Vec<Compiled>, Failure> {
    let mut seen = BTreeSet::new();
    let mut opened = Vec::new();
    let mut unreadable = Vec::new();
    for spec in specs.iter().filter(|spec| seen.insert(spec.as_str())) {
        match Disk::of(spec) {
            Ok(disk) => {
                let out = out.map_or_else(|| paths::beside(spec), Path::to_path_buf);
                opened.push((spec.as_str(), paths::like(spec, &out)?, disk));
            }
            Err(error) => unreadable.push(format!("cannot read `{spec}`: {error}")),
        }
    }
    if !unreadable.is_empty() {
        return Err(Failure::System(unreadable.join("\n")));
    }
    let library = Library::standard();
    let one = |(spec, out, disk): &(&str, String, Disk)| Compiled {
        spec: (*spec).to_owned(),
        compilation: compile(&Input { spec, out, files: disk, library: &library }),
    };
    let cores =
        thread::available_parallelism().map_or(1, NonZero::get).min(opened.len() / WORTH_A_THREAD + 1);
    if cores < 2 {
        return Ok(opened.iter().map(one).collect());
    }
    let shares = opened.chunks(opened.len().div_ceil(cores));
    thread::scope(|scope| {
        let one = &one;
        let running: Vec<_> =
            shares.map(|share| scope.spawn(move || share.iter().map(one).collect())).collect();
        let mut compiled = Vec::with_capacity(opened.len());
        for thread in running {
            let share: Vec<Compiled> =
                thread.join().map_err(|_| Failure::System("a compiling thread died".to_owned()))?;
            compiled.extend(share);
        }
        Ok(compiled)
    })
}

/// What a run found.
#[derive(Debug, Clone, Copy)]
pub(super) struct Verdicts {
    /// All findings.
    pub(super) all: Tally,
    /// Those about several clusters.
    pub(super) between: Tally,
}

/// Reports the findings of all specs together, each once: for people on standard error, for machines on standard output.
pub(super) fn report(
    compiled: &[Compiled],
    report: &Report,
    terminal: Terminal,
) -> Result<Verdicts, Failure> {
    let compilations: Vec<&Compilation> = compiled.iter().map(|one| &one.compilation).collect();
    let fleet = fleet(&compilations);
    let tally = tally(&fleet.findings);
    if report.format != Form::Human {
        terminal.output(&render(report.format.into(), &fleet.findings, &fleet.sources, false))?;
    } else if !fleet.findings.is_empty() {
        let text = render(Format::Human, &fleet.findings, &fleet.sources, terminal.error_colour);
        let numbers = [(tally.errors, "error"), (tally.warnings, "warning")];
        let numbers: Vec<String> = numbers
            .iter()
            .filter(|(count, _)| *count > 0)
            .map(|(count, word)| counted(*count, word))
            .collect();
        terminal.error(&format!("{}\n\n{}\n", text.trim_end(), numbers.join(", ")));
    }
    let between = Tally { errors: fleet.errors_between, warnings: fleet.warnings_between };
    Ok(Verdicts { all: tally, between })
}

/// `1 spec`, `2 specs`.
pub(super) fn counted(count: usize, word: &str) -> String {
    format!("{count} {word}{}", if count == 1 { "" } else { "s" })
}
