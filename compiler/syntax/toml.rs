//! TOML as Bottlerocket reads it beside EKS: no quotes in brackets, no mixed lists, no escapes.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// Prints a table below `header`, such as `settings`: values first, then tables, each sorted by key.
pub fn print(header: &str, table: &Map<String, Value>) -> String {
    let mut out = String::new();
    print_table(header, false, table, &mut out);
    out
}

fn print_table(header: &str, is_item: bool, table: &Map<String, Value>, out: &mut String) {
    let sorted: BTreeMap<&String, &Value> = table.iter().collect();
    let (tables, values): (Vec<_>, Vec<_>) = sorted.into_iter().partition(|(_, value)| is_table(value));
    if is_item || !values.is_empty() || tables.is_empty() {
        let brackets = if is_item { ("[[", "]]") } else { ("[", "]") };
        if !out.is_empty() {
            out.push('\n');
        }
        out.push_str(&format!("{}{header}{}\n", brackets.0, brackets.1));
    }
    for (key, value) in values {
        out.push_str(&format!("{} = {}\n", spell_key(key), spell(value)));
    }
    for (key, value) in tables {
        let below = format!("{header}.{}", spell_key(key));
        match value {
            Value::Object(table) => print_table(&below, false, table, out),
            Value::Array(items) => {
                for item in items.iter().filter_map(Value::as_object) {
                    print_table(&below, true, item, out);
                }
            }
            _ => {}
        }
    }
}

fn is_table(value: &Value) -> bool {
    match value {
        Value::Object(_) => true,
        Value::Array(items) => !items.is_empty() && items.iter().all(Value::is_object),
        _ => false,
    }
}

fn is_bare(key: &str) -> bool {
    !key.is_empty() && key.chars().all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_'))
}

fn spell_key(key: &str) -> String {
    if is_bare(key) { key.to_owned() } else { quoted(key) }
}

fn spell(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) => format!("[{}]", items.iter().map(spell).collect::<Vec<_>>().join(", ")),
        other => other.to_string(),
    }
}

fn quoted(text: &str) -> String {
    if needs_escape(text) { format!("'{text}'") } else { format!("\"{text}\"") }
}

fn needs_escape(text: &str) -> bool {
    text.contains(['"', '\\'])
}

/// Why a table cannot be written, and the keys that lead there.
pub fn fault(table: &Map<String, Value>) -> Option<(Vec<String>, &'static str)> {
    table.iter().find_map(|(key, value)| {
        let (mut path, why) = fault_of(key, value)?;
        path.insert(0, key.clone());
        Some((path, why))
    })
}

fn fault_of(key: &str, value: &Value) -> Option<(Vec<String>, &'static str)> {
    if is_table(value) && !is_bare(key) {
        return Some((Vec::new(), "the name of a group of settings has letters, digits, `-` and `_`"));
    }
    if unwritable(key) {
        return Some((Vec::new(), UNWRITABLE));
    }
    match value {
        Value::Null => Some((Vec::new(), "a setting has a value")),
        Value::String(text) if unwritable(text) => Some((Vec::new(), UNWRITABLE)),
        Value::Object(table) => fault(table),
        Value::Array(items) if is_table(value) => {
            items.iter().filter_map(Value::as_object).find_map(|item| {
                // A list has no keys; the list itself is the place.
                fault(item).map(|(_, why)| (Vec::new(), why))
            })
        }
        Value::Array(items) => fault_of_items(items),
        _ => None,
    }
}

const UNWRITABLE: &str =
    "a text is one line, without `'` where it has a double quote or a backslash (encode it in base64)";

fn unwritable(text: &str) -> bool {
    text.contains(char::is_control) || (needs_escape(text) && text.contains('\''))
}

fn fault_of_items(items: &[Value]) -> Option<(Vec<String>, &'static str)> {
    let kind = |value: &Value| match value {
        Value::String(_) => 's',
        Value::Number(_) => 'n',
        Value::Bool(_) => 'b',
        _ => 'x',
    };
    let first = items.first().map(kind)?;
    if first == 'x' || items.iter().any(|item| kind(item) != first) {
        return Some((Vec::new(), "a list holds texts only, numbers only, or mappings only"));
    }
    items.iter().filter_map(Value::as_str).any(unwritable).then_some((Vec::new(), UNWRITABLE))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn table(value: Value) -> Map<String, Value> {
        value.as_object().unwrap().clone()
    }

    #[test]
    fn values_come_before_tables_and_keys_with_dots_are_quoted() {
        let settings = table(json!({
            "kernel": { "sysctl": { "fs.inotify.max_user_watches": "1048576" } },
            "motd": "it says \"hello\"",
            "host-containers": { "admin": { "enabled": true, "ports": [1, 2] } },
        }));
        assert_eq!(
            print("settings", &settings),
            "[settings]\nmotd = 'it says \"hello\"'\n\n[settings.host-containers.admin]\nenabled = true\nports = [1, 2]\n\n\
             [settings.kernel.sysctl]\n\"fs.inotify.max_user_watches\" = \"1048576\"\n"
        );
        assert_eq!(fault(&settings), None);
    }

    #[test]
    fn what_cannot_be_written_is_found_with_its_place() {
        let at = |value| fault(&table(value)).map(|(path, _)| path.join("/"));
        assert_eq!(at(json!({ "a": { "b.c": { "d": 1 } } })).as_deref(), Some("a/b.c"));
        assert_eq!(at(json!({ "a": [1, "x"] })).as_deref(), Some("a"));
        assert_eq!(at(json!({ "a": { "b": "x\ny" } })).as_deref(), Some("a/b"));
        assert_eq!(at(json!({ "a": null })).as_deref(), Some("a"));
    }
}
