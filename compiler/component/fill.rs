//! Fills in the leaves of a component's files: a tree with expressions becomes a plain tree with origins.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

use super::expression::{Fault, Scope, evaluate, holds, is_expression};
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::syntax::yaml::{Document, Entry, Kind, NodeId};

crate::diagnostic! {
    /// An expression in a component's file uses a name that does not exist.
    ///
    /// The value would be missing in the cluster, so nothing is written.
    ///
    /// ```yaml,file=components/hello/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: hello }
    /// spec:
    ///   summary: Says hello.
    ///   namespace: hello
    /// ```
    /// ```yaml,file=components/hello/manifests/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: hello }
    /// data: { cluster: "${{ cluster.nmae }}" }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write a name that the scope has, here `cluster.name`:
    ///
    /// ```yaml,file=components/hello/manifests/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: hello }
    /// data: { cluster: "${{ cluster.name }}" }
    /// ```
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_NAME_IN_EXPRESSION = E0401: "an expression uses a name that does not exist"
}

crate::diagnostic! {
    /// An expression in a component's file cannot be evaluated: it is not well formed, it fails, or it puts a
    /// parameter without a value into a text.
    ///
    /// ```yaml,file=components/hello/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: hello }
    /// spec:
    ///   summary: Says hello.
    ///   namespace: hello
    ///   parameters:
    ///     type: object
    ///     additionalProperties: false
    ///     properties: { domain: { type: string } }
    /// ```
    /// ```yaml,file=components/hello/manifests/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: hello }
    /// data: { host: "hello.${{ params.domain }}" }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the parameter a value (or a default in the component's contract):
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello, params: { domain: example.com } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub EXPRESSION_FAILS = E0402: "an expression cannot be evaluated"
}

/// A plain tree, and which place in the component's files each leaf comes from (by JSON pointer).
#[derive(Debug, Clone, Default)]
pub struct Filled {
    /// The tree; `Null` when a condition dropped it.
    pub value: Value,
    /// The place of each scalar, list and mapping.
    pub places: BTreeMap<String, Span>,
}

/// All trees that a document stands for: one, none when `$when` at its top is false, several with `$each`.
pub fn fill(document: &Document, scope: &Scope, sink: &mut Sink) -> Vec<Filled> {
    let mut out = Vec::new();
    Filling { document, sink }.repeated(document.root(), scope, &mut |filling, scope| {
        let mut places = BTreeMap::new();
        if let Some(value) = filling.node(filling.document.root(), "", scope, &mut places) {
            out.push(Filled { value, places });
        }
    });
    out
}

struct Filling<'a> {
    document: &'a Document,
    sink: &'a mut Sink,
}

impl Filling<'_> {
    /// Calls `body` once, or for each item of the node's `$each`, if its `$when` holds.
    fn repeated(&mut self, id: NodeId, scope: &Scope, body: &mut dyn FnMut(&mut Self, &Scope)) {
        let each = self.directive(id, "$each");
        let items: Vec<Scope> = match each {
            None => vec![scope.clone()],
            Some(leaf) => match self.leaf(leaf, scope) {
                Some(Value::Array(items)) => items.into_iter().map(|item| scope.with_item(item)).collect(),
                _ => Vec::new(),
            },
        };
        for scope in items {
            let wanted = match self.directive(id, "$when") {
                None => true,
                Some(leaf) => holds(self.leaf(leaf, &scope).as_ref()),
            };
            if wanted {
                body(self, &scope);
            }
        }
    }

    fn directive(&self, id: NodeId, name: &str) -> Option<NodeId> {
        match self.document.kind(id) {
            Kind::Map(entries) => entries.iter().find(|entry| entry.key == name).map(|entry| entry.value),
            _ => None,
        }
    }

    fn node(
        &mut self,
        id: NodeId,
        pointer: &str,
        scope: &Scope,
        places: &mut BTreeMap<String, Span>,
    ) -> Option<Value> {
        places.insert(pointer.to_owned(), self.document.span(id));
        let kind = match self.document.kind(id) {
            Kind::Map(entries) => Owned::Map(entries.to_vec()),
            Kind::Seq(items) => Owned::Seq(items.to_vec()),
            Kind::Scalar { .. } => return self.leaf(id, scope),
        };
        match kind {
            // What loses all its members is gone, too: an empty mapping may mean something else to a chart.
            Owned::Map(entries) => {
                let was_empty = entries.is_empty();
                let map = self.map(entries, pointer, scope, places);
                (was_empty || map.as_object().is_some_and(|map| !map.is_empty())).then_some(map)
            }
            Owned::Seq(items) => {
                let was_empty = items.is_empty();
                let list = self.list(items, pointer, scope, places);
                (was_empty || list.as_array().is_some_and(|list| !list.is_empty())).then_some(list)
            }
        }
    }

    fn map(
        &mut self,
        entries: Vec<Entry>,
        at: &str,
        scope: &Scope,
        places: &mut BTreeMap<String, Span>,
    ) -> Value {
        let mut map = Map::new();
        for entry in entries.into_iter().filter(|entry| !matches!(entry.key.as_str(), "$when" | "$each")) {
            let key = if is_expression(&entry.key) {
                match self.text(&entry.key, entry.key_span, scope) {
                    Some(Value::String(key)) => key,
                    _ => continue,
                }
            } else {
                entry.key
            };
            let below = format!("{at}/{}", key.replace('~', "~0").replace('/', "~1"));
            let mut value = None;
            if self.directive(entry.value, "$each").is_some() {
                // A mapping under a key cannot be repeated; its items belong in a list.
                self.sink.report(
                    EXPRESSION_FAILS
                        .at(entry.key_span, "`$each` repeats items of a list")
                        .help("make this a list whose one item has `$each`"),
                );
                continue;
            }
            self.repeated(entry.value, scope, &mut |filling, scope| {
                value = filling.node(entry.value, &below, scope, places);
            });
            if let Some(value) = value {
                map.insert(key, value);
            }
        }
        Value::Object(map)
    }

    fn list(
        &mut self,
        items: Vec<NodeId>,
        at: &str,
        scope: &Scope,
        places: &mut BTreeMap<String, Span>,
    ) -> Value {
        let mut list = Vec::new();
        for item in items {
            self.repeated(item, scope, &mut |filling, scope| {
                let below = format!("{at}/{}", list.len());
                if let Some(value) = filling.node(item, &below, scope, places) {
                    list.push(value);
                }
            });
        }
        Value::Array(list)
    }

    fn leaf(&mut self, id: NodeId, scope: &Scope) -> Option<Value> {
        let Kind::Scalar { text, .. } = self.document.kind(id) else { return None };
        if !is_expression(text) {
            return Some(self.document.scalar(id));
        }
        let text = text.to_owned();
        let span = self.document.span(id);
        self.text(&text, span, scope)
    }

    fn text(&mut self, text: &str, span: Span, scope: &Scope) -> Option<Value> {
        match evaluate(text, scope) {
            Ok(value) => value,
            Err(fault) => {
                report(fault, span, self.sink);
                None
            }
        }
    }
}

fn report(fault: Fault, span: Span, sink: &mut Sink) {
    sink.report(match fault {
        Fault::Unknown { name, near } => {
            let finding = UNKNOWN_NAME_IN_EXPRESSION
                .at(span, "uses a name that nothing gives a value")
                .title(format!("`{name}` does not exist"))
                .why("the value would be missing in the cluster");
            match near {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help("CONTRIBUTING.md lists the names that components may use"),
            }
        }
        Fault::Undefined { name } => EXPRESSION_FAILS
            .at(span, "this text needs it")
            .title(format!("`{name}` has no value"))
            .why("the text would reach the cluster with a gap in it")
            .help(format!("set `{name}`, or give it a default in the component's contract")),
        Fault::Failed(words) => EXPRESSION_FAILS
            .at(span, words)
            .why("the value would be missing in the cluster")
            .help("mend the expression in the component's file"),
    });
}

/// Children that are owned, so that the document can be read while the sink is written.
enum Owned {
    Map(Vec<Entry>),
    Seq(Vec<NodeId>),
}

/// Whether a condition of the contract holds.
pub fn condition(text: &str, place: Span, scope: &Scope, sink: &mut Sink) -> bool {
    match evaluate(text, scope) {
        Ok(value) => holds(value.as_ref()),
        Err(fault) => {
            report(fault, place, sink);
            false
        }
    }
}
