//! A YAML document as a tree that knows where each of its nodes stands in the text.
//!
//! The nodes lie in one arena. An alias is an edge to its anchor's node, never a copy, so a document takes no
//! more memory than its text. `read` refuses a document whose aliases expand too far or too deep, hence whoever
//! walks a finished tree, aliases included, meets at most `MAX_DEPTH` levels.

use serde_json::{Map, Value};

use crate::source::{Address, Segment, Span};

/// How many lists and mappings may lie inside each other, aliases followed.
pub(super) const MAX_DEPTH: usize = 64;

/// A node of one [`Document`]. It means nothing in another document.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct NodeId(u32);

/// What a node is. Aliases are followed.
#[derive(Debug, Clone, Copy)]
pub enum Kind<'a> {
    /// Text that stands for itself or, if plain, for a number, a truth value or nothing.
    Scalar {
        /// The text, escapes resolved; empty if nothing is written.
        text: &'a str,
        /// Written without quotes and not as a block.
        plain: bool,
    },
    /// A list.
    Seq(&'a [NodeId]),
    /// A mapping, in the order of the text. Keys are unique.
    Map(&'a [Entry]),
}

/// A key of a mapping with its value.
#[derive(Debug, Clone)]
pub struct Entry {
    /// The key. Numbers and words such as `true` are keys by their text.
    pub key: String,
    /// Where the key is written, quotes included.
    pub key_span: Span,
    /// The value.
    pub value: NodeId,
}

/// How the text of a scalar is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Style {
    Plain,
    Quoted,
    Block,
}

#[derive(Debug, Clone)]
pub(super) enum Stored {
    Scalar {
        text: Box<str>,
        style: Style,
    },
    Seq(Vec<NodeId>),
    Map(Vec<Entry>),
    Alias(NodeId),
    /// Stands where something was refused; already reported.
    Refused,
}

#[derive(Debug, Clone)]
pub(super) struct Node {
    pub(super) stored: Stored,
    pub(super) span: Span,
}

impl Node {
    /// The node in an arena where its neighbours lie `by` places further on.
    fn moved(self, by: usize) -> Node {
        let stored = match self.stored {
            Stored::Seq(items) => Stored::Seq(items.into_iter().map(|item| item.moved(by)).collect()),
            Stored::Map(entries) => {
                let entry = |entry: Entry| Entry { value: entry.value.moved(by), ..entry };
                Stored::Map(entries.into_iter().map(entry).collect())
            }
            Stored::Alias(target) => Stored::Alias(target.moved(by)),
            other => other,
        };
        Node { stored, span: self.span }
    }
}

/// One YAML document.
#[derive(Debug, Clone)]
pub struct Document {
    nodes: Vec<Node>,
    root: NodeId,
    start: Span,
}

impl NodeId {
    fn moved(self, by: usize) -> NodeId {
        NodeId::of(self.index().saturating_add(by))
    }

    pub(super) fn of(index: usize) -> NodeId {
        NodeId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    pub(super) fn index(self) -> usize {
        self.0 as usize
    }
}

impl Document {
    /// A document from its arena. `start` is what to show where nothing is written.
    pub(super) fn new(nodes: Vec<Node>, root: NodeId, start: Span) -> Document {
        Document { nodes, root, start }
    }

    /// The node that holds the whole document.
    pub fn root(&self) -> NodeId {
        self.root
    }

    /// This document with `over` laid on top. Mappings merge, everything else is replaced; `null` takes away what lies
    /// below it, and is the value `null` where nothing does. All nodes keep the places where they were written; what
    /// both write stands where `over` writes it.
    #[must_use]
    pub fn overlaid(mut self, over: Document) -> Document {
        let moved = self.nodes.len();
        self.nodes.extend(over.nodes.into_iter().map(|node| node.moved(moved)));
        self.start = over.start;
        self.root = self.merged(self.root, over.root.moved(moved));
        self
    }

    /// The node that both make together. Recursion is bounded by `MAX_DEPTH`.
    fn merged(&mut self, below: NodeId, over: NodeId) -> NodeId {
        let (Kind::Map(old), Kind::Map(new)) = (self.kind(below), self.kind(over)) else { return over };
        let (mut entries, new) = (old.to_vec(), new.to_vec());
        for mut entry in new {
            let place = entries.iter().position(|old| old.key == entry.key);
            match place.and_then(|at| Some((at, entries.get(at)?.value))) {
                Some((at, _)) if self.scalar_is_null(entry.value) => {
                    entries.remove(at);
                }
                Some((at, value)) => {
                    entry.value = self.merged(value, entry.value);
                    if let Some(old) = entries.get_mut(at) {
                        *old = entry;
                    }
                }
                None => entries.push(entry),
            }
        }
        let span = self.span(over);
        self.nodes.push(Node { stored: Stored::Map(entries), span });
        NodeId::of(self.nodes.len() - 1)
    }

    fn scalar_is_null(&self, node: NodeId) -> bool {
        matches!(self.kind(node), Kind::Scalar { .. })
            && !self.is_refused(node)
            && self.scalar(node).is_null()
    }

    /// This document without a key of its outermost mapping.
    #[must_use]
    pub fn without(mut self, key: &str) -> Document {
        if let Some(Node { stored: Stored::Map(entries), .. }) = self.nodes.get_mut(self.root.index()) {
            entries.retain(|entry| entry.key != key);
        }
        self
    }

    /// What a node is. A node that `read` refused counts as empty, see [`Document::is_refused`].
    pub fn kind(&self, node: NodeId) -> Kind<'_> {
        match self.followed(node) {
            Some(Stored::Scalar { text, style }) => Kind::Scalar { text, plain: *style == Style::Plain },
            Some(Stored::Seq(items)) => Kind::Seq(items),
            Some(Stored::Map(entries)) => Kind::Map(entries),
            _ => Kind::Scalar { text: "", plain: true },
        }
    }

    /// Where a node is written; for an alias the place of its use. Empty where a value is left out.
    pub fn span(&self, node: NodeId) -> Span {
        self.nodes.get(node.index()).map_or(self.start, |node| node.span)
    }

    /// Whether `read` reported this node, so that a further finding about it would be noise.
    pub fn is_refused(&self, node: NodeId) -> bool {
        matches!(self.followed(node), Some(Stored::Refused))
    }

    /// Whether a scalar is written as a block (`|` or `>`). The span then holds the lines only, so no repair can
    /// replace it.
    pub fn is_block(&self, node: NodeId) -> bool {
        matches!(self.followed(node), Some(Stored::Scalar { style: Style::Block, .. }))
    }

    /// Whether a node is an alias (`*name`).
    pub fn is_alias(&self, node: NodeId) -> bool {
        matches!(self.nodes.get(node.index()), Some(Node { stored: Stored::Alias(_), .. }))
    }

    /// The node at an address.
    pub fn find(&self, address: &Address) -> Option<NodeId> {
        address
            .segments()
            .iter()
            .try_fold(self.root, |node, step| self.step(node, step).map(|(_, value)| value))
    }

    /// Where the last key of an address is written; for a list item the item. `None` for the root.
    pub fn key_span(&self, address: &Address) -> Option<Span> {
        let parent = self.find(&address.parent()?)?;
        Some(self.step(parent, address.segments().last()?)?.0)
    }

    /// Where the value at an address is written; `None` where it is left out.
    pub fn value_span(&self, address: &Address) -> Option<Span> {
        self.find(address).map(|node| self.span(node)).filter(|span| span.start < span.end)
    }

    /// The key of the deepest step of an address that is written; the first key of the document for the root.
    /// Empty only in an empty text.
    pub fn nearest(&self, address: &Address) -> Span {
        let mut node = self.root;
        let mut nearest = self.start;
        for step in address.segments() {
            let Some((span, value)) = self.step(node, step) else { break };
            node = value;
            let shown =
                if let Segment::Index(_) = step { self.first_key(node).unwrap_or(span) } else { span };
            if shown.start < shown.end {
                nearest = shown;
            }
        }
        nearest
    }

    /// A scalar by the core schema of YAML 1.2. Text that JSON has no number for (`.inf`, `.nan`) stays text.
    /// `null` for lists and mappings.
    pub fn scalar(&self, node: NodeId) -> Value {
        match self.kind(node) {
            Kind::Scalar { text, plain: true } => core(text),
            Kind::Scalar { text, plain: false } => Value::from(text),
            Kind::Seq(_) | Kind::Map(_) => Value::Null,
        }
    }

    /// The whole document, aliases expanded.
    pub fn value(&self) -> Value {
        self.value_at(self.root)
    }

    /// One node and all below it, aliases expanded. Recursion is bounded by `MAX_DEPTH`.
    pub fn value_at(&self, node: NodeId) -> Value {
        match self.kind(node) {
            Kind::Scalar { .. } => self.scalar(node),
            Kind::Seq(items) => items.iter().map(|item| self.value_at(*item)).collect(),
            Kind::Map(entries) => {
                let pairs = entries.iter().map(|entry| (entry.key.clone(), self.value_at(entry.value)));
                Value::Object(pairs.collect::<Map<_, _>>())
            }
        }
    }

    fn followed(&self, node: NodeId) -> Option<&Stored> {
        match &self.nodes.get(node.index())?.stored {
            // Only nodes with content can be anchored, so one hop is always enough.
            Stored::Alias(target) => self.nodes.get(target.index()).map(|node| &node.stored),
            stored => Some(stored),
        }
    }

    fn step(&self, node: NodeId, step: &Segment) -> Option<(Span, NodeId)> {
        match (self.kind(node), step) {
            (Kind::Map(entries), Segment::Key(key)) => {
                entries.iter().find(|entry| entry.key == *key).map(|entry| (entry.key_span, entry.value))
            }
            (Kind::Seq(items), Segment::Index(index)) => {
                items.get(*index).map(|item| (self.span(*item), *item))
            }
            _ => None,
        }
    }

    fn first_key(&self, node: NodeId) -> Option<Span> {
        match self.kind(node) {
            Kind::Map(entries) if !self.is_alias(node) => entries.first().map(|entry| entry.key_span),
            _ => None,
        }
    }
}

/// A plain scalar by the core schema (YAML 1.2.2, section 10.3.2).
fn core(text: &str) -> Value {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => Value::Null,
        "true" | "True" | "TRUE" => Value::Bool(true),
        "false" | "False" | "FALSE" => Value::Bool(false),
        _ => number(text).unwrap_or_else(|| Value::from(text)),
    }
}

fn number(text: &str) -> Option<Value> {
    let based = |digits: &str, base: u32| {
        let signless = digits.bytes().all(|byte| byte.is_ascii_alphanumeric());
        signless.then(|| u64::from_str_radix(digits, base).ok()).flatten().map(Value::from)
    };
    if let Some(digits) = text.strip_prefix("0o") {
        return based(digits, 8);
    }
    if let Some(digits) = text.strip_prefix("0x") {
        return based(digits, 16);
    }
    let unsigned = text.strip_prefix(['-', '+']).unwrap_or(text);
    let mantissa = unsigned.split(['e', 'E']).next().unwrap_or_default();
    let digits_and_dots = mantissa.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    if !digits_and_dots || !mantissa.bytes().any(|byte| byte.is_ascii_digit()) {
        return None;
    }
    let whole = text.strip_prefix('+').unwrap_or(text);
    if let Ok(number) = whole.parse::<i64>() {
        return Some(Value::from(number));
    }
    if let Ok(number) = whole.parse::<u64>() {
        return Some(Value::from(number));
    }
    whole.parse::<f64>().ok().and_then(serde_json::Number::from_f64).map(Value::Number)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::diagnostic::Sink;
    use crate::source::Sources;
    use crate::syntax::yaml::read::read;

    fn document(text: &str) -> Document {
        let mut sink = Sink::default();
        let document = read(Sources::default().add("spec.yaml", text), text, &mut sink);
        assert_eq!(sink.into_sorted(), []);
        document.unwrap()
    }

    #[test]
    fn plain_scalars_follow_the_core_schema() {
        let typed = [
            ("", json!(null)),
            ("~", json!(null)),
            ("Null", json!(null)),
            ("TRUE", json!(true)),
            ("yes", json!("yes")),
            ("off", json!("off")),
            ("012", json!(12)),
            ("-7", json!(-7)),
            ("+7", json!(7)),
            ("0x1F", json!(31)),
            ("0o17", json!(15)),
            ("0x-1", json!("0x-1")),
            ("1_000", json!("1_000")),
            ("1:30", json!("1:30")),
            ("1.30", json!(1.3)),
            (".5", json!(0.5)),
            ("1e3", json!(1000.0)),
            ("1e", json!("1e")),
            (".", json!(".")),
            ("-", json!("-")),
            ("1.2.3", json!("1.2.3")),
            ("10.0.0.0/16", json!("10.0.0.0/16")),
            (".inf", json!(".inf")),
            ("inf", json!("inf")),
            ("nan", json!("nan")),
            ("1e999", json!("1e999")),
            ("18446744073709551615", json!(18_446_744_073_709_551_615_u64)),
            ("2024-01-01", json!("2024-01-01")),
        ];
        for (text, value) in typed {
            assert_eq!(core(text), value, "{text}");
        }
    }

    #[test]
    fn addresses_lead_to_spans_and_back_off_to_what_is_written() {
        let text = "spec:\n  zones: [a, b]\n  groups:\n    - name: x\n    -\n  empty:\n";
        let document = document(text);
        let shown =
            |span: Option<Span>| span.and_then(|span| text.get(span.range())).unwrap_or("none").to_owned();
        let items = Address::of("spec.groups");
        assert_eq!(shown(document.key_span(&Address::of("spec.zones"))), "zones");
        assert_eq!(shown(document.value_span(&Address::of("spec.zones"))), "[a, b]");
        assert_eq!(document.value_span(&Address::of("spec.empty")), None);
        assert_eq!(document.value_span(&items.index(1)), None);
        assert_eq!(shown(document.key_span(&Address::of("spec.zones").index(1))), "b");
        assert_eq!(shown(document.key_span(&Address::root())), "none");
        assert_eq!(shown(document.key_span(&Address::of("spec.nothing"))), "none");
        assert_eq!(shown(Some(document.nearest(&Address::root()))), "spec");
        assert_eq!(shown(Some(document.nearest(&Address::of("spec.zones.deep.er")))), "zones");
        assert_eq!(shown(Some(document.nearest(&items.index(0)))), "name");
        assert_eq!(shown(Some(document.nearest(&items.index(1).key("name")))), "groups");
        assert_eq!(shown(Some(document.nearest(&Address::of("spec.empty.key")))), "empty");
    }

    #[test]
    fn aliases_show_the_content_of_the_anchor_and_the_place_of_the_use() {
        let text = "a: &x { k: 1 }\nb: *x\n";
        let document = document(text);
        let alias = document.find(&Address::of("b")).unwrap();
        assert_eq!(text.get(document.span(alias).range()), Some("*x"));
        assert!(document.is_alias(alias));
        assert_eq!(document.find(&Address::of("b.k")), document.find(&Address::of("a.k")));
        assert_eq!(document.value(), json!({ "a": { "k": 1 }, "b": { "k": 1 } }));
    }

    /// One document over another, and where a key of the result is written.
    fn overlaid(below: &str, over: &str) -> (Document, Sources) {
        let mut sources = Sources::default();
        let mut read_one = |path: &str, text: &str| {
            let file = sources.add(path, text);
            read(file, text, &mut Sink::default()).unwrap()
        };
        let document = read_one("base.yaml", below).overlaid(read_one("over.yaml", over));
        (document, sources)
    }

    #[test]
    fn mappings_merge_and_everything_else_is_replaced() {
        let below = "a: { x: 1, y: 2 }\nl: [1, 2]\ns: text\nm: { k: 1 }\n";
        let (document, _) = overlaid(below, "a: { y: 3, z: 4 }\nl: [3]\ns: { k: 1 }\nm: 7\n");
        let wanted = json!({ "a": { "x": 1, "y": 3, "z": 4 }, "l": [3], "s": { "k": 1 }, "m": 7 });
        assert_eq!(document.value(), wanted);
    }

    #[test]
    fn null_takes_away_what_is_there_and_is_a_value_where_nothing_is() {
        let (document, _) =
            overlaid("on: {}\noff:\nkept:\n", "on: null\noff: null\nnew: null\nm: { k: null }\n");
        assert_eq!(document.value(), json!({ "kept": null, "new": null, "m": { "k": null } }));
        let (document, _) = overlaid("text: here\n", "text: 'null'\n");
        assert_eq!(document.value(), json!({ "text": "null" }));
    }

    #[test]
    fn every_value_of_an_overlaid_document_knows_its_file() {
        let (document, sources) = overlaid("a: { x: 1, y: 2 }\nb: 1\n", "a:\n  y: 3\n");
        let shown = |span: Option<Span>| span.map(|span| sources.show(span)).unwrap_or_default();
        assert_eq!(shown(document.value_span(&Address::of("a.x"))), "base.yaml:1:9");
        assert_eq!(shown(document.value_span(&Address::of("a.y"))), "over.yaml:2:6");
        assert_eq!(shown(document.key_span(&Address::of("a"))), "over.yaml:1:1");
        assert_eq!(shown(document.key_span(&Address::of("b"))), "base.yaml:2:1");
    }

    #[test]
    fn an_overlay_on_an_alias_leaves_its_anchor_alone() {
        let (document, _) = overlaid("a: &x { k: 1 }\nb: *x\n", "b: { k: &y { l: 2 } }\nc: *y\n");
        assert_eq!(document.value(), json!({ "a": { "k": 1 }, "b": { "k": { "l": 2 } }, "c": { "l": 2 } }));
    }
}
