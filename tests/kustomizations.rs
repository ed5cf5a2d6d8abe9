//! What a user's own kustomization may not be.
#![allow(clippy::unwrap_used, clippy::panic, reason = "tests")]

use clusterc::compile::{Input, compile};
use clusterc::component::Library;
use clusterc::source::MemoryFiles;
use libtest_mimic::Trial;

pub(crate) fn trials() -> Vec<Trial> {
    vec![Trial::test("kustomizations::what kustomize refuses or passes over is reported", || {
        what_kustomize_refuses_or_passes_over_is_reported();
        Ok(())
    })]
}

const SPEC: &str = "apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\nmetadata: { name: demo }\nspec:\n  \
    kubernetes: { version: \"1.35\" }\n  aws:\n    region: eu-west-1\n    state: { s3: { bucket: demo-tf-state } }\n    \
    access: { admins: { principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin } }\n  \
    apps: { web: { source: apps/web } }\n  gitops: { flux: { repository: \"https://github.com/demo/platform.git\" } }\n";

/// The titles of what is found in an app with this kustomization.
fn titles(kustomization: &str) -> Vec<String> {
    let map = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: web }\n";
    let files =
        [("spec.yaml", SPEC), ("apps/web/kustomization.yaml", kustomization), ("apps/web/a.yaml", map)];
    let files = files.map(|(path, text)| (path.to_owned(), text.to_owned()));
    let files = MemoryFiles(files.into());
    let library = Library::standard();
    let compiled = compile(&Input { spec: "spec.yaml", out: "out", files: &files, library: &library });
    compiled.findings.into_iter().map(|finding| format!("{}: {}", finding.code.id, finding.title)).collect()
}

fn what_kustomize_refuses_or_passes_over_is_reported() {
    for (kustomization, title) in [
        ("resources: [a.yaml, ./a.yaml]", "E0708: app `web` lists `a.yaml` twice"),
        ("resources: [a.yaml]\nbases: [a.yaml]", "E0708: app `web` lists `a.yaml` twice"),
        ("resources: [a.yaml, 5]", "E0708: app `web` lists something that is not text"),
        ("resources: [a.yaml, { b: c }]", "E0708: app `web` lists something that is not text"),
        ("resources: [a.yaml, null]", "E0708: app `web` lists something that is not text"),
        (
            "resources: [a.yaml]\n---\nresources: [b.yaml]",
            "E0708: a kustomization of app `web` holds several documents",
        ),
    ] {
        assert_eq!(titles(kustomization), [title], "{kustomization}");
    }
    assert!(
        titles("resources: a.yaml").contains(&"E0708: `resources` of app `web` is not a list".to_owned())
    );
    assert_eq!(titles("resources: [a.yaml]\ncomponents:\n"), Vec::<String>::new());
}
