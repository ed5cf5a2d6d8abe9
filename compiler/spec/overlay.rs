//! What a spec extends: its bases, read in order and laid over each other.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::shape;
use crate::diagnostic::{Finding, Sink};
use crate::domain;
use crate::source::{Address, FileId, Files, ReadError, Sources, Span, folder, normal};
use crate::syntax::yaml::{self, Document, Kind};

/// How many specs may extend each other in a row.
const LONGEST: usize = 256;

crate::diagnostic! {
    /// A file that a spec extends cannot be read.
    ///
    /// Without it the spec is only a part of a cluster. Paths start from the folder of the file that says `extends`, and
    /// stay inside the repository: a build must not depend on what lies around it.
    ///
    /// ```yaml,fails
    /// extends: bases/shared.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// ```
    ///
    /// Name a file that is there:
    ///
    /// ```yaml,file=base.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    /// ```yaml,passes
    /// extends: base.yaml
    /// metadata: { name: demo }
    /// ```
    pub BASE_UNREADABLE = E0120: "a file to extend cannot be read"
}

crate::diagnostic! {
    /// A spec extends itself, directly or by way of others.
    ///
    /// There is no first file to start from, so nothing has a value.
    ///
    /// ```yaml,file=base.yaml
    /// extends: shared/network.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    /// ```yaml,file=shared/network.yaml
    /// extends: ../spec.yaml
    /// spec: { aws: { network: { cidr: 10.1.0.0/16 } } }
    /// ```
    /// ```yaml,fails
    /// extends: base.yaml
    /// metadata: { name: demo }
    /// ```
    ///
    /// Let the files point one way, from the special to the general:
    ///
    /// ```yaml,file=shared/network.yaml
    /// spec: { aws: { network: { cidr: 10.1.0.0/16 } } }
    /// ```
    /// ```yaml,passes
    /// extends: base.yaml
    /// metadata: { name: demo }
    /// ```
    pub EXTENDS_ITSELF = E0121: "a spec extends itself"
}

/// What a spec extends: one file, or several of which later ones win. Paths start from the folder of the file that
/// says it. Mappings merge, everything else is replaced; `null` takes away what a base has set, and is the value
/// `null` where there is nothing to take away.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
#[schemars(inline)]
pub enum Extends {
    /// One file.
    One(#[schemars(length(min = 1))] String),
    /// Several files; what a later one says wins.
    Several(#[schemars(length(min = 1))] Vec<String>),
}

/// The files that make a spec.
#[derive(Debug, Clone, Default)]
pub struct Chain {
    /// The path of each file, in the order in which they were met: the spec itself is the first.
    files: Vec<(FileId, String)>,
    /// Which file each base was first met in.
    met_in: BTreeMap<FileId, FileId>,
    /// Whether the spec's own file says `metadata.name`.
    named: bool,
}

impl Chain {
    /// The paths of all files: the spec itself, then its bases as they are met.
    pub fn paths(&self) -> impl Iterator<Item = &str> {
        self.files.iter().map(|(_, path)| path.as_str())
    }

    /// Whether the spec's own file names its cluster. One that does not is a base for others.
    pub fn is_named(&self) -> bool {
        self.named
    }

    /// The folder of a file, with a `/` behind it, or nothing.
    pub(super) fn folder(&self, file: FileId) -> &str {
        self.path(file).map_or("", folder)
    }

    fn path(&self, file: FileId) -> Option<&str> {
        self.files.iter().find(|(id, _)| *id == file).map(|(_, path)| path.as_str())
    }

    /// How a base came to be a part of the spec: ``production.yaml extends base.yaml``. `None` for the spec itself and
    /// for files that are no specs.
    pub fn way_to(&self, file: FileId) -> Option<String> {
        let mut way = vec![self.path(file)?];
        let mut at = file;
        while let Some(above) = self.met_in.get(&at) {
            way.push(self.path(*above)?);
            at = *above;
        }
        way.reverse();
        (way.len() > 1).then(|| way.join(" extends "))
    }

    /// Says in a finding how the bases that it points into came to be a part of the spec.
    #[must_use]
    pub fn told(&self, mut finding: Finding) -> Finding {
        let places = std::iter::once(&finding.primary).chain(&finding.others);
        let mut ways: Vec<String> = places.filter_map(|label| self.way_to(label.span.file)).collect();
        ways.sort();
        ways.dedup();
        // The longest way tells the shorter ones, and a circle tells its own.
        let told = finding.why.clone().unwrap_or_default();
        let all = ways.clone();
        ways.retain(|way| {
            !told.contains(way.as_str())
                && !all.iter().any(|other| other != way && other.starts_with(way.as_str()))
        });
        finding.chains = ways;
        finding
    }
}

/// Reads a spec and all that it extends as one document. `None` when a file cannot be had or made sense of.
pub(super) fn read(
    path: &str,
    text: &str,
    files: &dyn Files,
    sources: &mut Sources,
    sink: &mut Sink,
) -> (Chain, Option<Document>) {
    let mut reader = Reader { files, sources, sink, chain: Chain::default(), open: Vec::new(), merged: None };
    let whole = reader.visit(path, text, None);
    let document = whole.and(reader.merged);
    (reader.chain, document)
}

struct Reader<'a> {
    files: &'a dyn Files,
    sources: &'a mut Sources,
    sink: &'a mut Sink,
    chain: Chain,
    /// The files on the way to the one that is read now, each with the place that names it.
    open: Vec<(String, Option<Span>)>,
    merged: Option<Document>,
}

impl Reader<'_> {
    /// Reads one file after all that it extends. `None` if the document cannot become whole.
    fn visit(&mut self, path: &str, text: &str, named: Option<Span>) -> Option<()> {
        let file = self.sources.add(path, text);
        self.chain.files.push((file, path.to_owned()));
        if let Some(named) = named {
            self.chain.met_in.insert(file, named.file);
        }
        let document = yaml::read(file, text, self.sink)?;
        if named.is_none() {
            self.chain.named = document.find(&Address::of("metadata.name")).is_some();
        }
        self.open.push((normal(path), named));
        let mut whole = self.is_mapping(&document, named.is_some());
        for (name, place) in self.bases(&document) {
            whole = self.base(path, &name, place).and(whole);
        }
        self.open.pop();
        let below = self.merged.take().map(|below| below.without("extends"));
        self.merged = Some(match below {
            Some(below) => below.overlaid(document),
            None => document,
        });
        whole
    }

    /// Reads the file that `path` extends by `name`, unless that is done already.
    fn base(&mut self, path: &str, name: &str, place: Span) -> Option<()> {
        let target = normal(&format!("{}{name}", folder(path)));
        if self.open.iter().any(|(open, _)| *open == target) || self.open.len() >= LONGEST {
            self.circle(&target, place);
            return None;
        }
        if self.chain.paths().any(|known| normal(known) == target) {
            return Some(());
        }
        match self.files.read(&target) {
            Ok(text) => self.visit(&target, &text, Some(place)),
            Err(error) => {
                self.sink.report(unreadable(&target, place, &error));
                None
            }
        }
    }

    /// The files that a document extends, with their places. What is no name is reported.
    fn bases(&mut self, document: &Document) -> Vec<(String, Span)> {
        let address = Address::of("extends");
        let Some(node) = document.find(&address) else { return Vec::new() };
        let mut found = Sink::default();
        if let Some(schema) = super::schema().pointer("/properties/extends") {
            shape::check(document, node, &address, schema, &domain::check_format, &mut found);
        }
        // The spec's own shape is checked as a whole, later.
        let sound = !found.has_errors();
        for finding in found.into_sorted().into_iter().filter(|_| self.open.len() > 1) {
            self.sink.report(finding);
        }
        let text = |node| match document.kind(node) {
            Kind::Scalar { text, .. } if !document.scalar(node).is_null() => {
                Some((text.to_owned(), document.span(node)))
            }
            _ => None,
        };
        match document.kind(node) {
            _ if !sound => Vec::new(),
            Kind::Seq(items) => items.iter().filter_map(|item| text(*item)).collect(),
            _ => text(node).into_iter().collect(),
        }
    }

    /// Whether the document is a mapping; of a base, says so if not.
    fn is_mapping(&mut self, document: &Document, is_base: bool) -> Option<()> {
        let root = document.root();
        if !is_base || document.is_refused(root) || matches!(document.kind(root), Kind::Map(_)) {
            return Some(());
        }
        self.sink.report(
            shape::codes::WRONG_TYPE
                .at(document.span(root), "not a mapping")
                .title("what a spec extends must be a mapping")
                .help("write the keys of a spec, such as `spec:`"),
        );
        None
    }

    fn circle(&mut self, target: &str, place: Span) {
        let way: Vec<&str> = self.open.iter().map(|(path, _)| path.as_str()).chain([target]).collect();
        let finding = if self.open.iter().any(|(open, _)| open == target) {
            let label = format!("leads back to `{target}`");
            EXTENDS_ITSELF
                .at(place, label)
                .title(format!("`{target}` extends itself"))
                .why(way.join(" extends "))
        } else {
            EXTENDS_ITSELF
                .at(place, format!("the file number {} in a row", LONGEST + 1))
                .title("too many specs extend each other")
        };
        let start = self.open.iter().position(|(open, _)| open == target).unwrap_or(self.open.len());
        let links = self.open.iter().skip(start + 1);
        let finding = links.fold(finding, |finding, (path, named)| match named {
            Some(named) => finding.also(*named, format!("leads to `{path}`")),
            None => finding,
        });
        self.sink.report(finding.help("let the files point one way, from the special to the general"));
    }
}

fn unreadable(path: &str, place: Span, error: &ReadError) -> Finding {
    let finding = BASE_UNREADABLE
        .at(place, error.to_string())
        .title(format!("`{path}`, which this spec extends, cannot be read: {error}"))
        .why("without it the spec is only a part of a cluster");
    match error {
        ReadError::Outside => finding.help("move the file into the repository that the spec lies in"),
        _ => finding.help("write the path from the folder of this file, such as `../base.yaml`"),
    }
}

#[cfg(test)]
mod tests;
