//! `clusterc build`: compile, then write what changed.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use crate::compile::Output;

use super::args::{Build, Form};
use super::disk::STDIN;
use super::orphans::{self, Orphan};
use super::specs::{Compiled, Tally, compile_all, report, tally};
use super::summary::{self, Done};
use super::terminal::{Failure, Terminal, Verdict};
use super::writer::{self, Conflict, Kind, Stance, Tree, Trouble, Written};
use super::{paths, stale};

/// The specs that share an output folder.
pub(super) struct Group<'a> {
    /// The folder as the user would name it.
    pub(super) shown: PathBuf,
    /// The folder.
    pub(super) root: PathBuf,
    /// The outputs, with the spec of each relative to the folder.
    pub(super) members: Vec<(String, &'a Output)>,
    /// Whether a spec of the folder has errors, so that nothing is written to it.
    fails: bool,
}

/// Runs `clusterc build`.
pub(super) fn run(args: &Build, terminal: Terminal) -> Result<Verdict, Failure> {
    let start = Instant::now();
    let compiled = compile_all(&args.specs, args.out.as_deref())?;
    let verdicts = report(&compiled, &args.report, terminal)?;
    let mut verdict = if verdicts.all.fails(&args.report) { Verdict::Findings } else { Verdict::Clean };
    if args.stdout {
        return print(&compiled, verdict, terminal);
    }
    let mut groups = group(&compiled, args)?;
    // What is wrong between clusters cannot be pinned on one of their folders.
    let held_back = verdicts.between.fails(&args.report);
    groups.values_mut().for_each(|group| group.fails |= held_back);
    let mut failure: Option<Failure> = None;
    let mut done = Vec::new();
    for group in groups.values().filter(|group| !group.fails) {
        let result = if args.check {
            stale::check(group, args, terminal).map(|fresh| {
                if fresh == Verdict::Findings {
                    verdict = Verdict::Findings;
                }
            })
        } else {
            put(group, args).map(|(written, orphans)| done.push(Done { group, written, orphans }))
        };
        if let Err(now) = result
            && let Some(earlier) = failure.replace(now)
        {
            terminal.fail(&earlier);
        }
    }
    if !args.quiet {
        terminal.error(&summary::text(&done, args.verbose, terminal.watched.then(|| start.elapsed())));
        terminal.error(&orphans::note(&done, args));
    }
    let held_back = groups.values().filter(|group| group.fails);
    if args.report.format == Form::Human && !args.quiet && !args.check {
        for group in held_back {
            terminal.error(&format!("nothing was written to {}\n", group.shown.display()));
        }
    }
    failure.map_or(Ok(verdict), Err)
}

/// Groups outputs by the folder they go to.
fn group<'a>(compiled: &'a [Compiled], args: &Build) -> Result<BTreeMap<PathBuf, Group<'a>>, Failure> {
    let mut groups = BTreeMap::new();
    for one in compiled {
        let shown = args.out.clone().unwrap_or_else(|| paths::beside(&one.spec));
        let root = paths::settled(&shown)?;
        let group = groups.entry(root.clone()).or_insert_with(|| Group {
            shown,
            root: root.clone(),
            members: Vec::new(),
            fails: false,
        });
        let Tally { errors, warnings } = tally(&one.compilation.findings);
        match &one.compilation.output {
            Some(output) if errors == 0 && !(args.report.deny_warnings && warnings > 0) => {
                group.members.push((spec_from(&root, &one.spec)?, output));
            }
            _ => group.fails = true,
        }
    }
    Ok(groups)
}

fn spec_from(root: &Path, spec: &str) -> Result<String, Failure> {
    if spec == STDIN {
        return Ok(STDIN.to_owned());
    }
    Ok(paths::relative(root, &paths::settled(Path::new(spec))?))
}

impl Group<'_> {
    /// What the writer needs to know of each member.
    pub(super) fn trees(&self) -> Vec<Tree<'_>> {
        self.members
            .iter()
            .map(|(spec, output)| Tree {
                cluster: &output.cluster,
                spec: spec.clone(),
                files: output.files.iter().map(|(path, text)| (path.as_str(), text.text.as_str())).collect(),
            })
            .collect()
    }
}

/// Writes a folder; what is left of clusters whose spec is gone is taken away where that is asked for, or else returned.
fn put(group: &Group<'_>, args: &Build) -> Result<(Written, Vec<Orphan>), Failure> {
    let stance = if args.force { Stance::Forced } else { Stance::Careful };
    let orphans = orphans::of(group).map_err(|trouble| explained(trouble, group))?;
    let mut trees = group.trees();
    if args.prune {
        trees.extend(orphans.iter().map(Orphan::nothing));
    }
    let written = writer::write(&group.root, &trees, stance).map_err(|trouble| explained(trouble, group))?;
    Ok((written, if args.prune { Vec::new() } else { orphans }))
}

/// The trouble in words that say what to do.
pub(super) fn explained(trouble: Trouble, group: &Group<'_>) -> Failure {
    let shown = &group.shown;
    match trouble {
        Trouble::Conflicts(conflicts) => Failure::Refused(refusal(&conflicts, shown)),
        Trouble::Busy(_) => Failure::System(format!(
            "another build is writing to `{}`; nothing was written\n  = help: wait for it to end and build again",
            shown.display()
        )),
        Trouble::Record(words) => Failure::Refused(words),
        Trouble::System(error) => {
            let state = if writer::interrupted(&group.root) {
                "the build is interrupted; the next one repairs what is there"
            } else {
                "nothing was changed"
            };
            Failure::System(format!("cannot write to `{}`: {error}\n  = {state}", shown.display()))
        }
    }
}

fn refusal(conflicts: &[Conflict], shown: &Path) -> String {
    let mut text = "nothing was written: these are in the way\n".to_owned();
    let widest =
        conflicts.iter().map(|conflict| shown.join(&conflict.path).display().to_string().len()).max();
    for conflict in conflicts {
        let path = match &conflict.kind {
            Kind::OtherSpec(_) => format!("cluster `{}`", conflict.path),
            Kind::Name(_) => format!("{:?}", conflict.path),
            _ => shown.join(&conflict.path).display().to_string(),
        };
        text.push_str(&format!(
            "  {path:<width$}   {}\n",
            reason(&conflict.kind),
            width = widest.unwrap_or(0)
        ));
    }
    for help in helps(conflicts) {
        text.push_str(&format!("  = help: {help}\n"));
    }
    text
}

/// Why a path is in the way, in a few words.
pub(super) fn reason(kind: &Kind) -> String {
    match kind {
        Kind::Edited => "was edited by hand since the last build".to_owned(),
        Kind::Foreign => "was not written by clusterc".to_owned(),
        Kind::Link(path) => format!("`{path}` is a symbolic link"),
        Kind::Folder => "is a folder with files of its own".to_owned(),
        Kind::FileAbove(path) => format!("`{path}` is a file, not a folder"),
        Kind::Disagree(cluster) => format!("is also written by cluster `{cluster}`, with another text"),
        Kind::Name(fault) => (*fault).to_owned(),
        Kind::OtherSpec(spec) => format!("is built from `{spec}`"),
    }
}

fn helps(conflicts: &[Conflict]) -> Vec<&'static str> {
    let any = |wanted: fn(&Kind) -> bool| conflicts.iter().any(|conflict| wanted(&conflict.kind));
    let all = [
        (
            any(|kind| *kind == Kind::Edited),
            "move the change into the spec and restore the file, or build with `--force` to lose it",
        ),
        (any(|kind| *kind == Kind::Foreign), "move the file away, or build with `--force` to replace it"),
        (
            any(|kind| matches!(kind, Kind::Link(_) | Kind::Folder | Kind::FileAbove(_))),
            "move links and folders away yourself: `--force` does not touch them",
        ),
        (
            any(|kind| matches!(kind, Kind::Disagree(_))),
            "build both specs from the same base, or into two folders",
        ),
        (any(|kind| matches!(kind, Kind::Name(_))), "change the name in the spec"),
        (
            any(|kind| matches!(kind, Kind::OtherSpec(_))),
            "give one of the two clusters another name, or `--out` another folder; `--force` takes the place over",
        ),
    ];
    all.into_iter().filter(|(applies, _)| *applies).map(|(_, help)| help).collect()
}

/// Prints all files, each below a line with its path.
fn print(compiled: &[Compiled], verdict: Verdict, terminal: Terminal) -> Result<Verdict, Failure> {
    if verdict == Verdict::Findings {
        return Ok(verdict);
    }
    let outputs = compiled.iter().filter_map(|one| one.compilation.output.as_ref());
    let mut text = String::new();
    for (path, printed) in outputs.flat_map(|output| &output.files) {
        let gap = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{gap}# {path}\n{}", printed.text));
    }
    terminal.output(&text)?;
    Ok(verdict)
}
