//! The JSON Schema of a type, in which every map says what its keys may be.

use schemars::JsonSchema;
use serde_json::{Map, Value, json};

use super::formats;
use super::word;

/// How the `pattern` of a word begins while a schema is made. Schemars drops the schema of a map's keys and keeps their
/// pattern alone, as that of `patternProperties` (schemars 1.2).
pub(super) const MARK: &str = "word:";

/// The JSON Schema of a type. A map whose keys are words names the word under `propertyNames`, so that editors and the
/// structural check know the form of its keys.
pub fn schema_of<T: JsonSchema>() -> Value {
    let mut schema = schemars::schema_for!(T).to_value();
    let mut used = Vec::new();
    name_keys(&mut schema, &mut used);
    for format in formats().filter(|format| used.iter().any(|name| name == format.name)) {
        define(&mut schema, format);
    }
    schema
}

/// Takes the marks out; a map that has one as the form of its keys gets `propertyNames` for it.
fn name_keys(value: &mut Value, used: &mut Vec<String>) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(|item| name_keys(item, used)),
        Value::Object(map) => {
            let marked =
                map.get("pattern").and_then(Value::as_str).is_some_and(|text| text.starts_with(MARK));
            if marked {
                map.shift_remove("pattern");
            }
            if let Some((name, values)) = keys(map) {
                map.shift_remove("patternProperties");
                let reference = definition(&name).unwrap_or_else(|| json!({ "format": name }));
                map.insert("additionalProperties".to_owned(), values);
                map.insert("propertyNames".to_owned(), reference);
                used.push(name);
            }
            map.values_mut().for_each(|below| name_keys(below, used));
        }
        _ => {}
    }
}

/// The word that the keys of a map are, and the schema of its values.
fn keys(map: &Map<String, Value>) -> Option<(String, Value)> {
    let patterns = map.get("patternProperties")?.as_object()?;
    let (name, values) = patterns.iter().find_map(|(key, values)| Some((key.strip_prefix(MARK)?, values)))?;
    Some((name.to_owned(), values.clone()))
}

fn definition(name: &str) -> Option<Value> {
    let format = formats().find(|format| format.name == name)?;
    Some(json!({ "$ref": format!("#/$defs/{}", format.type_name) }))
}

/// Defines a word that stands nowhere but in keys.
fn define(schema: &mut Value, format: &word::Format) {
    let Some(root) = schema.as_object_mut() else { return };
    let definitions = root.entry("$defs").or_insert_with(|| json!({}));
    let Some(definitions) = definitions.as_object_mut() else { return };
    if definitions.contains_key(format.type_name) {
        return;
    }
    let mut made = word::schema(format.name, format.about, format.examples, &["string"]).to_value();
    name_keys(&mut made, &mut Vec::new());
    definitions.insert(format.type_name.to_owned(), made);
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::*;
    use crate::domain::{Key, TagValue};

    #[test]
    fn a_map_names_the_word_of_its_keys_and_no_mark_is_left() {
        let schema = schema_of::<BTreeMap<Key, TagValue>>();
        assert_eq!(schema["propertyNames"], json!({ "$ref": "#/$defs/Key" }));
        assert_eq!(schema["additionalProperties"], json!({ "$ref": "#/$defs/TagValue" }));
        assert_eq!(schema["$defs"]["Key"]["format"], "key");
        assert!(!schema.to_string().contains(MARK), "{schema}");
    }
}
