//! What editors and shells need: the schema, completions, manual pages.

use std::io::Write;
use std::path::Path;

use clap::CommandFactory;

use super::args::{Cli, Completions, Man, Schema};
use super::paths;
use super::terminal::{Failure, Terminal, Verdict};

/// Runs `clusterc schema`.
pub(super) fn schema(args: &Schema, terminal: Terminal) -> Result<Verdict, Failure> {
    let schema = crate::spec::schema();
    let mut text =
        serde_json::to_string_pretty(&schema).map_err(|error| Failure::System(error.to_string()))?;
    text.push('\n');
    match &args.out {
        None => terminal.output(&text)?,
        Some(path) => replace(path, text.as_bytes())?,
    }
    Ok(Verdict::Clean)
}

/// Runs `clusterc completions`.
pub(super) fn completions(args: &Completions, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "clusterc", &mut script);
    terminal.output(&String::from_utf8_lossy(&script))?;
    Ok(Verdict::Clean)
}

/// Runs `clusterc man`.
pub(super) fn man(args: &Man, terminal: Terminal) -> Result<Verdict, Failure> {
    let mut command = Cli::command();
    command.build();
    let Some(folder) = &args.out else {
        terminal.output(&manual(command)?)?;
        return Ok(Verdict::Clean);
    };
    fs_err::create_dir_all(folder)?;
    for part in command.get_subcommands().filter(|part| part.get_name() != "help") {
        let name = format!("clusterc-{}", part.get_name());
        let page = manual(part.clone())?;
        replace(&folder.join(format!("{name}.1")), page.as_bytes())?;
    }
    replace(&folder.join("clusterc.1"), manual(command)?.as_bytes())?;
    Ok(Verdict::Clean)
}

fn manual(command: clap::Command) -> Result<String, Failure> {
    let mut page = Vec::new();
    clap_mangen::Man::new(command).render(&mut page)?;
    Ok(String::from_utf8_lossy(&page).into_owned())
}

/// Writes a file in one step, and not at all if it has this text already.
fn replace(path: &Path, text: &[u8]) -> Result<(), Failure> {
    if fs_err::read(path).is_ok_and(|now| now == text) {
        return Ok(());
    }
    let failed = |words: String| Failure::System(format!("cannot write `{}`: {words}", path.display()));
    let place = paths::settled(path)?;
    let folder = place.parent().ok_or_else(|| failed("it is a folder".to_owned()))?;
    let draft = tempfile::Builder::new().prefix(".clusterc-").tempfile_in(folder);
    let mut draft = draft.map_err(|error| failed(error.to_string()))?;
    draft.write_all(text).map_err(|error| failed(error.to_string()))?;
    readable(draft.path()).map_err(|error| failed(error.to_string()))?;
    draft.persist(&place).map_err(|error| failed(error.error.to_string()))?;
    Ok(())
}

/// A temporary file is its owner's alone; a schema or a manual page is for all.
#[cfg(unix)]
fn readable(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::PermissionsExt;
    fs_err::set_permissions(path, std::fs::Permissions::from_mode(0o644))
}

#[cfg(not(unix))]
fn readable(_: &Path) -> std::io::Result<()> {
    Ok(())
}
