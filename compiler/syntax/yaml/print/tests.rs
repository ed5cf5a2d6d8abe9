//! What is printed, by example and at random, and what another reader makes of it.

use super::*;
use granit_parser::{Event, Parser, ScalarStyle};
use proptest::prelude::*;
use serde_json::json;

use crate::source::Address;

/// Strings that readers of YAML like to take for something else.
const NASTY: &[&str] = &[
    "",
    " ",
    "  a",
    "a ",
    "\t",
    "\ta",
    "a\t",
    "~",
    "null",
    "Null",
    "yes",
    "No",
    "ON",
    "off",
    "y",
    "N",
    "true",
    "False",
    "t",
    "0",
    "-1",
    "+1",
    "012",
    "0x1F",
    "0X1f",
    "0o7",
    "0O14",
    "0b101",
    "1_000",
    "1_",
    "1__0",
    "0x_1",
    "1:30",
    "20:30.5",
    "60:00",
    "1e3",
    "1E+3",
    ".5",
    "5.",
    "-.5",
    ".inf",
    "-.INF",
    ".nan",
    "nan",
    "-inf",
    "+.inf",
    "1.10",
    "1.2.3",
    "2024-01-01",
    "2024-01-01T00:00:00Z",
    "2001-12-14t21:59:43.10-05:00",
    "2024-01-01 00:00:00",
    "=",
    "<<",
    "-",
    "--",
    "---",
    "...",
    "--- a",
    "- a",
    "-a",
    "--flag=x",
    "?",
    "? a",
    ":",
    ": a",
    "a:",
    "a: b",
    "a:b",
    "a #b",
    "a#b",
    "#a",
    "&a",
    "*a",
    "*.example.com",
    "!a",
    "|",
    ">",
    "'a'",
    "\"a\"",
    "%a",
    "@a",
    "`a`",
    "{a}",
    "[a]",
    "{{ x }}",
    "${vpc_id}",
    "${a}-${b}",
    "a,b",
    ", a",
    "\\",
    "a\\n",
    "a\"b",
    "it's",
    "10Gi",
    "1h",
    "100m",
    "10.0.0.0/16",
    "12e03",
    "0x1Fg",
    "./a",
    ".a",
    "../a",
    "/a",
    "~/a",
    "a\nb",
    "a\nb\n",
    "a\nb\n\n",
    "\na",
    "\n",
    "\n\n",
    " a\nb",
    "a\n b",
    "a \nb",
    "a\n\n\nb\n",
    "\ta\nb",
    "a\n\tb\n",
    "a\n\n",
    "\n\n a\n",
    "# a\nb\n",
    "- a\n- b\n",
    "a\r\nb",
    "a\rb",
    "\r",
    "\u{0}",
    "\u{7f}",
    "a\u{85}b",
    "a\u{85}\nb",
    "\u{a0}a",
    "a\u{a0}",
    "a\u{2028}b",
    "\u{feff}a",
    "a\u{fffe}",
    "é",
    "日本",
    "👩‍👩‍👧",
    "e\u{301}",
    "\u{301}a",
    "\u{e000}",
    "\u{10ffff}",
    "---\na\n",
    "...\na",
    "%YAML 1.2\n---\n",
    "a\n---\nb\n",
    "a: b\nc: d\n",
];

fn check(value: &Value, expected: &str) {
    assert_eq!(print(value, &Notes::default()).text, expected);
}

/// Reads YAML events back as a value: plain scalars by the core schema of YAML 1.2, all others as text.
fn read(text: &str) -> Result<Value, String> {
    let mut events = Vec::new();
    for event in Parser::new_from_str(text) {
        let (event, _) = event.map_err(|error| error.info())?;
        match event {
            Event::Scalar(text, style, _, _) => {
                events.push(Step::Value(if style == ScalarStyle::Plain { core(&text) } else { json!(text) }));
            }
            Event::SequenceStart(..) | Event::MappingStart(..) => events.push(Step::Open),
            Event::SequenceEnd => {
                let items = close(&mut events);
                events.push(Step::Value(Value::Array(items)));
            }
            Event::MappingEnd => {
                let flat = close(&mut events);
                let entries = flat.chunks(2).map(|pair| match &pair[0] {
                    Value::String(key) => Ok((key.clone(), pair[1].clone())),
                    other => Err(format!("a key was read as {other}")),
                });
                events.push(Step::Value(Value::Object(entries.collect::<Result<_, _>>()?)));
            }
            _ => {}
        }
    }
    match events.pop() {
        Some(Step::Value(value)) if events.is_empty() => Ok(value),
        _ => Err("not one document".to_owned()),
    }
}

enum Step {
    Open,
    Value(Value),
}

fn close(steps: &mut Vec<Step>) -> Vec<Value> {
    let mut values = Vec::new();
    while let Some(Step::Value(value)) = steps.pop() {
        values.insert(0, value);
    }
    values
}

fn core(text: &str) -> Value {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    let based = |text: &str| {
        let hex = text.strip_prefix("0x").is_some_and(|rest| rest.bytes().all(|b| b.is_ascii_hexdigit()));
        hex || text.strip_prefix("0o").is_some_and(|rest| rest.bytes().all(|b| (b'0'..=b'7').contains(&b)))
    };
    let unsigned = text.trim_start_matches(['-', '+']);
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => json!(true),
        "false" | "False" | "FALSE" => json!(false),
        _ if digits(unsigned) => {
            text.parse::<u64>().map(Value::from).or_else(|_| text.parse::<i64>().map(Value::from)).unwrap()
        }
        _ if based(unsigned) => json!({ "number": text }),
        _ if unsigned.starts_with(|c: char| c.is_ascii_digit() || c == '.') => match text.parse::<f64>() {
            Ok(number) => json!(number),
            Err(_) if [".inf", ".nan"].contains(&unsigned.to_lowercase().as_str()) => {
                json!({ "number": text })
            }
            Err(_) => json!(text),
        },
        _ => json!(text),
    }
}

fn returns(value: &Value) -> Result<(), TestCaseError> {
    let printed = print(value, &Notes::default());
    let back = read(&printed.text);
    prop_assert_eq!(back.as_ref(), Ok(value), "{}", printed.text);
    prop_assert_eq!(printed.text.lines().count(), printed.lines.len());
    prop_assert!(printed.text.ends_with('\n') && !printed.text.ends_with("\n\n"), "{}", printed.text);
    prop_assert!(!printed.text.lines().any(|line| line.ends_with([' ', '\t'])), "{}", printed.text);
    Ok(())
}

fn nasty() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(NASTY).prop_map(str::to_owned),
        proptest::sample::select(vec![
            "\n", " ", "\t", ":", "#", "-", "a", "0", "_", "e", "${x}", "%", "\r", "\"", "\\"
        ])
        .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        8 => proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        1 => "[0-9a-fxo_:.+-]{1,6}",
        1 => "[a-z ]{900,1300}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<u64>().prop_map(Value::from),
        any::<f64>().prop_filter("JSON has no such number", |n| n.is_finite()).prop_map(Value::from),
        nasty().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((nasty(), inner), 0..4)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_value_is_read_back_as_it_was(value in value()) {
        returns(&value)?;
    }
}

#[test]
fn nasty_strings_keep_text_and_type_everywhere() {
    for text in NASTY {
        let value = json!({ "value": text, *text: [text, [text], { *text: text }], "last": text });
        returns(&value).unwrap();
        returns(&json!(text)).unwrap();
    }
}

#[test]
fn numbers_look_like_numbers_to_every_reader() {
    check(
        &json!([1e21, 1e-7, 1.5, -0.0, u64::MAX]),
        "- 1.0e+21\n- 1.0e-7\n- 1.5\n- -0.0\n- 18446744073709551615\n",
    );
}

#[test]
fn items_are_indented_below_their_key() {
    let value = json!({
        "tolerations": [{ "key": "CriticalAddonsOnly", "value": "true" }, { "operator": "Exists" }],
        "args": ["--v=2", "on", ["a", ["b", "c"]], [], {}],
        "empty": {}, "none": [], "nothing": null,
    });
    check(
        &value,
        r#"tolerations:
  - key: CriticalAddonsOnly
    value: "true"
  - operator: Exists
args:
  - --v=2
  - "on"
  - - a
    - - b
      - c
  - []
  - {}
empty: {}
none: []
nothing: null
"#,
    );
}

#[test]
fn plain_where_safe_and_quoted_where_not() {
    let value = json!([
        "1h",
        "10Gi",
        "10.0.0.0/16",
        "./kube",
        "${vpc_id}",
        "v1.2",
        "1.30",
        "a: b",
        "arn:aws:iam::1:role/x",
        "n"
    ]);
    check(
        &value,
        "- 1h\n- 10Gi\n- 10.0.0.0/16\n- ./kube\n- ${vpc_id}\n- v1.2\n- \"1.30\"\n- \"a: b\"\n- arn:aws:iam::1:role/x\n- \"n\"\n",
    );
}

#[test]
fn several_lines_are_literal_blocks() {
    let value = json!({ "a": "x\n  y\n", "b": "x\n\ny", "c": "x\ny\n\n", "d": [" x\ny\n"], "e": "x \ny" });
    check(
        &value,
        "a: |\n  x\n    y\nb: |-\n  x\n\n  y\nc: |+\n  x\n  y\n\nd:\n  - |2\n     x\n    y\ne: \"x \\ny\"\n",
    );
}

#[test]
fn text_never_ends_a_file_with_blank_lines() {
    check(&json!({ "a": "x\ny\n\n" }), "a: \"x\\ny\\n\\n\"\n");
}

#[test]
fn comments_and_origins_follow_their_node() {
    let at = |path: &str| Origin::Spec(Address::of(path));
    let pointer =
        |entries: &[(&str, &str)]| entries.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
    let notes = Notes {
        header: Some("Generated.\n\nDo not edit.".to_owned()),
        root: Some(at("root")),
        origins: [("/a/b~1c".to_owned(), at("deep")), ("/list/0".to_owned(), at("item"))].into(),
        comments: pointer(&[("/a/b~1c", "why"), ("/list/0/x", "first"), ("/list/1", "second")]),
    };
    let printed = print(&json!({ "a": { "b/c": { "d": 1 }, "e": 2 }, "list": [{ "x": 1 }, 2] }), &notes);
    let expected = [
        ("# Generated.", None),
        ("#", None),
        ("# Do not edit.", None),
        ("a:", Some(at("root"))),
        ("  # why", Some(at("deep"))),
        ("  b/c:", Some(at("deep"))),
        ("    d: 1", Some(at("deep"))),
        ("  e: 2", Some(at("root"))),
        ("list:", Some(at("root"))),
        ("  # first", Some(at("item"))),
        ("  - x: 1", Some(at("item"))),
        ("  # second", Some(at("root"))),
        ("  - 2", Some(at("root"))),
    ];
    let lines: Vec<_> = printed.text.lines().zip(printed.lines).collect();
    assert_eq!(lines, expected);
}
