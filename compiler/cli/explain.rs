//! `clusterc explain`: the page of a diagnostic.

use crate::diagnostic::Code;
use crate::explain::{all, find, similar};

use super::args::Explain;
use super::terminal::{Failure, Terminal, Verdict};

/// Runs `clusterc explain`.
pub(super) fn run(args: &Explain, terminal: Terminal) -> Result<Verdict, Failure> {
    let text = match &args.code {
        None => all().iter().map(|code| page(code, terminal.output_colour)).collect::<Vec<_>>().join("\n"),
        Some(wanted) => page(find(wanted).ok_or_else(|| unknown(wanted))?, terminal.output_colour),
    };
    terminal.output(&text)?;
    Ok(Verdict::Clean)
}

fn unknown(wanted: &str) -> Failure {
    let help = match similar(wanted) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`clusterc explain --all` prints every page".to_owned(),
    };
    Failure::Usage(format!("no diagnostic is called `{wanted}`\n  = help: {help}"))
}

/// The page as plain text: a heading, the prose, and examples set in under a line that says what they are.
fn page(code: &Code, colour: bool) -> String {
    let (bold, plain) = if colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") };
    let mut text =
        format!("{bold}{}[{}]: {}{plain}\n{}\n\n", code.severity().word(), code.id, code.title, code.name);
    let mut example = false;
    for line in code.page.trim_end().lines() {
        // A doc comment's lines begin with the space after its slashes.
        let line = line.strip_prefix(' ').unwrap_or(line);
        match (line.strip_prefix("```"), example) {
            (Some(kind), false) => {
                text.push_str(&heading(kind));
                example = true;
            }
            (Some(_), true) => example = false,
            (None, true) if line.is_empty() => text.push('\n'),
            (None, true) => text.push_str(&format!("    {line}\n")),
            (None, false) => text.push_str(&format!("{line}\n")),
        }
    }
    text
}

fn heading(kind: &str) -> String {
    let words = kind.split(',').find_map(|word| match word {
        "fails" => Some("This fails:".to_owned()),
        "passes" => Some("This passes:".to_owned()),
        word => match word.split_once('=')? {
            ("file", path) => Some(format!("With the file {path}:")),
            ("member", path) => Some(format!("Together with the spec {path}:")),
            _ => None,
        },
    });
    words.map(|words| format!("{words}\n\n")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    #![allow(unreachable_pub, reason = "the macro declares for everyone")]

    use super::*;

    crate::diagnostic! {
        /// Two groups share a name.
        ///
        /// ```yaml,fails
        /// a: 1
        ///   b: 2
        /// ```
        ///
        /// Give each its own.
        pub EXAMPLE = E9998: "two groups share a name"
    }

    #[test]
    fn a_page_reads_as_plain_text() {
        let expected = "\
error[E9998]: two groups share a name
EXAMPLE

Two groups share a name.

This fails:

    a: 1
      b: 2

Give each its own.
";
        assert_eq!(page(&EXAMPLE, false), expected);
    }
}
