//! Findings as one JSON array.

use serde_json::{Value, json};

use super::{Places, pretty};
use crate::diagnostic::{Finding, Label};
use crate::source::{Sources, Span};

pub(super) fn json(findings: &[Finding], sources: &Sources) -> String {
    let mut places = Places::new(sources);
    let findings: Vec<Value> = findings.iter().map(|finding| object(finding, &mut places)).collect();
    pretty(&Value::Array(findings))
}

fn object(finding: &Finding, places: &mut Places<'_>) -> Value {
    let mut object = json!({
        "code": finding.code.id,
        "name": finding.code.name,
        "severity": finding.code.severity().word(),
        "title": finding.title,
    });
    extend(&mut object, label(&finding.primary, places));
    let others: Vec<Value> = finding.others.iter().map(|other| label(other, places)).collect();
    let fix = finding.fix.as_ref().map(|fix| {
        let mut shown = place(fix.span, places);
        extend(&mut shown, json!({ "replacement": fix.replacement }));
        shown
    });
    extend(&mut object, json!({ "labels": others, "why": finding.why, "help": finding.help, "fix": fix }));
    extend(&mut object, json!({ "chains": finding.chains }));
    object
}

fn label(label: &Label, places: &mut Places<'_>) -> Value {
    let mut shown = place(label.span, places);
    extend(&mut shown, json!({ "label": label.text }));
    shown
}

/// Lines and columns (in characters) count from one, bytes from zero; ends are one past the last.
fn place(span: Span, places: &mut Places<'_>) -> Value {
    let stretch = places.stretch(span);
    json!({
        "file": places.path(span),
        "start": { "line": stretch.start.line, "column": stretch.start.column, "byte": span.start },
        "end": { "line": stretch.end.line, "column": stretch.end.column, "byte": span.end },
    })
}

fn extend(object: &mut Value, more: Value) {
    if let (Value::Object(object), Value::Object(more)) = (object, more) {
        object.extend(more);
    }
}
