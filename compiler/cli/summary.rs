//! What a build did, on one screen.

use std::time::Duration;

use super::build::Group;
use super::orphans::Orphan;
use super::specs::counted;
use super::writer::Written;

/// Up to how many clusters are shown part by part.
const IN_DETAIL: usize = 4;

/// A folder that was written to.
pub(super) struct Done<'a> {
    /// The folder and its clusters.
    pub(super) group: &'a Group<'a>,
    /// What happened there.
    pub(super) written: Written,
    /// Clusters whose files stay there though their spec is gone.
    pub(super) orphans: Vec<Orphan>,
}

/// The summary; empty when nothing was asked for. The time is told to people only.
pub(super) fn text(done: &[Done<'_>], verbose: bool, took: Option<Duration>) -> String {
    let mut text = String::new();
    if done.is_empty() {
        return text;
    }
    if verbose {
        for one in done {
            text.push_str(&changes(one));
        }
    }
    let sum = |count: fn(&Written) -> usize| done.iter().map(|one| count(&one.written)).sum::<usize>();
    let (wrote, removed) = (sum(|one| one.created.len() + one.updated.len()), sum(|one| one.removed.len()));
    let unchanged = sum(|one| one.unchanged);
    if done.iter().any(|one| one.written.repaired) {
        text.push_str("    repaired what an interrupted build had left\n");
    }
    if wrote + removed == 0 {
        text.push_str(&format!("    nothing to do: {} up to date", counted(unchanged, "file")));
    } else {
        text.push_str(&table(&rows(done)));
        text.push_str(&format!("    wrote {}", counted(wrote, "file")));
        if removed > 0 {
            text.push_str(&format!(", removed {removed}"));
        }
        text.push_str(&format!(", {unchanged} unchanged"));
    }
    if let Some(took) = took {
        text.push_str(&format!(", in {} ms", took.as_millis().max(1)));
    }
    if let ([one], true) = (done, wrote + removed > 0)
        && let [(_, output)] = one.group.members.as_slice()
    {
        text.push_str(&format!("        next: {}", one.group.shown.join(&output.runbook).display()));
    }
    text.push('\n');
    text
}

/// One line for each file that changed.
fn changes(done: &Done<'_>) -> String {
    let Written { created, updated, removed, .. } = &done.written;
    let mut text = String::new();
    for (word, paths) in [("create", created), ("update", updated), ("remove", removed)] {
        for path in paths {
            text.push_str(&format!("  {word} {}\n", done.group.shown.join(path).display()));
        }
    }
    text
}

/// A row: the cluster, where it is new, then the part, then what is in it, as numbers with their words.
type Row = (String, String, Vec<String>);

fn rows(done: &[Done<'_>]) -> Vec<Row> {
    let members = || done.iter().flat_map(|one| one.group.members.iter().map(|(_, output)| *output));
    if members().count() > IN_DETAIL {
        let line = |output: &crate::compile::Output| {
            (output.cluster.clone(), output.runbook.clone(), vec![counted(output.files.len(), "file")])
        };
        return members().map(line).collect();
    }
    let mut rows: Vec<Row> = Vec::new();
    for output in members() {
        let mut name = output.cluster.clone();
        for row in &output.summary {
            let cells = row.detail.split("   ").map(|cell| cell.trim().to_owned()).collect();
            rows.push((std::mem::take(&mut name), row.part.clone(), cells));
        }
        if output.summary.iter().all(|row| row.part != output.runbook) {
            rows.push((name, output.runbook.clone(), Vec::new()));
        }
    }
    rows
}

/// Aligns the columns; numbers to the right, so that they can be compared.
fn table(rows: &[Row]) -> String {
    let width = |cell: fn(&Row) -> usize| rows.iter().map(cell).max().unwrap_or(0);
    let (names, parts) = (width(|row| row.0.chars().count()), width(|row| row.1.chars().count()));
    let number = |cell: &str| cell.chars().take_while(char::is_ascii_digit).count();
    let columns = width(|row| row.2.len());
    let numbers: Vec<usize> = (0..columns)
        .map(|at| rows.iter().filter_map(|row| Some(number(row.2.get(at)?))).max().unwrap_or(0))
        .collect();
    let padded = |cell: &str, at: usize| {
        let indent = numbers.get(at).copied().unwrap_or(0) - number(cell);
        format!("{}{cell}", " ".repeat(indent))
    };
    let widths: Vec<usize> = (0..columns)
        .map(|at| {
            rows.iter().filter_map(|row| Some(padded(row.2.get(at)?, at).chars().count())).max().unwrap_or(0)
        })
        .collect();
    let mut text = String::new();
    for (name, part, cells) in rows {
        let mut line = format!("  {name:<names$}   {part:<parts$}");
        for (at, cell) in cells.iter().enumerate() {
            let width = widths.get(at).copied().unwrap_or(0);
            line.push_str(&format!("   {:<width$}", padded(cell, at)));
        }
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_stand_under_each_other() {
        let row = |name: &str, part: &str, cells: &[&str]| {
            (name.to_owned(), part.to_owned(), cells.iter().map(|cell| (*cell).to_owned()).collect())
        };
        let rows = [
            row("platform", "terraform/platform/cluster", &["13 files", "92 resources"]),
            row("", "terraform/platform/gitops", &["4 files", "9 resources"]),
            row("", "kube", &["41 files", "57 objects, 3 layers"]),
            row("", "runbook/platform.md", &[]),
        ];
        let expected = "  platform   terraform/platform/cluster   13 files   92 resources
             terraform/platform/gitops     4 files    9 resources
             kube                         41 files   57 objects, 3 layers
             runbook/platform.md
";
        assert_eq!(table(&rows), expected);
    }
}
