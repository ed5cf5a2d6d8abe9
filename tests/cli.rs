//! The program as its users meet it: exit codes, streams, files on disk.
#![allow(unreachable_pub, reason = "the harness collects `trials` from each module")]
#![allow(clippy::unwrap_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "a user's shell stands at the door too")]

mod building;
mod checking;
mod commands;
mod environments;
mod guarding;
mod world;

use libtest_mimic::Trial;

/// All trials of the binary.
pub fn trials() -> Vec<Trial> {
    let all = [building::ALL, checking::ALL, commands::ALL, environments::ALL, guarding::ALL];
    all.into_iter()
        .flatten()
        .map(|(name, run)| {
            Trial::test(format!("cli::{name}"), || {
                run();
                Ok(())
            })
        })
        .collect()
}
