//! What the structural check promises.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::json;

use super::*;
use crate::source::Sources;
use crate::syntax::yaml::read;

mod names;

fn formats(format: &str, text: &str) -> Result<(), String> {
    let fits = format != "cidr" || text.contains('/');
    if fits { Ok(()) } else { Err("an address block such as `10.0.0.0/16`".to_owned()) }
}

fn findings(schema: &Value, text: &str) -> Vec<Finding> {
    let mut sink = Sink::default();
    let document = read(Sources::default().add("spec.yaml", text), text, &mut sink).expect("readable");
    check(&document, document.root(), &Address::root(), schema, &formats, &mut sink);
    sink.into_sorted()
}

/// Findings as `CODE "text": title | label | help | why | fix`.
fn shown(schema: &Value, text: &str) -> Vec<String> {
    let show = |finding: Finding| {
        let place = text.get(finding.primary.span.range()).unwrap();
        let mut line = format!("{} {place:?}: {} | {}", finding.code.id, finding.title, finding.primary.text);
        finding.help.iter().for_each(|help| line += &format!(" | {help}"));
        finding.why.iter().for_each(|why| line += &format!(" | why: {why}"));
        if let Some(fix) = finding.fix {
            let mut fixed = text.to_owned();
            fixed.replace_range(fix.span.range(), &fix.replacement);
            line += &format!(" | fix: {}", fixed.trim_end().replace('\n', "⏎"));
        }
        line
    };
    findings(schema, text).into_iter().map(show).collect()
}

fn check_shown(schema: Value, cases: &[(&str, &[&str])]) {
    for (text, expected) in cases {
        assert_eq!(shown(&schema, text), *expected, "{text}");
    }
}

#[test]
fn unknown_keys_are_corrected_or_shown_the_choice() {
    let schema = json!({
        "type": "object", "additionalProperties": false,
        "properties": {
            "region": { "type": "string" }, "nodeGroups": { "type": "object" },
            "network": { "$ref": "#/$defs/Network" }
        },
        "$defs": { "Network": { "type": "object", "properties": { "cidr": { "type": "string" } } } }
    });
    check_shown(
        schema,
        &[
            (
                "regoin: x\n",
                &[
                    "E0101 \"regoin\": unknown key `regoin` | not a key of this mapping | did you mean `region`? | fix: region: x",
                ],
            ),
            (
                "node_groups: {}\n",
                &[
                    "E0101 \"node_groups\": unknown key `node_groups` | not a key of this mapping | did you mean `nodeGroups`? | fix: nodeGroups: {}",
                ],
            ),
            (
                "cidr: x\n",
                &[
                    "E0101 \"cidr\": unknown key `cidr` | not a key of this mapping | `cidr` belongs under `network`: move it there",
                ],
            ),
            (
                "zzz: 1\nregion: x\n",
                &[
                    "E0101 \"zzz\": unknown key `zzz` | not a key of this mapping | remove it, or use a key that can stand here: `network`, `nodeGroups`",
                ],
            ),
        ],
    );
}

#[test]
fn missing_keys_are_explained_at_their_parent() {
    let schema = json!({ "type": "object", "properties": { "aws": {
        "type": "object", "required": ["region", "size"],
        "properties": { "region": { "type": "string", "description": "Where the cluster runs. More.", "examples": ["eu-west-1"] } }
    } } });
    check_shown(
        schema,
        &[(
            "aws: {}\n",
            &[
                "E0102 \"aws\": `aws` needs `region` | `region` must be written here | add `region`, for example `region: eu-west-1` (where the cluster runs)",
                "E0102 \"aws\": `aws` needs `size` | `size` must be written here | add `size`",
            ],
        )],
    );
}

#[test]
fn wrong_types_come_with_the_advice_for_the_usual_slips() {
    let schema = json!({ "type": "object", "properties": {
        "version": { "type": "string" }, "on": { "type": "boolean" }, "count": { "type": "integer" },
        "map": { "type": "object", "additionalProperties": { "type": "object" } }, "list": { "type": "array", "items": { "type": "string" } }
    } });
    check_shown(
        schema,
        &[
            (
                "version: 1.30\n",
                &[
                    "E0103 \"1.30\": `version` must be text | expected text | put it in quotes: `\"1.30\"` | why: YAML reads 1.30 as the number 1.3 | fix: version: \"1.30\"",
                ],
            ),
            (
                "version: true\n",
                &[
                    "E0103 \"true\": `version` must be text | expected text | put it in quotes: `\"true\"` | why: YAML reads `true` without quotes as a truth value | fix: version: \"true\"",
                ],
            ),
            (
                "version:\n",
                &[
                    "E0103 \"version\": `version` is empty | expected text | write a text, or `\"\"` for an empty one",
                ],
            ),
            (
                "on: yes\n",
                &[
                    "E0103 \"yes\": `on` must be `true` or `false` | expected `true` or `false` | write `true` | why: YAML 1.2 knows only `true` and `false`; `yes` is text | fix: on: true",
                ],
            ),
            (
                "on: 'false'\n",
                &[
                    "E0103 \"'false'\": `on` must be `true` or `false` | expected `true` or `false` | write `false` | why: a text in quotes is never a truth value | fix: on: false",
                ],
            ),
            (
                "count: \"3\"\n",
                &[
                    "E0103 \"\\\"3\\\"\": `count` must be a whole number | expected a whole number | remove the quotes | fix: count: 3",
                ],
            ),
            (
                "count: 3.0\n",
                &[
                    "E0103 \"3.0\": `count` must be a whole number | expected a whole number | write the number without a point | fix: count: 3",
                ],
            ),
            (
                "map:\n",
                &[
                    "E0103 \"map\": `map` is empty | expected a mapping | write its keys below it, indented further, or `{}` for none",
                ],
            ),
            (
                "map:\n  - a\n",
                &[
                    "E0103 \"map\": `map` must be a mapping | expected a mapping | write a mapping: the name of each thing as its key, and the rest of it below the key",
                ],
            ),
            ("list: a\n", &["E0103 \"a\": `list` must be a list | expected a list | write a list: `[a]`"]),
            (
                "list: [a, 1]\n",
                &[
                    "E0103 \"1\": item 2 of `list` must be text | expected text | put it in quotes: `\"1\"` | why: YAML reads 1 as the number 1 | fix: list: [a, \"1\"]",
                ],
            ),
        ],
    );
}

#[test]
fn words_texts_and_counts_are_checked() {
    let schema = json!({ "type": "object", "properties": {
        "nat": { "oneOf": [{ "const": "single", "description": "One." }, { "const": "per-zone" }] },
        "version": { "enum": ["1.30", "1.31"] },
        "cidr": { "type": "string", "format": "cidr", "examples": ["10.0.0.0/16"] },
        "name": { "type": "string", "pattern": "^[a-z]+$", "maxLength": 5, "description": "Lower-case letters." },
        "size": { "type": "integer", "minimum": 1, "maximum": 3 },
        "zones": { "type": "array", "minItems": 2, "uniqueItems": true }
    } });
    check_shown(
        schema,
        &[
            (
                "nat: singel\n",
                &[
                    "E0104 \"singel\": `nat` cannot be `singel` | not one of the words that are known here | did you mean `single`? | write `single` or `per-zone` | fix: nat: single",
                ],
            ),
            (
                "version: 1.30\n",
                &[
                    "E0104 \"1.30\": `version` cannot be `1.30` | not one of the words that are known here | put it in quotes: `\"1.30\"` | why: YAML reads 1.30 as the number 1.3 | fix: version: \"1.30\"",
                ],
            ),
            (
                "cidr: 10.0.0.0\n",
                &[
                    "E0105 \"10.0.0.0\": `cidr` cannot be `10.0.0.0` | an address block such as `10.0.0.0/16` | write it as in `10.0.0.0/16`",
                ],
            ),
            (
                "name: A\n",
                &[
                    "E0105 \"A\": `name` cannot be `A` | must match `^[a-z]+$` | what is wanted: Lower-case letters",
                ],
            ),
            (
                "name: abcdefg\n",
                &[
                    "E0106 \"abcdefg\": `name` has 7 characters | at most 5 characters allowed | write at most 5 characters",
                ],
            ),
            ("size: 4\n", &["E0106 \"4\": `size` is 4 | must be at most 3 | write a number from 1 to 3"]),
            (
                "zones: []\n",
                &["E0106 \"zones\": `zones` has no item | at least 2 items wanted | write at least 2 items"],
            ),
            (
                "zones: [{a: 1, b: 2}, {b: 2, a: 1}]\n",
                &["E0106 \"b\": `zones` holds the same item twice | the same again | remove one of the two"],
            ),
        ],
    );
}

#[test]
fn alternatives_report_what_was_meant_or_a_summary() {
    let schema = json!({ "type": "object", "properties": {
        "to": { "anyOf": [
            { "type": "string", "format": "cidr", "title": "an address block" },
            { "type": "object", "required": ["input"], "additionalProperties": false, "properties": { "input": { "type": "string" } } }
        ] },
        "maybe": { "anyOf": [{ "type": "object", "required": ["a"] }, { "type": "null" }] },
        "tagged": { "oneOf": [
            { "type": "object", "properties": { "kind": { "const": "s3" }, "bucket": { "type": "string" } }, "required": ["kind", "bucket"] },
            { "type": "object", "properties": { "kind": { "const": "local" } }, "required": ["kind"] }
        ] },
        "outer": { "oneOf": [
            { "type": "object", "properties": { "s3": { "type": "object", "required": ["bucket"] } }, "required": ["s3"], "additionalProperties": false },
            { "type": "object", "properties": { "local": { "type": "object" } }, "required": ["local"], "additionalProperties": false }
        ] }
    } });
    check_shown(
        schema,
        &[
            (
                "to: [x]\n",
                &[
                    "E0103 \"to\": `to` has another form than it can have | expected an address block or a mapping with `input` | write an address block or a mapping with `input`",
                ],
            ),
            (
                "to: x\n",
                &[
                    "E0105 \"x\": `to` cannot be `x` | an address block such as `10.0.0.0/16` | write what is wanted: an address block such as `10.0.0.0/16`",
                ],
            ),
            (
                "to: { inptu: x }\n",
                &[
                    "E0101 \"inptu\": unknown key `inptu` | not a key of this mapping | did you mean `input`? | fix: to: { input: x }",
                ],
            ),
            ("maybe: {}\n", &["E0102 \"maybe\": `maybe` needs `a` | `a` must be written here | add `a`"]),
            (
                "tagged: { kind: s3 }\n",
                &["E0102 \"tagged\": `tagged` needs `bucket` | `bucket` must be written here | add `bucket`"],
            ),
            (
                "tagged: { kind: S4 }\n",
                &[
                    "E0104 \"S4\": `kind` cannot be `S4` | not one of the words that are known here | did you mean `s3`? | write `s3` or `local` | fix: tagged: { kind: s3 }",
                ],
            ),
            (
                "tagged: {}\n",
                &["E0102 \"tagged\": `tagged` needs `kind` | `kind` must be written here | add `kind`"],
            ),
            (
                "outer: { s3: {} }\n",
                &["E0102 \"s3\": `s3` needs `bucket` | `bucket` must be written here | add `bucket`"],
            ),
            (
                "outer: { gcs: {} }\n",
                &[
                    "E0103 \"outer\": `outer` has another form than it can have | expected a mapping with `s3` or a mapping with `local` | write a mapping with `s3` or a mapping with `local`",
                ],
            ),
        ],
    );
}

#[test]
fn names_of_keys_are_checked() {
    let schema = json!({ "type": "object", "propertyNames": { "pattern": "^[a-z]+$", "description": "Lower-case letters." },
        "additionalProperties": { "type": "integer" } });
    check_shown(
        schema,
        &[(
            "A1: x\n",
            &[
                "E0105 \"A1\": `A1` cannot be a key here | must match `^[a-z]+$` | what is wanted: Lower-case letters",
                "E0103 \"x\": `A1` must be a whole number | expected a whole number | write a whole number",
            ],
        )],
    );
}

#[test]
fn what_was_refused_before_is_not_reported_again() {
    let schema = json!({ "type": "object", "properties": { "a": { "type": "integer" } } });
    assert_eq!(
        findings(&schema, "a: *x\n").iter().map(|finding| finding.code.id).collect::<Vec<_>>(),
        ["E0003"]
    );
}

#[test]
fn a_schema_that_leads_to_itself_ends() {
    let schema = json!({ "anyOf": [{ "$ref": "#" }, { "$ref": "#" }], "type": "object", "additionalProperties": { "$ref": "#" } });
    let deep = format!("a: {}{}\n", "{a: ".repeat(60), "}".repeat(60));
    findings(&schema, &deep);
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Sample {
    name: String,
    #[schemars(range(min = 1, max = 9))]
    count: u8,
    #[serde(default)]
    on: bool,
    nat: Option<Nat>,
    zones: Option<Zones>,
    tags: Option<BTreeMap<String, String>>,
    #[serde(default)]
    rules: Vec<Rule>,
    state: Option<State>,
    nested: Option<Box<Sample>>,
    ratio: Option<f64>,
    #[schemars(length(min = 2, max = 4), regex(pattern = r"^[a-z]+$"))]
    code: Option<String>,
    open: Option<Open>,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
enum Nat {
    /// None at all.
    None,
    Single,
    PerZone,
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
enum Zones {
    Count(#[schemars(range(min = 2, max = 6))] u8),
    Named(#[schemars(length(min = 2))] Vec<String>),
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(tag = "kind", rename_all = "camelCase", deny_unknown_fields)]
enum Rule {
    Port { port: u16 },
    Range { from: u16, to: u16 },
}

#[derive(Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase")]
enum State {
    S3 { bucket: String },
    Local(String),
    None,
}

#[derive(Serialize, Deserialize, JsonSchema)]
struct Open {
    a: Option<i64>,
    #[serde(flatten)]
    rule: Option<Rule>,
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

/// Documents near the sample: known keys with values that fit them or another key.
fn mutated() -> impl Strategy<Value = Value> {
    let leaf = prop::sample::select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(3),
        json!(70_000),
        json!(-1),
        json!(2.5),
        json!(""),
        json!("x"),
        json!("ab"),
        json!("abcde"),
        json!("A"),
        json!("none"),
        json!("single"),
        json!("per-zone"),
        json!("port"),
        json!("range"),
        json!([]),
        json!({}),
        json!(["a", "b"]),
        json!([1]),
        json!({ "bucket": "b" }),
        json!({ "kind": "port", "port": 1 }),
        json!([{ "kind": "range", "from": 1, "to": 2 }]),
        json!({ "s3": { "bucket": "b" } }),
        json!({ "local": "x" }),
        json!({ "name": "x", "count": 1 }),
        json!("1.30"),
        json!("yes"),
    ]);
    let key = prop::sample::select(vec![
        "name", "count", "on", "nat", "zones", "tags", "rules", "state", "nested", "ratio", "code", "open",
        "kind", "port", "from", "to", "s3", "bucket", "local", "a", "nmae",
    ]);
    let inner = leaf.prop_recursive(3, 24, 5, move |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(key.clone().prop_map(str::to_owned), inner, 0..5)
                .prop_map(|map| json!(map)),
        ]
    });
    let key = prop::sample::select(vec![
        "nat", "zones", "tags", "rules", "state", "nested", "ratio", "code", "open", "on", "oops",
    ]);
    (prop::collection::vec((key, inner), 0..3), any::<bool>()).prop_map(|(changes, drop)| {
        let mut base = json!({ "name": "x", "count": 3 });
        let map = base.as_object_mut().unwrap();
        changes.into_iter().for_each(|(key, value)| drop_in(map, key, value));
        if drop {
            map.remove("on");
        }
        base
    })
}

fn drop_in(map: &mut Map<String, Value>, key: &str, value: Value) {
    map.insert(key.to_owned(), value);
}

thread_local! {
    static SAMPLE: (Value, jsonschema::Validator) = {
        let schema = schemars::schema_for!(Sample).to_value();
        let validator = jsonschema::validator_for(&schema).unwrap();
        (schema, validator)
    };
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn the_walker_agrees_with_a_validator_of_json_schema(value in mutated()) {
        SAMPLE.with(|(schema, validator)| {
            let valid = validator.is_valid(&value);
            let found = findings(schema, &value.to_string());
            prop_assert_eq!(valid, found.is_empty(), "{} {:?}", value, found);
            Ok(())
        })?;
    }
}

#[test]
fn the_mutated_documents_are_of_both_kinds() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let documents = std::iter::repeat_with(|| mutated().new_tree(&mut runner).unwrap().current()).take(1_000);
    let valid = SAMPLE.with(|(_, validator)| documents.filter(|value| validator.is_valid(value)).count());
    assert!((50..950).contains(&valid), "{valid} of 1000 are valid");
}
