//! The project's own text: how files open, what is left over, what the core may touch, how long files are.

use std::collections::{BTreeMap, BTreeSet};

use libtest_mimic::{Failed, Trial};

use super::{project, rust, verdict};
use crate::floors::text::{code_only, named, tokens};

pub(super) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("tidy::every file opens with a sentence", openings),
        Trial::test("tidy::nothing is left for later", leftovers),
        Trial::test("tidy::only the door touches the world", purity),
        Trial::test("tidy::files stay short", short),
        Trial::test("tidy::no text knows a machine", machines),
        Trial::test("tidy::every crate comes from the public registry", registry),
        Trial::test(
            "tidy::a diagnostic's code is its own, and it has a page with both examples",
            diagnostics,
        ),
    ]
}

fn openings() -> Result<(), Failed> {
    let opens = |text: &str| ["//! ", "#![doc = include_str!("].iter().any(|start| text.starts_with(start));
    let faults = rust().filter(|(_, text)| !text.is_empty() && !opens(text));
    verdict(
        faults.map(|(path, _)| format!("{path}:1: say first, after `//!`, what the file holds")).collect(),
    )
}

fn leftovers() -> Result<(), Failed> {
    // Spelled in halves, so that this file passes.
    let words = [concat!("TO", "DO"), concat!("FIX", "ME"), concat!("XX", "X"), concat!("HA", "CK")];
    let mut faults = Vec::new();
    for (path, text) in project() {
        if path.starts_with("golden/") || path.ends_with(".lock") || path.ends_with(".tsv") {
            continue;
        }
        for (index, line) in text.lines().enumerate() {
            let word = line.split(|sign: char| !sign.is_alphanumeric()).find(|word| words.contains(word));
            if let Some(word) = word {
                faults.push(format!("{path}:{}: `{word}`: do it now, or write an issue", index + 1));
            }
        }
        if path.ends_with(".rs") {
            let tokens = tokens(&code_only(&text));
            for pair in tokens.windows(2).filter(|pair| pair[1].text == "!") {
                if ["todo", "unimplemented", "dbg"].contains(&pair[0].text.as_str()) {
                    faults.push(format!("{path}:{}: `{}!` is not finished work", pair[0].line, pair[0].text));
                }
            }
        }
    }
    verdict(faults)
}

/// What depends on the machine, the moment or chance; clippy.toml denies the calls, this the names.
fn purity() -> Result<(), Failed> {
    const WORLD: [&str; 6] = ["fs", "env", "process", "thread", "os", "time"];
    const WORDS: [&str; 12] = [
        "SystemTime",
        "Instant",
        "HashMap",
        "HashSet",
        "RandomState",
        "rand",
        "fs_err",
        "tempfile",
        "anstream",
        "TcpStream",
        "UdpSocket",
        "ToSocketAddrs",
    ];
    let tests = test_files();
    let mut faults = Vec::new();
    for (path, text) in rust() {
        let core = path.starts_with("compiler/") && !path.starts_with("compiler/cli/");
        if !core || tests.contains(&path) || matches!(path.as_str(), "compiler/build.rs" | "compiler/main.rs")
        {
            continue;
        }
        let code = code_only(&text);
        for name in named(&code, &["std"], &[]) {
            if name.path.get(1).is_some_and(|module| WORLD.contains(&module.as_str())) {
                faults.push(format!(
                    "{path}:{}: `{}` belongs in compiler/cli",
                    name.line,
                    name.path.join("::")
                ));
            }
        }
        for token in tokens(&code).iter().filter(|token| WORDS.contains(&token.text.as_str())) {
            faults.push(format!("{path}:{}: `{}` has no place in the core", token.line, token.text));
        }
    }
    verdict(faults)
}

/// Files that are compiled for tests only: declared below `#[cfg(test)]` in the file next to or above them.
fn test_files() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (path, text) in rust() {
        let folder = path.strip_suffix("/mod.rs").or(path.strip_suffix(".rs")).unwrap_or_default();
        let lines: Vec<&str> = text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            let declared = pair[1].trim_start_matches("pub(crate) ").strip_prefix("mod ");
            if let Some(name) = declared.and_then(|rest| rest.strip_suffix(';')) {
                out.insert(format!("{folder}/{name}.rs"));
            }
        }
    }
    out
}

/// Lines in a file before it must hold two subjects.
const LONGEST: usize = 500;

fn short() -> Result<(), Failed> {
    let long = rust().map(|(path, text)| (path, text.lines().count())).filter(|(_, lines)| *lines > LONGEST);
    verdict(long.map(|(path, lines)| format!("{path}: {lines} lines; what is its second subject?")).collect())
}

fn machines() -> Result<(), Failed> {
    let words = [
        concat!("/wo", "rk/"),
        concat!("/ro", "ot/"),
        concat!("/ho", "me/"),
        concat!("/tm", "p/"),
        concat!("file", ":///"),
    ];
    let mut faults = Vec::new();
    for (path, text) in project() {
        for (index, line) in text.lines().enumerate() {
            for word in words.iter().filter(|word| stands_free(line, word)) {
                faults.push(format!("{path}:{}: `{word}` is a path of somebody's machine", index + 1));
            }
        }
    }
    verdict(faults)
}

/// Whether a line holds the path at the start of a path, not as a part of one such as `a/tmp/`.
fn stands_free(line: &str, word: &str) -> bool {
    let joins = |sign: char| sign.is_alphanumeric() || matches!(sign, '.' | '_' | '-' | '}' | ')' | '~');
    line.match_indices(word).any(|(at, _)| !line[..at].chars().next_back().is_some_and(joins))
}

fn registry() -> Result<(), Failed> {
    let files = project();
    let lock = files.get("Cargo.lock").cloned().unwrap_or_default();
    let public = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    let mut faults: Vec<String> = lock
        .lines()
        .enumerate()
        .filter(|(_, line)| line.starts_with("source = ") && *line != public)
        .map(|(index, line)| format!("Cargo.lock:{}: {line}", index + 1))
        .collect();
    let settings =
        std::fs::read_to_string(crate::support::root().join(".cargo/config.toml")).unwrap_or_default();
    let elsewhere = settings.lines().filter(|line| line.contains("[source") || line.contains("registr"));
    faults.extend(elsewhere.map(|line| format!(".cargo/config.toml: `{line}` works on one machine only")));
    verdict(faults)
}

/// The one diagnostic about a spec that is not there, so no example can show it.
const UNREADABLE: &str = "E0008";

fn diagnostics() -> Result<(), Failed> {
    let mut places: BTreeMap<String, String> = BTreeMap::new();
    let mut faults = Vec::new();
    for (path, text) in rust().filter(|(path, _)| path.starts_with("compiler/")) {
        for (index, line) in text.lines().enumerate() {
            let Some((name, id)) = declared(line) else { continue };
            if id[1..].starts_with("99") {
                continue; // Kept for tests and examples.
            }
            let place = format!("{path}:{}", index + 1);
            match clusterc::explain::find(id) {
                None => faults.push(format!("{place}: {id} is missing in its floor's CODES")),
                Some(code) if code.name != name => {
                    faults.push(format!("{place}: {id} is called {name} here and {} in the list", code.name));
                }
                Some(_) => {}
            }
            if let Some(first) = places.insert(id.to_owned(), place.clone()) {
                faults.push(format!("{place}: {id} is taken by {first}"));
            }
        }
    }
    for code in clusterc::explain::all() {
        let has = |fence: &str| code.page.lines().any(|line| line.trim() == fence);
        if !places.contains_key(code.id) {
            faults.push(format!("{} is listed, but no file declares it", code.id));
        }
        if code.id != UNREADABLE && (!has("```yaml,fails") || !has("```yaml,passes")) {
            faults.push(format!("{}: its page wants an example that fails and one that passes", code.id));
        }
    }
    verdict(faults)
}

/// Name and id of the diagnostic that a line declares: `pub NAME = E0000: "title"`.
fn declared(line: &str) -> Option<(&str, &str)> {
    let (name, rest) = line.trim_start().strip_prefix("pub ")?.split_once(" = ")?;
    let (id, _) = rest.split_once(": \"")?;
    let numbered =
        id.len() == 5 && id.starts_with(['E', 'W']) && id[1..].chars().all(|sign| sign.is_ascii_digit());
    numbered.then_some((name, id))
}
