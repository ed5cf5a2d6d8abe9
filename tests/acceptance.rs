//! Acceptance: every row of a real system has an answer in `tests/acceptance/`, and the answer is there.
//!
//! A row's answer is a list of items, separated by semicolons. An item is a file of `golden/` with parts of its lines
//! (`` `file`: `line`, `line` ``), the code of a diagnostic, or a link to a paragraph under "Decisions".
#![allow(clippy::disallowed_methods, reason = "reads the page and the golden trees")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use libtest_mimic::{Failed, Trial};

use crate::support::root;

/// The rows of the system that the tests know, as (prefix, digits, first, last).
type Range = (&'static str, usize, u32, u32);

/// The rows of system 001 and of the layout that it names.
const PLATFORM: &[Range] = &[
    ("LAY-A", 2, 1, 10),
    ("LAY-P", 2, 1, 2),
    ("001-A", 2, 1, 27),
    ("001-E", 1, 1, 3),
    ("001-S", 1, 1, 12),
    ("001-P", 2, 1, 19),
    ("001-H", 1, 1, 4),
];

/// One trial for each row, and two for the page as a whole.
pub(crate) fn trials() -> Vec<Trial> {
    let page = match Page::read("001.md") {
        Ok(page) => page,
        Err(fault) => return vec![Trial::test("acceptance::001 can be read", move || Err(fault))],
    };
    let mut trials: Vec<Trial> = Vec::new();
    for row in page.rows.clone() {
        let decisions = page.decisions.clone();
        trials.push(Trial::test(format!("acceptance::{}", row.id), move || row.holds(&decisions)));
    }
    let unused = page.clone();
    trials.push(Trial::test("acceptance::001 has every row once", move || page.is_complete(PLATFORM)));
    trials.push(Trial::test("acceptance::001 has no decision without a row", move || {
        unused.has_no_idle_decision()
    }));
    trials
}

/// One file of answers.
#[derive(Clone)]
struct Page {
    rows: Vec<Row>,
    /// The text of each decision, by the anchor of its heading.
    decisions: BTreeMap<String, String>,
}

/// One row of the table.
#[derive(Clone)]
struct Row {
    id: String,
    kinds: BTreeSet<String>,
    answer: String,
}

/// One item of an answer.
#[derive(Debug, PartialEq, Eq)]
enum Item {
    /// A file of `golden/`, and texts that each occur in one of its lines.
    Output(String, Vec<String>),
    /// The code of a diagnostic.
    Diagnostic(String),
    /// The anchor of a decision.
    Decision(String),
}

impl Page {
    fn read(name: &str) -> Result<Page, Failed> {
        let text = fs::read_to_string(root().join("tests/acceptance").join(name))?;
        let (table, decisions) = text.split_once("\n## Decisions\n").ok_or("no heading `## Decisions`")?;
        let lines = table.lines().filter(|line| line.starts_with("| LAY-") || line.starts_with("| 0"));
        Ok(Page { rows: lines.map(Row::read).collect::<Result<_, _>>()?, decisions: sections(decisions) })
    }

    fn is_complete(&self, ranges: &[Range]) -> Result<(), Failed> {
        let wanted = ranges.iter().flat_map(|&(prefix, digits, first, last)| {
            (first..=last).map(move |number| format!("{prefix}{number:0digits$}"))
        });
        let mut missing: BTreeSet<String> = wanted.collect();
        let mut faults = Vec::new();
        for row in &self.rows {
            if !missing.remove(&row.id) {
                faults.push(format!("{}: answered twice, or not a row of the system", row.id));
            }
        }
        faults.extend(missing.iter().map(|id| format!("{id}: not answered")));
        done(&faults)
    }

    fn has_no_idle_decision(&self) -> Result<(), Failed> {
        let items = self.rows.iter().map(|row| items(&row.answer)).collect::<Result<Vec<_>, _>>()?;
        let used =
            |anchor: &String| items.iter().flatten().any(|item| *item == Item::Decision(anchor.clone()));
        let idle = self.decisions.keys().filter(|anchor| !used(anchor));
        done(&idle.map(|anchor| format!("no row leads to `#{anchor}`")).collect::<Vec<_>>())
    }
}

impl Row {
    fn read(line: &str) -> Result<Row, Failed> {
        let cells: Vec<&str> = line.trim_matches('|').split('|').map(str::trim).collect();
        match cells.as_slice() {
            [id, system, kinds, answer] if !system.is_empty() => Ok(Row {
                id: (*id).to_owned(),
                kinds: kinds.split(", ").map(str::to_owned).collect(),
                answer: (*answer).to_owned(),
            }),
            _ => Err(format!("four cells are wanted: {line}").into()),
        }
    }

    fn holds(&self, decisions: &BTreeMap<String, String>) -> Result<(), Failed> {
        let items = items(&self.answer)?;
        let kinds: BTreeSet<String> = items.iter().map(|item| item.kind().to_owned()).collect();
        let mut faults = Vec::new();
        if kinds != self.kinds {
            faults.push(format!(
                "the row says it is answered by {:?}, and its items are {kinds:?}",
                self.kinds
            ));
        }
        for item in &items {
            match item {
                Item::Output(file, lines) => faults.extend(not_written(file, lines)),
                Item::Diagnostic(code) => {
                    if !clusterc::explain::all().iter().any(|known| known.id == code) {
                        faults.push(format!("there is no diagnostic {code}"));
                    }
                }
                Item::Decision(anchor) => {
                    if decisions.get(anchor).is_none_or(|text| text.trim().is_empty()) {
                        faults.push(format!("there is no decision `#{anchor}`"));
                    }
                }
            }
        }
        done(&faults)
    }
}

impl Item {
    fn kind(&self) -> &'static str {
        match self {
            Item::Output(..) => "output",
            Item::Diagnostic(_) => "diagnostic",
            Item::Decision(_) => "decision",
        }
    }
}

/// The items of an answer.
fn items(answer: &str) -> Result<Vec<Item>, Failed> {
    outside_code(answer, ';').into_iter().map(|text| item(text.trim())).collect()
}

fn item(text: &str) -> Result<Item, Failed> {
    let wrong = || Failed::from(format!("neither output, nor code, nor decision: {text}"));
    if let Some(link) = text.strip_prefix('[') {
        let anchor = link.split_once("](#").and_then(|(_, rest)| rest.strip_suffix(')'));
        return anchor.map(|anchor| Item::Decision(anchor.to_owned())).ok_or_else(wrong);
    }
    if text.len() == 5 && text.starts_with(['E', 'W']) {
        return Ok(Item::Diagnostic(text.to_owned()));
    }
    let (file, lines) = text.split_once(": ").ok_or_else(wrong)?;
    let code = |text: &str| text.trim().strip_prefix('`')?.strip_suffix('`').map(str::to_owned);
    let lines: Option<Vec<String>> = outside_code(lines, ',').into_iter().map(code).collect();
    Ok(Item::Output(code(file).ok_or_else(wrong)?, lines.ok_or_else(wrong)?))
}

/// Splits a text where a separator stands outside backticks.
fn outside_code(text: &str, separator: char) -> Vec<&str> {
    let mut inside = false;
    text.split(|letter| {
        inside ^= letter == '`';
        letter == separator && !inside
    })
    .collect()
}

/// What of an output item is not in `golden/`.
fn not_written(file: &str, lines: &[String]) -> Vec<String> {
    let Ok(text) = fs::read_to_string(root().join("golden").join(file)) else {
        return vec![format!("golden/{file}: not written")];
    };
    let written: Vec<String> = text.lines().map(one_space).collect();
    let absent = |line: &&String| !written.iter().any(|there| there.contains(&one_space(line)));
    lines.iter().filter(absent).map(|line| format!("golden/{file}: no line has `{line}`")).collect()
}

/// A line without what only aligns it.
fn one_space(line: &str) -> String {
    line.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text below each heading of the third level, by the heading's anchor.
fn sections(text: &str) -> BTreeMap<String, String> {
    let sections = format!("\n{text}");
    sections
        .split("\n### ")
        .skip(1)
        .filter_map(|part| part.split_once('\n'))
        .map(|(title, below)| (anchor(title), below.to_owned()))
        .collect()
}

/// The anchor that a reader of Markdown makes of a heading.
fn anchor(title: &str) -> String {
    let kept = title.trim().chars().filter(|letter| letter.is_alphanumeric() || matches!(letter, ' ' | '-'));
    kept.map(|letter| if letter == ' ' { '-' } else { letter.to_ascii_lowercase() }).collect()
}

fn done(faults: &[String]) -> Result<(), Failed> {
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
