//! The command line, and its help.

use std::path::PathBuf;

use clap::builder::styling::{AnsiColor, Effects, Styles};
use clap::{Args, Parser, Subcommand, ValueEnum};

use crate::compile::View;
use crate::diagnostic::render::Format;

use super::init::Template;

const STYLES: Styles = Styles::styled()
    .header(AnsiColor::BrightGreen.on_default().effects(Effects::BOLD))
    .usage(AnsiColor::BrightGreen.on_default().effects(Effects::BOLD))
    .literal(AnsiColor::BrightCyan.on_default().effects(Effects::BOLD))
    .placeholder(AnsiColor::Cyan.on_default());

const START: &str = "\
Start here:
  clusterc init                      write a commented spec.yaml
  clusterc check spec.yaml           what is wrong with it
  clusterc build spec.yaml           write Terraform and Flux to out/

Exit codes: 0 clean, 1 findings, 2 usage, 3 the system said no.";

/// One typed spec, both halves of a Kubernetes cluster: Terraform and Flux, checked against each other.
#[derive(Debug, Parser)]
#[command(name = "clusterc", version, styles = STYLES, after_help = START, max_term_width = 100)]
#[command(propagate_version = false, disable_help_subcommand = true, subcommand_required = true)]
pub(super) struct Cli {
    /// When to use colours
    #[arg(long, global = true, value_enum, value_name = "WHEN", default_value_t = Colour::Auto)]
    #[arg(help_heading = "Global options", hide_possible_values = true)]
    #[arg(help = "When to use colours: auto, always, never")]
    pub(super) color: Colour,

    #[command(subcommand)]
    pub(super) command: Command,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Colour {
    Auto,
    Always,
    Never,
}

/// What to do.
#[derive(Debug, Subcommand)]
pub(super) enum Command {
    Init(Init),
    Build(Build),
    Check(Check),
    Explain(Explain),
    Trace(Trace),
    Show(Show),
    Components(Components),
    Schema(Schema),
    Completions(Completions),
    Man(Man),
}

/// Write a commented spec to start from
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clusterc init
  clusterc init --from karpenter clusters/platform/spec.yaml")]
pub(super) struct Init {
    /// The spec to write, or a folder for `spec.yaml`; never overwritten
    #[arg(default_value = "spec.yaml")]
    pub(super) path: PathBuf,

    /// What to start from
    #[arg(long, value_enum, value_name = "TEMPLATE", default_value_t = Template::Minimal)]
    pub(super) from: Template,
}

/// Compile specs and write what changed
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clusterc build spec.yaml                       write out/ beside the spec
  clusterc build clusters --out out              a fleet in one folder
  clusterc build spec.yaml --check               in CI: fail when out/ is stale or was edited
  clusterc build clusters --out out --prune      the same, without clusters whose spec was deleted
  clusterc build - --stdout < spec.yaml          print, write nothing

Files edited by hand, and files that clusterc did not write, are never replaced without --force.")]
pub(super) struct Build {
    /// Specs to compile, folders of them, or patterns with `*`, `?` and `**`; `-` reads standard input
    #[arg(required = true, value_name = "SPEC")]
    pub(super) specs: Vec<String>,

    /// Folder to write to [default: `out` beside each spec]
    #[arg(short, long, value_name = "DIR", help_heading = "Output")]
    pub(super) out: Option<PathBuf>,

    /// Write nothing; fail and show the difference when files on disk are not what the specs give
    #[arg(long, help_heading = "Output", conflicts_with_all = ["stdout", "force"])]
    pub(super) check: bool,

    /// Print all files, each below a `# path` line, instead of writing them
    #[arg(long, help_heading = "Output", conflicts_with_all = ["out", "force", "format"])]
    pub(super) stdout: bool,

    /// Replace or remove files that were edited by hand or are not ours
    #[arg(long, help_heading = "Output")]
    pub(super) force: bool,

    /// Remove the files of clusters whose spec is gone from the output folder
    #[arg(long, help_heading = "Output", conflicts_with_all = ["check", "stdout"])]
    pub(super) prune: bool,

    #[command(flatten)]
    pub(super) report: Report,

    /// Name every file that changes
    #[arg(short, long, help_heading = "Reporting", conflicts_with = "quiet")]
    pub(super) verbose: bool,

    /// Print findings only, no summary
    #[arg(short, long, help_heading = "Reporting")]
    pub(super) quiet: bool,
}

/// Report what is wrong with specs, write nothing
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clusterc check spec.yaml
  clusterc check clusters --format sarif > findings.sarif")]
pub(super) struct Check {
    /// Specs to check, folders of them, or patterns with `*`, `?` and `**`; `-` reads standard input
    #[arg(required = true, value_name = "SPEC")]
    pub(super) specs: Vec<String>,

    #[command(flatten)]
    pub(super) report: Report,
}

/// How findings are reported.
#[derive(Debug, Args)]
pub(super) struct Report {
    /// Form of findings: human on standard error; json, sarif, github, gitlab on standard output
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Form::Human)]
    #[arg(help_heading = "Reporting", hide_possible_values = true)]
    pub(super) format: Form,

    /// Let warnings fail the run
    #[arg(long, help_heading = "Reporting")]
    pub(super) deny_warnings: bool,
}

/// Explain a diagnostic, or a key of the spec
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clusterc explain E0512
  clusterc explain aws.nodeGroups            every key of a node group
  clusterc explain perZone                   what one key means
  clusterc explain --all | less")]
pub(super) struct Explain {
    /// Code of a diagnostic, such as E0512; its name; or a key, with or without the path to it
    #[arg(required_unless_present = "all", conflicts_with = "all", value_name = "WORD")]
    pub(super) word: Option<String>,

    /// Every diagnostic there is
    #[arg(long)]
    pub(super) all: bool,
}

/// Say who asked for a line of the output
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clusterc trace out/terraform/platform/cluster/network.tf:12")]
pub(super) struct Trace {
    /// A line of a file that `build` wrote
    #[arg(value_name = "FILE:LINE")]
    pub(super) place: String,

    /// The spec, where the output does not tell (it came through a pipe, or is a copy)
    #[arg(long, value_name = "SPEC")]
    pub(super) spec: Option<String>,
}

/// Show what the compiler made of a spec
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clusterc show spec spec.yaml               the spec with every default filled in
  clusterc show spec --origins spec.yaml     the same, and which file and line set each value
  clusterc show order spec.yaml              what comes up when, from nothing")]
pub(super) struct Show {
    /// What to show
    #[arg(value_enum)]
    pub(super) what: What,

    /// The spec; `-` reads standard input
    #[arg(value_name = "SPEC")]
    pub(super) spec: String,

    /// After each value of the spec, the file and line that set it, or `default`
    #[arg(long)]
    pub(super) origins: bool,
}

/// The views of a compiled spec.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum What {
    /// The resolved spec
    Spec,
    /// What has to exist, in no dialect
    Ir,
    /// The order of a cold start
    Order,
}

/// List the components that can be switched on, or describe one
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clusterc components\n  clusterc components karpenter --format json")]
pub(super) struct Components {
    /// The one to describe
    pub(super) name: Option<String>,

    /// Form of the answer
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t = Listing::Table)]
    pub(super) format: Listing,
}

/// The forms of an answer about components.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Listing {
    Table,
    Json,
}

/// Print the JSON Schema of a spec, for editors
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  clusterc schema --out clusterc.schema.json
  then, first in a spec: # yaml-language-server: $schema=clusterc.schema.json")]
pub(super) struct Schema {
    /// Write to a file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    pub(super) out: Option<PathBuf>,
}

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  clusterc completions bash > ~/.local/share/bash-completion/completions/clusterc"
)]
pub(super) struct Completions {
    /// The shell
    #[arg(value_enum)]
    pub(super) shell: clap_complete::Shell,
}

/// Print the manual page, or write one for each command
#[derive(Debug, Args)]
pub(super) struct Man {
    /// Folder for the pages of all commands
    #[arg(short, long, value_name = "DIR")]
    pub(super) out: Option<PathBuf>,
}

/// The forms in which findings are reported.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Form {
    Human,
    Json,
    Sarif,
    Github,
    Gitlab,
}

impl From<Form> for Format {
    fn from(form: Form) -> Format {
        match form {
            Form::Human => Format::Human,
            Form::Json => Format::Json,
            Form::Sarif => Format::Sarif,
            Form::Github => Format::Github,
            Form::Gitlab => Format::Gitlab,
        }
    }
}

impl From<What> for View {
    fn from(what: What) -> View {
        match what {
            What::Spec => View::Spec,
            What::Ir => View::Ir,
            What::Order => View::Order,
        }
    }
}

#[cfg(test)]
mod tests {
    use clap::CommandFactory;

    use super::Cli;

    #[test]
    fn the_command_line_has_no_contradictions() {
        Cli::command().debug_assert();
    }

    #[test]
    fn every_option_and_command_says_what_it_is_for() {
        for command in Cli::command().get_subcommands() {
            assert!(command.get_about().is_some(), "{}", command.get_name());
            for argument in command.get_arguments() {
                assert!(argument.get_help().is_some(), "{} {}", command.get_name(), argument.get_id());
            }
        }
    }
}
