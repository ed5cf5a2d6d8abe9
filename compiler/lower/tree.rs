//! Setting, merging and sorting in trees of settings.

use serde_json::{Map, Value};

/// Sets the value at a dotted path.
pub(super) fn set(map: &mut Map<String, Value>, path: &str, value: Value) {
    match path.split_once('.') {
        None => {
            map.insert(path.to_owned(), value);
        }
        Some((first, rest)) => {
            let below = map.entry(first.to_owned()).or_insert_with(|| Value::Object(Map::new()));
            if !below.is_object() {
                *below = Value::Object(Map::new());
            }
            if let Value::Object(below) = below {
                set(below, rest, value);
            }
        }
    }
}

/// Merges `over` into `base`: mappings merge, everything else is replaced.
pub(super) fn merge(base: &mut Value, over: &Value) {
    match (base, over) {
        (Value::Object(base), Value::Object(over)) => {
            for (key, value) in over {
                merge(base.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (base, over) => *base = over.clone(),
    }
}

/// The same tree with the keys of every mapping sorted: a user's free-form settings come out the same in any order.
pub(super) fn sorted(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            let mut keys: Vec<&String> = map.keys().collect();
            keys.sort();
            let entry = |key: &String| Some((key.clone(), sorted(map.get(key)?)));
            Value::Object(keys.into_iter().filter_map(entry).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(sorted).collect()),
        other => other.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn mappings_merge_and_everything_else_is_replaced() {
        let mut base = json!({ "a": { "b": 1, "c": [1] }, "d": 2 });
        merge(&mut base, &json!({ "a": { "c": [2], "e": 3 }, "d": null }));
        assert_eq!(base, json!({ "a": { "b": 1, "c": [2], "e": 3 }, "d": null }));
    }

    #[test]
    fn a_path_makes_the_mappings_on_its_way() {
        let mut map = Map::new();
        set(&mut map, "a.b.c", json!(1));
        assert_eq!(Value::Object(map), json!({ "a": { "b": { "c": 1 } } }));
    }
}
