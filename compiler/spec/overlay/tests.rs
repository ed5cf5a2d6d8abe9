//! What extending files promises.

use serde_json::json;

use super::*;
use crate::source::MemoryFiles;

/// What the first of these files and all that it extends make.
struct Outcome {
    chain: Chain,
    document: Option<Document>,
    sources: Sources,
    findings: Vec<Finding>,
}

fn outcome(files: &[(&str, &str)]) -> Outcome {
    let memory = MemoryFiles(files.iter().map(|(path, text)| ((*path).into(), (*text).into())).collect());
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let (path, text) = files[0];
    let (chain, document) = read(path, text, &memory, &mut sources, &mut sink);
    Outcome { chain, document, sources, findings: sink.into_sorted() }
}

fn value(files: &[(&str, &str)]) -> serde_json::Value {
    let outcome = outcome(files);
    assert_eq!(outcome.findings, []);
    outcome.document.unwrap().value()
}

/// The code, the place and the reason of each finding.
fn faults(files: &[(&str, &str)]) -> Vec<String> {
    let Outcome { sources, findings, document, .. } = outcome(files);
    assert!(document.is_none());
    let told = |finding: &Finding| {
        let why = finding.why.clone().unwrap_or_default();
        format!("{} {} {why}", finding.code.id, sources.show(finding.primary.span)).trim_end().to_owned()
    };
    findings.iter().map(told).collect()
}

#[test]
fn a_chain_of_any_depth_is_merged_from_its_end() {
    let files = [
        ("env/prod.yaml", "extends: ../team/base.yaml\na: 3\n"),
        ("team/base.yaml", "extends: more/root.yaml\na: 2\nb: 2\n"),
        ("team/more/root.yaml", "a: 1\nb: 1\nc: 1\n"),
    ];
    assert_eq!(value(&files), json!({ "a": 3, "b": 2, "c": 1, "extends": "../team/base.yaml" }));
}

#[test]
fn of_several_bases_the_later_one_wins_and_a_shared_one_counts_once() {
    let files = [
        ("top.yaml", "extends: [x.yaml, y.yaml]\n"),
        ("x.yaml", "extends: root.yaml\nk: x\nx: 1\n"),
        ("y.yaml", "extends: ./root.yaml\nl: y\n"),
        ("root.yaml", "k: root\nl: root\n"),
    ];
    let merged = value(&files);
    assert_eq!((&merged["k"], &merged["l"], &merged["x"]), (&json!("x"), &json!("y"), &json!(1)));
}

#[test]
fn a_null_removes_at_one_level_and_can_be_set_again_at_the_next() {
    let files = [
        ("top.yaml", "extends: middle.yaml\ncomponents: { web: null }\n"),
        ("middle.yaml", "extends: base.yaml\ncomponents: { web: null }\n"),
        ("base.yaml", "components: { web: null, other: {} }\n"),
    ];
    assert_eq!(value(&files[1..])["components"], json!({ "other": {} }));
    assert_eq!(value(&files)["components"], json!({ "other": {}, "web": null }));
}

#[test]
fn a_circle_is_refused_with_the_whole_chain() {
    let files = [
        ("top.yaml", "extends: a.yaml\n"),
        ("a.yaml", "extends: sub/b.yaml\n"),
        ("sub/b.yaml", "extends:\n  - ../a.yaml\n"),
    ];
    let chain = "top.yaml extends a.yaml extends sub/b.yaml extends a.yaml";
    assert_eq!(faults(&files), [format!("E0121 sub/b.yaml:2:5 {chain}")]);
    let alone = [("top.yaml", "extends: ./top.yaml\n")];
    assert_eq!(faults(&alone), ["E0121 top.yaml:1:10 top.yaml extends top.yaml"]);
}

#[test]
fn a_chain_without_end_is_refused() {
    let named: Vec<(String, String)> =
        (0..300).map(|at| (format!("{at}.yaml"), format!("extends: {}.yaml\n", at + 1))).collect();
    let files: Vec<(&str, &str)> = named.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    assert_eq!(faults(&files), ["E0121 255.yaml:1:10"]);
}

#[test]
fn all_faults_of_all_files_are_told() {
    let files = [
        ("top.yaml", "extends: [none.yaml, list.yaml, odd.yaml]\n"),
        ("list.yaml", "[1]\n"),
        ("odd.yaml", "extends: { a: 1 }\nk: 1\nk: 2\n"),
    ];
    let told = faults(&files);
    let codes: Vec<&str> = told.iter().map(|told| &told[..5]).collect();
    assert_eq!(codes, ["E0120", "E0103", "E0103", "E0002"], "{told:#?}");
}

#[test]
fn the_way_to_a_base_is_told() {
    let files = [("top.yaml", "extends: a.yaml\n"), ("a.yaml", "extends: b.yaml\n"), ("b.yaml", "k: 1\n")];
    let Outcome { chain, document, .. } = outcome(&files);
    let document = document.unwrap();
    let file = document.value_span(&Address::of("k")).unwrap().file;
    assert_eq!(chain.way_to(file).as_deref(), Some("top.yaml extends a.yaml extends b.yaml"));
    let own = document.value_span(&Address::of("extends")).unwrap().file;
    assert_eq!(chain.way_to(own), None);
}
