//! Operators may do what Terraform does: everything in the golden trees has a row in the table of operations, and the
//! permissions that follow are in the trees.
#![allow(clippy::expect_used, clippy::disallowed_methods, reason = "tests read the project's own files")]

use std::collections::BTreeSet;

use clusterc::catalog::operations;
use libtest_mimic::{Failed, Trial};

use crate::golden::examples;
use crate::support::{root, tree};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("operators::every kind of thing has its permissions", every_kind),
        Trial::test("operators::what a golden tree takes is granted in it", granted),
    ]
}

/// The kinds in Terraform files: `aws_vpc`, and `data.aws_vpc` for a data source.
fn kinds<'a>(texts: impl Iterator<Item = &'a String>) -> BTreeSet<String> {
    let kind = |line: &str| {
        let (start, rest) = line.split_once(" \"")?;
        let kind = rest.split('"').next()?;
        match start {
            "resource" => Some(kind.to_owned()),
            "data" => Some(format!("data.{kind}")),
            _ => None,
        }
    };
    texts.flat_map(|text| text.lines()).filter_map(kind).collect()
}

/// Only AWS asks IAM; what is in the cluster asks the Kubernetes API.
fn asks_iam(kind: &str) -> bool {
    kind.trim_start_matches("data.").starts_with("aws_")
}

fn every_kind() -> Result<(), Failed> {
    let files = tree(&root().join("golden"));
    let terraform = files.iter().filter(|(path, _)| path.ends_with(".tf")).map(|(_, text)| text);
    let mut kinds = kinds(terraform);
    kinds.extend(written());
    assert!(kinds.len() > 40, "the golden trees were not found");
    let missing: Vec<String> = kinds
        .into_iter()
        .filter(|kind| asks_iam(kind) && operations::of(kind).is_none())
        .map(|kind| {
            format!("compiler/catalog/operations.tsv: `{kind}` has no row; operators could not make it")
        })
        .collect();
    if missing.is_empty() { Ok(()) } else { Err(missing.join("\n").into()) }
}

/// The kinds that the back end's own text names, whether or not an example has them.
fn written() -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for (path, text) in tree(&root().join("compiler/backend/terraform")) {
        if ["sample.rs", "tests.rs"].contains(&path.as_str()) {
            continue;
        }
        for (call, start) in [("resource(", ""), ("data(", "data.")] {
            let literals = text.split(call).skip(1).filter_map(|rest| rest.trim_start().strip_prefix('"'));
            out.extend(literals.filter_map(|rest| Some(format!("{start}{}", rest.split('"').next()?))));
        }
    }
    out.retain(|kind| !kind.contains('{'));
    out
}

fn granted() -> Result<(), Failed> {
    let mut seen = 0;
    for example in examples() {
        let folder = root().join("golden").join(&example.name).join("terraform");
        let files = tree(&folder);
        let stack = |path: &str| path.split('/').nth(1).unwrap_or_default().to_owned();
        let Some((_, policies)) = files.iter().find(|(path, _)| path.ends_with("/foundation/policies.tf"))
        else {
            continue;
        };
        seen += 1;
        let others = files.iter().filter(|(path, _)| ["cluster", "gitops"].contains(&stack(path).as_str()));
        for row in kinds(others.map(|(_, text)| text)).iter().filter_map(|kind| operations::of(kind)) {
            for action in row.plan().chain(row.apply()).chain(row.destroy()) {
                if !policies.contains(&format!("\"{action}\"")) {
                    return Err(
                        format!("{}: `{action}` of `{}` is in no policy", example.name, row.kind).into()
                    );
                }
            }
        }
    }
    if seen > 0 { Ok(()) } else { Err("no example has operators".into()) }
}
