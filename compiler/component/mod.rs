//! What a component may ask and what it may answer: reading its folder, checking it, filling in its leaves.

mod contract;
mod describe;
mod expression;
mod fill;
mod library;
mod policy;

pub use contract::*;
pub use describe::Described;
pub use expression::Scope;
pub use fill::{Filled, condition, fill};
pub use library::{Definition, Library, load};
pub use policy::{PolicyStatement, statements};

/// Diagnostics of this floor.
pub static CODES: &[&crate::diagnostic::Code] = &[
    &fill::UNKNOWN_NAME_IN_EXPRESSION,
    &fill::EXPRESSION_FAILS,
    &policy::MALFORMED_POLICY,
    &policy::POLICY_OF_OTHER_VERSIONS,
    &library::COMPONENT_NOT_READABLE,
];
