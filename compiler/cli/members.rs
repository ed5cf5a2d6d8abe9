//! Which files are the specs of a run: files that are named, what lies in a folder, what a pattern matches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use crate::diagnostic::Sink;
use crate::source::{Address, Sources};
use crate::syntax::yaml;

use super::disk::STDIN;
use super::paths;
use super::specs::Compiled;
use super::terminal::Failure;
use super::writer::RECORDS;

/// How every spec's `apiVersion` begins.
const OURS: &str = "clusterc.dev/";

/// The specs that the arguments name, in their order; those of a folder or a pattern by their paths.
pub(super) fn members(named: &[String]) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    for name in named {
        let is_pattern = name.contains(['*', '?']) && !Path::new(name).exists();
        let paths = if is_pattern { matching(name)? } else { vec![name.clone()] };
        if paths.is_empty() {
            return Err(Failure::System(format!("cannot read `{name}`: nothing matches the pattern")));
        }
        for path in paths {
            if path == STDIN || !Path::new(&path).is_dir() {
                out.push(path);
                continue;
            }
            let below = in_folder(&path)?;
            if below.is_empty() && !is_pattern {
                return Err(Failure::System(format!(
                    "cannot read `{path}`: no file in it is the spec of a cluster\n  = help: a spec has \
                     `metadata.name`, and `kind: Cluster` or `extends`"
                )));
            }
            out.extend(below);
        }
    }
    Ok(out)
}

/// Leaves out the specs that name no cluster and that others of the run extend.
pub(super) fn drop_bases(compiled: &mut Vec<Compiled>) -> Result<(), Failure> {
    let unnamed = |one: &Compiled| one.spec != STDIN && !one.compilation.chain.is_named();
    if !compiled.iter().any(unnamed) {
        return Ok(());
    }
    let mut extended: BTreeSet<PathBuf> = BTreeSet::new();
    for one in compiled.iter() {
        for base in one.compilation.chain.paths().skip(1) {
            extended.insert(paths::settled(Path::new(base))?);
        }
    }
    let mut kept = Vec::new();
    for one in compiled.drain(..) {
        if !unnamed(&one) || !extended.contains(&paths::settled(Path::new(&one.spec))?) {
            kept.push(one);
        }
    }
    *compiled = kept;
    Ok(())
}

/// The specs below a folder. Hidden folders, links to folders and what a build wrote are passed over.
fn in_folder(folder: &str) -> Result<Vec<String>, Failure> {
    let mut out = Vec::new();
    let mut open = vec![folder.to_owned()];
    while let Some(folder) = open.pop() {
        if Path::new(&folder).join(RECORDS).is_dir() {
            continue;
        }
        for (name, is_folder) in entries(&folder)? {
            let path = joined(&folder, &name);
            let is_yaml = name.ends_with(".yaml") || name.ends_with(".yml");
            if is_folder {
                open.push(path);
            } else if is_yaml && fs_err::read_to_string(&path).is_ok_and(|text| is_spec(&text)) {
                out.push(path);
            }
        }
    }
    out.sort();
    Ok(out)
}

/// Whether a text is the spec of one cluster: it names the cluster, and says that it is one or what it extends. What
/// cannot be read is one if it says so.
fn is_spec(text: &str) -> bool {
    if !text.contains("Cluster") && !text.contains("extends") {
        return false;
    }
    let mut sources = Sources::default();
    let file = sources.add("", text);
    let Some(document) = yaml::read(file, text, &mut Sink::default()) else {
        let line = |line: &str| line.strip_prefix("apiVersion: ").is_some_and(|word| word.starts_with(OURS));
        return text.lines().any(line);
    };
    let word = |address: &str| {
        let node = document.find(&Address::of(address))?;
        document.scalar(node).as_str().map(str::to_owned)
    };
    let named = document.find(&Address::of("metadata.name")).is_some();
    let ours = word("apiVersion").is_none_or(|version| version.starts_with(OURS));
    let extends = document.find(&Address::of("extends")).is_some();
    named && ours && (extends || word("kind").as_deref() == Some("Cluster"))
}

/// The paths that a pattern matches, sorted: `*` is any part of a name, `?` any character, `**` any folders.
fn matching(pattern: &str) -> Result<Vec<String>, Failure> {
    let (start, rest) = match pattern.strip_prefix('/') {
        Some(rest) => ("/", rest),
        None => ("", pattern),
    };
    let steps: Vec<&str> = rest.split('/').filter(|step| !step.is_empty()).collect();
    let mut found = BTreeSet::new();
    expand(start, &steps, &mut found)?;
    Ok(found.into_iter().collect())
}

fn expand(folder: &str, steps: &[&str], found: &mut BTreeSet<String>) -> Result<(), Failure> {
    let Some((step, rest)) = steps.split_first() else { return Ok(()) };
    if !step.contains(['*', '?']) {
        let path = joined(folder, step);
        return match rest.is_empty() {
            true if Path::new(&path).exists() => {
                found.insert(path);
                Ok(())
            }
            true => Ok(()),
            false => expand(&path, rest, found),
        };
    }
    let here = if folder.is_empty() { "." } else { folder };
    if !Path::new(here).is_dir() || Path::new(here).join(RECORDS).is_dir() {
        return Ok(());
    }
    if *step == "**" {
        expand(folder, rest, found)?;
    }
    for (name, is_folder) in entries(here)? {
        let path = joined(folder, &name);
        if *step == "**" {
            if is_folder {
                expand(&path, steps, found)?;
            }
        } else if fits(step, &name) {
            if rest.is_empty() {
                found.insert(path);
            } else if is_folder {
                expand(&path, rest, found)?;
            }
        }
    }
    Ok(())
}

/// What lies in a folder and is not hidden, and whether it is a folder itself. A link to a folder is none: it could
/// lead in a circle.
fn entries(folder: &str) -> Result<Vec<(String, bool)>, Failure> {
    let mut out = Vec::new();
    for entry in fs_err::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if !name.starts_with('.') {
            out.push((name, entry.file_type()?.is_dir()));
        }
    }
    Ok(out)
}

fn joined(folder: &str, name: &str) -> String {
    match folder {
        "" | "." => name.to_owned(),
        folder => format!("{}/{name}", folder.trim_end_matches('/')),
    }
}

/// Whether a name fits a pattern of one step.
fn fits(pattern: &str, name: &str) -> bool {
    let mut pieces = pattern.split('*');
    let first = pieces.next().unwrap_or_default();
    let Some(mut rest) = after(name, first) else { return false };
    let mut pieces: Vec<&str> = pieces.collect();
    let Some(last) = pieces.pop() else { return rest.is_empty() };
    for piece in pieces {
        let starts = rest.char_indices().map(|(at, _)| at).chain([rest.len()]);
        let mut tails = starts.filter_map(|at| after(rest.get(at..)?, piece));
        match tails.next() {
            Some(tail) => rest = tail,
            None => return false,
        }
    }
    let length = last.chars().count();
    let Some(skipped) = rest.chars().count().checked_sub(length) else { return false };
    let start = rest.char_indices().nth(skipped).map_or(rest.len(), |(at, _)| at);
    rest.get(start..).and_then(|tail| after(tail, last)).is_some_and(str::is_empty)
}

/// What follows in `name` after `piece`, in which `?` is any character.
fn after<'n>(name: &'n str, piece: &str) -> Option<&'n str> {
    let mut signs = name.chars();
    for wanted in piece.chars() {
        let sign = signs.next()?;
        if wanted != '?' && wanted != sign {
            return None;
        }
    }
    Some(signs.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_match_whole_names() {
        let fitting = [
            ("*", "a"),
            ("*.yaml", "x.yaml"),
            ("a*b*c", "a-b-b-c"),
            ("?.y", "é.y"),
            ("a*", "a"),
            ("ab", "ab"),
        ];
        for (pattern, name) in fitting {
            assert!(fits(pattern, name), "{pattern} {name}");
        }
        let other = [("*.yaml", "x.yml"), ("a*b", "a"), ("?", ""), ("ab", "abc"), ("a*a", "a"), ("*b*", "a")];
        for (pattern, name) in other {
            assert!(!fits(pattern, name), "{pattern} {name}");
        }
    }

    #[test]
    fn a_spec_names_its_cluster_and_is_ours() {
        let whole = "apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\nmetadata: { name: x }\n";
        assert!(is_spec(whole));
        assert!(is_spec("extends: base.yaml\nmetadata: { name: x }\n"));
        assert!(is_spec("apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\n  broken: [\n"));
        assert!(!is_spec("apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\nspec: {}\n"), "a base");
        assert!(!is_spec("extends: base.yaml\nspec: {}\n"), "a base in the middle");
        assert!(!is_spec(&whole.replace("clusterc.dev/v1alpha1", "cluster.x-k8s.io/v1beta1")));
        assert!(!is_spec("kind: ConfigMap\nmetadata: { name: Cluster }\n"));
    }
}
