//! What a reviewer would otherwise have to look for: openings, leftovers, purity, size, pages that tell the truth.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "the judge of the house walks through it")]

mod library;
mod pages;
mod source;
mod tour;

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};

use crate::support::{root, tree};

pub(crate) fn trials() -> Vec<Trial> {
    [source::trials(), library::trials(), pages::trials(), tour::trials()].into_iter().flatten().collect()
}

/// Every text file that belongs to the project, by path from its root. What a build makes is left out.
fn project() -> BTreeMap<String, String> {
    let mut files = BTreeMap::new();
    for entry in std::fs::read_dir(root()).expect("the project").flatten() {
        let name = entry.file_name().to_string_lossy().into_owned();
        if matches!(name.as_str(), "target" | "out" | ".git") {
            continue;
        }
        match entry.path().is_dir() {
            true => files
                .extend(tree(&entry.path()).into_iter().map(|(path, text)| (format!("{name}/{path}"), text))),
            false => files.extend(std::fs::read_to_string(entry.path()).map(|text| (name, text))),
        }
    }
    files.retain(|path, _| !(path.starts_with("examples/") && path.contains("/out/")));
    files
}

/// The project's Rust files.
fn rust() -> impl Iterator<Item = (String, String)> {
    project().into_iter().filter(|(path, _)| path.ends_with(".rs"))
}

fn verdict(faults: Vec<String>) -> Result<(), Failed> {
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}
