//! The door of the program; everything behind it is in the library.

use std::process::ExitCode;

fn main() -> ExitCode {
    clusterc::cli::run()
}
