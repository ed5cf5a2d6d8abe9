//! Prints values as YAML the way `kubectl` users write it: two spaces, list items under their key indented.

mod scalar;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use crate::source::Origin;
use crate::syntax::Printed;
use crate::syntax::printed::{Line, comment};
use scalar::{inline, literal_block};

/// Longest key, in bytes, that readers accept before its `:` (YAML 1.2.2, 7.4.2: 1024 characters).
const LONGEST_KEY: usize = 1000;

/// What to say around a value. Nodes are named by JSON pointer (RFC 6901); the root is the empty pointer.
#[derive(Debug, Clone, Default)]
pub struct Notes {
    /// Comment at the top of the file; lines are parted by `\n`.
    pub header: Option<String>,
    /// Who asked for what no pointer below speaks for.
    pub root: Option<Origin>,
    /// Who asked for a node and, unless a longer pointer says otherwise, for all below it.
    pub origins: BTreeMap<String, Origin>,
    /// Comment above a node; lines are parted by `\n`.
    pub comments: BTreeMap<String, String>,
}

/// Prints a value as one YAML document without `---`. Keys keep their order. What any reader of YAML 1.1 or 1.2
/// gets back is the same value with the same types, except for a key `<<`, which some readers merge even when it
/// is quoted.
pub fn print(value: &Value, notes: &Notes) -> Printed {
    let mut lines = Printer { notes, keep: true }.document(value);
    if lines.last().is_some_and(|line| line.text.is_empty()) {
        // A `|+` block at the very end would end the file with blank lines.
        lines = Printer { notes, keep: false }.document(value);
    }
    lines.into_iter().collect()
}

struct Printer<'a> {
    notes: &'a Notes,
    /// Whether text that ends with blank lines may be a `|+` block.
    keep: bool,
}

/// A node on its way to lines.
struct Node<'a> {
    value: &'a Value,
    pointer: String,
    origin: Option<&'a Origin>,
}

impl<'a> Printer<'a> {
    fn document(&self, value: &'a Value) -> Vec<Line> {
        let header = self.notes.header.as_deref().unwrap_or_default();
        let mut lines: Vec<Line> = comment(header, "", None).collect();
        let origin = self.notes.origins.get("").or(self.notes.root.as_ref());
        let root = Node { value, pointer: String::new(), origin };
        lines.extend(self.comment(&root, ""));
        match value {
            Value::Object(map) if !map.is_empty() => lines.extend(self.entries(map, &root, "")),
            Value::Array(items) if !items.is_empty() => lines.extend(self.items(items, &root, "")),
            _ => lines.extend(self.scalar(&root, "", "")),
        }
        lines
    }

    fn child(&self, parent: &Node<'a>, step: &str, value: &'a Value) -> Node<'a> {
        let pointer = format!("{}/{}", parent.pointer, step.replace('~', "~0").replace('/', "~1"));
        let origin = self.notes.origins.get(&pointer).or(parent.origin);
        Node { value, pointer, origin }
    }

    fn comment(&self, node: &Node<'a>, indent: &str) -> Vec<Line> {
        let text = self.notes.comments.get(&node.pointer).map(String::as_str).unwrap_or_default();
        comment(text, indent, node.origin).collect()
    }

    fn entries(&self, map: &'a Map<String, Value>, parent: &Node<'a>, indent: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        for (key, value) in map {
            let node = self.child(parent, key, value);
            lines.extend(self.comment(&node, indent));
            let mut head = inline(key);
            if head.len() > LONGEST_KEY {
                lines.push(Line::new(format!("{indent}? {head}"), node.origin));
                head.clear();
            }
            lines.extend(self.entry(&node, &format!("{head}:"), indent));
        }
        lines
    }

    fn entry(&self, node: &Node<'a>, head: &str, indent: &str) -> Vec<Line> {
        let deeper = format!("{indent}  ");
        let below = match node.value {
            Value::Object(map) if !map.is_empty() => self.entries(map, node, &deeper),
            Value::Array(items) if !items.is_empty() => self.items(items, node, &deeper),
            _ => return self.scalar(node, &format!("{head} "), indent),
        };
        let mut lines = vec![Line::new(format!("{indent}{head}"), node.origin)];
        lines.extend(below);
        lines
    }

    fn items(&self, items: &'a [Value], parent: &Node<'a>, indent: &str) -> Vec<Line> {
        let mut lines = Vec::new();
        for (index, value) in items.iter().enumerate() {
            let node = self.child(parent, &index.to_string(), value);
            lines.extend(self.comment(&node, indent));
            lines.extend(self.item(&node, indent));
        }
        lines
    }

    /// One item. Its first line takes the dash in place of the last two blanks before it; comments that stand
    /// above that line move out to the dash.
    fn item(&self, node: &Node<'a>, indent: &str) -> Vec<Line> {
        let deeper = format!("{indent}  ");
        let mut lines = match node.value {
            Value::Object(map) if !map.is_empty() => self.entries(map, node, &deeper),
            Value::Array(items) if !items.is_empty() => self.items(items, node, &deeper),
            _ => return self.scalar(node, "- ", indent),
        };
        for line in &mut lines {
            let text = line.text.strip_prefix(&deeper).unwrap_or_default();
            if !text.starts_with('#') {
                line.text = format!("{indent}- {text}");
                break;
            }
            line.text = format!("{indent}{text}");
        }
        lines
    }

    /// A node of one value, or an empty collection, behind `head`.
    fn scalar(&self, node: &Node<'a>, head: &str, indent: &str) -> Vec<Line> {
        let spelled = match node.value {
            Value::Null => "null".to_owned(),
            Value::Bool(truth) => truth.to_string(),
            Value::Number(number) => scalar::number(number),
            Value::Array(_) => "[]".to_owned(),
            Value::Object(_) => "{}".to_owned(),
            Value::String(text) => match literal_block(text, self.keep && !head.is_empty()) {
                Some((opener, body)) => {
                    let mut lines = vec![Line::new(format!("{indent}{head}{opener}"), node.origin)];
                    lines.extend(body.into_iter().map(|row| {
                        let row = if row.is_empty() { String::new() } else { format!("{indent}  {row}") };
                        Line::new(row, node.origin)
                    }));
                    return lines;
                }
                None => inline(text),
            },
        };
        vec![Line::new(format!("{indent}{head}{spelled}"), node.origin)]
    }
}
