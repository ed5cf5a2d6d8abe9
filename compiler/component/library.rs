//! Finds components: those that ship with the compiler, and folders of the user's own.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use serde_json::Value;

use super::{Contract, ContractSpec};
use crate::diagnostic::Sink;
use crate::domain::{self, Key};
use crate::source::{Address, Files, MemoryFiles, ReadError, Sources, Span};
use crate::spec::shape;
use crate::syntax::yaml::{self, Document};

crate::diagnostic! {
    /// A component's folder cannot be read, or has no contract.
    ///
    /// A component is a folder with a `component.yaml`; without it the compiler does not know what to install.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/helo }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Point `source` at the folder, relative to the spec:
    ///
    /// ```yaml,file=components/hello/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: hello }
    /// spec:
    ///   summary: Says hello.
    ///   namespace: hello
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
    pub COMPONENT_NOT_READABLE = E0404: "a component's folder cannot be read"
}

/// A component that was read: its contract and its files, not yet filled in.
#[derive(Debug, Clone)]
pub struct Definition {
    /// Its name.
    pub name: Key,
    /// What it states about itself.
    pub contract: ContractSpec,
    /// `values.yaml`.
    pub values: Option<Document>,
    /// Policies, by file name.
    pub policies: BTreeMap<String, Document>,
    /// Custom resources for the configs layer, by file name.
    pub resources: BTreeMap<String, Document>,
    /// Plain objects for the controllers layer, by file name.
    pub manifests: BTreeMap<String, Document>,
    /// The whole text of its README.
    pub readme: String,
    /// Where its name is written.
    pub place: Span,
}

/// The components that ship with the compiler.
#[derive(Debug, Clone)]
pub struct Library {
    files: MemoryFiles,
    names: Vec<Key>,
}

mod embedded {
    include!(concat!(env!("OUT_DIR"), "/stdlib.rs"));
}

impl Library {
    /// The standard library, as embedded in this binary.
    pub fn standard() -> Library {
        let files = embedded::FILES.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned()));
        Library::of(MemoryFiles(files.collect()))
    }

    /// A library of other folders, for tests: `stdlib/NAME/component.yaml` and so on.
    pub fn of(files: MemoryFiles) -> Library {
        let names = files.0.keys().filter_map(|path| {
            path.strip_prefix("stdlib/")?.strip_suffix("/component.yaml")?.parse::<Key>().ok()
        });
        let mut names: Vec<Key> = names.collect();
        names.sort();
        Library { names, files }
    }

    /// The components' names, sorted.
    pub fn names(&self) -> &[Key] {
        &self.names
    }

    /// Reads a component; `None` when there is none of that name, or when its files are faulty (then the sink
    /// says why).
    pub fn definition(&self, name: &Key, sources: &mut Sources, sink: &mut Sink) -> Option<Definition> {
        let folder = format!("stdlib/{name}");
        self.names.contains(name).then(|| read_folder(name, &folder, &self.files, None, sources, sink))?
    }
}

/// Reads a component folder of the user's own. `asked` is where the spec names the folder.
pub fn load(
    name: &Key,
    folder: &str,
    asked: Span,
    files: &dyn Files,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Option<Definition> {
    read_folder(name, folder, files, Some(asked), sources, sink)
}

fn read_folder(
    name: &Key,
    folder: &str,
    files: &dyn Files,
    asked: Option<Span>,
    sources: &mut Sources,
    sink: &mut Sink,
) -> Option<Definition> {
    let listed = match files.list(folder) {
        Ok(listed) => listed,
        Err(error) => {
            unreadable(asked, folder, &error, sink);
            return None;
        }
    };
    let path = format!("{folder}/component.yaml");
    if !listed.iter().any(|file| file == "component.yaml") {
        unreadable(asked, &path, &ReadError::Missing, sink);
        return None;
    }
    let mut reader = Reader { folder, files, asked, sources, sink };
    let document = reader.document("component.yaml")?;
    let contract = reader.contract(&document)?;
    let place =
        document.value_span(&Address::of("metadata.name")).unwrap_or(document.nearest(&Address::root()));
    let mut definition = Definition {
        name: name.clone(),
        contract: contract.spec,
        values: None,
        policies: BTreeMap::new(),
        resources: BTreeMap::new(),
        manifests: BTreeMap::new(),
        readme: String::new(),
        place,
    };
    let policies: Vec<String> = definition
        .contract
        .service_accounts
        .iter()
        .filter_map(|account| account.identity.as_ref()?.policy.clone())
        .collect();
    for file in &listed {
        let is_yaml = file.ends_with(".yaml") || file.ends_with(".yml");
        let (top, below) = file.split_once('/').unwrap_or(("", file));
        match top {
            "" if below == "README.md" => {
                definition.readme = files.read(&format!("{folder}/{file}")).unwrap_or_default()
            }
            "" if below == "values.yaml" => definition.values = reader.document(file),
            "" if policies.contains(file) => {
                if let Some(document) = reader.document(file) {
                    definition.policies.insert(file.clone(), document);
                }
            }
            "resources" if is_yaml => {
                if let Some(document) = reader.document(file) {
                    definition.resources.insert(below.to_owned(), document);
                }
            }
            "manifests" if is_yaml => {
                if let Some(document) = reader.document(file) {
                    definition.manifests.insert(below.to_owned(), document);
                }
            }
            _ => {}
        }
    }
    for policy in policies.iter().filter(|policy| !definition.policies.contains_key(*policy)) {
        reader.sink.report(
            COMPONENT_NOT_READABLE
                .at(asked.unwrap_or(place), ReadError::Missing.to_string())
                .title(format!("`{folder}/{policy}` cannot be read"))
                .why("the component's pods would start without the permissions in it")
                .help(format!("add the file, or remove `policy: {policy}` from the component's contract")),
        );
    }
    Some(definition)
}

fn unreadable(asked: Option<Span>, path: &str, error: &ReadError, sink: &mut Sink) {
    if let Some(asked) = asked {
        sink.report(
            COMPONENT_NOT_READABLE
                .at(asked, error.to_string())
                .title(format!("`{path}` cannot be read"))
                .why("it is not known what to install")
                .help("write as `source` a folder that holds a `component.yaml`, relative to the spec"),
        );
    }
}

static CONTRACT_SCHEMA: LazyLock<Value> = LazyLock::new(crate::domain::schema_of::<Contract>);

struct Reader<'a> {
    folder: &'a str,
    files: &'a dyn Files,
    asked: Option<Span>,
    sources: &'a mut Sources,
    sink: &'a mut Sink,
}

impl Reader<'_> {
    fn document(&mut self, file: &str) -> Option<Document> {
        let path = format!("{}/{file}", self.folder);
        match self.files.read(&path) {
            Ok(text) => {
                let id = self.sources.add(&path, &text);
                yaml::read(id, &text, self.sink)
            }
            Err(error) => {
                unreadable(self.asked, &path, &error, self.sink);
                None
            }
        }
    }

    fn contract(&mut self, document: &Document) -> Option<Contract> {
        let mut found = Sink::default();
        shape::check(
            document,
            document.root(),
            &Address::root(),
            &CONTRACT_SCHEMA,
            &domain::check_format,
            &mut found,
        );
        let broken = found.has_errors();
        for finding in found.into_sorted() {
            self.sink.report(finding);
        }
        if broken {
            return None;
        }
        match serde_json::from_value::<Contract>(document.value()) {
            Ok(contract) => Some(contract),
            Err(error) => {
                let place = document.nearest(&Address::root());
                self.sink.report(COMPONENT_NOT_READABLE.at(place, error.to_string()));
                None
            }
        }
    }
}

/// The parameters' schema: what the contract says, or an object without any.
pub(super) fn parameters(contract: &ContractSpec) -> Value {
    contract.parameters.clone().unwrap_or_else(
        || serde_json::json!({ "type": "object", "additionalProperties": false, "properties": {} }),
    )
}
