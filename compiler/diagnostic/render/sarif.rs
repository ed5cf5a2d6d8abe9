//! Findings as a SARIF 2.1.0 log (OASIS standard, 2020).

use serde_json::{Value, json};

use super::{Places, advice, pretty};
use crate::diagnostic::{Code, Finding, Severity};
use crate::source::{Sources, Span};

pub(super) fn sarif(findings: &[Finding], sources: &Sources) -> String {
    let mut places = Places::new(sources);
    let mut codes: Vec<&'static Code> = findings.iter().map(|finding| finding.code).collect();
    codes.sort_by_key(|code| code.id);
    codes.dedup_by_key(|code| code.id);
    let results: Vec<Value> = findings.iter().map(|finding| result(finding, &codes, &mut places)).collect();
    pretty(&json!({
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": "clusterc",
                "version": env!("CARGO_PKG_VERSION"),
                "rules": codes.iter().map(|code| rule(code)).collect::<Vec<_>>(),
            } },
            "columnKind": "unicodeCodePoints",
            "results": results,
        }],
    }))
}

fn level(code: &Code) -> &'static str {
    match code.severity() {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn rule(code: &Code) -> Value {
    let page: String =
        code.page.lines().map(|line| line.strip_prefix(' ').unwrap_or(line).to_owned() + "\n").collect();
    json!({
        "id": code.id,
        "name": code.name,
        "shortDescription": { "text": code.title },
        "help": { "text": page, "markdown": page },
        "defaultConfiguration": { "level": level(code) },
    })
}

fn result(finding: &Finding, codes: &[&Code], places: &mut Places<'_>) -> Value {
    let advice = advice(finding);
    let text = [finding.title.as_str(), finding.primary.text.as_str(), advice.as_str()];
    let text: Vec<&str> = text.into_iter().filter(|text| !text.is_empty()).collect();
    let mut result = json!({
        "ruleId": finding.code.id,
        "ruleIndex": codes.iter().position(|code| code.id == finding.code.id),
        "level": level(finding.code),
        "message": { "text": text.join("\n") },
        "locations": [{ "physicalLocation": physical(finding.primary.span, places) }],
    });
    let related: Vec<Value> = finding.others.iter().enumerate().map(|(id, label)| {
        json!({ "id": id, "physicalLocation": physical(label.span, places), "message": { "text": label.text } })
    }).collect();
    if !related.is_empty() {
        set(&mut result, "relatedLocations", json!(related));
    }
    if let Some(fix) = &finding.fix {
        let description = finding.help.first().map_or("write this", String::as_str);
        let change = json!({
            "artifactLocation": { "uri": uri(places.path(fix.span)) },
            "replacements": [{ "deletedRegion": region(fix.span, places), "insertedContent": { "text": fix.replacement } }],
        });
        set(
            &mut result,
            "fixes",
            json!([{ "description": { "text": description }, "artifactChanges": [change] }]),
        );
    }
    result
}

fn set(object: &mut Value, key: &str, value: Value) {
    if let Value::Object(object) = object {
        object.insert(key.to_owned(), value);
    }
}

fn physical(span: Span, places: &mut Places<'_>) -> Value {
    json!({ "artifactLocation": { "uri": uri(places.path(span)) }, "region": region(span, places) })
}

fn region(span: Span, places: &mut Places<'_>) -> Value {
    let stretch = places.stretch(span);
    json!({
        "startLine": stretch.start.line,
        "startColumn": stretch.start.column,
        "endLine": stretch.end.line,
        "endColumn": stretch.end.column,
    })
}

/// A path as a relative reference (RFC 3986): bytes outside the unreserved set are escaped.
fn uri(path: &str) -> String {
    let mut uri = String::with_capacity(path.len());
    for byte in path.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'.' | b'_' | b'~' | b'/' => {
                uri.push(char::from(byte))
            }
            _ => uri.push_str(&format!("%{byte:02X}")),
        }
    }
    uri
}
