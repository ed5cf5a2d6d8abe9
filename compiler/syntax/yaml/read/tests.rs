//! What the YAML reader promises.

use proptest::prelude::*;
use serde_json::json;

use super::*;
use crate::source::Sources;
use crate::syntax::yaml::tree::Kind;

/// Every finding as `CODE line:column text`, with the text under the primary label.
fn findings(text: &str) -> Vec<String> {
    let mut sources = Sources::default();
    let file = sources.add("spec.yaml", text);
    let mut sink = Sink::default();
    read(file, text, &mut sink);
    shown(sink, &sources)
}

fn shown(sink: Sink, sources: &Sources) -> Vec<String> {
    let show = |finding: Finding| {
        let span = finding.primary.span;
        let place = sources.position(span);
        format!(
            "{} {}:{} {:?}: {}",
            finding.code.id,
            place.line,
            place.column,
            sources.text(span),
            finding.title
        )
    };
    sink.into_sorted().into_iter().map(show).collect()
}

fn value(text: &str) -> serde_json::Value {
    let mut sink = Sink::default();
    let document = read(Sources::default().add("spec.yaml", text), text, &mut sink);
    assert_eq!(sink.into_sorted(), []);
    document.unwrap().value()
}

#[test]
fn ordinary_text_becomes_a_value() {
    let text =
        "\u{feff}# spec\na: 1\nb: ['x', \"y\\n\", {c: ~}]\nd: |\n  lines\n  of text\ne:\n- f:\n1: true\n";
    let expected = json!({ "a": 1, "b": ["x", "y\n", { "c": null }], "d": "lines\nof text\n", "e": [{ "f": null }], "1": true });
    assert_eq!(value(text), expected);
    assert_eq!(value("a: 1\r\nb:\r\n  - x\r\n"), json!({ "a": 1, "b": ["x"] }));
}

#[test]
fn spans_cover_what_is_written() {
    let text = "a:\n  - x y\n  - {k: [1, 2]}\nb: |\n  one\n  two\n\nc: 'q'\nd:\n  e: f\n  g:\n";
    let mut sink = Sink::default();
    let document = read(Sources::default().add("spec.yaml", text), text, &mut sink).unwrap();
    let span = |address: &str| {
        let node = document.find(&crate::source::Address::of(address)).unwrap();
        text.get(document.span(node).range()).unwrap()
    };
    assert_eq!(span("a"), "- x y\n  - {k: [1, 2]}");
    assert_eq!(span("b"), "one\n  two");
    assert_eq!(span("c"), "'q'");
    assert_eq!(span("d"), "e: f\n  g");
    assert_eq!(span("d.g"), "");
    assert!(matches!(document.kind(document.root()), Kind::Map(entries) if entries.len() == 4));
}

#[test]
fn all_that_can_be_passed_over_is_reported_in_one_run() {
    let text =
        "a: 1\na: 2\nb: *nowhere\nc: !!str 5\n\"<<\": x\n<<: y\nd: &d [*d]\ne: \"\\u2028\"\n[f]: 1\n: 2\n";
    let expected = [
        "E0002 2:1 \"a\": the key `a` is written twice",
        "E0003 3:4 \"*nowhere\": `*nowhere` repeats something that is not there",
        "E0007 4:4 \"!!str\": the tag `!!str` is not supported",
        "E0006 5:1 \"\\\"<<\\\"\": `<<` cannot be a key",
        "E0007 6:1 \"<<\": merge keys (`<<`) are not supported",
        "E0003 7:8 \"*d\": an alias contains itself",
        "E0006 8:4 \"\\\"\\\\u2028\\\"\": the character U+2028 does not survive the way to the cluster",
        "E0001 9:1 \"[\": a key that is not text",
        "E0001 10:1 \":\": a key that is not text",
    ];
    assert_eq!(findings(text), expected);
}

#[test]
fn a_duplicate_key_shows_both_places_and_keeps_the_first() {
    let text = "a: 1\nb: 2\n'a': {c: 3}\n";
    let mut sink = Sink::default();
    let document = read(Sources::default().add("spec.yaml", text), text, &mut sink).unwrap();
    let findings = sink.into_sorted();
    assert_eq!(findings[0].others[0].span.range(), 0..1);
    assert_eq!(findings[0].primary.span.range(), 10..13);
    assert_eq!(document.value(), json!({ "a": 1, "b": 2 }));
}

#[test]
fn refused_characters_are_found_wherever_they_stand() {
    let text = "a: x\u{85}y # \u{e000}\nb: x\u{1}y\nc: ok\u{2029}\n";
    let expected = [
        "E0006 1:5 \"\\u{85}\": the character U+0085 does not survive the way to the cluster",
        "E0006 1:10 \"\\u{e000}\": the character U+E000 does not survive the way to the cluster",
        "E0006 2:5 \"\\u{1}\": the character U+0001 does not survive the way to the cluster",
        "E0006 3:6 \"\\u{2029}\": the character U+2029 does not survive the way to the cluster",
    ];
    let found = findings(text);
    assert_eq!(found[..4], expected);
}

#[test]
fn faults_of_the_syntax_name_the_likely_cause() {
    let titles = [
        ("a: b: c\n", "E0001 1:5 \":\": a `:` where no key can stand"),
        ("a: @x\n", "E0001 1:4 \"@\": a value cannot begin with `@`"),
        ("a: \"x", "E0001 1:4 \"\\\"\": a quote is never closed"),
        ("a: 'x\nb: 1\n", "E0001 2:1 \"b\": a quote is not closed where its lines end"),
        ("a: - b\n", "E0001 1:4 \"-\": a list item where none can stand"),
        ("a:\n  b: 1\n c: 2\n", "E0001 3:2 \"c\": this line does not fit the lines above it"),
        ("a: ]\n", "E0001 1:4 \"]\": a bracket is closed that was never opened"),
        ("a: [1}\n", "E0001 1:4 \"[\": a `[` is closed by `}`"),
        ("%YAML 1.2\n---\na: 1\n", "E0007 1:1 \"%YAML 1.2\": YAML directives are not supported"),
        ("", "E0001 1:1 \"\": the file is empty"),
        ("# c\n", "E0001 1:1 \"# c\": the file is empty"),
        ("a: 1\n---\nb: 2\n", "E0005 3:1 \"b\": a second document in one file"),
    ];
    for (text, expected) in titles {
        assert_eq!(findings(text), [expected], "{text:?}");
    }
}

#[test]
fn limits_hold() {
    let deep = |levels: usize| format!("a: {}{}\n", "[".repeat(levels), "]".repeat(levels));
    assert_eq!(findings(&deep(MAX_DEPTH - 1)), Vec::<String>::new());
    assert!(findings(&deep(MAX_DEPTH))[0].starts_with("E0004 1:67"));
    assert!(findings(&"- ".repeat(100_000))[0].starts_with("E0004"));
    assert!(findings(&"[".repeat(100_000))[0].starts_with("E0004"));
    assert!(findings(&format!("a: \"{}\"\n", "x".repeat(MAX_BYTES)))[0].starts_with("E0004"));
}

#[test]
fn aliases_expand_within_limits_only() {
    let mut laughs = "a0: &a0 [x, x]\n".to_owned();
    for level in 1..40 {
        laughs += &format!("a{level}: &a{level} [*a{0}, *a{0}]\n", level - 1);
    }
    assert!(findings(&laughs)[0].starts_with("E0004"), "10^9 laughs");
    let mut tower = "a0: &a0 [x]\n".to_owned();
    for level in 1..100 {
        tower += &format!("a{level}: &a{level} [*a{}]\n", level - 1);
    }
    assert!(findings(&tower)[0].contains("deep inside"), "a tower of aliases");
    let quadratic = format!("a: &a {}\nb: [{}]\n", "x".repeat(20_000), "*a, ".repeat(20_000));
    assert!(findings(&quadratic)[0].starts_with("E0004"), "much text, often");
}

#[test]
fn streams_skip_empty_and_unreadable_documents() {
    let text = "---\n---\na: 1\n---\nb: [\n---\nc: 3\n...\n";
    let mut sources = Sources::default();
    let file = sources.add("manifests.yaml", text);
    let mut sink = Sink::default();
    let documents = read_all(file, text, &mut sink);
    let values: Vec<_> = documents.iter().map(Document::value).collect();
    assert_eq!(values, [json!({ "a": 1 }), json!({ "c": 3 })]);
    assert_eq!(shown(sink, &sources).len(), 1);
    let mut sink = Sink::default();
    assert!(read_all(file, "# nothing\n", &mut sink).is_empty() && !sink.has_errors());
}

#[test]
fn the_examples_of_the_pages_do_what_they_say() {
    use codes::*;
    let all = [
        &NOT_YAML,
        &DUPLICATE_KEY,
        &BAD_ALIAS,
        &TOO_LARGE,
        &SECOND_DOCUMENT,
        &BAD_CHARACTER,
        &UNSUPPORTED_YAML,
    ];
    for code in all {
        let page: String =
            code.page.lines().map(|line| format!("{}\n", line.strip_prefix(' ').unwrap_or(line))).collect();
        let example = |kind: &str| page.split(&format!("```yaml,{kind}\n")).nth(1)?.split("```").next();
        let fails = findings(example("fails").unwrap());
        assert!(fails.len() == 1 && fails[0].starts_with(code.id), "{}: {fails:?}", code.id);
        assert_eq!(findings(example("passes").unwrap()), Vec::<String>::new(), "{}", code.id);
    }
}

#[test]
fn a_key_with_nothing_in_it_has_a_place() {
    for text in ["? |\n#", "? |", "? >\n", "a: {? \"\"}"] {
        survive(text);
    }
}

/// Reads hostile text and looks at everything that a caller can look at.
fn survive(text: &str) {
    let mut sources = Sources::default();
    let file = sources.add("spec.yaml", text);
    let mut sink = Sink::default();
    let whole = |span: Span| assert!(text.get(span.range()).is_some(), "{span:?}");
    let read_one = read(file, text, &mut sink);
    assert!(read_one.is_some() || sink.has_errors());
    for document in read_one.into_iter().chain(read_all(file, text, &mut sink)) {
        document.value();
        let mut todo = vec![document.root()];
        while let Some(node) = todo.pop() {
            whole(document.span(node));
            match document.kind(node) {
                Kind::Scalar { .. } => {}
                Kind::Seq(items) => todo.extend(items),
                Kind::Map(entries) => {
                    for entry in entries {
                        whole(entry.key_span);
                        assert!(entry.key_span.start < entry.key_span.end);
                        todo.push(entry.value);
                    }
                }
            }
        }
        let nearest = document.nearest(&crate::source::Address::of("a.b"));
        whole(nearest);
        assert!(nearest.start < nearest.end);
    }
    for finding in sink.into_sorted() {
        whole(finding.primary.span);
        finding.others.iter().for_each(|label| whole(label.span));
    }
}

#[test]
fn a_key_without_text_is_still_written_somewhere() {
    for text in ["? |\n#", "? >\n: a", "? |\n\n: a\n", "? |-\n#c\n: {}", "a:\n  ? |\n  : b"] {
        survive(text);
    }
}

proptest! {
    // Eight times as many as usual, also where `PROPTEST_CASES` asks for more.
    #![proptest_config(ProptestConfig::with_cases(ProptestConfig::default().cases * 8))]

    #[test]
    fn arbitrary_text_never_panics(text in "\\PC{0,60}|.{0,40}") {
        survive(&text);
    }

    #[test]
    fn text_of_yaml_marks_never_panics(parts in prop::collection::vec(prop::sample::select(vec![
        "a", "é", "€", "𝄞", ": ", ":", "- ", "\n", "\n  ", "\r\n", "? ", "[", "]", "{", "}", ", ", "&a ", "*a ", "!t ", "|", ">", "'", "\"",
        "#", " #c", "---\n", "...\n", "<<", "%", "\t", "\\", "~", "\u{85}", "\u{2028}", "\u{feff}", "1.30", "@",
    ]), 0..40)) {
        survive(&parts.concat());
    }
}
