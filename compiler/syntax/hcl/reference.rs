//! Names in Terraform and the ways that lead to a value: `aws_vpc.main.id`.

use std::fmt;

use ::hcl::expr::{Expression, TraversalOperator};

/// A spec key as a Terraform identifier: `-`, `.`, `/` and whatever else an identifier cannot hold become `_`,
/// and a leading digit gets `_` before it. Keys that differ only there get the same identifier.
pub fn identifier(text: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() { c } else { '_' };
    let name: String = text.chars().map(safe).collect();
    if name.is_empty() || name.starts_with(|c: char| c.is_ascii_digit()) { format!("_{name}") } else { name }
}

/// Whether a word can stand bare as an object key. The four keywords would be read as what they mean.
pub(super) fn is_bare_key(text: &str) -> bool {
    let mut characters = text.chars();
    characters.next().is_some_and(|c| c.is_ascii_alphabetic() || c == '_')
        && characters.all(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '-'))
        && !matches!(text, "true" | "false" | "null" | "for")
}

/// The way to a value: a name, then attributes, indices and splats, such as `aws_subnet.private["a"].id`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference(String);

/// Text that is no reference.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed {
    /// What was given.
    pub text: String,
}

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}` is not a reference such as `aws_vpc.main.id`", self.text)
    }
}

impl std::error::Error for Malformed {}

impl Reference {
    /// Reads a reference. Indices are numbers, strings or references.
    ///
    /// # Errors
    /// The text is anything else: an operation, a call, a literal, or no HCL at all.
    pub fn new(text: &str) -> Result<Reference, Malformed> {
        let parsed = text.parse::<Expression>().ok();
        parsed
            .and_then(|expression| spell(&expression))
            .map(Reference)
            .ok_or(Malformed { text: text.to_owned() })
    }

    /// A reference of identifier steps. Each goes through [`identifier`], as the labels of blocks should, so that
    /// `["aws_subnet", "us-east-1a"]` leads to the block of that name.
    pub fn of(steps: &[&str]) -> Reference {
        Reference(steps.iter().map(|step| identifier(step)).collect::<Vec<_>>().join("."))
    }

    /// The reference as it is printed.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// A reference as `terraform fmt` spaces it; `None` if the expression is more than that.
fn spell(expression: &Expression) -> Option<String> {
    let traversal = match expression {
        Expression::Variable(name) => return Some(name.to_string()),
        Expression::Traversal(traversal) => traversal,
        _ => return None,
    };
    let mut text = spell(&traversal.expr)?;
    for operator in &traversal.operators {
        match operator {
            TraversalOperator::GetAttr(name) => text = format!("{text}.{name}"),
            TraversalOperator::LegacyIndex(index) => text = format!("{text}[{index}]"),
            TraversalOperator::AttrSplat => text.push_str(".*"),
            TraversalOperator::FullSplat => text.push_str("[*]"),
            TraversalOperator::Index(index) => text = format!("{text}[{}]", spell_index(index)?),
        }
    }
    Some(text)
}

fn spell_index(index: &Expression) -> Option<String> {
    match index {
        Expression::Number(number) => Some(number.to_string()),
        Expression::String(key) => {
            Some(super::literal::quoted(&[super::Part::Literal(key.clone())], &|_| String::new()))
        }
        reference => spell(reference),
    }
}
