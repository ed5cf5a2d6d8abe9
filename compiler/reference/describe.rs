//! Types in words: what may be written at a key.

use serde_json::Value;

use super::read::{Reader, alternatives};

/// The kind of a value that is a mapping with keys of its own.
pub(super) const MAPPING: &str = "mapping";

impl<'a> Reader<'a> {
    /// What may be written, in words.
    pub(super) fn kind(&self, schema: &'a Value) -> String {
        let own = schema;
        let schema = self.resolve(own);
        if let Some(title) = schema.get("title").and_then(Value::as_str)
            && title == "a reference to an input"
        {
            return "`{ input: NAME }`".to_owned();
        }
        if let Some(word) = schema.get("const").and_then(Value::as_str) {
            return format!("`{word}`");
        }
        let mut kinds: Vec<String> = Vec::new();
        for one in alternatives(schema).filter(|one| !is_null(one)) {
            let kind = self.kind(one);
            if !kinds.contains(&kind) {
                kinds.push(kind);
            }
        }
        if !kinds.is_empty() {
            return kinds.join(" or ");
        }
        if let Some(values) = schema.get("enum").and_then(Value::as_array) {
            let values: Vec<String> = values.iter().map(|value| format!("`{}`", plain(value))).collect();
            return values.join(" or ");
        }
        match type_of(schema) {
            "array" => match schema.get("items") {
                Some(items) => format!("list of {}", self.kind(items)),
                None => "list".to_owned(),
            },
            "object" => self.mapping(schema),
            "boolean" => "`true` or `false`".to_owned(),
            "integer" | "number" if !schema.get("format").is_some_and(named) => number(schema),
            _ => match schema.get("format").filter(|format| named(format)) {
                Some(format) => format!("*{}*", plain(format)),
                None => "text".to_owned(),
            },
        }
    }

    fn mapping(&self, schema: &'a Value) -> String {
        let names = schema.get("propertyNames").map_or_else(|| "name".to_owned(), |names| self.kind(names));
        match schema.get("additionalProperties") {
            Some(values) if values.is_object() => match self.kind(values) {
                kind if kind == MAPPING => format!("mappings by {names}"),
                kind => format!("{kind}, by {names}"),
            },
            Some(Value::Bool(true)) => "any mapping".to_owned(),
            _ => MAPPING.to_owned(),
        }
    }
}

/// Whether a format is one of ours rather than the width of a number.
fn named(format: &Value) -> bool {
    let known = format.as_str().unwrap_or_default();
    crate::domain::formats().any(|format| format.name == known)
}

/// The type, the one beside `null`.
fn type_of(schema: &Value) -> &str {
    match schema.get("type") {
        Some(Value::String(word)) => word,
        Some(Value::Array(words)) => {
            words.iter().filter_map(Value::as_str).find(|word| *word != "null").unwrap_or_default()
        }
        _ => "",
    }
}

fn is_null(schema: &Value) -> bool {
    schema.get("type").and_then(Value::as_str) == Some("null")
}

fn number(schema: &Value) -> String {
    let bound = |key: &str| schema.get(key).and_then(Value::as_u64);
    match (bound("minimum"), bound("maximum")) {
        (Some(least), Some(most)) => format!("number, {least} to {most}"),
        (Some(least), None) if least > 0 => format!("number, at least {least}"),
        (None, Some(most)) => format!("number, at most {most}"),
        _ => "number".to_owned(),
    }
}

/// A value as it is written in YAML's flow style, without quotes around plain text.
fn plain(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// The examples of a schema.
pub(super) fn examples(schema: &Value) -> Vec<String> {
    schema.get("examples").and_then(Value::as_array).into_iter().flatten().map(plain).collect()
}

/// A doc comment in one line: its line breaks mean nothing.
pub(super) fn prose(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}
