//! The tree that is printed: bodies, blocks, attributes and expressions.

use serde_json::{Number, Value};

use super::Reference;
use crate::source::Origin;

/// What stands in a file or between the braces of a block, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Body(pub Vec<Item>);

/// One thing in a [`Body`].
#[derive(Debug, Clone, PartialEq)]
pub enum Item {
    /// `key = value`.
    Attribute(Attribute),
    /// `kind "label" { … }`.
    Block(Block),
    /// A comment of its own; lines are parted by `\n`. An empty one is a blank line.
    Comment(String),
    /// One blank line. Several in a row, or one at an end of the body, print no more than is fit.
    Blank,
}

/// `key = value`.
#[derive(Debug, Clone, PartialEq)]
pub struct Attribute {
    /// A Terraform identifier.
    pub key: String,
    /// The value.
    pub value: Expression,
    /// Who asked for it; if unset, who asked for the block around it.
    pub origin: Option<Origin>,
    /// Comment above; lines are parted by `\n`.
    pub comment: Option<String>,
}

/// `kind "label" "label" { … }`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Block {
    /// A Terraform identifier such as `resource`.
    pub kind: String,
    /// The labels; they are printed in quotes.
    pub labels: Vec<String>,
    /// What stands between the braces.
    pub body: Body,
    /// Who asked for it; if unset, who asked for the block around it.
    pub origin: Option<Origin>,
    /// Comment above; lines are parted by `\n`.
    pub comment: Option<String>,
}

/// A value.
#[derive(Debug, Clone, PartialEq)]
pub enum Expression {
    /// `null`.
    Null,
    /// `true` or `false`.
    Bool(bool),
    /// A number.
    Number(Number),
    /// A string. Literals are what Terraform shall evaluate to; the printer escapes.
    Template(Vec<Part>),
    /// `[…]`.
    List(Vec<Expression>),
    /// `{…}`.
    Object(Vec<Entry>),
    /// `aws_vpc.main.id`.
    Reference(Reference),
    /// `name(argument, …)`.
    Call {
        /// The function, a Terraform identifier.
        name: String,
        /// Its arguments.
        arguments: Vec<Expression>,
    },
}

/// A piece of a string.
#[derive(Debug, Clone, PartialEq)]
pub enum Part {
    /// Text as it is; `${` in it is text, too.
    Literal(String),
    /// `${expression}`.
    Interpolation(Expression),
}

/// `key = value` inside an object.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// The key.
    pub key: Key,
    /// The value.
    pub value: Expression,
    /// Who asked for it; if unset, who asked for the object around it.
    pub origin: Option<Origin>,
    /// Comment above; lines are parted by `\n`.
    pub comment: Option<String>,
}

/// The key of an [`Entry`].
#[derive(Debug, Clone, PartialEq)]
pub enum Key {
    /// A fixed key: bare if it is an identifier and no keyword, else in quotes.
    Name(String),
    /// A key with interpolations, in quotes.
    Template(Vec<Part>),
    /// A key that is computed, in parentheses. An object in it would mislead `terraform fmt` about the `=`.
    Computed(Expression),
}

impl Body {
    /// An empty body.
    pub fn new() -> Body {
        Body::default()
    }

    /// Adds `key = value`. For an origin or a comment, push an [`Attribute`] with [`Body::item`].
    #[must_use]
    pub fn attr(self, key: impl Into<String>, value: impl Into<Expression>) -> Body {
        self.item(Attribute::new(key, value))
    }

    /// Adds a block.
    #[must_use]
    pub fn block(self, block: Block) -> Body {
        self.item(block)
    }

    /// Adds a comment of its own.
    #[must_use]
    pub fn comment(self, text: impl Into<String>) -> Body {
        self.item(Item::Comment(text.into()))
    }

    /// Adds a blank line.
    #[must_use]
    pub fn blank(self) -> Body {
        self.item(Item::Blank)
    }

    /// Adds anything.
    #[must_use]
    pub fn item(mut self, item: impl Into<Item>) -> Body {
        self.push(item);
        self
    }

    /// Adds anything to a body that is built in a loop.
    pub fn push(&mut self, item: impl Into<Item>) {
        self.0.push(item.into());
    }
}

impl From<Attribute> for Item {
    fn from(attribute: Attribute) -> Item {
        Item::Attribute(attribute)
    }
}

impl From<Block> for Item {
    fn from(block: Block) -> Item {
        Item::Block(block)
    }
}

impl Attribute {
    /// `key = value` without origin or comment.
    pub fn new(key: impl Into<String>, value: impl Into<Expression>) -> Attribute {
        Attribute { key: key.into(), value: value.into(), origin: None, comment: None }
    }

    /// Sets who asked for it.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<Origin>) -> Attribute {
        self.origin = Some(origin.into());
        self
    }

    /// Sets the comment above.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Attribute {
        self.comment = Some(text.into());
        self
    }
}

impl Block {
    /// An empty block: `Block::new("resource", ["aws_vpc", "main"])`.
    pub fn new<L: Into<String>>(kind: impl Into<String>, labels: impl IntoIterator<Item = L>) -> Block {
        Block { kind: kind.into(), labels: labels.into_iter().map(Into::into).collect(), ..Block::default() }
    }

    /// An empty block without labels, such as `lifecycle`.
    pub fn bare(kind: impl Into<String>) -> Block {
        Block { kind: kind.into(), ..Block::default() }
    }

    /// Replaces the body.
    #[must_use]
    pub fn body(mut self, body: Body) -> Block {
        self.body = body;
        self
    }

    /// Adds `key = value` to the body.
    #[must_use]
    pub fn attr(self, key: impl Into<String>, value: impl Into<Expression>) -> Block {
        self.item(Attribute::new(key, value))
    }

    /// Adds a block to the body.
    #[must_use]
    pub fn block(self, block: Block) -> Block {
        self.item(block)
    }

    /// Adds a blank line to the body.
    #[must_use]
    pub fn blank(self) -> Block {
        self.item(Item::Blank)
    }

    /// Adds anything to the body.
    #[must_use]
    pub fn item(mut self, item: impl Into<Item>) -> Block {
        self.body.push(item);
        self
    }

    /// Sets who asked for it.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<Origin>) -> Block {
        self.origin = Some(origin.into());
        self
    }

    /// Sets the comment above.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Block {
        self.comment = Some(text.into());
        self
    }
}

impl Entry {
    /// `key = value` without origin or comment.
    pub fn new(key: impl Into<Key>, value: impl Into<Expression>) -> Entry {
        Entry { key: key.into(), value: value.into(), origin: None, comment: None }
    }

    /// Sets who asked for it.
    #[must_use]
    pub fn origin(mut self, origin: impl Into<Origin>) -> Entry {
        self.origin = Some(origin.into());
        self
    }

    /// Sets the comment above.
    #[must_use]
    pub fn comment(mut self, text: impl Into<String>) -> Entry {
        self.comment = Some(text.into());
        self
    }
}

impl Expression {
    /// A string without interpolations.
    pub fn string(text: impl Into<String>) -> Expression {
        Expression::Template(vec![Part::Literal(text.into())])
    }

    /// A string of literals and interpolations. Exactly one interpolation prints as the bare expression.
    pub fn template(parts: impl IntoIterator<Item = Part>) -> Expression {
        Expression::Template(parts.into_iter().collect())
    }

    /// A reference of identifier steps: `Expression::reference(&["aws_vpc", "main", "id"])`.
    pub fn reference(steps: &[&str]) -> Expression {
        Expression::Reference(Reference::of(steps))
    }

    /// A call of a function.
    pub fn call(name: impl Into<String>, arguments: impl IntoIterator<Item = Expression>) -> Expression {
        Expression::Call { name: name.into(), arguments: arguments.into_iter().collect() }
    }

    /// An object.
    pub fn object(entries: impl IntoIterator<Item = Entry>) -> Expression {
        Expression::Object(entries.into_iter().collect())
    }
}

impl Part {
    /// A piece of text.
    pub fn text(text: impl Into<String>) -> Part {
        Part::Literal(text.into())
    }

    /// A piece that Terraform evaluates.
    pub fn value(expression: impl Into<Expression>) -> Part {
        Part::Interpolation(expression.into())
    }
}

impl From<&str> for Key {
    fn from(name: &str) -> Key {
        Key::Name(name.to_owned())
    }
}

impl From<String> for Key {
    fn from(name: String) -> Key {
        Key::Name(name)
    }
}

impl From<&str> for Expression {
    fn from(text: &str) -> Expression {
        Expression::string(text)
    }
}

impl From<String> for Expression {
    fn from(text: String) -> Expression {
        Expression::string(text)
    }
}

impl From<&String> for Expression {
    fn from(text: &String) -> Expression {
        Expression::string(text)
    }
}

impl From<bool> for Expression {
    fn from(truth: bool) -> Expression {
        Expression::Bool(truth)
    }
}

impl From<i64> for Expression {
    fn from(number: i64) -> Expression {
        Expression::Number(number.into())
    }
}

impl From<u64> for Expression {
    fn from(number: u64) -> Expression {
        Expression::Number(number.into())
    }
}

impl From<u32> for Expression {
    fn from(number: u32) -> Expression {
        Expression::Number(number.into())
    }
}

impl From<Reference> for Expression {
    fn from(reference: Reference) -> Expression {
        Expression::Reference(reference)
    }
}

impl From<Vec<Expression>> for Expression {
    fn from(items: Vec<Expression>) -> Expression {
        Expression::List(items)
    }
}

impl From<Value> for Expression {
    fn from(value: Value) -> Expression {
        match value {
            Value::Null => Expression::Null,
            Value::Bool(truth) => Expression::Bool(truth),
            Value::Number(number) => Expression::Number(number),
            Value::String(text) => Expression::string(text),
            Value::Array(items) => Expression::List(items.into_iter().map(Expression::from).collect()),
            Value::Object(map) => {
                Expression::object(map.into_iter().map(|(key, value)| Entry::new(key, value)))
            }
        }
    }
}
