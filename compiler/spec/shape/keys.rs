//! The keys of a mapping: unknown ones, missing ones, and what their values must be.

use std::collections::BTreeSet;

use serde_json::{Map, Value};

use super::codes::{MISSING_KEY, UNKNOWN_KEY};
use super::place::{Place, nearest, short};
use super::{MAX_FINDINGS, MAX_HOPS, Walker, sentence};
use crate::diagnostic::Finding;
use crate::syntax::yaml::{Entry, NodeId};

/// How many known keys a message lists when none is near the unknown one.
const FEW: usize = 10;

impl<'a> Walker<'a> {
    pub(super) fn entries(
        &mut self,
        node: NodeId,
        entries: &'a [Entry],
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
        hops: usize,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        let written: BTreeSet<&str> = entries.iter().map(|entry| entry.key.as_str()).collect();
        for entry in entries {
            if findings.len() >= MAX_FINDINGS {
                return findings;
            }
            let inside = Place::child(&entry.key, entry.key_span);
            if let Some(names) = schema.get("propertyNames") {
                findings.extend(self.key_text(entry, names));
            }
            let mut wanted = self.named(&entry.key, schema);
            if wanted.is_empty() {
                match schema.get("additionalProperties") {
                    Some(Value::Bool(false)) => {
                        findings.push(self.unknown(entry, &written, self.declared(schema), schema));
                    }
                    Some(others) => wanted.push(others),
                    None => {}
                }
            }
            for wanted in wanted {
                findings.extend(self.node(entry.value, wanted, &inside, 0));
            }
        }
        if schema.get("unevaluatedProperties") == Some(&Value::Bool(false)) {
            let known = self.evaluated(node, entries, schema, place, hops);
            let strangers = entries.iter().filter(|entry| !known.contains(entry.key.as_str()));
            let strangers = strangers.take(MAX_FINDINGS);
            findings.extend(strangers.map(|entry| self.unknown(entry, &written, known.clone(), schema)));
        }
        // A key that is only misspelt is not missing as well.
        let meant: BTreeSet<String> = findings
            .iter()
            .filter(|finding| finding.code == &UNKNOWN_KEY)
            .filter_map(|finding| finding.fix.as_ref().map(|fix| fix.replacement.clone()))
            .filter(|key| !written.contains(key.as_str()))
            .collect();
        findings.extend(self.missing(entries, &meant, schema, place));
        findings
    }

    /// The schemas that `properties` and `patternProperties` have for a key.
    fn named(&mut self, key: &str, schema: &'a Map<String, Value>) -> Vec<&'a Value> {
        let mut wanted: Vec<&'a Value> = Vec::new();
        wanted.extend(schema.get("properties").and_then(|properties| properties.get(key)));
        for (pattern, value) in
            schema.get("patternProperties").and_then(Value::as_object).into_iter().flatten()
        {
            if self.pattern(pattern).is_some_and(|pattern| pattern.is_match(key)) {
                wanted.push(value);
            }
        }
        wanted
    }

    fn declared(&self, schema: &'a Map<String, Value>) -> BTreeSet<&'a str> {
        let properties = schema.get("properties").and_then(Value::as_object);
        properties.into_iter().flatten().map(|(key, _)| key.as_str()).collect()
    }

    /// The keys that this schema and all parts of it that hold for this node know.
    fn evaluated(
        &mut self,
        node: NodeId,
        entries: &'a [Entry],
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
        hops: usize,
    ) -> BTreeSet<&'a str> {
        let mut known = self.declared(schema);
        for entry in entries {
            let open = schema.get("additionalProperties").is_some();
            if open || !self.named(&entry.key, schema).is_empty() {
                known.insert(entry.key.as_str());
            }
        }
        if hops > MAX_HOPS {
            return known;
        }
        let mut parts: Vec<(&'a Value, bool)> =
            self.reference(schema).map(|part| (part, true)).into_iter().collect();
        for (keyword, always) in [("allOf", true), ("anyOf", false), ("oneOf", false)] {
            let branches = schema.get(keyword).and_then(Value::as_array);
            parts.extend(branches.into_iter().flatten().map(|branch| (branch, always)));
        }
        for (part, always) in parts {
            // Keys of alternatives that do not hold are unknown; the alternatives report their own faults.
            let holds = always || self.attempt(node, part, place, hops).is_empty();
            if let (true, Some(part)) = (holds, part.as_object()) {
                known.extend(self.evaluated(node, entries, part, place, hops + 1));
            }
        }
        known
    }

    fn unknown(
        &self,
        entry: &Entry,
        written: &BTreeSet<&str>,
        known: BTreeSet<&'a str>,
        schema: &'a Map<String, Value>,
    ) -> Finding {
        let key = short(&entry.key);
        let free: Vec<&str> = known.into_iter().filter(|known| !written.contains(known)).collect();
        let finding =
            UNKNOWN_KEY.at(entry.key_span, "not a key of this mapping").title(format!("unknown key `{key}`"));
        if let Some(meant) = nearest(&entry.key, free.iter().copied()) {
            return finding.help(format!("did you mean `{meant}`?")).fix(entry.key_span, meant);
        }
        if let Some(home) = self.home(&entry.key, schema) {
            return finding.help(format!("`{key}` belongs under `{home}`: move it there"));
        }
        if free.is_empty() {
            return finding.help("remove it");
        }
        let listed: Vec<String> = free.iter().take(FEW).map(|key| format!("`{key}`")).collect();
        let more = if free.len() > FEW { ", ..." } else { "" };
        finding.help(format!("remove it, or use a key that can stand here: {}{more}", listed.join(", ")))
    }

    /// The neighbouring key under which an unknown key would be known.
    fn home(&self, key: &str, schema: &'a Map<String, Value>) -> Option<&'a str> {
        let neighbours = schema.get("properties").and_then(Value::as_object)?;
        let knows =
            |schema: &'a Value| self.resolved(schema).get("properties").is_some_and(|p| p.get(key).is_some());
        let found = neighbours.iter().find(|(_, schema)| {
            let optional = self.resolved(schema).get("anyOf").and_then(Value::as_array);
            knows(schema) || optional.into_iter().flatten().any(knows)
        });
        found.map(|(name, _)| name.as_str())
    }

    fn missing(
        &self,
        entries: &[Entry],
        meant: &BTreeSet<String>,
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
    ) -> Vec<Finding> {
        let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
        let absent = required.filter_map(Value::as_str).filter(|required| {
            !meant.contains(*required) && !entries.iter().any(|entry| entry.key == *required)
        });
        absent.map(|key| self.missing_key(key, schema, place)).collect()
    }

    pub(super) fn missing_key(
        &self,
        key: &str,
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
    ) -> Finding {
        let finding = MISSING_KEY
            .at(place.owner, format!("`{key}` must be written here"))
            .title(format!("{} needs `{key}`", place.name()));
        let property = schema.get("properties").and_then(|properties| properties.get(key));
        let about =
            property.and_then(|property| self.keyword(property, "description")).and_then(Value::as_str);
        let example = property.and_then(|property| self.example(property));
        let add = example.map_or_else(
            || format!("add `{key}`"),
            |example| format!("add `{key}`, for example `{key}: {example}`"),
        );
        match about {
            Some(about) => finding.help(format!("{add} ({})", lower(&sentence(about)))),
            None => finding.help(add),
        }
    }

    /// An example value from the schema, as it would be written.
    pub(super) fn example(&self, schema: &'a Value) -> Option<String> {
        let examples = self.keyword(schema, "examples")?.as_array()?;
        match examples.first()? {
            Value::String(text) => Some(quoted_if_needed(text)),
            example @ (Value::Number(_) | Value::Bool(_)) => Some(example.to_string()),
            _ => None,
        }
    }

    fn key_text(&mut self, entry: &'a Entry, names: &'a Value) -> Vec<Finding> {
        let names = self.resolved(names);
        let Some(names) = names.as_object() else {
            let refused = names == &Value::Bool(false);
            return if refused {
                vec![UNKNOWN_KEY.at(entry.key_span, "no keys can stand here").help("remove it")]
            } else {
                Vec::new()
            };
        };
        if let Some(words) = names.get("enum").and_then(Value::as_array) {
            let words: BTreeSet<&str> = words.iter().filter_map(Value::as_str).collect();
            if !words.contains(entry.key.as_str()) {
                return vec![self.unknown(entry, &BTreeSet::new(), words, names)];
            }
        }
        let key = short(&entry.key);
        let titles = [format!("the key `{key}`"), format!("`{key}` cannot be a key here")];
        self.text(&entry.key, names, entry.key_span, titles)
    }
}

/// A sentence that follows other words.
fn lower(sentence: &str) -> String {
    let mut characters = sentence.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if second.is_lowercase() || second == ' ' => {
            first.to_lowercase().chain(characters).collect()
        }
        _ => sentence.to_owned(),
    }
}

fn quoted_if_needed(text: &str) -> String {
    let plain = text.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/')
        && !text.contains(": ")
        && !text.contains(" #");
    if plain { text.to_owned() } else { format!("{text:?}") }
}
