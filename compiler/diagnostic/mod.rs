//! What we tell the user when something is wrong: one form of declaration, one sink, several renderers.

mod declare;
mod finding;
pub mod render;

pub use declare::{Code, Severity};
pub use finding::{Finding, Fix, Label, Sink};
