//! `clusterc init`: a spec to start from.

use std::fs::OpenOptions;
use std::io::{self, Write};

use clap::ValueEnum;

use super::args::Init;
use super::terminal::{Failure, Terminal, Verdict};

/// What a new spec starts from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Template {
    /// The least that makes a cluster: network, one node group, defaults for the rest
    Minimal,
    /// A platform: Karpenter on spot, ingress, access, GitOps by Flux
    Karpenter,
}

impl Template {
    fn text(self) -> &'static str {
        match self {
            Template::Minimal => include_str!("templates/minimal.yaml"),
            Template::Karpenter => include_str!("templates/karpenter.yaml"),
        }
    }
}

/// Runs `clusterc init`.
pub(super) fn run(args: &Init, terminal: Terminal) -> Result<Verdict, Failure> {
    let path = if args.path.is_dir() { args.path.join("spec.yaml") } else { args.path.clone() };
    if let Some(folder) = path.parent().filter(|folder| !folder.as_os_str().is_empty()) {
        fs_err::create_dir_all(folder)?;
    }
    let shown = path.display();
    let mut file =
        OpenOptions::new().write(true).create_new(true).open(&path).map_err(|error| match error.kind() {
            io::ErrorKind::AlreadyExists => Failure::Refused(format!(
                "`{shown}` exists already\n  = help: name another file; `init` never overwrites one"
            )),
            _ => Failure::System(format!("cannot write `{shown}`: {error}")),
        })?;
    if let Err(error) = file.write_all(args.from.text().as_bytes()) {
        // Half a spec would be in the way of the next try.
        let _ = fs_err::remove_file(&path);
        return Err(Failure::System(format!("cannot write `{shown}`: {error}")));
    }
    terminal.error(&format!("wrote {shown}        next: clusterc build {shown}\n"));
    Ok(Verdict::Clean)
}
