//! `clusterc build --check`: are the files on disk what the specs give?

use std::time::Duration;

use similar::TextDiff;

use super::args::{Build, Form};
use super::build::{Group, explained, reason};
use super::specs::counted;
use super::terminal::{Failure, Terminal, Verdict};
use super::writer::{self, Kind, Plan, Stance};

/// How many lines of one file's difference are shown.
const MOST_LINES: usize = 60;

/// How many files are shown with their difference; the rest are named.
const MOST_FILES: usize = 20;

/// One file that is not as it should be.
struct Stale {
    path: String,
    words: String,
    /// The text it should have, where a difference can be shown.
    wanted: Option<String>,
}

/// Compares one folder with what its specs give. The difference goes to standard output, unless findings do.
pub(super) fn check(group: &Group<'_>, args: &Build, terminal: Terminal) -> Result<Verdict, Failure> {
    let trees = group.trees();
    let plan =
        writer::plan(&group.root, &trees, Stance::Careful).map_err(|trouble| explained(trouble, group))?;
    let mut stale = differences(group, &plan);
    if writer::interrupted(&group.root) {
        stale.push(Stale {
            path: String::new(),
            words: "holds an interrupted build".to_owned(),
            wanted: None,
        });
    }
    if stale.is_empty() {
        if !args.quiet && terminal.watched {
            terminal.error(&format!(
                "{}: {} up to date\n",
                group.shown.display(),
                counted(plan.unchanged, "file")
            ));
        }
        return Ok(Verdict::Clean);
    }
    let colour = terminal.output_colour && args.report.format == Form::Human;
    let mut text = String::new();
    let mut shown = 0;
    for one in &stale {
        let path = group.shown.join(&one.path);
        text.push_str(&format!("{} {}\n", path.display(), one.words));
        let Some(wanted) = one.wanted.as_ref().filter(|_| shown < MOST_FILES) else { continue };
        shown += 1;
        let now = fs_err::read(group.root.join(&one.path)).unwrap_or_default();
        text.push_str(&difference(
            &String::from_utf8_lossy(&now),
            wanted,
            &path.display().to_string(),
            colour,
        ));
    }
    if args.report.format == Form::Human {
        terminal.output(&text)?;
    } else {
        terminal.error(&text);
    }
    if !args.quiet {
        let count = counted(stale.len(), "file");
        let verb = if stale.len() == 1 { "is" } else { "are" };
        terminal.error(&format!(
            "{count} in {} {verb} not what the spec gives; run `clusterc build`\n",
            group.shown.display()
        ));
    }
    Ok(Verdict::Findings)
}

fn differences(group: &Group<'_>, plan: &Plan<'_>) -> Vec<Stale> {
    let mut stale = Vec::new();
    for change in &plan.changes {
        let (words, wanted) = match (&change.old, &change.text) {
            (None, _) => ("is missing", None),
            (Some(_), None) => ("is left over: nothing asks for it any more", None),
            (Some(_), Some(text)) => ("is stale", Some((*text).to_owned())),
        };
        stale.push(Stale { path: change.path.clone(), words: words.to_owned(), wanted });
    }
    for conflict in &plan.conflicts {
        let text = || group.members.iter().find_map(|(_, output)| output.files.get(&conflict.path));
        let wanted = match conflict.kind {
            Kind::Edited | Kind::Foreign => text().map(|printed| printed.text.clone()),
            _ => None,
        };
        stale.push(Stale { path: conflict.path.clone(), words: reason(&conflict.kind), wanted });
    }
    stale.sort_by(|a, b| a.path.cmp(&b.path));
    if stale.is_empty() && plan.manifest.is_some() {
        let words =
            if plan.manifest_old.is_some() { "is stale" } else { "is missing; keep it in Git with the rest" };
        stale.push(Stale {
            path: ".clusterc/manifest.json".to_owned(),
            words: words.to_owned(),
            wanted: None,
        });
    }
    stale
}

/// A unified difference of sensible length.
fn difference(now: &str, wanted: &str, path: &str, colour: bool) -> String {
    let diff = TextDiff::configure().timeout(Duration::from_millis(500)).diff_lines(now, wanted);
    let whole = diff.unified_diff().context_radius(3).header(&format!("{path} (on disk)"), path).to_string();
    let lines: Vec<&str> = whole.lines().collect();
    let mut text = String::new();
    for line in lines.iter().take(MOST_LINES) {
        // What lies on disk may be anything; it does not get to talk to the terminal.
        let line: String =
            line.chars().map(|c| if c.is_control() && c != '\t' { '\u{fffd}' } else { c }).collect();
        match line.chars().next().filter(|_| colour) {
            Some('+') => text.push_str(&format!("\u{1b}[32m{line}\u{1b}[0m\n")),
            Some('-') => text.push_str(&format!("\u{1b}[31m{line}\u{1b}[0m\n")),
            Some('@') => text.push_str(&format!("\u{1b}[36m{line}\u{1b}[0m\n")),
            _ => text.push_str(&format!("{line}\n")),
        }
    }
    if lines.len() > MOST_LINES {
        text.push_str(&format!("... {} more lines\n", lines.len() - MOST_LINES));
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_difference_is_unified_and_has_a_sensible_length() {
        let short = difference("a\nb\n", "a\nc\n", "x.tf", false);
        assert_eq!(short, "--- x.tf (on disk)\n+++ x.tf\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n");
        let long = difference(&"a\n".repeat(500), &"b\n".repeat(500), "x.tf", false);
        assert_eq!(long.lines().count(), MOST_LINES + 1);
        assert!(long.ends_with("more lines\n"));
    }

    #[test]
    fn text_on_disk_cannot_talk_to_the_terminal() {
        assert!(!difference("\u{1b}]0;evil\u{7}\n", "a\n", "x", true).contains("\u{1b}]"));
    }
}
