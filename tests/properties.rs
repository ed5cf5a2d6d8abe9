//! Laws that hold for every input: random valid specs, nasty texts, broken documents, broken components.
//!
//! The numbers are the same in every run. `CLUSTERC_PROPERTY_CASES=50` runs fifty times as many cases, and
//! `CLUSTERC_PROPERTY_SEED=7` other ones: a campaign for an evening.
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "a campaign is asked for by the environment")]

mod broken;
mod draw;
mod hostile;
pub(crate) mod laws;
mod runbook;
mod specs;
mod valid;

use std::env;
use std::sync::Arc;

use clusterc::compile::{Compilation, Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::Severity;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};
use proptest::test_runner::{Config, RngSeed, TestCaseError, TestError, TestRunner};

pub(crate) fn trials() -> Vec<Trial> {
    [valid::trials(), hostile::trials(), broken::trials()].into_iter().flatten().collect()
}

/// A law, tried with many lists of numbers.
fn law(name: &str, cases: u32, law: impl Fn(&[u32]) -> Result<(), String> + Send + 'static) -> Trial {
    Trial::test(format!("properties::{name}"), move || {
        let asked = |name: &str| env::var(name).ok().and_then(|word| word.parse::<u32>().ok());
        let config = Config {
            cases: cases * asked("CLUSTERC_PROPERTY_CASES").unwrap_or(1),
            failure_persistence: None,
            max_shrink_iters: 60,
            rng_seed: RngSeed::Fixed(asked("CLUSTERC_PROPERTY_SEED").unwrap_or(0).into()),
            ..Config::default()
        };
        let outcome = TestRunner::new(config)
            .run(&draw::numbers(600), |numbers| law(&numbers).map_err(TestCaseError::fail));
        outcome.map_err(|error| match error {
            TestError::Fail(reason, _) => Failed::from(reason.message().to_owned()),
            other => Failed::from(other.to_string()),
        })
    })
}

/// The paths that every case uses: a spec in a folder, its output beside it.
const SPEC: &str = "clusters/spec.yaml";
const OUT: &str = "clusters/out";

/// Compiles a text that stands beside other files.
fn compiled(text: &str, files: &MemoryFiles, library: &Library) -> Compilation {
    let mut files = files.clone();
    files.0.insert(SPEC.to_owned(), text.to_owned());
    compile(&Input { spec: SPEC, out: OUT, files: &files, library })
}

/// The standard library, read once.
fn standard() -> Arc<Library> {
    static LIBRARY: std::sync::OnceLock<Arc<Library>> = std::sync::OnceLock::new();
    LIBRARY.get_or_init(|| Arc::new(Library::standard())).clone()
}

/// All findings, as a person reads them.
fn said(compilation: &Compilation) -> String {
    human(&compilation.findings, &compilation.sources, Style::Plain)
}

/// The codes of all errors.
fn errors(compilation: &Compilation) -> Vec<&'static str> {
    let errors = compilation.findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    errors.map(|finding| finding.code.id).collect()
}

/// A tree as YAML.
fn yaml(value: &serde_json::Value) -> String {
    clusterc::syntax::yaml::print(value, &clusterc::syntax::yaml::Notes::default()).text
}
