//! What reaches the user: two streams, and how a run can end.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use anstream::{AutoStream, ColorChoice};

use super::args::Colour;

/// How a run ended that did what it was asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Nothing to complain about: exit code 0.
    Clean,
    /// Errors in a spec, stale files: exit code 1. They have been reported.
    Findings,
}

/// Why a run could not do what it was asked.
#[derive(Debug)]
pub(super) enum Failure {
    /// Refused for the user's good: exit code 1.
    Refused(String),
    /// The command line does not make sense: exit code 2.
    Usage(String),
    /// The system said no: exit code 3.
    System(String),
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Failure::Refused(words) | Failure::Usage(words) | Failure::System(words) => write!(f, "{words}"),
        }
    }
}

impl From<io::Error> for Failure {
    fn from(error: io::Error) -> Failure {
        Failure::System(error.to_string())
    }
}

/// The two streams of the process.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terminal {
    /// Whether standard output takes colours.
    pub(super) output_colour: bool,
    /// Whether standard error takes colours.
    pub(super) error_colour: bool,
    /// Whether a person looks at standard error.
    pub(super) watched: bool,
}

impl Terminal {
    /// The streams, with colours as the user wants them; `NO_COLOR` and `CLICOLOR_FORCE` are kept.
    pub(super) fn new(colour: Colour) -> Terminal {
        let takes = |automatic: ColorChoice| match colour {
            Colour::Auto => automatic != ColorChoice::Never,
            Colour::Always => true,
            Colour::Never => false,
        };
        Terminal {
            output_colour: takes(AutoStream::choice(&io::stdout())),
            error_colour: takes(AutoStream::choice(&io::stderr())),
            watched: io::stderr().is_terminal(),
        }
    }

    /// Prints to standard output. A reader that went away, as `head` does, is no fault.
    pub(super) fn output(self, text: &str) -> Result<(), Failure> {
        let mut stream = io::stdout().lock();
        match stream.write_all(text.as_bytes()).and_then(|()| stream.flush()) {
            Err(error) if error.kind() != io::ErrorKind::BrokenPipe => {
                Err(Failure::System(format!("cannot write to standard output: {error}")))
            }
            _ => Ok(()),
        }
    }

    /// Prints to standard error. Nobody is left to tell if that fails.
    pub(super) fn error(self, text: &str) {
        let _ = io::stderr().lock().write_all(text.as_bytes());
    }

    /// Reports a failure and turns it into an exit code.
    pub(super) fn fail(self, failure: &Failure) -> ExitCode {
        let (bold, red, plain) =
            if self.error_colour { ("\u{1b}[1m", "\u{1b}[1m\u{1b}[91m", "\u{1b}[0m") } else { ("", "", "") };
        let words = failure.to_string();
        let (first, rest) = words.split_once('\n').unwrap_or((&words, ""));
        let rest = if rest.is_empty() { String::new() } else { format!("{}\n", rest.trim_end()) };
        self.error(&format!("{red}error{plain}{bold}: {first}{plain}\n{rest}"));
        ExitCode::from(match failure {
            Failure::Refused(_) => 1,
            Failure::Usage(_) => 2,
            Failure::System(_) => 3,
        })
    }
}

impl From<Verdict> for ExitCode {
    fn from(verdict: Verdict) -> ExitCode {
        match verdict {
            Verdict::Clean => ExitCode::SUCCESS,
            Verdict::Findings => ExitCode::from(1),
        }
    }
}
