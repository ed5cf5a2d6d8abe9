//! The standard library: every folder is whole, and its README tells the truth.

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};

use super::pages::{blocks, compiles};
use super::{project, verdict};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("tidy::every component's folder is whole", whole),
        Trial::test("tidy::the examples of every component compile", examples),
        Trial::test("tidy::the README lists every component", listed),
    ]
}

/// The library's folders: name, and the files by path from it.
fn folders() -> BTreeMap<String, BTreeMap<String, String>> {
    let mut out: BTreeMap<String, BTreeMap<String, String>> = BTreeMap::new();
    for (path, text) in project() {
        if let Some((name, file)) = path.strip_prefix("stdlib/").and_then(|path| path.split_once('/')) {
            out.entry(name.to_owned()).or_default().insert(file.to_owned(), text);
        }
    }
    out
}

fn whole() -> Result<(), Failed> {
    let mut faults = Vec::new();
    for (name, files) in folders() {
        for wanted in ["component.yaml", "README.md"] {
            if !files.contains_key(wanted) {
                faults.push(format!("stdlib/{name}: `{wanted}` is missing"));
            }
        }
        let contract = files.get("component.yaml").map(String::as_str).unwrap_or_default();
        if !contract.contains(&format!("metadata: {{ name: {name} }}\n")) {
            faults.push(format!("stdlib/{name}/component.yaml: `metadata: {{ name: {name} }}` is missing"));
        }
        let readme = files.get("README.md").map(String::as_str).unwrap_or_default();
        if readme.lines().next() != Some(&format!("# {name}")) {
            faults.push(format!("stdlib/{name}/README.md:1: the page is called `# {name}`"));
        }
        let known = |file: &str| {
            let (folder, below) = file.split_once('/').unwrap_or(("", file));
            match folder {
                "" => {
                    matches!(below, "component.yaml" | "values.yaml" | "README.md")
                        || contract.contains(below)
                }
                folder => ["resources", "manifests"].contains(&folder) && below.ends_with(".yaml"),
            }
        };
        let strays = files.keys().filter(|file| !known(file));
        faults.extend(strays.map(|file| format!("stdlib/{name}/{file}: nothing reads this file")));
    }
    verdict(faults)
}

fn examples() -> Result<(), Failed> {
    let mut faults = Vec::new();
    for (name, files) in folders() {
        let page = format!("stdlib/{name}/README.md");
        let readme = files.get("README.md").map(String::as_str).unwrap_or_default();
        let specs: Vec<_> = blocks(readme).filter(|block| block.fence == "yaml").collect();
        if specs.is_empty() {
            faults.push(format!("{page}: show a spec that uses it"));
        }
        for spec in specs {
            let place = format!("{page}:{}", spec.line);
            match compiles(&spec.text, &BTreeMap::new()) {
                Err(said) => faults.push(format!("{place}: {said}")),
                Ok(files) if files.iter().any(|file| file.contains(&format!("/{name}/"))) => {}
                Ok(_) => faults.push(format!("{place}: the example does not install `{name}`")),
            }
        }
    }
    verdict(faults)
}

fn listed() -> Result<(), Failed> {
    let readme = project().remove("README.md").unwrap_or_default();
    let missing =
        folders().into_keys().filter(|name| !readme.contains(&format!("[`{name}`](stdlib/{name})")));
    verdict(missing.map(|name| format!("README.md: the component list lacks `{name}`")).collect())
}
