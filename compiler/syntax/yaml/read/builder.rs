//! Parser events become an arena of nodes; keys, aliases and depth are checked on the way.

use std::collections::BTreeMap;

use granit_parser::{Event, ScalarStyle, Span as Parsed, Tag};

use super::characters::refuse_escapes;
use super::codes::{BAD_ALIAS, BAD_CHARACTER, DUPLICATE_KEY, NOT_YAML, TOO_LARGE, UNSUPPORTED_YAML};
use super::{MAX_BYTES, Reader, faults};
use crate::diagnostic::Finding;
use crate::source::Span;
use crate::syntax::yaml::tree::{Document, Entry, MAX_DEPTH, Node, NodeId, Stored, Style};

/// Nodes that aliases may add to a document.
const MAX_ADDED_NODES: usize = 100_000;
/// Bytes of text that aliases may add to a document.
const MAX_ADDED_BYTES: usize = MAX_BYTES;
/// A collection whose end has not come yet.
struct Open {
    node: NodeId,
    key: Key,
    seen: BTreeMap<String, Span>,
    size: Size,
}

/// Where a mapping stands between a key and its value.
enum Key {
    Awaited,
    Read(String, Span),
    /// Reported; its value is dropped.
    Refused,
}

/// What a node amounts to when all aliases below it are expanded.
#[derive(Debug, Clone, Copy, Default)]
struct Size {
    nodes: usize,
    bytes: usize,
    depth: usize,
}

/// A document in the making.
#[derive(Default)]
pub(super) struct Builder {
    nodes: Vec<Node>,
    open: Vec<Open>,
    anchors: BTreeMap<usize, NodeId>,
    /// Sizes of anchored nodes that are complete.
    sizes: BTreeMap<NodeId, Size>,
    added: Size,
    /// The `---` of the document, if any.
    pub(super) start: Option<Span>,
    first_key: Option<Span>,
}

impl Builder {
    /// Takes an event of this document; the error is a finding that leaves no tree.
    pub(super) fn take(
        &mut self,
        reader: &mut Reader,
        event: Event,
        span: Span,
        parsed: &Parsed,
    ) -> Result<(), Box<Finding>> {
        match event {
            Event::Scalar(text, style, anchor, tag) => {
                refuse_tag(reader, tag.as_deref(), parsed);
                let style = match style {
                    ScalarStyle::Plain => Style::Plain,
                    ScalarStyle::SingleQuoted | ScalarStyle::DoubleQuoted => Style::Quoted,
                    ScalarStyle::Literal | ScalarStyle::Folded => Style::Block,
                };
                // The parser spells a value that is not there as `~`.
                let absent = style == Style::Plain && span.start == span.end;
                let text = if absent { "" } else { text.as_ref() };
                let span = if style == Style::Block { trimmed(reader.text, span) } else { span };
                refuse_escapes(reader, text, style, span);
                let node = self.add(Stored::Scalar { text: text.into(), style }, span, anchor);
                self.attach(reader, node, Size { nodes: 1, bytes: text.len(), depth: 0 });
            }
            Event::SequenceStart(_, anchor, tag) => {
                refuse_tag(reader, tag.as_deref(), parsed);
                self.begin(reader, Stored::Seq(Vec::new()), span, anchor)?;
            }
            Event::MappingStart(_, anchor, tag) => {
                refuse_tag(reader, tag.as_deref(), parsed);
                self.begin(reader, Stored::Map(Vec::new()), span, anchor)?;
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(span),
            Event::Alias(anchor) => self.alias(reader, anchor, span)?,
            Event::UnresolvedAlias(name) => {
                reader.report(
                    BAD_ALIAS
                        .at(span, "no anchor of this name stands above")
                        .title(format!("`*{name}` repeats something that is not there"))
                        .help(format!("write `&{name}` before the value to repeat, further up in the file")),
                );
                self.refused(reader, span);
            }
            _ => {}
        }
        Ok(())
    }

    fn add(&mut self, stored: Stored, span: Span, anchor: usize) -> NodeId {
        let node = NodeId::of(self.nodes.len());
        self.nodes.push(Node { stored, span });
        if anchor != 0 {
            self.anchors.insert(anchor, node);
        }
        node
    }

    fn refused(&mut self, reader: &mut Reader, span: Span) {
        let node = self.add(Stored::Refused, span, 0);
        self.attach(reader, node, Size { nodes: 1, bytes: 0, depth: 0 });
    }

    fn begin(
        &mut self,
        reader: &mut Reader,
        stored: Stored,
        span: Span,
        anchor: usize,
    ) -> Result<(), Box<Finding>> {
        if self.open.len() >= MAX_DEPTH {
            return Err(Box::new(faults::too_deep(reader.character(span.start as usize))));
        }
        let node = self.add(stored, span, anchor);
        self.attach(reader, node, Size::default());
        let size = Size { nodes: 1, bytes: 0, depth: 1 };
        self.open.push(Open { node, key: Key::Awaited, seen: BTreeMap::new(), size });
        Ok(())
    }

    fn end(&mut self, span: Span) {
        let Some(closed) = self.open.pop() else { return };
        let last = self.last_child(closed.node);
        if let Some(node) = self.nodes.get_mut(closed.node.index()) {
            // The end of a block is found only where the next thing begins, so its last child says more.
            let end = if span.start < span.end { span.end } else { last.unwrap_or(node.span.end) };
            node.span.end = end.max(node.span.start);
        }
        self.sizes.insert(closed.node, closed.size);
        if let Some(parent) = self.open.last_mut() {
            parent.size.add(closed.size);
        }
    }

    fn last_child(&self, node: NodeId) -> Option<u32> {
        let last = match &self.nodes.get(node.index())?.stored {
            Stored::Seq(items) => *items.last()?,
            Stored::Map(entries) => {
                let entry = entries.last()?;
                let value = self.nodes.get(entry.value.index())?;
                return Some(value.span.end.max(entry.key_span.end));
            }
            _ => return None,
        };
        self.nodes.get(last.index()).map(|node| node.span.end)
    }

    fn alias(&mut self, reader: &mut Reader, anchor: usize, span: Span) -> Result<(), Box<Finding>> {
        let Some(target) = self.anchors.get(&anchor).copied() else {
            self.refused(reader, span);
            return Ok(());
        };
        if self.open.iter().any(|open| open.node == target) {
            let begin = self.nodes.get(target.index()).map_or(span, |node| node.span);
            reader.report(
                BAD_ALIAS
                    .at(span, "would repeat what it stands in")
                    .also(
                        reader.character(begin.start as usize),
                        "the anchored value begins here and is not complete yet",
                    )
                    .title("an alias contains itself")
                    .help("write the repeated part once outside, anchor it there, and use it in both places"),
            );
            self.refused(reader, span);
            return Ok(());
        }
        let size = self.size(target);
        self.added.add(size);
        if self.open.len() + size.depth > MAX_DEPTH {
            return Err(Box::new(faults::too_deep(span)));
        }
        if self.added.nodes > MAX_ADDED_NODES || self.added.bytes > MAX_ADDED_BYTES {
            return Err(Box::new(
                TOO_LARGE
                    .at(span, format!("up to here aliases add {} values", self.added.nodes))
                    .title("the aliases expand too far")
                    .help(format!(
                        "write the document so that aliases add at most {MAX_ADDED_NODES} values and {} MiB",
                        MAX_ADDED_BYTES >> 20
                    )),
            ));
        }
        let node = self.add(Stored::Alias(target), span, 0);
        self.attach(reader, node, size);
        if let Some(parent) = self.open.last_mut() {
            parent.size.depth = parent.size.depth.max(size.depth + 1);
        }
        Ok(())
    }

    fn size(&self, node: NodeId) -> Size {
        match self.nodes.get(node.index()).map(|node| &node.stored) {
            Some(Stored::Scalar { text, .. }) => Size { nodes: 1, bytes: text.len(), depth: 0 },
            _ => self.sizes.get(&node).copied().unwrap_or_default(),
        }
    }

    /// Puts a node where it belongs in the innermost open collection. A collection brings its size when it ends.
    fn attach(&mut self, reader: &mut Reader, node: NodeId, size: Size) {
        let Some(open) = self.open.last_mut() else { return };
        open.size.nodes = open.size.nodes.saturating_add(size.nodes);
        open.size.bytes = open.size.bytes.saturating_add(size.bytes);
        match self.nodes.get_mut(open.node.index()).map(|node| &mut node.stored) {
            Some(Stored::Seq(items)) => items.push(node),
            Some(Stored::Map(entries)) => match std::mem::replace(&mut open.key, Key::Awaited) {
                Key::Awaited => self.key(reader, node),
                Key::Read(key, key_span) => entries.push(Entry { key, key_span, value: node }),
                Key::Refused => {}
            },
            _ => {}
        }
    }

    /// Takes a node as a key.
    fn key(&mut self, reader: &mut Reader, node: NodeId) {
        let key = self.key_text(node);
        let Some(Node { span, .. }) = self.nodes.get(node.index()) else { return };
        // A block scalar with nothing in it has no extent, and messages have to point at something.
        let span = if span.start < span.end { *span } else { reader.character(span.start as usize) };
        let Some(open) = self.open.last_mut() else { return };
        open.key = match key {
            Err(()) => Key::Refused,
            Ok(None) => {
                reader.report(
                    NOT_YAML
                        .at(span, "a key must be text")
                        .title("a key that is not text")
                        .help("write a word before the `:`"),
                );
                Key::Refused
            }
            Ok(Some((key, plain))) if key == "<<" => {
                reader.report(merge_key(span, plain));
                Key::Refused
            }
            Ok(Some((key, _))) => match open.seen.get(&key) {
                Some(first) => {
                    reader.report(
                        DUPLICATE_KEY
                            .at(span, "written again here")
                            .also(*first, "first written here")
                            .title(format!("the key `{}` is written twice", faults::short(&key)))
                            .why("readers of YAML disagree: some take the first, some the last, some neither")
                            .help("keep one of the two, or give one of them another name"),
                    );
                    Key::Refused
                }
                None => {
                    self.first_key.get_or_insert(span);
                    open.size.bytes = open.size.bytes.saturating_add(key.len());
                    open.seen.insert(key.clone(), span);
                    Key::Read(key, span)
                }
            },
        };
    }

    /// The text of a key; `Ok(None)` if it is none, an error if that was reported already.
    fn key_text(&self, node: NodeId) -> Result<Option<(String, bool)>, ()> {
        let Some(found) = self.nodes.get(node.index()) else { return Ok(None) };
        let stored = match &found.stored {
            Stored::Alias(target) => self.nodes.get(target.index()).map(|node| &node.stored),
            stored => Some(stored),
        };
        match stored {
            Some(Stored::Refused) => Err(()),
            Some(Stored::Scalar { text, style }) if !text.is_empty() || *style != Style::Plain => {
                Ok(Some((text.to_string(), *style == Style::Plain)))
            }
            _ => Ok(None),
        }
    }

    pub(super) fn finish(mut self, fallback: Span) -> Document {
        let root_span = self.nodes.first().map(|node| node.span).filter(|span| span.start < span.end);
        let start = self.first_key.or(root_span).or(self.start.filter(|span| span.start < span.end));
        let start = start.unwrap_or(fallback);
        if self.nodes.is_empty() {
            self.add(Stored::Refused, start, 0);
        }
        Document::new(self.nodes, NodeId::of(0), start)
    }
}

impl Size {
    fn add(&mut self, child: Size) {
        self.nodes = self.nodes.saturating_add(child.nodes);
        self.bytes = self.bytes.saturating_add(child.bytes);
        self.depth = self.depth.max(child.depth.saturating_add(1));
    }
}

fn refuse_tag(reader: &mut Reader, tag: Option<&Tag>, parsed: &Parsed) {
    let Some(tag) = tag else { return };
    let span = reader.span(&parsed.tag_span().unwrap_or(*parsed));
    reader.report(
        UNSUPPORTED_YAML
            .at(span, "a YAML tag")
            .title(format!("the tag `{}` is not supported", faults::short(&tag.original())))
            .help("remove it; to make a number or a truth value text, put it in quotes"),
    );
}

fn merge_key(span: Span, plain: bool) -> Finding {
    if plain {
        return UNSUPPORTED_YAML
            .at(span, "a merge key of YAML 1.1")
            .title("merge keys (`<<`) are not supported")
            .help("write the keys out, or use an alias (`key: *name`) for the whole value");
    }
    BAD_CHARACTER
        .at(span, "some readers take it for a merge key even in quotes")
        .title("`<<` cannot be a key")
        .help("choose another key")
}

fn trimmed(text: &str, span: Span) -> Span {
    let length = text.get(span.range()).map_or(0, |text| text.trim_end().len());
    Span { end: span.start + u32::try_from(length).unwrap_or(0), ..span }
}
