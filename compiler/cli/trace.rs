//! `clusterc trace`: who asked for this line.

use std::path::{Path, PathBuf};

use crate::compile::{Compilation, Output};
use crate::source::{Origin, Span};
use crate::syntax::Printed;

use super::args::{Form, Report, Trace};
use super::disk::STDIN;
use super::paths;
use super::specs::{Compiled, compile_all, report};
use super::terminal::{Failure, Terminal, Verdict};
use super::writer::{Manifest, RECORDS};

/// Where a file of the output belongs.
struct Owner {
    /// The specs that may have asked for it.
    specs: Vec<String>,
    /// The output root and the file's path below it; `None` where no root was found.
    place: Option<(PathBuf, String)>,
}

/// Runs `clusterc trace`.
pub(super) fn run(args: &Trace, terminal: Terminal) -> Result<Verdict, Failure> {
    let (file, line) = place(&args.place)?;
    let owner = owner(&file, args.spec.as_deref())?;
    let compiled = compile_all(&owner.specs, owner.place.as_ref().map(|(root, _)| root.as_path()))?;
    for one in &compiled {
        let path = owner.place.as_ref().map(|(_, path)| path.as_str());
        let found = one.compilation.output.as_ref().and_then(|output| find(output, &file, path));
        if let Some((path, printed)) = found {
            let text = answer(&one.compilation, printed, line, &args.place, path)?;
            terminal.output(&text)?;
            if fs_err::read(&file).is_ok_and(|now| now != printed.text.as_bytes()) {
                terminal.error(
                    "note: the file is not what the spec gives now; the answer is about a fresh build\n",
                );
            }
            return Ok(Verdict::Clean);
        }
    }
    unanswered(&compiled, &file, terminal)
}

fn unanswered(compiled: &[Compiled], file: &Path, terminal: Terminal) -> Result<Verdict, Failure> {
    if compiled.iter().any(|one| one.compilation.output.is_none()) {
        report(compiled, &Report { format: Form::Human, deny_warnings: false }, terminal)?;
        return Ok(Verdict::Findings);
    }
    let specs: Vec<String> = compiled.iter().map(|one| format!("`{}`", one.spec)).collect();
    Err(Failure::Refused(format!(
        "{} does not give `{}`\n  = help: it may be left over; `clusterc build --check` would say so",
        specs.join(", "),
        file.display()
    )))
}

/// Takes `FILE:LINE`, or `FILE:LINE:COLUMN` as editors give it.
fn place(text: &str) -> Result<(PathBuf, usize), Failure> {
    let parse = |text: &str| {
        let (file, line) = text.rsplit_once(':')?;
        let line: usize = line.parse().ok().filter(|line| *line > 0)?;
        (!file.is_empty()).then(|| (file.to_owned(), line))
    };
    let wrong = || {
        Failure::Usage(format!("`{text}` is not FILE:LINE, such as out/terraform/prod/cluster/network.tf:12"))
    };
    let (file, line) = parse(text).ok_or_else(wrong)?;
    let (file, line) = parse(&file).unwrap_or((file, line));
    Ok((PathBuf::from(file), line))
}

/// Finds the output root above a file and, in its record, whose the file is.
fn owner(file: &Path, spec: Option<&str>) -> Result<Owner, Failure> {
    let full = paths::settled(file)?;
    let root = full.ancestors().skip(1).find(|above| above.join(RECORDS).join("manifest.json").is_file());
    let place = root.map(|root| (root.to_path_buf(), paths::relative(root, &full)));
    if let Some(spec) = spec {
        return Ok(Owner { specs: vec![spec.to_owned()], place });
    }
    let shown = file.display();
    let help = "  = help: name the spec with `--spec`";
    let Some((root, path)) = &place else {
        return Err(Failure::Usage(format!("`{shown}` lies in no folder that clusterc wrote\n{help}")));
    };
    let manifest = Manifest::read(root).map_err(|trouble| Failure::System(trouble.to_string()))?;
    let owners: Vec<&str> = manifest.owners(path).map(|(_, spec)| spec).collect();
    let specs: Vec<String> =
        owners.iter().filter(|spec| **spec != STDIN).map(|spec| nearest(root, spec)).collect();
    if specs.is_empty() {
        let why = if owners.is_empty() {
            "was not written by clusterc"
        } else {
            "comes from a spec that was piped in"
        };
        return Err(Failure::Usage(format!("`{shown}` {why}\n{help}")));
    }
    Ok(Owner { specs, place })
}

/// The spec of a record, named from the working folder as the user would.
fn nearest(root: &Path, spec: &str) -> String {
    let full = paths::settled(&root.join(spec)).unwrap_or_else(|_| root.join(spec));
    match paths::settled(Path::new(".")) {
        Ok(here) => paths::relative(&here, &full),
        Err(_) => full.display().to_string(),
    }
}

/// The file in the output; without a root, by the longest path that fits.
fn find<'a>(output: &'a Output, file: &Path, path: Option<&str>) -> Option<(&'a str, &'a Printed)> {
    let exact = path.and_then(|path| output.files.get_key_value(path));
    let fitting =
        || output.files.iter().filter(|(path, _)| file.ends_with(path)).max_by_key(|(path, _)| path.len());
    exact.or_else(fitting).map(|(path, printed)| (path.as_str(), printed))
}

/// The answer in full.
fn answer(
    from: &Compilation,
    printed: &Printed,
    line: usize,
    asked: &str,
    path: &str,
) -> Result<String, Failure> {
    let lines: Vec<&str> = printed.text.lines().collect();
    let Some(text) = lines.get(line - 1) else {
        return Err(Failure::Usage(format!("`{path}` has {} lines, not {line}", lines.len())));
    };
    let mut answer = format!("{asked}\n{}\n", numbered(line, text));
    let above = printed.lines.get(..line.min(printed.lines.len())).unwrap_or_default();
    let Some((at, origin)) =
        above.iter().enumerate().rev().find_map(|(at, origin)| Some((at, origin.as_ref()?)))
    else {
        answer.push_str("every generated file begins like this\n");
        return Ok(answer);
    };
    if at + 1 != line {
        answer.push_str(&format!(
            "belongs to line {}\n{}\n",
            at + 1,
            numbered(at + 1, lines.get(at).unwrap_or(&""))
        ));
    }
    answer.push_str(&asker(from, origin));
    Ok(answer)
}

fn asker(from: &Compilation, origin: &Origin) -> String {
    match origin {
        Origin::Rule(why) => format!("asked for by a rule of the compiler: {why}\n"),
        Origin::Component { name, span } => {
            format!("asked for by component `{name}`\n{}", quoted(from, *span))
        }
        Origin::Spec(address) => match (from.locate(address), from.nearest(address)) {
            (Some(place), _) => format!("asked for by {address}\n{}", quoted(from, place)),
            (None, Some(place)) => format!(
                "asked for by the default of {address}, which can be set here\n{}",
                quoted(from, place)
            ),
            (None, None) => format!("asked for by {address}\n"),
        },
    }
}

/// The place and its line, as messages show them.
fn quoted(from: &Compilation, span: Span) -> String {
    let line = from.sources.position(span).line;
    let file = from.sources.get(span.file);
    let text = file.and_then(|file| file.text.lines().nth(line - 1)).unwrap_or_default();
    format!("  --> {}\n{}\n", from.sources.show(span), numbered(line, text))
}

fn numbered(line: usize, text: &str) -> String {
    format!("{line:>5} | {text}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_files_with_a_line() {
        let read = |text: &str| place(text).ok().map(|(file, line)| (file.display().to_string(), line));
        assert_eq!(read("a/b.tf:12"), Some(("a/b.tf".to_owned(), 12)));
        assert_eq!(read("a/b.tf:12:3"), Some(("a/b.tf".to_owned(), 12)));
        for bad in ["a/b.tf", "a/b.tf:", "a/b.tf:0", ":3", "a:-1", "a:99999999999999999999999"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }
}
