//! Types of values, fixed words, and the form of text.

use serde_json::{Map, Value};

use super::codes::{MALFORMED, UNKNOWN_WORD, WRONG_TYPE};
use super::place::{Place, either, nearest, short};
use super::{Walker, counts, same, sentence};
use crate::diagnostic::Finding;
use crate::source::Span;
use crate::syntax::yaml::{Kind, NodeId};

/// How many words a message lists at most.
const FEW: usize = 12;

impl<'a> Walker<'a> {
    /// The finding of a value whose type is not among those of the schema's `type`.
    pub(super) fn wrong_type(
        &self,
        node: NodeId,
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
    ) -> Option<Finding> {
        let wanted: Vec<&str> = match schema.get("type")? {
            Value::String(only) => vec![only],
            Value::Array(several) => several.iter().filter_map(Value::as_str).collect(),
            _ => return None,
        };
        let found = self.type_of(node);
        let fits = |want: &&str| *want == found || (*want == "number" && found == "integer");
        (!wanted.iter().any(fits)).then(|| self.type_finding(node, found, &wanted, schema, place))
    }

    /// The type of a node in JSON Schema's words.
    pub(super) fn type_of(&self, node: NodeId) -> &'static str {
        match self.document.kind(node) {
            Kind::Seq(_) => "array",
            Kind::Map(_) => "object",
            Kind::Scalar { .. } => match self.document.scalar(node) {
                Value::Null => "null",
                Value::Bool(_) => "boolean",
                Value::Number(number) if number.is_f64() => "number",
                Value::Number(_) => "integer",
                _ => "string",
            },
        }
    }

    fn type_finding(
        &self,
        node: NodeId,
        found: &str,
        wanted: &[&str],
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
    ) -> Finding {
        let span = place.shown(self.document, node);
        let wants = |kind: &str| wanted.contains(&kind);
        let words: Vec<String> = wanted
            .iter()
            .filter(|kind| **kind != "null" || wanted.len() == 1)
            .map(|kind| in_words(kind).to_owned())
            .collect();
        let expected = either(&words);
        let name = place.name();
        let (text, plain) = match self.document.kind(node) {
            Kind::Scalar { text, plain } => (text, plain),
            _ => ("", false),
        };
        if found == "null" {
            return empty(
                WRONG_TYPE.at(span, format!("expected {expected}")).title(format!("{name} is empty")),
                wanted,
            );
        }
        let finding =
            WRONG_TYPE.at(span, format!("expected {expected}")).title(format!("{name} must be {expected}"));
        match found {
            "integer" | "number" | "boolean" if wants("string") => {
                quote(finding, self.document.scalar(node), text, span)
            }
            "number" if wants("integer") => match whole(text) {
                Some(whole) => finding.help("write the number without a point").fix(span, whole),
                None => finding.help("write a number without a fraction"),
            },
            "string" if wants("boolean") => {
                truth(finding, text, plain && !self.document.is_block(node), span, self.is_quoted(node))
            }
            "string"
                if (wants("integer") || wants("number"))
                    && self.is_quoted(node)
                    && text.parse::<i64>().is_ok() =>
            {
                finding.help("remove the quotes").fix(span, text)
            }
            "object" if wants("array") => {
                finding.help("write a list: each item on a line of its own after `- `")
            }
            "array" if wants("object") && open_map(schema) => finding
                .help("write a mapping: the name of each thing as its key, and the rest of it below the key"),
            "array" | "object" => {
                finding.help(format!("write {expected} in place of the {}", collection(found)))
            }
            _ if wants("array") && plain => finding.help(format!("write a list: `[{}]`", short(text))),
            _ if wants("object") => finding.help("write its keys below it, indented"),
            _ => finding.help(format!("write {expected}")),
        }
    }

    fn is_quoted(&self, node: NodeId) -> bool {
        matches!(self.document.kind(node), Kind::Scalar { plain: false, .. })
            && !self.document.is_block(node)
            && !self.document.is_alias(node)
    }

    /// `enum` and `const`.
    pub(super) fn word(
        &self,
        node: NodeId,
        schema: &'a Map<String, Value>,
        place: &Place<'_>,
    ) -> Option<Finding> {
        let several =
            schema.get("enum").and_then(Value::as_array).map(|words| words.iter().collect::<Vec<_>>());
        let only = schema.get("const").map(|word| vec![word]);
        for words in several.into_iter().chain(only) {
            let value = self.document.value_at(node);
            if !words.iter().any(|word| same(word, &value)) {
                return Some(self.unknown_word(node, &words, place));
            }
        }
        None
    }

    /// The finding of a value that is none of `words`.
    pub(super) fn unknown_word(&self, node: NodeId, words: &[&'a Value], place: &Place<'_>) -> Finding {
        let span = place.shown(self.document, node);
        let name = place.name();
        let listed: Vec<String> = words
            .iter()
            .filter(|word| !word.is_null())
            .take(FEW)
            .map(|word| format!("`{}`", bare(word)))
            .collect();
        let choices = if words.len() > FEW { format!("{} ...", listed.join(", ")) } else { either(&listed) };
        let Kind::Scalar { text, plain } = self.document.kind(node) else {
            return WRONG_TYPE
                .at(span, format!("expected {choices}"))
                .title(format!("{name} must be one word"))
                .help(format!("write {choices}"));
        };
        if text.is_empty() && plain {
            return UNKNOWN_WORD
                .at(span, "nothing is written")
                .title(format!("{name} is empty"))
                .help(format!("write {choices}"));
        }
        let finding = UNKNOWN_WORD
            .at(span, "not one of the words that are known here")
            .title(format!("{name} cannot be `{}`", short(text)));
        let value = self.document.scalar(node);
        if !value.is_string() && words.iter().any(|word| word.as_str() == Some(text)) {
            return quote(finding, value, text, span);
        }
        match nearest(text, words.iter().filter_map(|word| word.as_str())) {
            Some(meant) => {
                let finding = finding.help(format!("did you mean `{meant}`?"));
                let others: Vec<&String> =
                    listed.iter().filter(|word| word.trim_matches('`') != meant).collect();
                let finding = if others.is_empty() || words.len() > FEW {
                    finding
                } else {
                    finding.help(format!("write {choices}"))
                };
                if self.document.is_block(node) || self.document.is_alias(node) {
                    return finding;
                }
                finding.fix(span, if self.is_quoted(node) { format!("{meant:?}") } else { meant.to_owned() })
            }
            None => finding.help(format!("write {choices}")),
        }
    }

    /// Length, pattern and format of a text. `name` is what the text is called, `title` what to say if it has
    /// another form.
    pub(super) fn text(
        &mut self,
        text: &str,
        schema: &'a Map<String, Value>,
        span: Span,
        [name, title]: [String; 2],
    ) -> Vec<Finding> {
        let mut findings: Vec<Finding> = counts::length(text, schema, span, &name).into_iter().collect();
        let malformed = |label: String| MALFORMED.at(span, label).title(title.as_str());
        if let Some(Err(wanted)) =
            schema.get("format").and_then(Value::as_str).map(|format| (self.formats)(format, text))
        {
            let finding = malformed(wanted.clone());
            let example = schema.get("examples").and_then(|examples| examples.get(0)).and_then(Value::as_str);
            findings.push(match example {
                Some(example) => finding.help(format!("write it as in `{example}`")),
                None => finding.help(format!("write what is wanted: {wanted}")),
            });
        }
        let pattern = schema.get("pattern").and_then(Value::as_str);
        let compiled = pattern.and_then(|pattern| self.pattern(pattern));
        if findings.is_empty()
            && let (Some(pattern), Some(compiled)) = (pattern, compiled)
            && !compiled.is_match(text)
        {
            findings.push(pattern_finding(malformed(format!("must match `{pattern}`")), schema));
        }
        findings
    }
}

fn pattern_finding(finding: Finding, schema: &Map<String, Value>) -> Finding {
    let about =
        ["description", "title"].iter().find_map(|keyword| schema.get(*keyword).and_then(Value::as_str));
    let example = schema.get("examples").and_then(|examples| examples.get(0)).and_then(Value::as_str);
    match (about.map(sentence), example) {
        (Some(about), Some(example)) => finding.help(format!("write it as in `{example}`: {about}")),
        (None, Some(example)) => finding.help(format!("write it as in `{example}`")),
        (Some(about), None) => finding.help(format!("what is wanted: {about}")),
        (None, None) => finding.help("write a text that matches the pattern"),
    }
}

/// A type in words.
pub(super) fn in_words(kind: &str) -> &'static str {
    match kind {
        "string" => "text",
        "integer" => "a whole number",
        "number" => "a number",
        "boolean" => "`true` or `false`",
        "array" => "a list",
        "object" => "a mapping",
        _ => "empty",
    }
}

fn collection(kind: &str) -> &'static str {
    if kind == "array" { "list" } else { "mapping" }
}

fn open_map(schema: &Map<String, Value>) -> bool {
    schema.get("additionalProperties").is_some_and(Value::is_object)
        || schema.contains_key("patternProperties")
}

fn empty(finding: Finding, wanted: &[&str]) -> Finding {
    match wanted.first().copied().unwrap_or_default() {
        "object" => finding.help("write its keys below it, indented further, or `{}` for none"),
        "array" => finding.help("write its items below it after `- `, or `[]` for none"),
        "string" => finding.help("write a text, or `\"\"` for an empty one"),
        kind => finding.help(format!("write {}", in_words(kind))),
    }
}

/// A plain number or truth value where text is wanted.
fn quote(finding: Finding, value: Value, text: &str, span: Span) -> Finding {
    let finding = match value {
        Value::Bool(_) => finding.why(format!("YAML reads `{text}` without quotes as a truth value")),
        value => finding.why(format!("YAML reads {text} as the number {value}")),
    };
    let quoted = format!("\"{text}\"");
    finding.help(format!("put it in quotes: `{quoted}`")).fix(span, quoted)
}

fn truth(finding: Finding, text: &str, plain: bool, span: Span, quoted: bool) -> Finding {
    let meant = match text.to_ascii_lowercase().as_str() {
        "yes" | "on" | "y" | "true" => "true",
        "no" | "off" | "n" | "false" => "false",
        _ => return finding.help("write `true` or `false`"),
    };
    let finding = finding.help(format!("write `{meant}`"));
    if quoted {
        return finding.why("a text in quotes is never a truth value").fix(span, meant);
    }
    let finding = finding.why(format!("YAML 1.2 knows only `true` and `false`; `{text}` is text"));
    if plain { finding.fix(span, meant) } else { finding }
}

/// `3.0` as `3`.
fn whole(text: &str) -> Option<String> {
    let (whole, fraction) = text.split_once('.')?;
    (!whole.is_empty() && fraction.bytes().all(|byte| byte == b'0')).then(|| whole.to_owned())
}

fn bare(word: &Value) -> String {
    word.as_str().map_or_else(|| word.to_string(), str::to_owned)
}
