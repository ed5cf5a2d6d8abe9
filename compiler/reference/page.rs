//! The reference as one page of Markdown.

use super::{Field, Presence, Section, Word, sections, words};

const INTRODUCTION: &str = "\
# Reference

Every key of a spec. This page is written from the types that read a spec, so it says what the compiler does.
`clusterc explain spec.aws.nodeGroups` shows a part of it, and `clusterc schema` gives it to your editor.

Every collection whose members have a name is a mapping by that name (`NAME` in the headings), so that an overlay can
change one member. A key with a default is as if the default were written. `{ input: NAME }` takes the value of
`spec.inputs.NAME` when Terraform plans; where it is not listed, the value has to be in the spec. Words in *italics* have a
form, which is [at the end](#words).
";

/// The whole reference.
pub fn page() -> String {
    let mut out = INTRODUCTION.to_owned();
    for section in sections() {
        out.push_str(&write(&section));
    }
    out.push_str("\n## Words\n\n| Word | Is | Such as |\n|---|---|---|\n");
    for word in words() {
        out.push_str(&row(&word));
    }
    out
}

fn row(word: &Word) -> String {
    let shown = word.examples.iter().filter(|one| !one.is_empty());
    let examples: Vec<String> = shown.map(|one| format!("`{one}`")).collect();
    format!("| *{}* | {} | {} |\n", word.name, cell(&word.about), cell(&examples.join(", ")))
}

fn write(section: &Section) -> String {
    let title = if section.path.is_empty() { "The document".to_owned() } else { section.heading() };
    let mut out = format!("\n## {title}\n\n{}\n\n", section.about);
    out.push_str("| Key | Value | Without it | Meaning |\n|---|---|---|---|\n");
    for field in &section.fields {
        let presence = match &field.presence {
            Presence::Required => "required".to_owned(),
            Presence::Default(value) => format!("`{}`", value.trim_matches('"')),
            Presence::Optional => String::new(),
        };
        let line = [format!("`{}`", field.name), kind(section, field), presence, meaning(field)];
        out.push_str(&format!("| {} |\n", line.map(|text| cell(&text)).join(" | ")));
    }
    out
}

/// The kind; a link to what is below.
fn kind(section: &Section, field: &Field) -> String {
    match field.below.first() {
        Some(heading) if *heading != section.heading() => format!("[{}](#{})", field.kind, anchor(heading)),
        _ => field.kind.clone(),
    }
}

fn meaning(field: &Field) -> String {
    let words = field.words.iter().filter(|(_, about)| !about.is_empty());
    let words: Vec<String> = words.map(|(word, about)| format!("`{word}`: {about}")).collect();
    let mut text = field.about.clone();
    if words.len() > 1 {
        text.push(' ');
        text.push_str(&words.join(" "));
    }
    text
}

/// The fragment that Markdown readers give a heading: small letters, digits and hyphens of it, a hyphen for a blank.
fn anchor(heading: &str) -> String {
    heading
        .replace(' ', "-")
        .chars()
        .filter(|sign| sign.is_ascii_alphanumeric() || *sign == '-')
        .collect::<String>()
        .to_lowercase()
}

/// Text inside a table.
fn cell(text: &str) -> String {
    text.replace('|', "\\|")
}
