//! Golden trees: for each example, byte for byte what `build` writes, and the trace beside it.
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "tests read the project's own files")]

use std::collections::BTreeMap;
use std::fs;

use clusterc::compile::{Compilation, Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::render::{Style, human};
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::support::{Project, compare_tree, root};

pub(crate) fn trials() -> Vec<Trial> {
    let mut out = Vec::new();
    for name in examples() {
        let (tree, schema, orders, trace) = (name.clone(), name.clone(), name.clone(), name.clone());
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
    }
    out
}

/// The names of all examples.
pub(crate) fn examples() -> Vec<String> {
    let mut names: Vec<String> = fs::read_dir(root().join("examples"))
        .expect("the examples")
        .flatten()
        .filter(|entry| entry.path().join("spec.yaml").exists())
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    names
}

/// Compiles an example.
pub(crate) fn compiled(name: &str) -> Compilation {
    let spec = format!("examples/{name}/spec.yaml");
    let out = format!("examples/{name}/out");
    compile(&Input { spec: &spec, out: &out, files: &Project, library: &Library::standard() })
}

fn output(compilation: &Compilation) -> Result<BTreeMap<String, String>, Failed> {
    let said = human(&compilation.findings, &compilation.sources, Style::Plain);
    let output = compilation.output.as_ref().ok_or_else(|| Failed::from(said))?;
    Ok(output.files.iter().map(|(path, file)| (path.clone(), file.text.clone())).collect())
}

fn golden(name: &str) -> Result<(), Failed> {
    let compilation = compiled(name);
    let mut files = output(&compilation)?;
    if !compilation.findings.is_empty() {
        return Err(human(&compilation.findings, &compilation.sources, Style::Plain).into());
    }
    files.insert("trace.txt".to_owned(), compilation.trace());
    compare_tree(&root().join("golden").join(name), &files)
}

fn spec_text(name: &str) -> String {
    fs::read_to_string(root().join(format!("examples/{name}/spec.yaml"))).expect("the spec")
}

fn value(text: &str) -> Value {
    let mut sources = clusterc::source::Sources::default();
    let file = sources.add("spec.yaml", text);
    let mut sink = clusterc::diagnostic::Sink::default();
    clusterc::syntax::yaml::read(file, text, &mut sink).expect("YAML").value()
}

fn fits_schema(name: &str) -> Result<(), Failed> {
    let schema = clusterc::spec::schema();
    let validator = jsonschema::validator_for(schema).map_err(|error| error.to_string())?;
    let value = value(&spec_text(name));
    let faults: Vec<String> =
        validator.iter_errors(&value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// The whole output is the same when the keys of every mapping are reversed.
fn any_order(name: &str) -> Result<(), Failed> {
    let before = output(&compiled(name))?;
    let reversed = reverse(&value(&spec_text(name)));
    let text = clusterc::syntax::yaml::print(&reversed, &clusterc::syntax::yaml::Notes::default()).text;
    let files = Reordered { spec: format!("examples/{name}/spec.yaml"), text };
    let out = format!("examples/{name}/out");
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

fn every_line(name: &str) -> Result<(), Failed> {
    let compilation = compiled(name);
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
