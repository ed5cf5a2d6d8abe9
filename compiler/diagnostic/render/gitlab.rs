//! Findings as a code quality report of GitLab.

use std::collections::BTreeMap;

use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Places, pretty};
use crate::diagnostic::{Finding, Severity};
use crate::source::Sources;

pub(super) fn gitlab(findings: &[Finding], sources: &Sources) -> String {
    let mut places = Places::new(sources);
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    let entries = findings.iter().map(|finding| entry(finding, &mut places, &mut seen)).collect();
    pretty(&Value::Array(entries))
}

fn entry(finding: &Finding, places: &mut Places<'_>, seen: &mut BTreeMap<String, usize>) -> Value {
    let path = places.path(finding.primary.span);
    let stretch = places.stretch(finding.primary.span);
    // A finding stays the same one when lines above it come and go, so no line takes part.
    let identity = format!("{}\n{path}\n{}\n{}", finding.code.id, finding.title, finding.primary.text);
    let ordinal = seen.entry(identity.clone()).or_default();
    *ordinal += 1;
    json!({
        "description": format!("{}: {}", finding.code.id, finding.title),
        "check_name": finding.code.id,
        "fingerprint": hex(&Sha256::digest(format!("{identity}\n{ordinal}"))),
        "severity": match finding.code.severity() { Severity::Error => "major", Severity::Warning => "minor" },
        "location": { "path": path, "lines": { "begin": stretch.start.line, "end": stretch.end.line } },
    })
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
