//! Apps with the files of their folders.

use std::collections::BTreeMap;

use serde::Serialize;

use super::codes::PATH_NOT_FOUND;
use crate::cluster::World;
use crate::diagnostic::Sink;
use crate::domain::Key;
use crate::source::{Address, ReadError, Span};
use crate::spec::{self, Spec};
use crate::syntax::yaml::{self, Document};

/// An app with the files of its folder.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppSource {
    /// What is written of it.
    #[serde(flatten)]
    pub written: spec::App,
    /// Its files, by path below its folder.
    #[serde(skip)]
    pub files: BTreeMap<String, String>,
    /// The objects in its YAML files, by path.
    #[serde(skip)]
    pub documents: BTreeMap<String, Vec<Document>>,
    /// Where the spec describes it.
    #[serde(skip)]
    pub address: Address,
}

pub(in crate::cluster) fn apps(spec: &Spec, world: &mut World<'_>) -> BTreeMap<Key, AppSource> {
    let mut out = BTreeMap::new();
    for (name, written) in &spec.written.spec.apps {
        let address = Address::of("spec.apps").key(name.as_str());
        let place = spec.value(&address.key("source"));
        let folder = format!("{}{}", spec.folder(&address.key("source")), written.source);
        let mut app = AppSource {
            written: written.clone(),
            files: BTreeMap::new(),
            documents: BTreeMap::new(),
            address,
        };
        match world.files.list(&folder) {
            Ok(files) => read_app(&mut app, &folder, &files, place, world),
            Err(error) => report_path(place, &folder, &error, world.sink),
        }
        out.insert(name.clone(), app);
    }
    out
}

fn read_app(app: &mut AppSource, folder: &str, files: &[String], place: Span, world: &mut World<'_>) {
    for file in files {
        let path = format!("{folder}/{file}");
        match world.files.read(&path) {
            Ok(text) => {
                if file.ends_with(".yaml") || file.ends_with(".yml") {
                    let id = world.sources.add(&path, &text);
                    app.documents.insert(file.clone(), yaml::read_all(id, &text, world.sink));
                }
                app.files.insert(file.clone(), text);
            }
            Err(error) => report_path(place, &path, &error, world.sink),
        }
    }
}

fn report_path(place: Span, path: &str, error: &ReadError, sink: &mut Sink) {
    sink.report(
        PATH_NOT_FOUND
            .at(place, error.to_string())
            .title(format!("`{path}` cannot be read"))
            .why("Flux would fail on the missing path, long after the merge")
            .help("write the path of a folder of manifests, relative to the file that says it"),
    );
}
