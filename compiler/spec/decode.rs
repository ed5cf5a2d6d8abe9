//! From text to [`Written`]: all structural faults of a file are found in one run.

use std::collections::BTreeSet;

use serde_json::Value;

use super::{Chain, Written, overlay, schema, shape};
use crate::diagnostic::{Finding, Sink};
use crate::domain::{self, InputName};
use crate::source::{Address, Files, Sources, Span};
use crate::syntax::yaml::{Document, Entry, Kind, NodeId};

crate::diagnostic! {
    /// A value is given by an input, but the compiler needs it now.
    ///
    /// An input is known when Terraform plans. What shapes the output (a name, a version, a size, a range of
    /// addresses to carve) must be known when the spec is compiled.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { vpc_cidr: { type: cidr } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { cidr: { input: vpc_cidr } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the value; inputs are for what may stay open until the plan:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { operator_cidr: { type: cidr } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { cidr: 10.0.0.0/16 }
    ///     endpoint: { public: [ { input: operator_cidr } ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub INPUT_WHERE_VALUE_IS_NEEDED = E0110: "an input is given where the value is needed when compiling"
}

crate::diagnostic! {
    /// A reference to an input names one that is not declared.
    ///
    /// Terraform would refuse the variable, long after the spec was reviewed.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { operator_cidr: { type: cidr } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     endpoint: { public: [ { input: operator_cdir } ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Use the declared name, or declare it under `spec.inputs`:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { operator_cidr: { type: cidr } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     endpoint: { public: [ { input: operator_cidr } ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNDECLARED_INPUT = E0111: "an input is not declared"
}

crate::diagnostic! {
    /// The text has the right shape but cannot be read.
    ///
    /// This is rare: a value passed the structural check and was still refused by the type that holds it.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 99999999999, max: 99999999999 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write a value of the size that the field is for:
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
    ///     nodeGroups: { system: { instanceTypes: [ m7g.large ], size: { min: 2, max: 4 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNREADABLE_VALUE = E0112: "a value cannot be read"
}

/// A spec that was read, with the text that it came from.
#[derive(Debug, Clone)]
pub struct Spec {
    /// What the user wrote.
    pub written: Written,
    /// Where each part of it stands.
    pub document: Document,
    /// The files that it was written in.
    pub chain: Chain,
}

impl Spec {
    /// The key at an address; where it is not written, the nearest key above it.
    pub fn key(&self, address: &Address) -> Span {
        self.document.nearest(address)
    }

    /// The value at an address; where it is not written, the nearest key above it.
    pub fn value(&self, address: &Address) -> Span {
        self.document.value_span(address).unwrap_or_else(|| self.document.nearest(address))
    }

    /// Whether the user wrote something at an address.
    pub fn writes(&self, address: &Address) -> bool {
        self.document.find(address).is_some()
    }

    /// The folder of the file that wrote the value at an address, with a `/` behind it, or nothing; what a relative
    /// path starts from.
    pub fn folder(&self, address: &Address) -> &str {
        self.chain.folder(self.value(address).file)
    }
}

/// Reads a spec with all that it extends, and the files that took part. No spec when it has faults that leave nothing
/// to go on with; the sink then holds them all.
pub fn decode(
    path: &str,
    text: &str,
    files: &dyn Files,
    sources: &mut Sources,
    sink: &mut Sink,
) -> (Chain, Option<Spec>) {
    let mut found = Sink::default();
    let (chain, document) = overlay::read(path, text, files, sources, &mut found);
    let Some(document) = document else {
        pass_on(found, sink);
        return (chain, None);
    };
    let spec = decoded(document, &chain, found, sink);
    (chain, spec)
}

fn decoded(document: Document, chain: &Chain, mut found: Sink, sink: &mut Sink) -> Option<Spec> {
    let schema = schema();
    shape::check(&document, document.root(), &Address::root(), schema, &domain::check_format, &mut found);
    let misplaced = references(&document);
    let accepted = accepting(schema);
    let broken = found.has_errors();
    for finding in found.into_sorted() {
        let reference = misplaced.iter().find(|reference| reference.causes(&finding, &accepted));
        sink.report(reference.map_or(finding, |reference| too_late(reference, &accepted)));
    }
    declared(&document, &misplaced, sink);
    if broken || sink.has_errors() {
        return None;
    }
    let mut track = serde_path_to_error::Track::new();
    let value = document.value();
    let read = serde_path_to_error::Deserializer::new(value, &mut track);
    match serde::Deserialize::deserialize(read) {
        Ok(written) => Some(Spec { written, document, chain: chain.clone() }),
        Err(error) => {
            let address = address_of(&track.path());
            let span = document.value_span(&address).unwrap_or_else(|| document.nearest(&address));
            sink.report(
                UNREADABLE_VALUE
                    .at(span, plainly(&error.to_string()))
                    .title(format!("`{address}` cannot be read"))
                    .help("write a value of the size and form that the field is for"),
            );
            None
        }
    }
}

/// The words of the reader, without its names of types.
fn plainly(words: &str) -> String {
    let sizes = [
        ("expected u8", u64::from(u8::MAX)),
        ("expected u16", u64::from(u16::MAX)),
        ("expected u32", u64::from(u32::MAX)),
    ];
    let size = sizes.iter().find_map(|(end, most)| Some((words.strip_suffix(end)?, most)));
    size.map_or_else(|| words.to_owned(), |(before, most)| format!("{before}expected at most {most}"))
}

fn pass_on(found: Sink, sink: &mut Sink) {
    for finding in found.into_sorted() {
        sink.report(finding);
    }
}

fn address_of(path: &serde_path_to_error::Path) -> Address {
    let mut address = Address::root();
    for segment in path.iter() {
        address = match segment {
            serde_path_to_error::Segment::Seq { index } => address.index(*index),
            serde_path_to_error::Segment::Map { key } => address.key(key),
            _ => address,
        };
    }
    address
}

/// `{ input: NAME }` somewhere in the document.
struct Reference {
    name: String,
    /// The key that it is the value of, or whose list it is in.
    field: Option<String>,
    /// Itself, and the keys that the structural check may show in its place.
    spans: Vec<Span>,
    name_span: Span,
}

impl Reference {
    /// Whether a finding of the structural check only says that the reference is a mapping. Where the items of a list
    /// may be inputs, the missing list is the fault.
    fn causes(&self, finding: &Finding, accepted: &[String]) -> bool {
        let listed = self.field.as_ref().map(|field| format!(".{field}[]"));
        let wants_list = listed.is_some_and(|end| accepted.iter().any(|path| path.ends_with(&end)));
        finding.code == &shape::codes::WRONG_TYPE && self.spans.contains(&finding.primary.span) && !wants_list
    }
}

fn references(document: &Document) -> Vec<Reference> {
    let mut out = Vec::new();
    let mut open: Vec<(NodeId, Option<(String, Span)>)> = vec![(document.root(), None)];
    let mut seen = BTreeSet::new();
    while let Some((id, owner)) = open.pop() {
        if !seen.insert(document.span(id)) {
            continue;
        }
        match document.kind(id) {
            Kind::Scalar { .. } => {}
            Kind::Seq(items) => {
                let field = owner.map(|(field, _)| field);
                let owner = |item: NodeId| field.clone().map(|field| (field, document.span(item)));
                open.extend(items.iter().map(|item| (*item, owner(*item))));
            }
            Kind::Map(entries) => {
                if let [only] = entries
                    && only.key == "input"
                    && let Some(name) = text(document, only.value)
                {
                    let (field, shown) = owner.unzip();
                    let spans =
                        [Some(document.span(id)), Some(only.key_span), shown].into_iter().flatten().collect();
                    out.push(Reference { name, field, spans, name_span: document.span(only.value) });
                }
                let owner = |entry: &Entry| Some((entry.key.clone(), entry.key_span));
                open.extend(entries.iter().map(|entry| (entry.value, owner(entry))));
            }
        }
    }
    out
}

fn text(document: &Document, id: NodeId) -> Option<String> {
    match document.kind(id) {
        Kind::Scalar { text, .. } => Some(text.to_owned()),
        _ => None,
    }
}

fn declared(document: &Document, references: &[Reference], sink: &mut Sink) {
    let inputs = document.find(&Address::of("spec.inputs"));
    let known: Vec<String> = match inputs.map(|id| document.kind(id)) {
        Some(Kind::Map(entries)) => entries.iter().map(|entry| entry.key.clone()).collect(),
        _ => Vec::new(),
    };
    for reference in references.iter().filter(|reference| !known.contains(&reference.name)) {
        if reference.name.parse::<InputName>().is_err() {
            continue; // The structural check says so.
        }
        let mut finding = UNDECLARED_INPUT
            .at(reference.name_span, "not declared under `spec.inputs`")
            .title(format!("input `{}` is not declared", reference.name))
            .why("Terraform would refuse the variable, long after the spec was reviewed");
        finding = match domain::nearest(&reference.name, known.iter().map(String::as_str)) {
            Some(near) => finding.fix(reference.name_span, near).help(format!("did you mean `{near}`?")),
            None => {
                finding.help(format!("declare it: `inputs: {{ {}: {{ type: string }} }}`", reference.name))
            }
        };
        sink.report(finding);
    }
}

fn too_late(reference: &Reference, accepted: &[String]) -> Finding {
    let finding = INPUT_WHERE_VALUE_IS_NEEDED
        .at(reference.name_span, format!("`{}` is known only when Terraform plans", reference.name));
    let finding = match &reference.field {
        Some(field) => finding.title(format!("`{field}` cannot be given by an input")),
        None => finding,
    };
    finding
        .why("it shapes the output, so it must be known when the spec is compiled")
        .help("write the value itself")
        .help(format!("inputs are accepted by: {}", accepted.join(", ")))
}

/// The fields that accept an input, from the schema: `aws.endpoint.public[]` and so on.
pub fn accepting(schema: &Value) -> Vec<String> {
    let mut out = BTreeSet::new();
    visit(schema, schema, "", 0, &mut out);
    out.into_iter().map(|path| path.trim_start_matches("spec.").to_owned()).collect()
}

fn visit(schema: &Value, root: &Value, path: &str, depth: usize, out: &mut BTreeSet<String>) {
    if depth > 24 {
        return;
    }
    if let Some(reference) = schema.get("$ref").and_then(Value::as_str) {
        if reference.ends_with("/InputRef") {
            out.insert(path.to_owned());
        } else if let Some(target) = reference.strip_prefix('#').and_then(|at| root.pointer(at)) {
            visit(target, root, path, depth + 1, out);
        }
        return;
    }
    for (name, below) in schema.get("properties").and_then(Value::as_object).into_iter().flatten() {
        let path = if path.is_empty() { name.clone() } else { format!("{path}.{name}") };
        visit(below, root, &path, depth + 1, out);
    }
    if let Some(values) = schema.get("additionalProperties") {
        visit(values, root, &format!("{path}.*"), depth + 1, out);
    }
    if let Some(items) = schema.get("items") {
        visit(items, root, &format!("{path}[]"), depth + 1, out);
    }
    for branch in ["anyOf", "oneOf"].iter().filter_map(|word| schema.get(*word)?.as_array()).flatten() {
        visit(branch, root, path, depth + 1, out);
    }
}
