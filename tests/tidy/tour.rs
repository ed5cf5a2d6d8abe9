//! The README's tour: every output that it shows is what the program prints, and is blessed like any golden file.
//!
//! A block of the README below `<!-- shown: NAME -->` belongs to this file.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Command;

use clusterc::compile::{Input, compile};
use clusterc::component::Library;
use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};
use similar::TextDiff;

use crate::support::{compare, root, tree};

pub(super) fn trials() -> Vec<Trial> {
    // Named as a golden, so that `cargo bless` rewrites the page.
    vec![Trial::test("golden::README shows what the program does", tour)]
}

const SPEC: &str = "examples/platform/spec.yaml";
/// The taint as the platform example writes it, as the tour's mistake does, and as its change does.
const TAINT: &str = "{ key: CriticalAddonsOnly, value: \"true\", effect: NoSchedule }";
const MISTAKE: &str = "{ key: dedicated, value: ci, effect: NoSchedule }";
const CHANGE: &str = "{ key: CriticalAddonsOnly, value: platform, effect: NoSchedule }";

fn tour() -> Result<(), Failed> {
    let files = tree(&root().join("examples/platform"));
    let files = files.into_iter().filter(|(path, _)| !path.starts_with("out/"));
    let files: BTreeMap<String, String> =
        files.map(|(path, text)| (format!("examples/platform/{path}"), text)).collect();
    if !files[SPEC].contains(TAINT) {
        return Err(format!("{SPEC} does not say `{TAINT}`, as the README's tour does").into());
    }
    let shown = [
        ("build", build(&files)?),
        ("trace", trace(&files)?),
        ("message", said(&changed(&files, MISTAKE), &["check", SPEC])?),
        ("change", difference(&files)?),
    ];
    let page = root().join("README.md");
    let mut text = fs::read_to_string(&page)?;
    for (name, output) in shown {
        text = with_block(&text, name, &output)?;
    }
    compare(&page, &text)
}

fn changed(files: &BTreeMap<String, String>, taint: &str) -> BTreeMap<String, String> {
    files.iter().map(|(path, text)| (path.clone(), text.replacen(TAINT, taint, 1))).collect()
}

/// The page with another text in the block below a mark.
fn with_block(page: &str, name: &str, output: &str) -> Result<String, Failed> {
    let mark = format!("<!-- shown: {name} -->\n");
    let missing = || Failed::from(format!("README.md has no block below `{}`", mark.trim()));
    let (before, after) = page.split_once(&mark).ok_or_else(missing)?;
    let (fence, block) = after.split_once('\n').ok_or_else(missing)?;
    let (_, rest) = block.split_once("```\n").ok_or_else(missing)?;
    Ok(format!("{before}{mark}{fence}\n{}\n```\n{rest}", output.trim_end()))
}

/// A folder with these files, in which the program runs.
fn place(files: &BTreeMap<String, String>) -> Result<tempfile::TempDir, Failed> {
    let folder = tempfile::tempdir()?;
    for (path, text) in files {
        let path = folder.path().join(path);
        fs::create_dir_all(path.parent().unwrap_or(Path::new("")))?;
        fs::write(path, text)?;
    }
    Ok(folder)
}

/// What the program prints, on both streams.
fn run(folder: &Path, words: &[&str]) -> Result<String, Failed> {
    let mut program = Command::new(env!("CARGO_BIN_EXE_clusterc"));
    let output = program.current_dir(folder).env("NO_COLOR", "1").args(words).output()?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn said(files: &BTreeMap<String, String>, words: &[&str]) -> Result<String, Failed> {
    let folder = place(files)?;
    Ok(format!("$ clusterc {}\n{}", words.join(" "), run(folder.path(), words)?))
}

fn build(files: &BTreeMap<String, String>) -> Result<String, Failed> {
    run(place(files)?.path(), &["build", SPEC])
}

fn trace(files: &BTreeMap<String, String>) -> Result<String, Failed> {
    let folder = place(files)?;
    run(folder.path(), &["build", "--quiet", SPEC])?;
    let file = "examples/platform/out/terraform/platform/cluster/node_groups.tf";
    let text = fs::read_to_string(folder.path().join(file))?;
    let line = text.lines().position(|line| line.contains("\"CriticalAddonsOnly\"")).map_or(1, |at| at + 1);
    let words = ["trace", &format!("{file}:{line}")];
    Ok(format!("$ clusterc {}\n{}", words.join(" "), run(folder.path(), &words)?))
}

/// What the change makes of the golden tree.
fn difference(files: &BTreeMap<String, String>) -> Result<String, Failed> {
    let output = |files: BTreeMap<String, String>| {
        let files = MemoryFiles(files);
        let input =
            Input { spec: SPEC, out: "examples/platform/out", files: &files, library: &Library::standard() };
        compile(&input).output.ok_or("the platform example does not compile")
    };
    let (old, new) = (output(files.clone())?, output(changed(files, CHANGE))?);
    let mut out = String::new();
    for (path, after) in &new.files {
        let before = old.files.get(path).map(|file| file.text.as_str()).unwrap_or_default();
        if before != after.text {
            let [from, to] = ["a", "b"].map(|side| format!("{side}/golden/platform/{path}"));
            let diff = TextDiff::from_lines(before, after.text.as_str());
            out.push_str(&diff.unified_diff().context_radius(1).header(&from, &to).to_string());
        }
    }
    Ok(out)
}
