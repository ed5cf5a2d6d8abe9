//! Acceptance: every row of the real systems has an answer in `tests/acceptance/`, and the answer is there.
//!
//! A row's answer is a list of items, separated by semicolons. An item is a file of `golden/` with parts of its lines
//! (`` `file`: `line`, `line` ``), the code of a diagnostic, or a link to a paragraph under "Decisions".
#![allow(clippy::disallowed_methods, reason = "reads the page and the golden trees")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use libtest_mimic::{Failed, Trial};

use crate::support::root;

/// Rows of a system that the tests know.
enum Rows {
    /// A prefix, the digits of its numbers, the first and the last number.
    Numbered(&'static str, usize, u32, u32),
    /// A row in parts: its id, and the letter of the last part.
    Lettered(&'static str, char),
}

/// A real system: the pages that answer it, which share its rows, and the rows.
struct System {
    name: &'static str,
    pages: &'static [&'static str],
    rows: &'static [Rows],
}

const SYSTEMS: &[System] = &[
    System {
        name: "000",
        pages: &["000.md", "000-pains.md"],
        rows: &[
            Rows::Numbered("000-A", 2, 1, 40),
            Rows::Lettered("000-A41", 'f'),
            Rows::Numbered("000-A", 2, 42, 48),
            Rows::Lettered("000-A49", 'i'),
            Rows::Numbered("000-A", 2, 50, 64),
            Rows::Numbered("000-E", 1, 1, 8),
            Rows::Numbered("000-S", 1, 1, 18),
            Rows::Numbered("000-P", 2, 1, 25),
            Rows::Numbered("000-H", 1, 1, 5),
        ],
    },
    System {
        name: "001",
        pages: &["001.md"],
        rows: &[
            Rows::Numbered("LAY-A", 2, 1, 10),
            Rows::Numbered("LAY-P", 2, 1, 2),
            Rows::Numbered("001-A", 2, 1, 27),
            Rows::Numbered("001-E", 1, 1, 3),
            Rows::Numbered("001-S", 1, 1, 12),
            Rows::Numbered("001-P", 2, 1, 19),
            Rows::Numbered("001-H", 1, 1, 4),
        ],
    },
    System {
        name: "002",
        pages: &["002.md"],
        rows: &[
            Rows::Numbered("002-A", 2, 1, 21),
            Rows::Numbered("002-E", 1, 1, 3),
            Rows::Numbered("002-S", 1, 1, 10),
            Rows::Numbered("002-P", 2, 1, 22),
            Rows::Numbered("002-H", 1, 1, 3),
        ],
    },
];

/// One trial for each row, one for each page and one for each system as a whole.
pub(crate) fn trials() -> Vec<Trial> {
    SYSTEMS.iter().flat_map(System::trials).collect()
}

impl System {
    fn trials(&'static self) -> Vec<Trial> {
        let mut trials = Vec::new();
        let mut answered = Vec::new();
        for &name in self.pages {
            match Page::read(name) {
                Ok(Some(page)) => {
                    answered.extend(page.rows.iter().map(|row| row.id.clone()));
                    trials.extend(page.trials(name));
                }
                Ok(None) => {
                    let title = format!("acceptance::{name} is there");
                    trials.push(Trial::test(title, || Err("the page is missing".into())));
                }
                Err(fault) => {
                    let title = format!("acceptance::{name} can be read");
                    trials.push(Trial::test(title, move || Err(fault)));
                }
            }
        }
        let title = format!("acceptance::{} has every row once", self.name);
        trials.push(Trial::test(title, move || self.is_complete(&answered)));
        trials
    }

    fn is_complete(&self, answered: &[String]) -> Result<(), Failed> {
        let mut missing: BTreeSet<String> = self.rows.iter().flat_map(Rows::ids).collect();
        let mut faults = Vec::new();
        for id in answered {
            if !missing.remove(id) {
                faults.push(format!("{id}: answered twice, or not a row of the system"));
            }
        }
        faults.extend(missing.iter().map(|id| format!("{id}: not answered")));
        done(&faults)
    }
}

impl Rows {
    fn ids(&self) -> Vec<String> {
        match *self {
            Rows::Numbered(prefix, digits, first, last) => {
                (first..=last).map(|number| format!("{prefix}{number:0digits$}")).collect()
            }
            Rows::Lettered(id, last) => ('a'..=last).map(|letter| format!("{id}{letter}")).collect(),
        }
    }
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
    /// The page, or nothing if there is no such file.
    fn read(name: &str) -> Result<Option<Page>, Failed> {
        let path = root().join("tests/acceptance").join(name);
        if !path.exists() {
            return Ok(None);
        }
        let text = fs::read_to_string(path)?;
        let (table, decisions) = text.split_once("\n## Decisions\n").ok_or("no heading `## Decisions`")?;
        let lines = table.lines().filter(|line| line.starts_with("| LAY-") || line.starts_with("| 0"));
        let rows = lines.map(Row::read).collect::<Result<_, _>>()?;
        Ok(Some(Page { rows, decisions: sections(decisions) }))
    }

    fn trials(self, name: &str) -> Vec<Trial> {
        let mut trials: Vec<Trial> = Vec::new();
        for row in self.rows.clone() {
            let decisions = self.decisions.clone();
            trials.push(Trial::test(format!("acceptance::{}", row.id), move || row.holds(&decisions)));
        }
        let title = format!("acceptance::{name} has no decision without a row");
        trials.push(Trial::test(title, move || self.has_no_idle_decision()));
        trials
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
