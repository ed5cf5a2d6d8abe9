//! Findings as workflow commands of GitHub Actions.

use super::{Places, advice};
use crate::diagnostic::Finding;
use crate::source::Sources;

pub(super) fn github(findings: &[Finding], sources: &Sources) -> String {
    let mut places = Places::new(sources);
    findings.iter().map(|finding| command(finding, &mut places)).collect()
}

fn command(finding: &Finding, places: &mut Places<'_>) -> String {
    let stretch = places.stretch(finding.primary.span);
    let mut properties = vec![
        ("file", places.path(finding.primary.span).to_owned()),
        ("line", stretch.start.line.to_string()),
        ("endLine", stretch.end.line.to_string()),
    ];
    // Columns are taken only where the place lies in one line.
    if stretch.start.line == stretch.end.line {
        properties.push(("col", stretch.start.column.to_string()));
        properties.push(("endColumn", stretch.end.column.to_string()));
    }
    properties.push(("title", format!("{}: {}", finding.code.id, finding.title)));
    let properties: Vec<String> =
        properties.into_iter().map(|(key, value)| format!("{key}={}", property(&value))).collect();
    let mut lines = vec![finding.primary.text.clone()];
    lines.extend(
        finding.others.iter().map(|label| format!("{}: {}", places.sources.show(label.span), label.text)),
    );
    lines.push(advice(finding));
    lines.retain(|line| !line.is_empty());
    let message = if lines.is_empty() { finding.title.clone() } else { lines.join("\n") };
    format!("::{} {}::{}\n", finding.code.severity().word(), properties.join(","), data(&message))
}

fn data(text: &str) -> String {
    text.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

fn property(text: &str) -> String {
    data(text).replace(':', "%3A").replace(',', "%2C")
}
