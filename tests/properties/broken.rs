//! Broken documents: specs and components with random faults end in findings, soon and without a crash.

use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock, mpsc};
use std::thread;
use std::time::Duration;

use clusterc::compile::Compilation;
use clusterc::component::Library;
use clusterc::diagnostic::Sink;
use clusterc::source::{MemoryFiles, Sources};
use libtest_mimic::Trial;
use serde_json::Value;

use super::draw::Draw;
use super::{SPEC, compiled, law, laws, standard, yaml};
use crate::support::{root, tree};

/// How long one case may take; a debug build on a busy machine is no measure of speed.
const LIMIT: Duration = Duration::from_secs(if cfg!(debug_assertions) { 12 } else { 2 });

pub(super) fn trials() -> Vec<Trial> {
    vec![
        law("a broken spec ends in findings", 100, |numbers| {
            let mut draw = Draw::new(numbers);
            let examples = files_of("examples");
            let names: Vec<&String> = examples.keys().filter(|path| path.ends_with("/spec.yaml")).collect();
            let path = *draw.pick(&names);
            let folder = path.trim_end_matches("spec.yaml");
            let files = examples.iter().filter_map(|(path, text)| {
                Some((format!("clusters/{}", path.strip_prefix(folder)?), text.clone()))
            });
            let mut files: BTreeMap<String, String> = files.collect();
            let mut spec = files.remove(SPEC).unwrap();
            if draw.chance(10) {
                // A manifest or a component of the user's own breaks as easily.
                let other = files.keys().nth(draw.below(files.len())).cloned();
                if let Some(text) = other.and_then(|path| files.get_mut(&path)) {
                    *text = broken(text, &mut draw);
                }
            } else {
                spec = broken(&spec, &mut draw);
            }
            ends(spec, files, None)
        }),
        law("a broken component ends in findings", 70, |numbers| {
            let mut draw = Draw::new(numbers);
            let library =
                files_of("stdlib").iter().map(|(path, text)| (format!("stdlib/{path}"), text.clone()));
            let mut files: BTreeMap<String, String> = library.collect();
            let paths: Vec<String> = files.keys().filter(|path| path.ends_with(".yaml")).cloned().collect();
            let path = draw.pick(&paths);
            let text = broken(&files[path], &mut draw);
            let name = path.split('/').nth(1).unwrap().to_owned();
            files.insert(path.clone(), text);
            ends(asking(&name), BTreeMap::new(), Some(files))
        }),
    ]
}

/// The files of a folder of the project, read once.
fn files_of(folder: &'static str) -> &'static BTreeMap<String, String> {
    static EXAMPLES: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    static STDLIB: OnceLock<BTreeMap<String, String>> = OnceLock::new();
    let known = if folder == "stdlib" { &STDLIB } else { &EXAMPLES };
    known.get_or_init(|| tree(&root().join(folder)))
}

/// A spec that uses one component.
fn asking(name: &str) -> String {
    let params = match name {
        "cert-manager" => "params: { email: ops@example.com }",
        "external-dns" => "params: { zoneIds: [Z1] }",
        "envoy-gateway" => "params: { gateway: { hostname: a.example.com } }",
        "external-secrets" => "params: { stores: [secrets-manager] }",
        _ => "",
    };
    let karpenter = match name.starts_with("karpenter") {
        true => "    karpenter: { pools: { general: { limits: { cpu: 10 } } } }\n",
        false => "",
    };
    format!(
        "apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\nmetadata: {{ name: demo }}\nspec:\n  kubernetes: {{ version: \"1.35\" }}\n  \
         aws:\n    region: eu-west-1\n    state: {{ s3: {{ bucket: demo-tf-state }} }}\n    \
         access: {{ admins: {{ principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin }} }}\n{karpenter}  \
         components: {{ {name}: {{ {params} }} }}\n  gitops: {{ flux: {{ repository: \"https://github.com/demo/platform.git\" }} }}\n"
    )
}

/// Compiles on a thread of its own, for there is no other way to notice that it does not end.
fn ends(
    spec: String,
    files: BTreeMap<String, String>,
    library: Option<BTreeMap<String, String>>,
) -> Result<(), String> {
    let (send, receive) = mpsc::channel();
    let text = spec.clone();
    let worker = thread::spawn(move || {
        let library = library.map_or_else(standard, |files| Arc::new(Library::of(MemoryFiles(files))));
        let outcome = check(&compiled(&text, &MemoryFiles(files), &library));
        // Nobody listens any more after the time limit.
        let _ = send.send(outcome);
    });
    let outcome = receive.recv_timeout(LIMIT);
    match outcome {
        Err(mpsc::RecvTimeoutError::Timeout) => Err(format!("no end after {LIMIT:?}\n{spec}")),
        Err(mpsc::RecvTimeoutError::Disconnected) => match worker.join() {
            Err(panic) => {
                let words = panic.downcast_ref::<String>().cloned();
                let words = words.or_else(|| panic.downcast_ref::<&str>().map(|words| (*words).to_owned()));
                Err(format!("panics: {}\n{spec}", words.unwrap_or_default()))
            }
            Ok(()) => Err("no outcome".to_owned()),
        },
        Ok(outcome) => outcome.map_err(|fault| format!("{fault}\n--- spec\n{spec}")),
    }
}

fn check(compilation: &Compilation) -> Result<(), String> {
    laws::findings(compilation)?;
    compilation.output.as_ref().map_or(Ok(()), laws::output)
}

/// Scalars that are of another type, a reference, a directive, or nothing that YAML has.
const ODD: [&str; 34] = [
    "",
    "x",
    "true",
    "7",
    "-1",
    "1.5",
    "99999999999999999999",
    "[]",
    "{}",
    "[x]",
    "{ x: y }",
    "{ input: x }",
    "null",
    "*a",
    "&a x",
    "&a [*a]",
    "*nobody",
    "!!str 1",
    "!x y",
    "\"\\uE000x\\uE001\"",
    "'it''s'",
    "\"\\x00\"",
    "|",
    ">-",
    "<<: *a",
    "? x",
    "${{ cluster.name }}",
    "${{ params }}",
    "${{ nobody.knows }}",
    "${{",
    "\"${{ '\\ue000x\\ue001' }}\"",
    "{ $when: \"${{ 1 }}\", a: b }",
    "{ $each: \"${{ range(3) }}\", a: b }",
    "[\"${{ range(99999) }}\"]",
];

const SIGNS: [&str; 24] = [
    "{", "}", "[", "]", ":", ": ", ",", "&", "*", "!", "|", ">", "'", "\"", "%", "@", "`", "#", "- ", "\t",
    "\n", "\u{0}", "é", "\u{e000}",
];

/// A text with some faults.
fn broken(text: &str, draw: &mut Draw<'_>) -> String {
    let mut text = text.to_owned();
    for _ in 0..=draw.below(3) {
        text = match draw.below(4) {
            0 => by_tree(&text, draw),
            1 => by_lines(&text, draw),
            _ => by_characters(&text, draw),
        };
    }
    text
}

/// A boundary between two characters.
fn place(text: &str, draw: &mut Draw<'_>) -> usize {
    text.floor_char_boundary(draw.below(text.len() + 1))
}

fn by_characters(text: &str, draw: &mut Draw<'_>) -> String {
    let (a, b) = (place(text, draw), place(text, draw));
    let (from, to) = (a.min(b), a.max(b));
    match draw.below(7) {
        0 => text[..a].to_owned(),
        1 => format!("{}{}{}", &text[..a], draw.pick(&SIGNS), &text[a..]),
        2 => format!("{}{}", &text[..from], &text[to..]),
        3 => {
            let end = text[a..].char_indices().nth(1).map_or(text.len(), |(at, _)| a + at);
            format!("{}{}", &text[..a], &text[end..])
        }
        4 => format!(
            "{}{}{}",
            &text[..a],
            draw.pick(&["[", "{ a: ", "- ", "{", "[["]).repeat(10_000),
            &text[a..]
        ),
        5 => {
            let end = text.floor_char_boundary((from + 40).min(text.len()));
            format!("{}{}", &text[..end], &text[from..])
        }
        _ => {
            let mut bytes = text.as_bytes().to_vec();
            for _ in 0..=draw.below(4) {
                let at = draw.below(bytes.len());
                if let Some(byte) = bytes.get_mut(at) {
                    *byte = draw.below(256) as u8;
                }
            }
            String::from_utf8_lossy(&bytes).into_owned()
        }
    }
}

fn by_lines(text: &str, draw: &mut Draw<'_>) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    if lines.is_empty() {
        return (*draw.pick(&ODD)).to_owned();
    }
    let (a, b) = (draw.below(lines.len()), draw.below(lines.len()));
    match draw.below(7) {
        0 => drop(lines.remove(a)),
        1 => lines.insert(b, lines[a].clone()),
        2 => lines.swap(a, b),
        3 => lines[a].insert_str(0, "  "),
        4 => lines[a] = lines[a].strip_prefix("  ").unwrap_or_default().to_owned(),
        5 => lines[a] = format!("{}: {}", lines[a].split(": ").next().unwrap_or_default(), draw.pick(&ODD)),
        _ => lines.insert(a, (*draw.pick(&["---", "...", "%YAML 1.1", "# note", "\u{feff}"])).to_owned()),
    }
    lines.join("\n") + "\n"
}

/// Another tree: a node less, a node twice, another type, a misspelt key, two nodes swapped.
fn by_tree(text: &str, draw: &mut Draw<'_>) -> String {
    let id = Sources::default().add(SPEC, text);
    let Some(document) = clusterc::syntax::yaml::read(id, text, &mut Sink::default()) else {
        return text.to_owned();
    };
    let mut value = document.value();
    let mut all = Vec::new();
    pointers(&value, String::new(), &mut all);
    let (a, b) = (draw.pick(&all).clone(), draw.pick(&all).clone());
    let (parent, last) = a.rsplit_once('/').unwrap_or(("", ""));
    let last = last.replace("~1", "/").replace("~0", "~");
    match draw.below(5) {
        0 => match value.pointer_mut(parent) {
            Some(Value::Object(map)) => drop(map.shift_remove(&last)),
            Some(Value::Array(items)) if !items.is_empty() => drop(items.pop()),
            _ => {}
        },
        1 => {
            let odd = [
                Value::Null,
                Value::from(true),
                Value::from(-7),
                Value::from(1e300),
                Value::from("x"),
                Value::from(""),
                Value::Array(vec![]),
                Value::Object(serde_json::Map::new()),
            ];
            if let Some(node) = value.pointer_mut(&a) {
                *node = draw.pick(&odd).clone();
            }
        }
        2 => {
            let other = value.pointer(&b).cloned().unwrap_or_default();
            if let Some(node) = value.pointer_mut(&a) {
                *node = other;
            }
        }
        3 => {
            if let Some(Value::Object(map)) = value.pointer_mut(parent)
                && let Some(node) = map.shift_remove(&last)
            {
                let cut = last.floor_char_boundary(draw.below(last.len()));
                map.insert(format!("{}{}", &last[..cut], draw.pick(&["x", "", "_", "A"])), node);
            }
        }
        _ => {
            if let Some(Value::Array(items)) = value.pointer_mut(parent) {
                let again = items.clone();
                items.extend(again);
            }
        }
    }
    yaml(&value)
}

fn pointers(value: &Value, at: String, out: &mut Vec<String>) {
    match value {
        Value::Object(map) => {
            for (key, below) in map {
                pointers(below, format!("{at}/{}", key.replace('~', "~0").replace('/', "~1")), out);
            }
        }
        Value::Array(items) => {
            for (index, below) in items.iter().enumerate() {
                pointers(below, format!("{at}/{index}"), out);
            }
        }
        _ => {}
    }
    out.push(at);
}
