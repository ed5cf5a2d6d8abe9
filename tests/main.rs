//! The one harness: golden trees, pages of diagnostics, the laws of the house, acceptance rows, the binary as a user
//! runs it. `cargo bless` accepts golden files.

mod acceptance;
mod access;
mod cli;
mod explain;
mod floors;
mod golden;
mod names;
mod operators;
mod properties;
mod reach;
mod support;
mod tidy;

use std::process::ExitCode;

use libtest_mimic::{Arguments, Trial};

fn main() -> ExitCode {
    let (bless, arguments): (Vec<String>, Vec<String>) = std::env::args().partition(|word| word == "--bless");
    support::set_bless(!bless.is_empty());
    let arguments = Arguments::from_iter(arguments);
    let families: [fn() -> Vec<Trial>; 11] = [
        golden::trials,
        explain::trials,
        floors::trials,
        tidy::trials,
        acceptance::trials,
        names::trials,
        operators::trials,
        properties::trials,
        reach::trials,
        access::trials,
        cli::trials,
    ];
    let mut trials: Vec<Trial> = families.into_iter().flat_map(|family| family()).collect();
    if !bless.is_empty() {
        // Only what has golden files takes part in a blessing.
        trials
            .retain(|trial| ["golden::", "explain::"].iter().any(|family| trial.name().starts_with(family)));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
