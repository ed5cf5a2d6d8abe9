//! The pages: what they show is what the program does.

use std::collections::{BTreeMap, BTreeSet};

use clusterc::compile::{Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::Sink;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::{MemoryFiles, Sources};
use libtest_mimic::{Failed, Trial};

use super::{project, verdict};
use crate::support::{Project, root};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("tidy::every spec on a page compiles", specs),
        Trial::test("tidy::every dependency has its reason in CONTRIBUTING.md", dependencies),
        Trial::test("tidy::the scope of expressions in CONTRIBUTING.md is the real one", scope),
        Trial::test("tidy::CI has a value for each input of the examples", inputs),
        Trial::test("tidy::links between pages lead somewhere", links),
    ]
}

/// A fenced block of a page.
pub(super) struct Block {
    /// What stands behind the fence.
    pub(super) fence: String,
    pub(super) text: String,
    /// The line of its first line.
    pub(super) line: usize,
}

/// The fenced blocks of a page, without the indentation of their fence.
pub(super) fn blocks(page: &str) -> impl Iterator<Item = Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut open: Option<(Block, usize)> = None;
    for (index, line) in page.lines().enumerate() {
        let indent = line.len() - line.trim_start().len();
        match (line.trim().strip_prefix("```"), open.take()) {
            (Some(fence), None) => {
                open =
                    Some((Block { fence: fence.to_owned(), text: String::new(), line: index + 2 }, indent));
            }
            (Some(_), Some((block, _))) => out.push(block),
            (None, Some((mut block, margin))) => {
                block.text.push_str(&line[margin.min(indent)..]);
                block.text.push('\n');
                open = Some((block, margin));
            }
            (None, None) => {}
        }
    }
    out.into_iter()
}

/// Compiles a spec that stands alone or beside `files`: the paths of the output, or what is wrong.
pub(super) fn compiles(spec: &str, files: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    compiles_as("spec.yaml", spec, files)
}

fn compiles_as(path: &str, spec: &str, files: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let mut files = files.clone();
    files.insert(path.to_owned(), spec.to_owned());
    let files = MemoryFiles(files);
    let compilation =
        compile(&Input { spec: path, out: "out", files: &files, library: &Library::standard() });
    match compilation.output {
        Some(output) => Ok(output.files.into_keys().collect()),
        None => Err(human(&compilation.findings, &compilation.sources, Style::Plain)),
    }
}

/// A block whose first line is a comment with a path is a file that later specs of the page may read.
fn path_of(block: &Block) -> Option<&str> {
    let first = block.text.lines().next()?.strip_prefix("# ")?;
    (first.contains('/') && !first.contains(' ')).then_some(first)
}

/// What a page's specs may read: the files of the example that the page belongs to.
fn beside(page: &str, project: &BTreeMap<String, String>) -> BTreeMap<String, String> {
    let mut steps = page.splitn(3, '/');
    let (Some("examples"), Some(name)) = (steps.next(), steps.next()) else { return BTreeMap::new() };
    let folder = format!("examples/{name}/");
    let inside =
        |(path, text): (&String, &String)| Some((path.strip_prefix(&folder)?.to_owned(), text.clone()));
    project.iter().filter_map(inside).collect()
}

fn specs() -> Result<(), Failed> {
    let mut faults = Vec::new();
    let project = project();
    for (page, text) in &project {
        if !page.ends_with(".md") || page.starts_with("stdlib/") || page.starts_with("golden/") {
            continue;
        }
        let mut files = beside(page, &project);
        for block in blocks(text).filter(|block| block.fence == "yaml") {
            if let Some(path) = path_of(&block) {
                files.insert(path.to_owned(), block.text.clone());
                // What builds on an earlier block and names its cluster is a whole spec.
                if block.text.contains("\nextends: ") && block.text.contains("\nmetadata: { name: ") {
                    let fault = compiles_as(path, &block.text, &files).err();
                    faults.extend(fault.map(|said| format!("{page}:{}: {said}", block.line)));
                }
            } else if block.text.starts_with("apiVersion: clusterc.dev")
                || block.text.contains("\nkind: Cluster\n")
            {
                faults.extend(
                    compiles(&block.text, &files).err().map(|said| format!("{page}:{}: {said}", block.line)),
                );
            }
        }
    }
    verdict(faults)
}

fn dependencies() -> Result<(), Failed> {
    let files = project();
    let manifest = files.get("Cargo.toml").cloned().unwrap_or_default();
    let page = files.get("CONTRIBUTING.md").cloned().unwrap_or_default();
    let mut in_table = false;
    let mut wanted = Vec::new();
    for line in manifest.lines() {
        if line.starts_with('[') {
            in_table = matches!(line, "[dependencies]" | "[dev-dependencies]" | "[build-dependencies]");
        } else if let Some((name, _)) = line.split_once(" = ").filter(|_| in_table) {
            wanted.push(name.to_owned());
        }
    }
    let after = page.split_once("\n## Dependencies\n").map(|(_, after)| after).unwrap_or_default();
    let section = after.split("\n## ").next().unwrap_or_default();
    let rows: Vec<&str> =
        section.lines().filter_map(|line| Some(line.strip_prefix("| `")?.split_once("` |")?.0)).collect();
    let unexplained = wanted.iter().filter(|name| !rows.contains(&name.as_str()));
    let mut faults: Vec<String> =
        unexplained.map(|name| format!("CONTRIBUTING.md: no reason for `{name}`")).collect();
    let gone = rows.iter().filter(|row| !wanted.iter().any(|name| name == *row));
    faults.extend(gone.map(|row| format!("CONTRIBUTING.md: `{row}` is no dependency")));
    verdict(faults)
}

/// Every name of the scope stands in the table, and every name of the table is in scope.
fn scope() -> Result<(), Failed> {
    let page = project().remove("CONTRIBUTING.md").unwrap_or_default();
    let names: Vec<String> = page
        .lines()
        .filter_map(|line| line.strip_prefix("| `${{ ")?.split_once(" }}` |"))
        .map(|(name, _)| name.to_owned())
        .collect();
    if names.is_empty() {
        return Err("CONTRIBUTING.md has no table of names for expressions".into());
    }
    let mut files = BTreeMap::from([(
        "components/probe/component.yaml".to_owned(),
        "apiVersion: clusterc.dev/v1alpha1\nkind: Component\nmetadata: { name: probe }\nspec: { summary: Probe., namespace: probe }\n".to_owned(),
    )]);
    let mut manifest =
        "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: probe, namespace: probe }\ndata:\n".to_owned();
    for (index, name) in names.iter().filter(|name| *name != "item" && *name != "params.NAME").enumerate() {
        manifest.push_str(&format!("  k{index}: \"${{{{ {name} }}}}\"\n"));
    }
    files.insert("components/probe/manifests/probe.yaml".to_owned(), manifest);
    let source = project().remove("compiler/lower/scope.rs").unwrap_or_default();
    let keys = source.lines().filter_map(|line| line.trim().strip_prefix('"')?.split_once("\": "));
    let mut faults: Vec<String> = keys
        .map(|(key, _)| key)
        .filter(|key| !names.iter().any(|name| name.split('.').any(|step| step == *key)))
        .map(|key| format!("CONTRIBUTING.md: the table of names lacks `{key}` of compiler/lower/scope.rs"))
        .collect();
    faults.extend(compiles(PROBE, &files).err());
    verdict(faults)
}

const PROBE: &str = r#"apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: { name: demo }
spec:
  kubernetes: { version: "1.35" }
  aws:
    region: eu-west-1
    state: { s3: { bucket: demo-tf-state } }
    access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
  components:
    probe: { source: components/probe }
  gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
"#;

/// What `.ci/run` hands to Terraform is what the examples ask for.
fn inputs() -> Result<(), Failed> {
    let values = std::fs::read_to_string(root().join(".ci/inputs.tfvars"))?;
    let given: BTreeSet<&str> = values
        .lines()
        .filter(|line| !line.starts_with('#'))
        .filter_map(|line| line.split_whitespace().next())
        .collect();
    let mut asked = BTreeSet::new();
    for path in crate::golden::examples().into_iter().map(|example| example.spec) {
        let (mut sources, mut sink) = (Sources::default(), Sink::default());
        let text = std::fs::read_to_string(root().join(&path))?;
        let (_, spec) = clusterc::spec::decode(&path, &text, &Project, &mut sources, &mut sink);
        let spec = spec.ok_or_else(|| format!("{path} cannot be read"))?;
        asked.extend(spec.written.spec.inputs.keys().map(ToString::to_string));
    }
    let missing = asked.iter().filter(|name| !given.contains(name.as_str()));
    let mut faults: Vec<String> =
        missing.map(|name| format!(".ci/inputs.tfvars: no value for `{name}`")).collect();
    let idle = given.iter().filter(|name| !asked.contains(**name));
    faults.extend(idle.map(|name| format!(".ci/inputs.tfvars: no example has an input `{name}`")));
    verdict(faults)
}

fn links() -> Result<(), Failed> {
    let mut faults = Vec::new();
    for (page, text) in project() {
        if !page.ends_with(".md") || page.starts_with("golden/") {
            continue;
        }
        let folder = page.rsplit_once('/').map_or("", |(folder, _)| folder);
        for (index, line) in text.lines().enumerate() {
            for rest in line.split("](").skip(1) {
                let target = rest.split([')', '#']).next().unwrap_or_default();
                let is_path = !target.is_empty() && !target.contains("://") && !target.contains("::");
                if is_path && !root().join(folder).join(target).exists() {
                    faults.push(format!("{page}:{}: `{target}` does not exist", index + 1));
                }
            }
        }
    }
    verdict(faults)
}
