//! Numbers, lengths and counts that have bounds.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::Walker;
use super::codes::OUT_OF_RANGE;
use super::place::{Place, short};
use crate::diagnostic::Finding;
use crate::source::Span;
use crate::syntax::yaml::{Entry, NodeId};

impl<'a> Walker<'a> {
    pub(super) fn scalar_bounds(
        &mut self,
        node: NodeId,
        text: &'a str,
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
    ) -> Vec<Finding> {
        let span = place.shown(self.document, node);
        match self.document.scalar(node) {
            Value::Number(number) => range(number.as_f64().unwrap_or(0.0), text, schema, span, place),
            Value::String(_) => {
                let name = place.name();
                let title = format!("{name} cannot be `{}`", short(text));
                self.text(text, schema, span, [name, title])
            }
            _ => Vec::new(),
        }
    }

    pub(super) fn list_bounds(
        &self,
        node: NodeId,
        items: &[NodeId],
        schema: &Map<String, Value>,
        place: &Place<'_>,
    ) -> Vec<Finding> {
        let span = place.shown(self.document, node);
        let mut findings = Vec::new();
        findings.extend(count(
            items.len(),
            ("minItems", "maxItems"),
            ["item", "items"],
            schema,
            span,
            &place.name(),
        ));
        if schema.get("uniqueItems") == Some(&Value::Bool(true)) {
            findings.extend(self.repeated(items, place));
        }
        findings
    }

    pub(super) fn map_bounds(
        &self,
        node: NodeId,
        entries: &[Entry],
        schema: &Map<String, Value>,
        place: &Place<'_>,
    ) -> Vec<Finding> {
        let span = place.shown(self.document, node);
        let words = ["entry", "entries"];
        let bounds = ("minProperties", "maxProperties");
        count(entries.len(), bounds, words, schema, span, &place.name()).into_iter().collect()
    }

    fn repeated(&self, items: &[NodeId], place: &Place<'_>) -> Vec<Finding> {
        let mut seen: BTreeMap<String, Span> = BTreeMap::new();
        let mut findings = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let span = place.item(self.document, *item, index).shown(self.document, *item);
            let canonical = canonical(&self.document.value_at(*item));
            match seen.get(&canonical) {
                Some(first) => findings.push(
                    OUT_OF_RANGE
                        .at(span, "the same again")
                        .also(*first, "first written here")
                        .title(format!("{} holds the same item twice", place.name()))
                        .help("remove one of the two"),
                ),
                None => {
                    seen.insert(canonical, span);
                }
            }
        }
        findings
    }
}

/// The length of a text in characters.
pub(super) fn length(text: &str, schema: &Map<String, Value>, span: Span, name: &str) -> Option<Finding> {
    let words = ["character", "characters"];
    count(text.chars().count(), ("minLength", "maxLength"), words, schema, span, name)
}

fn count(
    found: usize,
    (least, most): (&str, &str),
    [one, many]: [&str; 2],
    schema: &Map<String, Value>,
    span: Span,
    name: &str,
) -> Option<Finding> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_u64);
    let amount = |count: u64| if count == 1 { format!("1 {one}") } else { format!("{count} {many}") };
    let here = if found == 0 { format!("no {one}") } else { amount(found as u64) };
    let finding = |label: String, help: String| {
        Some(OUT_OF_RANGE.at(span, label).title(format!("{name} has {here}")).help(help))
    };
    match (bound(least), bound(most)) {
        (Some(least), _) if (found as u64) < least => {
            finding(format!("at least {} wanted", amount(least)), format!("write at least {}", amount(least)))
        }
        (_, Some(most)) if found as u64 > most => {
            finding(format!("at most {} allowed", amount(most)), format!("write at most {}", amount(most)))
        }
        _ => None,
    }
}

fn range(
    number: f64,
    text: &str,
    schema: &Map<String, Value>,
    span: Span,
    place: &Place<'_>,
) -> Vec<Finding> {
    let bound = |keyword: &str| schema.get(keyword).and_then(Value::as_f64);
    let mut wanted = Vec::new();
    wanted.extend(bound("minimum").filter(|least| number < *least).map(|least| format!("at least {least}")));
    wanted.extend(bound("maximum").filter(|most| number > *most).map(|most| format!("at most {most}")));
    wanted.extend(
        bound("exclusiveMinimum").filter(|least| number <= *least).map(|least| format!("more than {least}")),
    );
    wanted.extend(
        bound("exclusiveMaximum").filter(|most| number >= *most).map(|most| format!("less than {most}")),
    );
    let multiple = bound("multipleOf").filter(|step| *step > 0.0 && (number / step).fract() != 0.0);
    wanted.extend(multiple.map(|step| format!("a multiple of {step}")));
    let allowed = match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => Some(format!("write a number from {least} to {most}")),
        _ => None,
    };
    let finding = |wanted: String| {
        OUT_OF_RANGE
            .at(span, format!("must be {wanted}"))
            .title(format!("{} is {}", place.name(), short(text)))
            .help(allowed.clone().unwrap_or_else(|| format!("write {wanted}")))
    };
    wanted.into_iter().map(finding).collect()
}

/// One text for values that are equal in JSON Schema's sense.
fn canonical(value: &Value) -> String {
    match value {
        Value::Object(entries) => {
            let sorted: BTreeMap<&String, String> =
                entries.iter().map(|(key, value)| (key, canonical(value))).collect();
            format!("{sorted:?}")
        }
        Value::Array(items) => format!("{:?}", items.iter().map(canonical).collect::<Vec<_>>()),
        Value::Number(number) if number.is_f64() => format!("n{}", number.as_f64().unwrap_or(0.0)),
        Value::Number(number) => format!("n{number}"),
        other => other.to_string(),
    }
}
