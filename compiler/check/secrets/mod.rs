//! Secrets stay out of Git, and inputs are there for a reason.

pub mod in_state;
pub mod literal;
pub mod unused_input;
