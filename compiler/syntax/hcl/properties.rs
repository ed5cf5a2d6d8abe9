//! Strings and trees at random, read back by another reader and shown to `terraform fmt`.

use std::io::Write;
use std::process::{Command, Stdio};

use hcl_edit::expr::Expression as Read;
use hcl_edit::template::Element;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::tests::{name, reference};
use super::*;

/// Strings that are hard to spell.
const NASTY: &[&str] = &[
    "",
    "a",
    "\"",
    "\\",
    "\\n",
    "${x}",
    "$${x}",
    "$$${x}",
    "%{ if x }",
    "%%{x}",
    "${x}${y}",
    "$${x}$${y}",
    "$",
    "$$",
    "%",
    "${",
    "%{",
    "{",
    "}",
    "a$",
    "a%",
    "$\n{",
    "a\nb",
    "a\nb\n",
    "a\nb\n\n",
    "\na\nb\n",
    "  a\n  b\n",
    "  a\nb\n",
    "a\n  b\n",
    "a\n\n\nb\n",
    "a \nb\n",
    "a\n \nb\n",
    "a\r\nb\r\n",
    "a\rb",
    "\ta\nb\n",
    "a\n\tb\n",
    "EOT\na\n",
    "a\n  EOT\nEOT\n",
    "EOT\nEND_OF_TEXT\n",
    "a\nEOT b\n",
    "${x}\n$${y}\n",
    "$${x}\n%%{y}\nz\n",
    "a$\nb$\n",
    "a%\nb%\n",
    "a\\nb\n\\\nc\n",
    "\"a\"\n\"b\"\n",
    "\t",
    "\u{0}",
    "\u{7f}",
    "\u{85}",
    "\u{a0}a\nb\n",
    "\u{2028}",
    "\u{feff}",
    "\u{fffe}",
    "é\nb\n",
    "日本",
    "👩‍👩‍👧",
    "\u{301}a\nb\n",
    "b\n\u{301}a\n",
    "#!/bin/sh\nset -eu\necho \"${HOME}\" | sed 's/%{x}/$/'\n",
    "<<EOT",
    "// a",
    "# a",
    "yes",
    "1e3",
    "0x1F",
    "007",
    "null",
];

/// A body with one of everything that `terraform fmt` has an opinion on.
fn corpus() -> Body {
    let tags = |more: Vec<Entry>| Expression::Object([vec![Entry::new("Name", name())], more].concat());
    let suffix = |text: &str| Expression::template([Part::value(name()), Part::text(text)]);
    let subnet = Block::new("resource", ["aws_subnet", "private_us_east_1a"])
        .attr("vpc_id", reference("aws_vpc.main.id"))
        .attr("availability_zone", "us-east-1a")
        .blank()
        .attr(
            "tags",
            tags(vec![Entry::new("kubernetes.io/role/internal-elb", "1"), Entry::new("é日本", -1i64)]),
        )
        .attr("x", 1u32)
        .attr("longer", Expression::from(json!([-1, 2.5, 1e21, null, true, "a"])))
        .block(Block::bare("lifecycle").attr("ignore_changes", Expression::List(vec![reference("tags")])))
        .attr("after", "block")
        .block(Block::bare("timeouts").block(Block::bare("empty")));
    let policy = Expression::call(
        "jsonencode",
        [Expression::from(json!({
            "Version": "2012-10-17",
            "Statement": [{ "Sid": "Why", "Effect": "Allow", "Action": ["s3:GetObject"], "Resource": "*" }],
            "a": [], "b": {}, "c": [[1, 2], [{}]], "d": [{ "e": 1, "f": { "g": 1 } }, { "h": 1 }],
        }))],
    );
    let script = "#!/bin/sh\necho \"${HOME}\" $${x} %{y}\n\n  indented\n";
    let calls = Block::new("locals", [""; 0])
        .attr("policy", policy.clone())
        .attr("nested", Expression::call("base64encode", [policy]))
        .attr(
            "merged",
            Expression::call("merge", [reference("local.tags"), Expression::from(json!({ "a": "b" }))]),
        )
        .attr(
            "hugged",
            Expression::call(
                "merge",
                [reference("local.tags"), Expression::from(json!({ "a": "b", "ccc": 1, "d": [{}] }))],
            ),
        )
        .attr(
            "broken",
            Expression::call(
                "merge",
                [Expression::from(json!({ "a": { "b": 1 } })), reference("local.tags")],
            ),
        )
        .attr("set", Expression::call("toset", [Expression::from(json!(["a", "b"]))]))
        .attr("wide", Expression::from(json!(["a".repeat(40), "b".repeat(40), "c".repeat(40)])))
        .attr("text", script)
        .attr("x", 1u32)
        .attr("encoded", Expression::call("base64encode", [Expression::string(script)]))
        .attr(
            "texts",
            Expression::List(vec![
                Expression::string(script),
                Expression::call("base64encode", [script.into()]),
            ]),
        )
        .attr("both", Expression::call("replace", [script.into(), "a".into(), "b".into()]))
        .attr("many", Expression::call("coalesce", (0..6).map(|n| Expression::from("x".repeat(15 + n)))))
        .item(Attribute::new("noted", 1u32).comment("Why this number."))
        .attr("z", suffix("-x"))
        .attr(
            "keys",
            Expression::object([
                Entry::new(Key::Template(vec![Part::value(name()), Part::text("/x")]), script),
                Entry::new(Key::Computed(name()), 1u32).comment("two\nlines"),
                Entry::new("for", Expression::Null),
                Entry::new(
                    "a-b",
                    Expression::template([Part::text("$"), Part::value(name()), Part::text("\n\"x\"\n")]),
                ),
                Entry::new(
                    "e\u{301}👩‍👩‍👧",
                    Expression::template([Part::value(reference("a[0].b[\"c d\"].e[*].f"))]),
                ),
            ]),
        );
    Body::new()
        .comment("Above.")
        .blank()
        .block(subnet)
        .comment("Belongs below.")
        .block(calls)
        .block(Block::new("resource", ["a", "quoted \"x\""]).comment("Own."))
        .attr("top", 1u32)
        .attr("level", 2u32)
}

/// What `terraform fmt` makes of a text; `None`, said aloud, where there is no Terraform.
#[expect(clippy::print_stderr, reason = "a test that is skipped must not look like one that passed")]
fn terraform_fmt(text: &str) -> Option<String> {
    let pipe = || Stdio::piped();
    let mut command = Command::new("terraform");
    let command = command.args(["fmt", "-no-color", "-"]).stdin(pipe()).stdout(pipe()).stderr(pipe()).spawn();
    let Ok(mut child) = command else {
        eprintln!("SKIPPED: no `terraform` on PATH, so `terraform fmt` was not asked");
        return None;
    };
    child.stdin.take().unwrap().write_all(text.as_bytes()).unwrap();
    let output = child.wait_with_output().unwrap();
    let why = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "terraform refuses: {why}\n{text}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[track_caller]
fn formatted(text: &str) {
    let Some(formatted) = terraform_fmt(text) else { return };
    let differs = text.lines().zip(formatted.lines()).find(|(ours, theirs)| ours != theirs);
    assert!(text == formatted, "first difference {differs:#?} in\n{text}");
}

#[test]
fn terraform_fmt_leaves_the_corpus_alone() {
    formatted(&print(&corpus(), Some("Generated.\nDo not edit.")).text);
}

#[test]
fn terraform_fmt_leaves_random_trees_alone() {
    let mut runner = proptest::test_runner::TestRunner::deterministic();
    let tree = block();
    let mut body = Body::new();
    for _ in 0..150 {
        body.push(proptest::strategy::ValueTree::current(&tree.new_tree(&mut runner).unwrap()));
    }
    formatted(&print(&body, None).text);
}

#[test]
fn the_corpus_is_read_by_an_independent_reader() {
    let text = print(&corpus(), Some("Generated.")).text;
    hcl_edit::parser::parse_body(&text).unwrap();
    ::hcl::parse(&text).unwrap();
}

fn text() -> impl Strategy<Value = String> {
    let piece = prop_oneof![
        proptest::sample::select(NASTY).prop_map(str::to_owned),
        proptest::sample::select(vec!["\n", " ", "\t", "$", "{", "}", "%", "a", "\r", "\"", "\\", "EOT"])
            .prop_map(str::to_owned),
        any::<char>().prop_map(String::from),
    ];
    prop_oneof![
        6 => proptest::collection::vec(piece, 0..8).prop_map(|pieces| pieces.concat()),
        2 => proptest::collection::vec("[ ]{0,3}[a-z$%{}\"\\\\]{0,6}", 1..6).prop_map(|lines| lines.join("\n") + "\n"),
        1 => "[a-z ]{90,130}",
    ]
}

fn value() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i32>().prop_map(Value::from),
        (-1000..1000i32).prop_map(|n| Value::from(f64::from(2 * n + 1) / 8.0)),
        text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::vec((prop_oneof!["[a-z]{1,12}", text()], inner), 0..4)
                .prop_map(|entries| entries.into_iter().collect()),
        ]
    })
}

fn expression() -> impl Strategy<Value = Expression> {
    value().prop_map(Expression::from).prop_recursive(3, 12, 3, |inner| {
        let part = prop_oneof![text().prop_map(Part::Literal), inner.clone().prop_map(Part::Interpolation)];
        let key = prop_oneof![
            text().prop_map(Key::Name),
            text().prop_map(|text| Key::Computed(Expression::call("f", [text.into()]))),
            text().prop_map(|text| Key::Template(vec![Part::Literal(text), Part::Interpolation(name())])),
        ];
        let comment = prop_oneof![3 => Just(None), 1 => text().prop_map(Some)];
        let entry = (key, inner.clone(), comment)
            .prop_map(|(key, value, comment)| Entry { comment, ..Entry::new(key, value) });
        prop_oneof![
            Just(name()),
            proptest::collection::vec(inner.clone(), 0..4)
                .prop_map(|arguments| Expression::call("f", arguments)),
            proptest::collection::vec(part, 0..4).prop_map(Expression::Template),
            proptest::collection::vec(entry, 0..4).prop_map(|entries| Expression::Object(distinct(entries))),
        ]
    })
}

/// Without entries whose key is there already: readers refuse those.
fn distinct(entries: Vec<Entry>) -> Vec<Entry> {
    let mut seen = std::collections::BTreeSet::new();
    entries.into_iter().filter(|entry| seen.insert(format!("{:?}", entry.key))).collect()
}

fn block() -> impl Strategy<Value = Block> {
    let attribute = ("[a-z]{6,12}", expression(), proptest::option::weighted(0.2, text())).prop_map(
        |(key, value, comment)| Item::Attribute(Attribute { comment, ..Attribute::new(key, value) }),
    );
    let other = prop_oneof![Just(Item::Blank), text().prop_map(Item::Comment)];
    let item = prop_oneof![6 => attribute, 2 => other];
    let leaf = proptest::collection::vec(item.clone(), 0..5)
        .prop_map(|items| Block::new("b", ["l"]).body(Body(items)));
    let inner = leaf.clone();
    (proptest::collection::vec(prop_oneof![item, inner.prop_map(Item::Block)], 0..6))
        .prop_map(|items| Block::new("b", [""; 0]).body(Body(items)))
}

/// What `hcl-edit` reads, as JSON.
fn read(expression: &Read) -> Value {
    match expression {
        Read::Null(_) => Value::Null,
        Read::Bool(truth) => json!(truth.value()),
        Read::Number(number) => serde_json::from_str(&number.value().to_string()).unwrap(),
        Read::String(text) => json!(text.as_str()),
        Read::StringTemplate(template) => read_elements(template.iter()),
        Read::HeredocTemplate(heredoc) => read_elements(heredoc.template.iter()),
        Read::Array(items) => items.iter().map(read).collect(),
        Read::Object(object) => {
            object.iter().map(|(key, value)| (read_key(key), read(value.expr()))).collect()
        }
        Read::UnaryOp(negative) => match read(&negative.expr) {
            Value::Number(number) => serde_json::from_str(&format!("-{number}")).unwrap(),
            other => other,
        },
        other => panic!("{other:?}"),
    }
}

fn read_elements<'a>(elements: impl Iterator<Item = &'a Element>) -> Value {
    let text = |element: &Element| match element {
        Element::Literal(literal) => literal.as_str().to_owned(),
        other => format!("{other:?}"),
    };
    elements.map(text).collect::<String>().into()
}

fn read_key(key: &hcl_edit::expr::ObjectKey) -> String {
    match key {
        hcl_edit::expr::ObjectKey::Ident(name) => name.to_string(),
        hcl_edit::expr::ObjectKey::Expression(expression) => read(expression).as_str().unwrap().to_owned(),
    }
}

/// Whether a text meets the bug of hcl-primitives 0.1.13: after a first marker it leaves later ones escaped.
fn meets_reader_bug(text: &str) -> bool {
    text.matches("${").count() + text.matches("%{").count() > 1
}

/// Takes the place of the reader where it has its bug: undoes the escapes of what we printed.
fn unescape(printed: &str) -> String {
    let plain = match printed.strip_prefix("<<-") {
        None => {
            let inside = printed.trim_end().strip_prefix('"').unwrap().strip_suffix('"').unwrap();
            let json = with_long_escapes_read(inside);
            serde_json::from_str::<String>(&format!("\"{json}\"")).unwrap()
        }
        Some(heredoc) => {
            let lines: Vec<&str> = heredoc.lines().skip(1).collect();
            lines[..lines.len() - 1]
                .iter()
                .map(|line| format!("{}\n", line.strip_prefix("  ").unwrap_or("")))
                .collect()
        }
    };
    plain.replace("$${", "${").replace("%%{", "%{")
}

/// HCL's `\UXXXXXXXX` as the characters, for JSON has no such escape.
fn with_long_escapes_read(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while let Some((at, _)) = rest.match_indices('\\').next() {
        out.push_str(&rest[..at]);
        let (escape, after) = rest[at..].split_at(2);
        if escape == "\\U" {
            out.push(char::from_u32(u32::from_str_radix(&after[..8], 16).unwrap()).unwrap());
            rest = &after[8..];
        } else {
            out.push_str(escape);
            rest = after;
        }
    }
    out + rest
}

fn returns(text: &str) -> Result<(), TestCaseError> {
    let printed = print(&Body::new().attr("x", text), None);
    prop_assert_eq!(printed.text.lines().count(), printed.lines.len());
    let source = printed.text.strip_prefix("x = ").unwrap();
    prop_assert_eq!(&unescape(source), text, "{}", printed.text);
    let body = hcl_edit::parser::parse_body(&printed.text).unwrap();
    if !meets_reader_bug(text) {
        prop_assert_eq!(read(&body.get_attribute("x").unwrap().value), json!(text), "{}", printed.text);
    }
    Ok(())
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn every_string_is_read_back_as_it_was(text in text()) {
        returns(&text)?;
    }

    #[test]
    fn every_value_is_read_back_as_it_was(value in value()) {
        let printed = print(&Body::new().attr("x", value.clone()), None);
        let body = hcl_edit::parser::parse_body(&printed.text).map_err(|e| TestCaseError::fail(e.to_string()))?;
        if !meets_reader_bug(&value.to_string()) {
            prop_assert_eq!(read(&body.get_attribute("x").unwrap().value), value, "{}", printed.text);
        }
    }

    #[test]
    fn every_tree_is_readable_and_has_no_trailing_blanks(block in block()) {
        let printed = print(&Body::new().block(block), Some("Generated."));
        prop_assert!(hcl_edit::parser::parse_body(&printed.text).is_ok(), "{}", printed.text);
        prop_assert_eq!(printed.text.lines().count(), printed.lines.len());
        prop_assert!(!printed.text.contains(" \n"), "{}", printed.text);
    }
}

#[test]
fn nasty_strings_are_read_back_as_they_were() {
    for text in NASTY {
        returns(text).unwrap();
    }
}
