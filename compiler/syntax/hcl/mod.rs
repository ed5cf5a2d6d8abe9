//! How Terraform's language is spelled: a tree without raw text, and a printer that leaves nothing for
//! `terraform fmt` to do.

mod literal;
mod print;
mod reference;
mod tree;

#[cfg(test)]
mod properties;
#[cfg(test)]
mod tests;

pub use print::print;
pub use reference::{Malformed, Reference, identifier};
pub use tree::{Attribute, Block, Body, Entry, Expression, Item, Key, Part};
