//! Whether a document has the shape that a JSON Schema asks for; every fault comes with its exact place.
//!
//! The schema is the one that editors get, so what an editor accepts is what the compiler accepts. One deviation from
//! JSON Schema: a number that is written with a point (`3.0`) is not a whole number, since the decoder that
//! comes next wants it without.

mod alternatives;
pub mod codes;
mod counts;
mod keys;
mod place;
mod scalars;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::rc::Rc;

use regex_lite::Regex;
use serde_json::{Map, Value};

use crate::diagnostic::{Finding, Sink};
use crate::source::Address;
use crate::syntax::yaml::{Document, Kind, NodeId};
use place::Place;

/// Checks a text against a named format (`cidr`, `duration` ...). The error says in a few words what would be right.
pub type FormatCheck<'a> = &'a dyn Fn(&str, &str) -> Result<(), String>;

/// Findings about one document; nobody reads more, and a hostile text could hold one per key.
const MAX_FINDINGS: usize = 1_000;
/// How many references and alternatives a schema may pass through without coming to another node; more is a
/// schema that refers to itself, which asks for nothing.
const MAX_HOPS: usize = 12;

/// Checks the node `at`, which stands at `address`, against `schema`, and reports all that does not fit.
/// References in the schema are resolved in the schema itself.
pub fn check(
    document: &Document,
    at: NodeId,
    address: &Address,
    schema: &Value,
    formats: FormatCheck<'_>,
    sink: &mut Sink,
) {
    let mut walker =
        Walker { document, root: schema, formats, patterns: BTreeMap::new(), tried: BTreeMap::new() };
    let place = Place::at(document, at, address);
    for finding in walker.node(at, schema, &place, 0).into_iter().take(MAX_FINDINGS) {
        sink.report(finding);
    }
}

/// The findings of a node against one alternative, kept because alternatives can nest.
type Tried = Rc<[Finding]>;

struct Walker<'a> {
    document: &'a Document,
    root: &'a Value,
    formats: FormatCheck<'a>,
    patterns: BTreeMap<&'a str, Option<Rc<Regex>>>,
    tried: BTreeMap<(NodeId, usize), Tried>,
}

impl<'a> Walker<'a> {
    /// All findings of a node and what is below it.
    fn node(&mut self, node: NodeId, schema: &'a Value, place: &Place<'_>, hops: usize) -> Vec<Finding> {
        let schema = match schema {
            Value::Bool(false) => return vec![place.refused(self.document, node)],
            Value::Object(schema) if hops <= MAX_HOPS && !self.document.is_refused(node) => schema,
            _ => return Vec::new(),
        };
        let mut findings = Vec::new();
        if let Some(target) = self.reference(schema) {
            findings = self.node(node, target, place, hops + 1);
        }
        if let Some(finding) = self.wrong_type(node, schema, place) {
            if findings.is_empty() {
                findings.push(finding);
            }
            return findings;
        }
        findings.extend(self.word(node, schema, place));
        match self.document.kind(node) {
            Kind::Scalar { text, .. } => findings.extend(self.scalar_bounds(node, text, schema, place)),
            Kind::Seq(items) => {
                findings.extend(self.list_bounds(node, items, schema, place));
                findings.extend(self.items(items, schema, place));
            }
            Kind::Map(entries) => {
                findings.extend(self.map_bounds(node, entries, schema, place));
                findings.extend(self.entries(node, entries, schema, place, hops));
            }
        }
        findings.extend(self.combined(node, schema, place, hops));
        findings
    }

    fn items(&mut self, items: &[NodeId], schema: &'a Map<String, Value>, place: &Place<'_>) -> Vec<Finding> {
        let prefix = schema.get("prefixItems").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        let rest = schema.get("items");
        let mut findings = Vec::new();
        for (index, item) in items.iter().enumerate() {
            let Some(wanted) = prefix.get(index).or(rest) else { continue };
            if findings.len() >= MAX_FINDINGS {
                break;
            }
            let inside = place.item(self.document, *item, index);
            findings.extend(self.node(*item, wanted, &inside, 0));
        }
        findings
    }

    /// What a `$ref` leads to.
    fn reference(&self, schema: &'a Map<String, Value>) -> Option<&'a Value> {
        let pointer = schema.get("$ref")?.as_str()?.strip_prefix('#')?;
        self.root.pointer(pointer)
    }

    /// A schema after its references, for looking at what it says without checking anything.
    fn resolved(&self, mut schema: &'a Value) -> &'a Value {
        for _ in 0..MAX_HOPS {
            match schema.as_object().and_then(|schema| self.reference(schema)) {
                Some(target) => schema = target,
                None => break,
            }
        }
        schema
    }

    /// A keyword of a schema, or of what it refers to.
    fn keyword(&self, schema: &'a Value, keyword: &str) -> Option<&'a Value> {
        let mut schema = schema;
        for _ in 0..MAX_HOPS {
            if let Some(found) = schema.get(keyword) {
                return Some(found);
            }
            schema = self.reference(schema.as_object()?)?;
        }
        None
    }

    /// The findings of a node against a sub-schema, remembered.
    fn attempt(&mut self, node: NodeId, schema: &'a Value, place: &Place<'_>, hops: usize) -> Tried {
        let key = (node, std::ptr::from_ref(schema).addr());
        if let Some(known) = self.tried.get(&key) {
            return Rc::clone(known);
        }
        let findings: Tried = self.node(node, schema, place, hops + 1).into();
        // Near the end of the hops the answer depends on where we came from.
        if hops < MAX_HOPS / 2 {
            self.tried.insert(key, Rc::clone(&findings));
        }
        findings
    }

    /// The compiled pattern; `None` if it is not one that we can read.
    fn pattern(&mut self, pattern: &'a str) -> Option<Rc<Regex>> {
        self.patterns.entry(pattern).or_insert_with(|| Regex::new(pattern).ok().map(Rc::new)).clone()
    }
}

/// JSON Schema's equality: numbers by value.
fn same(a: &Value, b: &Value) -> bool {
    match (a, b) {
        (Value::Number(_), Value::Number(_)) => a == b || a.as_f64() == b.as_f64(),
        (Value::Array(a), Value::Array(b)) => a.len() == b.len() && a.iter().zip(b).all(|(a, b)| same(a, b)),
        (Value::Object(a), Value::Object(b)) => {
            a.len() == b.len() && a.iter().all(|(key, a)| b.get(key).is_some_and(|b| same(a, b)))
        }
        _ => a == b,
    }
}

/// The first sentence of a description, without its full stop.
fn sentence(text: &str) -> String {
    let line = text.split("\n\n").next().unwrap_or_default().replace('\n', " ");
    let first = line.split(". ").next().unwrap_or_default();
    first.trim().trim_end_matches('.').to_owned()
}
