//! Schemas made of others: all of them, any of them, one of them.

use serde_json::{Map, Value};

use super::codes::{MALFORMED, WRONG_TYPE};
use super::place::{Place, either, short};
use super::scalars::in_words;
use super::{Tried, Walker, sentence};
use crate::diagnostic::Finding;
use crate::syntax::yaml::{Kind, NodeId};

/// An alternative that did not fit, and why.
struct Branch<'a> {
    schema: &'a Value,
    findings: Tried,
}

impl<'a> Walker<'a> {
    pub(super) fn combined(
        &mut self,
        node: NodeId,
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
        hops: usize,
    ) -> Vec<Finding> {
        let mut findings = Vec::new();
        for part in schema.get("allOf").and_then(Value::as_array).into_iter().flatten() {
            findings.extend(self.node(node, part, place, hops + 1));
        }
        for keyword in ["anyOf", "oneOf"] {
            if let Some(branches) = schema.get(keyword).and_then(Value::as_array) {
                findings.extend(self.choice(node, branches, keyword == "oneOf", place, hops));
            }
        }
        if let Some(refused) = schema.get("not")
            && self.attempt(node, refused, place, hops).is_empty()
        {
            findings.push(place.refused(self.document, node));
        }
        if let Some(condition) = schema.get("if") {
            let holds = self.attempt(node, condition, place, hops).is_empty();
            if let Some(then) = schema.get(if holds { "then" } else { "else" }) {
                findings.extend(self.node(node, then, place, hops + 1));
            }
        }
        findings
    }

    fn choice(
        &mut self,
        node: NodeId,
        branches: &'a [Value],
        exactly_one: bool,
        place: &Place<'_>,
        hops: usize,
    ) -> Vec<Finding> {
        let tried: Vec<Branch<'a>> = branches
            .iter()
            .map(|schema| Branch { schema, findings: self.attempt(node, schema, place, hops) })
            .collect();
        match tried.iter().filter(|branch| branch.findings.is_empty()).count() {
            0 => self.best(node, tried, place),
            several if several > 1 && exactly_one => vec![self.ambiguous(node, &tried, place)],
            _ => Vec::new(),
        }
    }

    fn ambiguous(&self, node: NodeId, tried: &[Branch<'a>], place: &Place<'_>) -> Finding {
        let fitting = tried.iter().filter(|branch| branch.findings.is_empty());
        let words: Vec<String> = fitting.map(|branch| self.in_words(branch.schema)).collect();
        WRONG_TYPE
            .at(place.shown(self.document, node), "fits more than one form")
            .title(format!("{} could mean two things", place.name()))
            .help(format!("write it so that it is only one of these: {}", words.join("; ")))
    }

    /// The findings to show when no alternative fits: those of the one that was meant, or a summary.
    fn best(&self, node: NodeId, tried: Vec<Branch<'a>>, place: &Place<'_>) -> Vec<Finding> {
        let found = self.type_of(node);
        let mut branches: Vec<Branch<'a>> =
            tried.into_iter().filter(|branch| self.types(branch.schema) != ["null"]).collect();
        let words: Option<Vec<&'a Value>> = branches
            .iter()
            .map(|branch| self.words(branch.schema))
            .collect::<Option<Vec<_>>>()
            .map(|w| w.concat());
        if let Some(words) = words
            && !words.is_empty()
        {
            // A number where the words are text has its own advice.
            return vec![self.unknown_word(node, &words, place)];
        }
        if let [only] = branches.as_slice() {
            return only.findings.to_vec();
        }
        let summary = self.summary(node, found, &branches, place);
        branches.retain(|branch| {
            let types = self.types(branch.schema);
            types.is_empty()
                || types.iter().any(|kind| *kind == found || (*kind == "number" && found == "integer"))
        });
        if let [only] = branches.as_slice() {
            return only.findings.to_vec();
        }
        if found == "object" && !branches.is_empty() {
            return self.best_mapping(node, &branches, place).unwrap_or_else(|| vec![summary]);
        }
        vec![summary]
    }

    fn summary(&self, node: NodeId, found: &str, branches: &[Branch<'a>], place: &Place<'_>) -> Finding {
        let mut words: Vec<String> = Vec::new();
        for branch in branches {
            let word = self.in_words(branch.schema);
            if !words.contains(&word) {
                words.push(word);
            }
        }
        let expected = either(&words);
        let span = place.shown(self.document, node);
        let right_type = branches.iter().any(|branch| self.types(branch.schema).contains(&found));
        let finding = match self.document.kind(node) {
            Kind::Scalar { text, .. } if right_type => MALFORMED
                .at(span, format!("expected {expected}"))
                .title(format!("{} cannot be `{}`", place.name(), short(text))),
            Kind::Scalar { text: "", .. } => WRONG_TYPE
                .at(span, format!("expected {expected}"))
                .title(format!("{} is empty", place.name())),
            _ => WRONG_TYPE
                .at(span, format!("expected {expected}"))
                .title(format!("{} has another form than it can have", place.name())),
        };
        // A number that would be right as text is the usual slip.
        let free_text = |branch: &&Branch<'a>| {
            ["pattern", "format", "enum"].iter().all(|keyword| self.keyword(branch.schema, keyword).is_none())
        };
        let findings = branches.iter().filter(free_text).flat_map(|branch| branch.findings.iter());
        let quoted = findings.into_iter().find(|finding| finding.fix.is_some());
        match quoted.filter(|_| matches!(found, "integer" | "number" | "boolean")) {
            Some(Finding { why, fix: Some(fix), .. }) => {
                let finding =
                    finding.help(format!("write {expected}")).fix(fix.span, fix.replacement.clone());
                if let Some(why) = why { finding.why(why.clone()) } else { finding }
            }
            _ => finding.help(format!("write {expected}")),
        }
    }

    /// Among mappings: the one whose tag matches, else the one that shares most keys.
    fn best_mapping(&self, node: NodeId, branches: &[Branch<'a>], place: &Place<'_>) -> Option<Vec<Finding>> {
        let Kind::Map(entries) = self.document.kind(node) else { return None };
        if let Some(findings) = self.tag(node, branches, place) {
            return Some(findings);
        }
        let score = |branch: &Branch<'a>| {
            let has = |key: &str| entries.iter().any(|entry| entry.key == key);
            let properties = self.keyword(branch.schema, "properties").and_then(Value::as_object);
            let shared = properties.into_iter().flatten().filter(|(key, _)| has(key)).count();
            let required = self.keyword(branch.schema, "required").and_then(Value::as_array);
            let missing =
                required.into_iter().flatten().filter_map(Value::as_str).filter(|key| !has(key)).count();
            (shared * 2) as i64 - missing as i64 - branch.findings.len() as i64
        };
        let known = |branch: &&Branch<'a>| {
            let properties = self.keyword(branch.schema, "properties");
            entries.iter().any(|entry| properties.is_some_and(|known| known.get(&entry.key).is_some()))
        };
        let likely: Vec<&Branch<'a>> = branches.iter().filter(known).collect();
        let top = likely.iter().map(|branch| score(branch)).max()?;
        let mut best = likely.into_iter().filter(|branch| score(branch) == top);
        match (best.next(), best.next()) {
            (Some(only), None) => Some(only.findings.to_vec()),
            _ => None,
        }
    }

    /// A key that has a fixed word in every alternative tells which one is meant.
    fn tag(&self, node: NodeId, branches: &[Branch<'a>], place: &Place<'_>) -> Option<Vec<Finding>> {
        let Kind::Map(entries) = self.document.kind(node) else { return None };
        let word = |branch: &Branch<'a>, key: &str| {
            let property = self.keyword(branch.schema, "properties")?.get(key)?;
            self.words(property).filter(|words| words.len() == 1)?.first().copied()
        };
        let first = branches.first()?;
        let candidates = self.keyword(first.schema, "properties").and_then(Value::as_object)?;
        let tag = candidates
            .iter()
            .map(|(key, _)| key.as_str())
            .find(|key| branches.iter().all(|branch| word(branch, key).is_some()))?;
        let Some(entry) = entries.iter().find(|entry| entry.key == tag) else {
            return Some(vec![self.missing_key(tag, first.schema.as_object()?, place)]);
        };
        let value = self.document.scalar(entry.value);
        if let Some(meant) = branches.iter().find(|branch| word(branch, tag) == Some(&value)) {
            return Some(meant.findings.to_vec());
        }
        let words: Vec<&'a Value> = branches.iter().filter_map(|branch| word(branch, tag)).collect();
        let inside = Place::child(&entry.key, entry.key_span);
        Some(vec![self.unknown_word(entry.value, &words, &inside)])
    }

    /// The fixed words of a schema that allows nothing else.
    fn words(&self, schema: &'a Value) -> Option<Vec<&'a Value>> {
        if let Some(word) = self.keyword(schema, "const") {
            return Some(vec![word]);
        }
        if let Some(words) = self.keyword(schema, "enum").and_then(Value::as_array) {
            return Some(words.iter().collect());
        }
        let branches = self.keyword(schema, "oneOf")?.as_array()?;
        let words: Option<Vec<&'a Value>> = branches.iter().map(|branch| branch.get("const")).collect();
        words
    }

    /// The types that a schema allows; empty if it does not say.
    fn types(&self, schema: &'a Value) -> Vec<&'a str> {
        match self.keyword(schema, "type") {
            Some(Value::String(only)) => vec![only],
            Some(Value::Array(several)) => several.iter().filter_map(Value::as_str).collect(),
            _ => match self.words(schema) {
                Some(words) if !words.is_empty() && words.iter().all(|word| word.is_string()) => {
                    vec!["string"]
                }
                _ => Vec::new(),
            },
        }
    }

    /// An alternative in a few words.
    fn in_words(&self, schema: &'a Value) -> String {
        if let Some(title) = self.keyword(schema, "title").and_then(Value::as_str) {
            return title.to_owned();
        }
        if let Some(words) = self.words(schema) {
            let listed: Vec<String> =
                words.iter().filter_map(|word| word.as_str()).map(|word| format!("`{word}`")).collect();
            if !listed.is_empty() && listed.len() <= 6 {
                return either(&listed);
            }
        }
        let kinds: Vec<String> = self.types(schema).iter().map(|kind| in_words(kind).to_owned()).collect();
        let kind = if kinds.is_empty() { "something else".to_owned() } else { either(&kinds) };
        let about = self.keyword(schema, "description").and_then(Value::as_str).map(sentence);
        if self.types(schema) == ["object"] {
            let required: Vec<&str> = self
                .keyword(schema, "required")
                .and_then(Value::as_array)
                .into_iter()
                .flatten()
                .filter_map(Value::as_str)
                .collect();
            if let [only] = required.as_slice() {
                return format!("a mapping with `{only}`");
            }
        }
        match about {
            Some(about) if about.chars().count() <= 60 => format!("{kind} ({about})"),
            _ => kind,
        }
    }
}
