//! From the schema to sections: every mapping once, at the first place where it can be written.

use std::collections::BTreeMap;

use serde_json::Value;

use super::describe::{examples, prose};
use super::{Answer, Field, Presence, Section, Word, join};

/// What stands for a name of the user's in a path.
pub(super) const NAME: &str = "NAME";

/// Reads a schema.
pub(super) struct Reader<'a> {
    schema: &'a Value,
}

/// A mapping that is still to be described.
struct Open<'a> {
    path: String,
    variant: Option<String>,
    about: String,
    schema: &'a Value,
}

/// The headings under which mappings are described, by the place of their schema.
type Places<'a> = BTreeMap<*const Value, String>;

impl<'a> Reader<'a> {
    /// Of the language.
    pub(super) fn of_language() -> Reader<'static> {
        Reader { schema: crate::spec::schema() }
    }

    /// Every mapping with keys of its own; what is below a mapping follows it.
    pub(super) fn sections(&self) -> Vec<Section> {
        let mut places = Places::new();
        let mut sections = Vec::new();
        let about = text(self.schema, "description");
        let root = Open { path: String::new(), variant: None, about, schema: self.schema };
        let mut open = vec![root];
        while let Some(next) = open.pop() {
            if places.contains_key(&std::ptr::from_ref(next.schema)) {
                continue;
            }
            places.insert(next.schema, self.section(&next, &Places::new()).heading());
            // Last in, first out: the first key's mapping comes next.
            open.extend(self.below(&next).into_iter().rev());
            sections.push(next);
        }
        sections.iter().map(|section| self.section(section, &places)).collect()
    }

    /// Every kind of text that the schema gives a form.
    pub(super) fn words(&self) -> Vec<Word> {
        let definitions = self.schema.get("$defs").and_then(Value::as_object);
        let mut words: Vec<Word> = definitions
            .into_iter()
            .flatten()
            .filter_map(|(_, schema)| {
                let name = schema.get("format").and_then(Value::as_str)?.to_owned();
                Some(Word { name, about: text(schema, "description"), examples: examples(schema) })
            })
            .collect();
        words.sort_by(|one, other| one.name.cmp(&other.name));
        words.dedup_by(|one, other| one.name == other.name);
        words
    }

    /// The mappings right below one.
    fn below(&self, section: &Open<'a>) -> Vec<Open<'a>> {
        let properties = section.schema.get("properties").and_then(Value::as_object);
        let mut out = Vec::new();
        for (key, schema) in properties.into_iter().flatten() {
            let found = self.mappings(join(&section.path, key), schema);
            for (at, (path, schema)) in found.iter().enumerate() {
                let others = found.iter().enumerate().filter(|(other, one)| *other != at && one.0 == *path);
                let others: Vec<&Value> = others.map(|(_, one)| one.1).collect();
                let variant = (!others.is_empty()).then(|| variant(schema, &others));
                out.push(Open { path: path.clone(), variant, about: text(schema, "description"), schema });
            }
        }
        out
    }

    /// The mappings with keys of their own that a value may be or hold, with their paths.
    fn mappings(&self, path: String, schema: &'a Value) -> Vec<(String, &'a Value)> {
        let schema = self.resolve(schema);
        if schema
            .get("properties")
            .is_some_and(|properties| properties.as_object().is_some_and(|all| !all.is_empty()))
        {
            return vec![(path, schema)];
        }
        if let Some(items) = schema.get("items") {
            return self.mappings(format!("{path}[]"), items);
        }
        if let Some(values) = schema.get("additionalProperties").filter(|values| values.is_object()) {
            return self.mappings(join(&path, NAME), values);
        }
        alternatives(schema).flat_map(|one| self.mappings(path.clone(), one)).collect()
    }

    /// The schema that a reference means.
    pub(super) fn resolve(&self, schema: &'a Value) -> &'a Value {
        let Some(reference) = schema.get("$ref").and_then(Value::as_str) else { return schema };
        let pointer = reference.strip_prefix('#').unwrap_or(reference);
        self.schema.pointer(pointer).map_or(schema, |found| self.resolve(found))
    }

    fn section(&self, open: &Open<'a>, places: &Places<'_>) -> Section {
        let required: Vec<&str> = open
            .schema
            .get("required")
            .and_then(Value::as_array)
            .into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect();
        let properties = open.schema.get("properties").and_then(Value::as_object);
        let fields = properties.into_iter().flatten().map(|(name, schema)| {
            let below = self.mappings(String::new(), schema);
            Field {
                name: name.clone(),
                kind: self.kind(schema),
                presence: presence(required.contains(&name.as_str()), schema),
                about: self.about(schema),
                words: self.choices(schema),
                below: below
                    .iter()
                    .filter_map(|(_, found)| places.get(&std::ptr::from_ref(*found)).cloned())
                    .collect(),
            }
        });
        Section {
            path: open.path.clone(),
            variant: open.variant.clone(),
            about: open.about.clone(),
            fields: fields.collect(),
        }
    }

    /// What a key says about itself, or else what its type says.
    fn about(&self, schema: &'a Value) -> String {
        let own = text(schema, "description");
        if own.is_empty() { text(self.resolve(schema), "description") } else { own }
    }

    /// The words that a value may be, those of alternatives included.
    fn choices(&self, schema: &'a Value) -> Vec<(String, String)> {
        let schema = self.resolve(schema);
        if let Some(word) = schema.get("const").and_then(Value::as_str) {
            return vec![(word.to_owned(), text(schema, "description"))];
        }
        let inner = schema.get("items").into_iter().chain(alternatives(schema));
        inner.flat_map(|one| self.choices(one)).collect()
    }
}

/// The schemas of which a value has to fit one.
pub(super) fn alternatives(schema: &Value) -> impl Iterator<Item = &Value> {
    let of = |key: &str| schema.get(key).and_then(Value::as_array).into_iter().flatten();
    of("anyOf").chain(of("oneOf"))
}

/// The key that a mapping has and those that may stand in its place have not; one that has to be written, if there is one.
fn variant(schema: &Value, others: &[&Value]) -> String {
    let keys = |schema: &Value| -> Vec<String> {
        schema
            .get("properties")
            .and_then(Value::as_object)
            .into_iter()
            .flatten()
            .map(|(key, _)| key.clone())
            .collect()
    };
    let required = schema.get("required").and_then(Value::as_array).into_iter().flatten();
    let required = required.filter_map(Value::as_str).map(str::to_owned);
    let own = keys(schema);
    let mut candidates = required.chain(own.iter().cloned());
    let only = candidates.find(|key| others.iter().all(|other| !keys(other).contains(key)));
    only.unwrap_or_else(|| own.join(", "))
}

/// A text of a schema, in one line.
fn text(schema: &Value, key: &str) -> String {
    prose(schema.get(key).and_then(Value::as_str).unwrap_or_default())
}

fn presence(required: bool, schema: &Value) -> Presence {
    match schema.get("default") {
        _ if required => Presence::Required,
        Some(default) if *default != Value::Null && *default != serde_json::json!({}) => {
            Presence::Default(default.to_string())
        }
        _ => Presence::Optional,
    }
}

/// Follows a path through the sections. Where a section's path has a name of the user's, any word fits.
pub(super) fn walk(sections: &[Section], path: &[&str]) -> Option<Answer> {
    let here: Vec<Section> = sections.iter().filter(|section| fits(&section.path, path)).cloned().collect();
    if !here.is_empty() {
        return Some(Answer::Sections(here));
    }
    let (last, before) = path.split_last()?;
    let mut around = sections.iter().filter(|section| fits(&section.path, before));
    let (section, field) = around
        .find_map(|section| Some((section, section.fields.iter().find(|field| field.name == bare(last))?)))?;
    let below: Vec<Section> =
        sections.iter().filter(|one| field.below.contains(&one.heading())).cloned().collect();
    // A mapping that is described at another place, where it can be written, too.
    let elsewhere = !below.is_empty() && field.kind == super::describe::MAPPING;
    Some(match elsewhere {
        true => Answer::Sections(below),
        false => Answer::Field(section.path.clone(), field.clone()),
    })
}

fn fits(pattern: &str, path: &[&str]) -> bool {
    let parts: Vec<&str> = pattern.split('.').filter(|part| !part.is_empty()).collect();
    parts.len() == path.len()
        && parts.iter().zip(path).all(|(part, word)| *part == NAME || bare(part) == bare(word))
}

/// A key without the mark of a list or an index.
fn bare(word: &str) -> &str {
    word.split('[').next().unwrap_or(word)
}
