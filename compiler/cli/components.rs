//! `clusterc components`: what can be switched on.

use serde::Serialize;
use serde_json::Value;

use crate::component::{Described, Library};

use super::args::{Components, Listing};
use super::terminal::{Failure, Terminal, Verdict};

/// Runs `clusterc components`.
pub(super) fn run(args: &Components, terminal: Terminal) -> Result<Verdict, Failure> {
    let library = Library::standard();
    let text = match (&args.name, args.format) {
        (None, Listing::Table) => table(&library.list()),
        (None, Listing::Json) => json(&library.list())?,
        (Some(name), form) => {
            let described = library.find(name).ok_or_else(|| {
                Failure::Usage(format!(
                    "no component is called `{name}`\n  = help: `clusterc components` lists all of them"
                ))
            })?;
            match form {
                Listing::Table => page(&described),
                Listing::Json => json(&described)?,
            }
        }
    };
    terminal.output(&text)?;
    Ok(Verdict::Clean)
}

fn json(value: &impl Serialize) -> Result<String, Failure> {
    let mut text = serde_json::to_string_pretty(value).map_err(|error| Failure::System(error.to_string()))?;
    text.push('\n');
    Ok(text)
}

fn table(components: &[Described]) -> String {
    let widest = |cell: fn(&Described) -> usize| components.iter().map(cell).max().unwrap_or(0);
    let names = widest(|one| one.name.chars().count());
    let versions = widest(|one| one.version.chars().count());
    let mut text = String::new();
    for one in components {
        let note = one.retired.as_ref().map(|why| format!(" (retired: {why})")).unwrap_or_default();
        let line = format!("{:<names$}  {:<versions$}  {}{note}", one.name, one.version, one.summary);
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}

fn page(one: &Described) -> String {
    let mut text = format!("{}\n{}\n\n", one.name, one.summary);
    if let Some(why) = &one.retired {
        text.push_str(&format!("retired     {why}\n"));
    }
    for (word, value) in [("chart", &one.version), ("app", &one.app), ("namespace", &one.namespace)] {
        if !value.is_empty() {
            text.push_str(&format!("{word:<11} {value}\n"));
        }
    }
    let parameters = parameters(&one.parameters);
    if !parameters.is_empty() {
        text.push_str(&format!("\nparameters\n{parameters}"));
    }
    if !one.readme.trim().is_empty() {
        text.push_str(&format!("\n{}\n", one.readme.trim()));
    }
    text
}

/// The parameters, one a line: name, type, default, meaning.
fn parameters(schema: &Value) -> String {
    let Some(properties) = schema.get("properties").and_then(Value::as_object) else { return String::new() };
    let names = properties.keys().map(|name| name.chars().count()).max().unwrap_or(0);
    let mut text = String::new();
    for (name, property) in properties {
        let word = |key: &str| property.get(key).and_then(Value::as_str).unwrap_or_default();
        let default = property.get("default").map(|value| format!(" [default: {value}]")).unwrap_or_default();
        let line = format!("  {name:<names$}  {:<8} {}{default}", word("type"), word("description"));
        text.push_str(line.trim_end());
        text.push('\n');
    }
    text
}
