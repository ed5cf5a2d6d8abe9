//! How YAML is read and written.

pub mod print;
mod read;
mod tree;

pub use print::{Notes, print};
pub use read::{codes, read, read_all};
pub use tree::{Document, Entry, Kind, NodeId};

/// Diagnostics of this floor.
pub static CODES: &[&crate::diagnostic::Code] = &[
    &codes::NOT_YAML,
    &codes::DUPLICATE_KEY,
    &codes::BAD_ALIAS,
    &codes::TOO_LARGE,
    &codes::SECOND_DOCUMENT,
    &codes::BAD_CHARACTER,
    &codes::UNSUPPORTED_YAML,
];
