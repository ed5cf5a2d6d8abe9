//! The door: the only files that touch disk, terminal and environment.
#![expect(clippy::disallowed_methods, reason = "the door to the world")]

mod args;
mod build;
mod components;
mod disk;
mod explain;
mod init;
mod members;
mod orphans;
mod paths;
mod shell;
mod specs;
mod stale;

mod summary;
mod terminal;
mod trace;
mod writer;

use std::process::ExitCode;

use clap::Parser;

use args::{Cli, Command};
use terminal::Terminal;

/// Runs the program with the arguments of this process, and returns what to exit with: 0 clean, 1 findings,
/// 2 usage, 3 the system said no.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let _ = error.print();
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let terminal = Terminal::new(cli.color);
    let result = match cli.command {
        Command::Init(args) => init::run(&args, terminal),
        Command::Build(args) => build::run(&args, terminal),
        Command::Check(args) => specs::check(&args, terminal),
        Command::Explain(args) => explain::run(&args, terminal),
        Command::Trace(args) => trace::run(&args, terminal),
        Command::Show(args) => specs::show(&args, terminal),
        Command::Components(args) => components::run(&args, terminal),
        Command::Schema(args) => shell::schema(&args, terminal),
        Command::Completions(args) => shell::completions(&args, terminal),
        Command::Man(args) => shell::man(&args, terminal),
    };
    match result {
        Ok(verdict) => verdict.into(),
        Err(failure) => terminal.fail(&failure),
    }
}
