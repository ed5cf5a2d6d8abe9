//! Every page of `clusterc explain`: its failing example fails with its code and no other, its passing one passes, and
//! the message is the one that was reviewed.

use std::collections::{BTreeMap, BTreeSet};

use clusterc::compile::{Fleet, Input, compile, fleet};
use clusterc::component::Library;
use clusterc::diagnostic::render::{Style, human};
use clusterc::diagnostic::{Code, Severity};
use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};

use crate::support;

/// The path that every example is compiled under.
const SPEC: &str = "spec.yaml";
/// The folder beside a spec that its output would be in.
const OUT: &str = "out";
/// Codes about a spec that is not there, so that no example can be one.
const WITHOUT_EXAMPLE: [&str; 1] = ["E0008"];

/// One trial for each page, and one for the pages together.
pub(crate) fn trials() -> Vec<Trial> {
    let page = |code: &&'static Code| {
        let code = *code;
        Trial::test(format!("explain::{}", code.id), move || examples_hold(code))
            .with_ignored_flag(WITHOUT_EXAMPLE.contains(&code.id))
    };
    let mut trials: Vec<Trial> = clusterc::explain::all().iter().map(page).collect();
    trials.push(Trial::test("explain::codes_are_unique_and_pages_are_whole", codes_are_unique));
    trials.push(Trial::test("explain::no_message_is_left_over", no_message_is_left_over));
    trials
}

fn codes_are_unique() -> Result<(), Failed> {
    let mut seen: BTreeMap<&str, &str> = BTreeMap::new();
    for code in clusterc::explain::all() {
        if let Some(other) = seen.insert(code.id, code.name) {
            return Err(format!("{} is both {other} and {}", code.id, code.name).into());
        }
        if code.id.len() != 5 || code.title.ends_with('.') || code.page.trim().is_empty() {
            return Err(format!("{}: title or page is not whole", code.id).into());
        }
    }
    Ok(())
}

fn no_message_is_left_over() -> Result<(), Failed> {
    let known: Vec<String> = clusterc::explain::all().iter().map(|code| format!("{}.txt", code.id)).collect();
    let folder = support::root().join("golden/diagnostics");
    match support::tree(&folder).keys().find(|name| !known.contains(name)) {
        Some(stale) => Err(format!("golden/diagnostics/{stale} belongs to no code").into()),
        None => Ok(()),
    }
}

/// What an example shall do.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Promise {
    Fails,
    Passes,
}

fn examples_hold(code: &'static Code) -> Result<(), Failed> {
    let mut kept = Vec::new();
    for Example { promise, files, members } in examples(code.page) {
        let library = Library::standard();
        let one = |spec: &str| {
            let out = format!("{}{OUT}", clusterc::source::folder(spec));
            compile(&Input { spec, files: &files, library: &library, out: &out })
        };
        let all: Vec<_> = members.iter().map(String::as_str).chain([SPEC]).map(one).collect();
        let compilation = fleet(&all.iter().collect::<Vec<_>>());
        let shown = shown(&compilation);
        let holds = match promise {
            Promise::Fails => fails_with(code, &compilation),
            Promise::Passes => passes_without(code, &compilation),
        };
        holds.map_err(|fault| Failed::from(format!("{fault}\n\n{shown}")))?;
        if promise == Promise::Fails {
            kept.push(shown);
        }
    }
    if kept.is_empty() {
        return Err("the page has no example that fails".into());
    }
    support::compare(&support::root().join(format!("golden/diagnostics/{}.txt", code.id)), &kept.join("\n"))
}

fn fails_with(code: &Code, compilation: &Fleet) -> Result<(), String> {
    let found = |id: &str| compilation.findings.iter().any(|finding| finding.code.id == id);
    if !found(code.id) {
        return Err(format!("the failing example does not raise {}", code.id));
    }
    match errors(compilation).find(|id| *id != code.id) {
        Some(other) => Err(format!("the failing example of {} raises {other}, too", code.id)),
        None => Ok(()),
    }
}

fn passes_without(code: &Code, compilation: &Fleet) -> Result<(), String> {
    if let Some(id) = errors(compilation).next() {
        return Err(format!("the passing example of {} raises {id}", code.id));
    }
    match compilation.findings.iter().any(|finding| finding.code.id == code.id) {
        true => Err(format!("the passing example raises {}", code.id)),
        false => Ok(()),
    }
}

fn errors(compilation: &Fleet) -> impl Iterator<Item = &'static str> {
    let is_error = |code: &&'static Code| code.severity() == Severity::Error;
    compilation.findings.iter().map(|finding| finding.code).filter(is_error).map(|code| code.id)
}

fn shown(compilation: &Fleet) -> String {
    human(&compilation.findings, &compilation.sources, Style::Plain)
}

/// An example of a page: its files, and the specs that are compiled with it.
struct Example {
    promise: Promise,
    files: MemoryFiles,
    members: BTreeSet<String>,
}

/// The examples of a page, each with all files that stand before it. A later file of the same path replaces the
/// earlier one.
fn examples(page: &str) -> Vec<Example> {
    let mut out = Vec::new();
    let mut files = MemoryFiles::default();
    let mut members = BTreeSet::new();
    let mut open: Option<(&str, String)> = None;
    for line in page.lines() {
        // Rustdoc keeps the space behind `///`.
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (open.take(), line.strip_prefix("```")) {
            (None, Some(info)) => open = Some((info, String::new())),
            (None, None) => {}
            (Some((info, mut text)), None) => {
                text.push_str(line);
                text.push('\n');
                open = Some((info, text));
            }
            (Some((info, text)), Some(_)) => {
                let promise = match info {
                    "yaml,fails" => Promise::Fails,
                    "yaml,passes" => Promise::Passes,
                    _ => {
                        if let Some(path) = info.strip_prefix("yaml,file=") {
                            files.0.insert(path.to_owned(), text);
                        } else if let Some(path) = info.strip_prefix("yaml,member=") {
                            members.insert(path.to_owned());
                            files.0.insert(path.to_owned(), text);
                        }
                        continue;
                    }
                };
                let mut all = files.clone();
                all.0.insert(SPEC.to_owned(), text);
                out.push(Example { promise, files: all, members: members.clone() });
            }
        }
    }
    out
}
