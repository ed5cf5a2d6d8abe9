//! Golden trees: for each example, byte for byte what `build` writes, and the trace beside it.
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "tests read the project's own files")]

use std::collections::BTreeMap;
use std::fs;

use clusterc::compile::{Compilation, Input, View, compile, fleet};
use clusterc::component::Library;
use clusterc::diagnostic::Sink;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::{Address, Sources};
use clusterc::syntax::yaml::Kind;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::support::{Project, compare, compare_tree, root};

pub(crate) fn trials() -> Vec<Trial> {
    let mut out = Vec::new();
    for example in examples() {
        let name = &example.name;
        let (tree, schema, orders, trace) =
            (example.clone(), example.clone(), example.clone(), example.clone());
        out.push(Trial::test(format!("golden::{name}"), move || golden(&tree)));
        out.push(Trial::test(format!("examples::{name} fits the published schema"), move || {
            fits_schema(&schema)
        }));
        out.push(Trial::test(format!("examples::{name} is the same in any order of keys"), move || {
            any_order(&orders)
        }));
        out.push(Trial::test(format!("examples::{name} has an origin for every line"), move || {
            every_line(&trace)
        }));
        let name = format!("examples::{name} has a value for every line that sets one");
        out.push(Trial::test(name, move || every_value(&example)));
    }
    out.push(Trial::test("golden::docs/reference.md is what the types say", || {
        compare(&root().join("docs/reference.md"), &clusterc::reference::page())
    }));
    for folder in fleets() {
        out.push(Trial::test(format!("examples::{folder} is a fleet without findings"), move || {
            fleet_is_clean(&folder)
        }));
    }
    out
}

/// One spec of an example. Its golden tree has its name: that of the folder and, where it is not `spec.yaml`, its own.
#[derive(Clone)]
pub(crate) struct Example {
    pub(crate) name: String,
    folder: String,
    pub(crate) spec: String,
}

/// All specs of all examples: the files right in an example's folder that name a cluster.
pub(crate) fn examples() -> Vec<Example> {
    let mut found = Vec::new();
    for entry in fs::read_dir(root().join("examples")).expect("the examples").flatten() {
        let folder = entry.file_name().to_string_lossy().into_owned();
        for file in fs::read_dir(entry.path()).into_iter().flatten().flatten() {
            let file = file.file_name().to_string_lossy().into_owned();
            let Some(stem) = file.strip_suffix(".yaml") else { continue };
            let spec = format!("examples/{folder}/{file}");
            let text = fs::read_to_string(root().join(&spec)).expect("the spec");
            if value(&text).pointer("/metadata/name").is_none() {
                continue;
            }
            let name = if stem == "spec" { folder.clone() } else { format!("{folder}-{stem}") };
            found.push(Example { name, folder: folder.clone(), spec });
        }
    }
    found.sort_by(|one, other| one.name.cmp(&other.name));
    found
}

/// The folders of examples with several specs.
fn fleets() -> Vec<String> {
    let folders: Vec<String> = examples().into_iter().map(|example| example.folder).collect();
    let mut fleets: Vec<String> = folders
        .iter()
        .filter(|one| folders.iter().filter(|other| other == one).count() > 1)
        .cloned()
        .collect();
    fleets.dedup();
    fleets
}

fn fleet_is_clean(folder: &str) -> Result<(), Failed> {
    let members: Vec<Compilation> =
        examples().iter().filter(|example| example.folder == folder).map(compiled).collect();
    let fleet = fleet(&members.iter().collect::<Vec<_>>());
    if fleet.findings.is_empty() {
        return Ok(());
    }
    Err(human(&fleet.findings, &fleet.sources, Style::Plain).into())
}

/// Compiles an example.
pub(crate) fn compiled(example: &Example) -> Compilation {
    let out = example.out();
    compile(&Input { spec: &example.spec, out: &out, files: &Project, library: &Library::standard() })
}

impl Example {
    fn out(&self) -> String {
        format!("examples/{}/out", self.folder)
    }

    fn text(&self) -> String {
        fs::read_to_string(root().join(&self.spec)).expect("the spec")
    }
}

fn output(compilation: &Compilation) -> Result<BTreeMap<String, String>, Failed> {
    let said = human(&compilation.findings, &compilation.sources, Style::Plain);
    let output = compilation.output.as_ref().ok_or_else(|| Failed::from(said))?;
    Ok(output.files.iter().map(|(path, file)| (path.clone(), file.text.clone())).collect())
}

fn golden(example: &Example) -> Result<(), Failed> {
    let compilation = compiled(example);
    let mut files = output(&compilation)?;
    if !compilation.findings.is_empty() {
        return Err(human(&compilation.findings, &compilation.sources, Style::Plain).into());
    }
    for (path, text) in files.iter().filter(|(path, _)| path.starts_with("runbook/")) {
        crate::properties::laws::counted(path, text)?;
    }
    files.insert("trace.txt".to_owned(), compilation.trace());
    compare_tree(&root().join("golden").join(&example.name), &files)
}

fn value(text: &str) -> Value {
    let mut sources = Sources::default();
    let file = sources.add("spec.yaml", text);
    let mut sink = Sink::default();
    clusterc::syntax::yaml::read(file, text, &mut sink).expect("YAML").value()
}

fn fits_schema(example: &Example) -> Result<(), Failed> {
    let schema = clusterc::spec::schema();
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let text = example.text();
    let (_, spec) = clusterc::spec::decode(&example.spec, &text, &Project, &mut sources, &mut sink);
    let value = spec.ok_or("the spec cannot be read")?.document.value();
    let faults: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// The whole output is the same when the keys of every mapping are reversed.
fn any_order(example: &Example) -> Result<(), Failed> {
    let before = output(&compiled(example))?;
    let reversed = reverse(&value(&example.text()));
    let text = clusterc::syntax::yaml::print(&reversed, &clusterc::syntax::yaml::Notes::default()).text;
    let files = Reordered { spec: example.spec.clone(), text };
    let out = example.out();
    let after =
        compile(&Input { spec: &files.spec, out: &out, files: &files, library: &Library::standard() });
    let after = output(&after)?;
    for (path, text) in &before {
        if after.get(path) != Some(text) {
            let new = after.get(path).map(String::as_str).unwrap_or_default();
            let diff = similar::TextDiff::from_lines(text.as_str(), new).unified_diff().to_string();
            return Err(format!("{path} depends on the order of keys\n{diff}").into());
        }
    }
    Ok(())
}

fn reverse(value: &Value) -> Value {
    match value {
        Value::Object(map) => {
            // Chart values and settings keep the user's order on purpose; everything that has a meaning to the
            // compiler may not depend on it.
            Value::Object(map.iter().rev().map(|(key, below)| (key.clone(), reverse(below))).collect())
        }
        Value::Array(items) => Value::Array(items.iter().map(reverse).collect()),
        other => other.clone(),
    }
}

struct Reordered {
    spec: String,
    text: String,
}

impl clusterc::source::Files for Reordered {
    fn read(&self, path: &str) -> Result<String, clusterc::source::ReadError> {
        if path == self.spec { Ok(self.text.clone()) } else { Project.read(path) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, clusterc::source::ReadError> {
        Project.list(folder)
    }
}

/// Each line of the spec that sets a value is named by `show spec --origins`.
fn every_value(example: &Example) -> Result<(), Failed> {
    let shown = compiled(example).view(View::Origins).ok_or("nothing to show")?;
    let mut sources = Sources::default();
    let text = example.text();
    let file = sources.add(&example.spec, &text);
    let document = clusterc::syntax::yaml::read(file, &text, &mut Sink::default()).ok_or("no YAML")?;
    let mut open =
        ["metadata", "spec"].map(|key| document.find(&Address::of(key)).expect("the key")).to_vec();
    while let Some(node) = open.pop() {
        match document.kind(node) {
            Kind::Map(entries) => open.extend(entries.iter().map(|entry| entry.value)),
            Kind::Seq(items) => open.extend(items),
            Kind::Scalar { .. } if document.scalar(node).is_null() => {}
            Kind::Scalar { text, .. } => {
                let place = sources.show(document.span(node));
                let line = place.rsplit_once(':').map_or("", |(line, _)| line);
                if !shown.lines().any(|shown| shown.ends_with(&format!("  # {line}"))) {
                    return Err(format!("{place}: `{text}` sets nothing that is shown").into());
                }
            }
        }
    }
    Ok(())
}

fn every_line(example: &Example) -> Result<(), Failed> {
    let compilation = compiled(example);
    let files = &compilation.output.as_ref().ok_or("no output")?.files;
    for (path, file) in files {
        for (index, (line, origin)) in file.text.lines().zip(&file.lines).enumerate() {
            let needs_none = line.trim().is_empty() || line.starts_with('#') || line.trim() == "}";
            if origin.is_none() && !needs_none {
                return Err(format!("{path}:{}: nobody asked for `{line}`", index + 1).into());
            }
        }
        if file.lines.len() != file.text.lines().count() {
            return Err(
                format!("{path}: {} lines, {} origins", file.text.lines().count(), file.lines.len()).into()
            );
        }
    }
    Ok(())
}
