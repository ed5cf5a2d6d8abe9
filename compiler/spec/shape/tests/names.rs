//! That the names in every map of the language have a form, and are all checked at once.

use serde_json::Value;

use super::super::check;
use crate::diagnostic::{Finding, Sink};
use crate::source::{Address, Sources};
use crate::syntax::yaml::read;

fn found(text: &str) -> Vec<Finding> {
    let mut sink = Sink::default();
    let document = read(Sources::default().add("spec.yaml", text), text, &mut sink).expect("readable");
    let formats = crate::domain::check_format;
    check(&document, document.root(), &Address::root(), crate::spec::schema(), &formats, &mut sink);
    sink.into_sorted()
}

/// Maps of the language whose keys are texts of AWS or of containers, which have no form of ours.
const FREE_KEYS: [&str; 3] = ["images", "conditions", "conditions.*"];

/// The maps below a schema that do not say what their keys may be, by the key that they stand under.
fn maps_without_names(schema: &Value, key: &str, out: &mut Vec<String>) {
    let Some(map) = schema.as_object() else { return };
    let values = map.get("additionalProperties").filter(|values| values.is_object());
    if values.is_some() && !map.contains_key("propertyNames") {
        out.push(key.to_owned());
    }
    for (name, below) in map {
        match below {
            Value::Object(inner) if matches!(name.as_str(), "properties" | "$defs") => {
                inner.iter().for_each(|(key, below)| maps_without_names(below, key, out));
            }
            Value::Object(_) if name == "additionalProperties" => {
                maps_without_names(below, &format!("{key}.*"), out);
            }
            Value::Object(_) => maps_without_names(below, key, out),
            Value::Array(items) => items.iter().for_each(|item| maps_without_names(item, key, out)),
            _ => {}
        }
    }
}

#[test]
fn every_map_of_the_language_says_what_its_keys_may_be() {
    let mut out = Vec::new();
    maps_without_names(crate::spec::schema(), "", &mut out);
    out.retain(|key| !FREE_KEYS.contains(&key.as_str()));
    assert_eq!(out, Vec::<String>::new());
}

#[test]
fn all_malformed_names_are_reported_at_once_at_their_keys() {
    let spec = "apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\nmetadata: { name: demo }\nspec:\n  \
        kubernetes: { version: \"1.35\" }\n  aws:\n    region: eu-west-1\n    state: { s3: { bucket: demo-tf-state } }\n    \
        access: { admins: { principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin } }\n    \
        nodeGroups: { Bad_Name: { instanceTypes: [m7g.large] }, -other: { instanceTypes: [m7g.large] } }\n";
    let found = found(spec);
    let said: Vec<(String, &str)> = found
        .iter()
        .map(|finding| (finding.title.clone(), spec.get(finding.primary.span.range()).unwrap()))
        .collect();
    let expected =
        [("`Bad_Name` cannot be a key here", "Bad_Name"), ("`-other` cannot be a key here", "-other")];
    assert_eq!(said, expected.map(|(title, key)| (title.to_owned(), key)));
    assert!(found[0].primary.text.contains("`bad-name` would do"), "{}", found[0].primary.text);
}
