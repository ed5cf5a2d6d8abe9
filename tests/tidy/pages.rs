//! The pages: what they show is what the program does.

use std::collections::BTreeMap;

use clusterc::compile::{Compilation, Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::{Files, MemoryFiles, ReadError};
use libtest_mimic::{Failed, Trial};

use super::{project, verdict};
use crate::support::Project;

pub(super) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("tidy::every spec on a page compiles", specs),
        Trial::test("tidy::the README's message is what the program says", message),
        Trial::test("tidy::the README's difference is what the change makes", difference),
        Trial::test("tidy::every dependency has its reason in CONTRIBUTING.md", dependencies),
        Trial::test("tidy::the scope of expressions in CONTRIBUTING.md is the real one", scope),
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

/// The fenced blocks of a page.
pub(super) fn blocks(page: &str) -> impl Iterator<Item = Block> {
    let mut out: Vec<Block> = Vec::new();
    let mut open: Option<Block> = None;
    for (index, line) in page.lines().enumerate() {
        match (line.trim().strip_prefix("```"), open.take()) {
            (Some(fence), None) => {
                open = Some(Block { fence: fence.to_owned(), text: String::new(), line: index + 2 })
            }
            (Some(_), Some(block)) => out.push(block),
            (None, Some(mut block)) => {
                block.text.push_str(line);
                block.text.push('\n');
                open = Some(block);
            }
            (None, None) => {}
        }
    }
    out.into_iter()
}

/// Compiles a spec that stands alone or beside `files`: the paths of the output, or what is wrong.
pub(super) fn compiles(spec: &str, files: &BTreeMap<String, String>) -> Result<Vec<String>, String> {
    let mut files = files.clone();
    files.insert("spec.yaml".to_owned(), spec.to_owned());
    let files = MemoryFiles(files);
    let compilation =
        compile(&Input { spec: "spec.yaml", out: "out", files: &files, library: &Library::standard() });
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

fn specs() -> Result<(), Failed> {
    let mut faults = Vec::new();
    for (page, text) in project() {
        if !page.ends_with(".md") || page.starts_with("stdlib/") || page.starts_with("golden/") {
            continue;
        }
        let mut files = BTreeMap::new();
        for block in blocks(&text).filter(|block| block.fence == "yaml") {
            if let Some(path) = path_of(&block) {
                files.insert(path.to_owned(), block.text.clone());
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

/// The project's files with another text in one place.
struct Changed {
    path: &'static str,
    text: String,
}

impl Files for Changed {
    fn read(&self, path: &str) -> Result<String, ReadError> {
        if path == self.path { Ok(self.text.clone()) } else { Project.read(path) }
    }

    fn list(&self, folder: &str) -> Result<Vec<String>, ReadError> {
        Project.list(folder)
    }
}

const PLATFORM: &str = "examples/platform/spec.yaml";

/// The platform example with `old` replaced by `new`.
fn changed(old: &str, new: &str) -> Result<Compilation, Failed> {
    let text = Project.read(PLATFORM).map_err(|error| error.to_string())?;
    if !text.contains(old) {
        return Err(format!("{PLATFORM} does not say `{old}`; the README's tour does").into());
    }
    let files = Changed { path: PLATFORM, text: text.replacen(old, new, 1) };
    Ok(compile(&Input {
        spec: PLATFORM,
        out: "examples/platform/out",
        files: &files,
        library: &Library::standard(),
    }))
}

/// The tour's mistake: this line of the platform spec, so changed.
const TAINT: [&str; 2] = [
    "{ key: CriticalAddonsOnly, value: \"true\", effect: NoSchedule }]",
    "{ key: dedicated, value: ci, effect: NoSchedule }]",
];

fn message() -> Result<(), Failed> {
    let compilation = changed(TAINT[0], TAINT[1])?;
    let said = human(&compilation.findings, &compilation.sources, Style::Plain);
    let readme = project().remove("README.md").unwrap_or_default();
    let shown = blocks(&readme).any(|block| block.text.contains(said.trim()));
    if shown { Ok(()) } else { Err(format!("README.md shows another message than\n\n{said}").into()) }
}

/// The tour's change: the taint's value.
const VALUE: [&str; 2] =
    ["{ key: CriticalAddonsOnly, value: \"true\"", "{ key: CriticalAddonsOnly, value: platform"];

fn difference() -> Result<(), Failed> {
    let [old, new] = [changed(VALUE[0], VALUE[0])?, changed(VALUE[0], VALUE[1])?];
    let (Some(old), Some(new)) = (old.output, new.output) else {
        return Err("the change does not compile".into());
    };
    let mut made = String::new();
    for (path, after) in &new.files {
        let before = old.files.get(path).map(|file| file.text.as_str()).unwrap_or_default();
        if before != after.text {
            let [from, to] = ["a", "b"].map(|side| format!("{side}/golden/platform/{path}"));
            let diff = similar::TextDiff::from_lines(before, after.text.as_str());
            made.push_str(&diff.unified_diff().context_radius(1).header(&from, &to).to_string());
        }
    }
    let readme = project().remove("README.md").unwrap_or_default();
    let shown = blocks(&readme).any(|block| block.fence == "diff" && block.text == made);
    if shown { Ok(()) } else { Err(format!("README.md shows another difference than\n\n{made}").into()) }
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
  gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
"#;

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
                if is_path && !crate::support::root().join(folder).join(target).exists() {
                    faults.push(format!("{page}:{}: `{target}` does not exist", index + 1));
                }
            }
        }
    }
    verdict(faults)
}
