//! Labels of Kubernetes objects and tags of AWS resources.

use super::names::object_name;
use super::word::{Shape, alphanumeric, shown, words};

words! {
    /// The key of a Kubernetes label or taint: a name of at most 63 letters, digits, `-`, `_` and `.`, with an optional
    /// DNS prefix before a `/`.
    LabelKey = "label-key" by label_key, like ["team", "node.kubernetes.io/instance-type"];

    /// The value of a Kubernetes label or taint: at most 63 letters, digits, `-`, `_` and `.`; may be empty.
    LabelValue = "label-value" by label_value, like ["data", "v1.2", ""];

    /// The key of an AWS tag: at most 128 letters, digits, spaces and `_.:/=+-@`, not starting with `aws:`.
    TagKey = "tag-key" by tag_key, like ["team", "kubernetes.io/role/elb"];

    /// The value of an AWS tag: at most 256 letters, digits, spaces and `_.:/=+-@`; may be empty.
    TagValue = "tag-value" by tag_value, like ["data platform", ""];
}

impl LabelKey {
    /// The DNS prefix before the `/`, if there is one.
    pub fn prefix(&self) -> Option<&str> {
        self.text.split_once('/').map(|(prefix, _)| prefix)
    }

    /// The name after the prefix.
    pub fn name(&self) -> &str {
        self.text.split_once('/').map_or(self.as_str(), |(_, name)| name)
    }
}

impl LabelValue {
    /// Whether the value is the empty text.
    pub fn is_empty(&self) -> bool {
        self.text.is_empty()
    }
}

fn label_key(text: &str) -> Result<(), String> {
    let (prefix, name) = match text.split_once('/') {
        Some((prefix, name)) => (Some(prefix), name),
        None => (None, text),
    };
    if name.contains('/') {
        return Err(format!(
            "{} has more than one `/`; a label key is `name` or `dns.prefix/name`",
            shown(text)
        ));
    }
    if let Some(prefix) = prefix {
        object_name(prefix).map_err(|_| {
            format!(
                "{} is no DNS name; the prefix of a label key is one, such as `example.com`",
                shown(prefix)
            )
        })?;
    }
    let rule = "the name of a label key has letters, digits, `-`, `_` and `.`, starts and ends with a letter or digit, \
                and has at most 63 characters";
    Shape { rule, most: 63, first: alphanumeric, inner: label_character, last: alphanumeric }.check(name)
}

fn label_value(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let rule = "a label value is empty, or has letters, digits, `-`, `_` and `.`, starts and ends with a letter or \
                digit, and has at most 63 characters";
    Shape { rule, most: 63, first: alphanumeric, inner: label_character, last: alphanumeric }.check(text)
}

fn label_character(c: char) -> bool {
    c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.')
}

fn tag_key(text: &str) -> Result<(), String> {
    if text.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("aws:")) {
        return Err(format!(
            "{} starts with `aws:`, which AWS keeps for itself; use another prefix",
            shown(text)
        ));
    }
    let rule = "a tag key has letters, digits, spaces and `_.:/=+-@`, and at most 128 characters";
    Shape { rule, most: 128, first: tag_character, inner: tag_character, last: tag_character }.check(text)
}

fn tag_value(text: &str) -> Result<(), String> {
    if text.is_empty() {
        return Ok(());
    }
    let rule = "a tag value has letters, digits, spaces and `_.:/=+-@`, and at most 256 characters";
    Shape { rule, most: 256, first: tag_character, inner: tag_character, last: tag_character }.check(text)
}

fn tag_character(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, ' ' | '_' | '.' | ':' | '/' | '=' | '+' | '-' | '@')
}
