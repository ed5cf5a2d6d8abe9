//! What is true of every output and of every list of findings.

use std::collections::{BTreeMap, BTreeSet};

use clusterc::compile::{Compilation, Output};
use clusterc::diagnostic::render::{Format, render};
use clusterc::diagnostic::{Severity, Sink};
use clusterc::source::Sources;
use hcl_edit::expr::{Expression, ObjectKey};
use serde_json::Value;

/// Findings lie inside the texts, in order, and every renderer can show them; no output comes with an error, none is
/// missing without one.
pub(super) fn findings(compilation: &Compilation) -> Result<(), String> {
    let all = &compilation.findings;
    if let Some(pair) = all.windows(2).find(|pair| pair[0].primary.span > pair[1].primary.span) {
        return Err(format!("`{}` stands before `{}`", pair[0].title, pair[1].title));
    }
    for finding in all {
        let fix = finding.fix.iter().map(|fix| fix.span);
        for span in finding.others.iter().map(|label| label.span).chain(fix).chain([finding.primary.span]) {
            let file = compilation.sources.get(span.file).ok_or("a finding about an unknown file")?;
            if file.text.get(span.range()).is_none() {
                return Err(format!("{}: {span:?} is not inside {}", finding.title, file.path));
            }
        }
        let span = finding.primary.span;
        let file = compilation.sources.get(span.file).unwrap();
        if span.start == span.end && !file.text.is_empty() {
            return Err(format!(
                "{} `{}` points at nothing in {}",
                finding.code.id, finding.title, file.path
            ));
        }
    }
    let failed = all.iter().any(|finding| finding.code.severity() == Severity::Error);
    if failed == compilation.output.is_some() {
        return Err(format!("errors: {failed}, output: {}", !failed));
    }
    for format in Format::ALL {
        let shown = render(format, all, &compilation.sources, true);
        if all.is_empty() {
            continue;
        }
        if matches!(format, Format::Json | Format::Sarif | Format::Gitlab) {
            serde_json::from_str::<Value>(&shown).map_err(|error| format!("{format}: {error}\n{shown}"))?;
        }
        if !shown.ends_with('\n') {
            return Err(format!("{format} does not end its last line"));
        }
        if format == Format::Github && shown.lines().any(|line| !line.starts_with("::")) {
            return Err(format!("a line that is no workflow command:\n{shown}"));
        }
    }
    Ok(())
}

/// All laws of the files.
pub(super) fn output(output: &Output) -> Result<(), String> {
    let mut folded = BTreeMap::new();
    for (path, file) in &output.files {
        let odd = path.split('/').any(|part| matches!(part, "" | "." | "..")) || path.contains('\\');
        if odd {
            return Err(format!("`{path}` is no path below the output"));
        }
        if let Some(other) = folded.insert(path.to_lowercase(), path) {
            return Err(format!("`{path}` and `{other}` are one file on some disks"));
        }
        if file.lines.len() != file.text.lines().count() {
            return Err(format!("{path}: {} lines, {} origins", file.text.lines().count(), file.lines.len()));
        }
        let escaped = file.text.to_lowercase();
        if file.text.contains(['\u{e000}', '\u{e001}'])
            || escaped.contains("\\ue000")
            || escaped.contains("\\ue001")
        {
            return Err(format!("a mark is left in {path}:\n{}", file.text));
        }
        if path.ends_with(".tf") {
            hcl_edit::parser::parse_body(&file.text)
                .map_err(|error| format!("{path}: {error}\n{}", file.text))?;
        }
        if path.starts_with("runbook/") {
            counted(path, &file.text)?;
        }
        if (path.ends_with(".yaml") || path.ends_with(".yml")) && !path.starts_with("kube/apps/base/") {
            document(path, &file.text)?;
        }
    }
    let folders: BTreeSet<&str> =
        output.files.keys().flat_map(|path| path.match_indices('/').map(|(at, _)| &path[..at])).collect();
    if let Some(both) = output.files.keys().find(|path| folders.contains(path.as_str())) {
        return Err(format!("`{both}` is a file and a folder"));
    }
    kustomizations(output)?;
    variables(output)
}

/// The steps of each chapter of a runbook are counted 1, 2, 3.
pub(crate) fn counted(path: &str, text: &str) -> Result<(), String> {
    let mut steps = 0;
    for line in text.lines() {
        if line.starts_with("## ") {
            steps = 0;
        } else if let Some(heading) = line.strip_prefix("### ") {
            steps += 1;
            if !heading.starts_with(&format!("{steps}. ")) {
                return Err(format!("{path}: `{line}` is step {steps} of its chapter"));
            }
        }
    }
    Ok(())
}

/// The one document of a file.
pub(super) fn document(path: &str, text: &str) -> Result<Value, String> {
    let (mut sources, mut sink) = (Sources::default(), Sink::default());
    let id = sources.add(path, text);
    let documents = clusterc::syntax::yaml::read_all(id, text, &mut sink);
    match (documents.as_slice(), sink.has_errors()) {
        ([one], false) => Ok(one.value()),
        (all, _) => Err(format!("{path} holds {} documents: {:?}\n{text}", all.len(), sink.into_sorted())),
    }
}

/// Every resource exists, and every manifest beside a kustomization is one of its resources.
fn kustomizations(output: &Output) -> Result<(), String> {
    for (path, file) in output.files.iter().filter(|(path, _)| path.ends_with("/kustomization.yaml")) {
        let folder = path.trim_end_matches("/kustomization.yaml");
        let own = path.starts_with("kube/apps/base/");
        let body = match document(path, &file.text) {
            // The user's own file, copied as it is.
            Err(_) if own => continue,
            body => body?,
        };
        let resources = body.get("resources").and_then(Value::as_array).into_iter().flatten();
        let mut listed = Vec::new();
        for entry in resources {
            match entry.as_str() {
                Some(entry) => listed.push(join(folder, entry)),
                None if own => {}
                None => return Err(format!("{path} lists {entry}")),
            }
        }
        for entry in &listed {
            let inside = format!("{entry}/kustomization.yaml");
            if !output.files.contains_key(entry) && !output.files.contains_key(&inside) {
                return Err(format!("{path} lists `{entry}`, which is not there"));
            }
        }
        let all: BTreeSet<&String> = listed.iter().collect();
        if !own && all.len() != listed.len() {
            return Err(format!("{path} lists something twice\n{}", file.text));
        }
        for beside in output.files.keys().filter(|other| !own && *other != path) {
            let Some(below) = beside.strip_prefix(&format!("{folder}/")) else { continue };
            if !below.contains('/') && below.ends_with(".yaml") && !all.contains(beside) {
                return Err(format!("{path} forgets `{below}`"));
            }
        }
    }
    Ok(())
}

/// A path as seen from a folder.
fn join(folder: &str, path: &str) -> String {
    let mut steps: Vec<&str> = folder.split('/').collect();
    for step in path.split('/') {
        match step {
            "." => {}
            ".." => drop(steps.pop()),
            other => steps.push(other),
        }
    }
    steps.join("/")
}

/// The names that the ConfigMap of facts holds.
fn facts(output: &Output) -> BTreeSet<String> {
    let file = output.files.iter().find(|(path, _)| path.ends_with("/gitops/facts.tf"));
    let Some(body) = file.and_then(|(_, file)| hcl_edit::parser::parse_body(&file.text).ok()) else {
        return BTreeSet::new();
    };
    let data = body.blocks().filter_map(|block| match &block.body.get_attribute("data")?.value {
        Expression::Object(map) => Some(map.clone()),
        _ => None,
    });
    data.flat_map(|map| map.iter().map(|(key, _)| key_text(key)).collect::<Vec<_>>()).collect()
}

fn key_text(key: &ObjectKey) -> String {
    match key {
        ObjectKey::Ident(name) => name.to_string(),
        ObjectKey::Expression(Expression::String(text)) => text.value().clone(),
        ObjectKey::Expression(other) => other.to_string(),
    }
}

/// The folder of each layer, and whether Flux puts facts into it.
pub(super) fn layers(output: &Output) -> Result<Vec<(String, bool)>, String> {
    let mut out = Vec::new();
    for (path, file) in output.files.iter().filter(|(path, _)| path.contains("/layers/")) {
        let body = document(path, &file.text)?;
        let Some(folder) = body.pointer("/spec/path").and_then(Value::as_str) else { continue };
        let below = ["apps/", "infra/"]
            .iter()
            .find_map(|part| folder.find(part))
            .ok_or("a layer without a folder")?;
        out.push((format!("kube/{}", &folder[below..]), body.pointer("/spec/postBuild").is_some()));
    }
    Ok(out)
}

/// Every variable in our own objects is one that Flux is given, and what Flux reads is what we meant.
fn variables(output: &Output) -> Result<(), String> {
    let facts = facts(output);
    for (folder, substitutes) in layers(output)? {
        if substitutes && facts.is_empty() {
            return Err(format!("{folder} waits for facts, and there are none"));
        }
        // Layers of apps, also those that the spec adds, hold texts of the user's.
        let is_ours = folder.split('/').any(|part| matches!(part, "controllers" | "configs"));
        if !substitutes || !is_ours {
            continue;
        }
        for (path, file) in output.files.iter().filter(|(path, _)| path.starts_with(&format!("{folder}/"))) {
            for name in substituted(&document(path, &file.text)?.to_string()).1 {
                if !facts.contains(&name) {
                    return Err(format!("{path}: Flux finds no `{name}`\n{}", file.text));
                }
            }
        }
    }
    Ok(())
}

/// A text after Flux's substitution, each variable replaced by `<name>`, and the names of the variables: `$$` is one
/// `$`, `${` opens a variable (package envsubst of fluxcd/pkg, scan.go, August 2026).
pub(super) fn substituted(text: &str) -> (String, Vec<String>) {
    let (mut out, mut names) = (String::new(), Vec::new());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        out.push_str(before);
        let Some(inside) = after.strip_prefix('{') else {
            out.push('$');
            rest = after.strip_prefix('$').unwrap_or(after);
            continue;
        };
        let (name, behind) = inside.split_once('}').unwrap_or((inside, ""));
        out.push_str(&format!("<{name}>"));
        names.push(name.to_owned());
        rest = behind;
    }
    out.push_str(rest);
    (out, names)
}
