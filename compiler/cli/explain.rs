//! `clusterc explain`: the page of a diagnostic, or what a key of the spec means.

use crate::diagnostic::Code;
use crate::explain::{all, find, similar};
use crate::reference::{self, Answer, Field, Presence, Section};

use super::args::Explain;
use super::terminal::{Failure, Terminal, Verdict};

/// Runs `clusterc explain`.
pub(super) fn run(args: &Explain, terminal: Terminal) -> Result<Verdict, Failure> {
    let text = match &args.word {
        None => all().iter().map(|code| page(code, terminal.output_colour)).collect::<Vec<_>>().join("\n"),
        Some(wanted) => match (find(wanted), reference::find(wanted)) {
            (Some(code), _) => page(code, terminal.output_colour),
            (None, Ok(answer)) => key(&answer, terminal.output_colour),
            (None, Err(near)) => return Err(unknown(wanted, near)),
        },
    };
    terminal.output(&text)?;
    Ok(Verdict::Clean)
}

fn unknown(wanted: &str, near: Option<String>) -> Failure {
    let help = match similar(wanted).map(str::to_owned).or(near) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            "`clusterc explain --all` prints every diagnostic, `clusterc explain spec` the keys of a spec"
                .to_owned()
        }
    };
    Failure::Usage(format!("no diagnostic and no key of a spec is called `{wanted}`\n  = help: {help}"))
}

/// What a key of the spec means.
fn key(answer: &Answer, colour: bool) -> String {
    match answer {
        Answer::Sections(sections) => mappings(sections, colour),
        Answer::Field(path, field) => {
            let text = format!("{path}.{}", entry(field, "", colour));
            let below = reference::below(field);
            if below.is_empty() { text } else { format!("{text}\n{}", mappings(&below, colour)) }
        }
        Answer::Several(paths) => {
            let lines: Vec<String> = paths.iter().map(|path| format!("  {path}\n")).collect();
            format!("Several keys have this name:\n\n{}", lines.concat())
        }
    }
}

fn mappings(sections: &[Section], colour: bool) -> String {
    sections.iter().map(|section| mapping(section, colour)).collect::<Vec<_>>().join("\n")
}

fn mapping(section: &Section, colour: bool) -> String {
    let (bold, plain) = marks(colour);
    let title = if section.path.is_empty() { "a spec".to_owned() } else { section.heading() };
    let mut text = format!("{bold}{title}{plain}\n{}\n", section.about);
    for field in &section.fields {
        text.push('\n');
        text.push_str(&entry(field, "  ", colour));
    }
    text
}

/// A key: its type and what happens without it in one line, its meaning below.
fn entry(field: &Field, indent: &str, colour: bool) -> String {
    let (bold, plain) = marks(colour);
    let presence = match &field.presence {
        Presence::Required => ", required".to_owned(),
        Presence::Default(value) => format!(", default {}", value.trim_matches('"')),
        Presence::Optional => String::new(),
    };
    let kind = field.kind.replace(['`', '*'], "");
    let mut text = format!("{indent}{bold}{}{plain}: {kind}{presence}\n", field.name);
    text.push_str(&set_in(&field.about, &format!("{indent}    ")));
    for (word, about) in field.words.iter().filter(|(_, about)| !about.is_empty()) {
        text.push_str(&set_in(&format!("{word}: {about}"), &format!("{indent}      ")));
    }
    text
}

/// The text, in lines that fit a terminal.
fn set_in(text: &str, indent: &str) -> String {
    let options =
        textwrap::Options::new(100).initial_indent(indent).subsequent_indent(indent).break_words(false);
    let lines = textwrap::wrap(text, options);
    lines.iter().map(|line| format!("{line}\n")).collect()
}

fn marks(colour: bool) -> (&'static str, &'static str) {
    if colour { ("\u{1b}[1m", "\u{1b}[0m") } else { ("", "") }
}

/// The page as plain text: a heading, the prose, and examples set in under a line that says what they are.
fn page(code: &Code, colour: bool) -> String {
    let (bold, plain) = marks(colour);
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
