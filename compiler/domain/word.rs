//! How a word is made: one declaration gives the type, its reader, its spelling and its JSON Schema.

use std::cmp::Reverse;
use std::fmt;

use serde::de::{Deserializer, Visitor};

/// Text that is not the word it was read as: what is wrong, and what would be valid.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Malformed(pub String);

impl fmt::Display for Malformed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Malformed {}

/// One kind of text that the shape of a spec can ask for.
#[derive(Debug, Clone, Copy)]
pub struct Format {
    /// The name that stands under `format` in the JSON Schema, such as `cluster-name`.
    pub name: &'static str,
    /// The name of its type, under which the JSON Schema defines it.
    pub type_name: &'static str,
    /// What it is: the lines of the type's description.
    pub about: &'static [&'static str],
    /// Texts that are valid.
    pub examples: &'static [&'static str],
    /// Reads a text and says what is wrong with it.
    pub check: fn(&str) -> Result<(), Malformed>,
}

/// Declares text types, and the table `FORMATS` of the file.
///
/// `Name(Parts) = "format" by reader, without "prefix", or "number", like ["example"];` where `reader` takes the text
/// and returns the parts or what is wrong. Parts come first in the order of values. `without` names a prefix that is
/// left out of the stored text; `or` names a second JSON type that is taken by its spelling. `also` lists types that are
/// written out by hand with `FromStr` and `Display`.
macro_rules! words {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident $(($parts:ty))? = $format:literal by $read:path
            $(, without $prefix:literal)? $(, or $other:literal)?, like [$($example:literal),+ $(,)?];
    )+ $(
        also $(#[doc = $also_doc:literal])+ $also:ident = $also_format:literal, like [$($also_example:literal),+];
    )*) => {
        $(
            $(#[doc = $doc])+
            #[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
            pub struct $name {
                parts: $crate::domain::word::parts!($($parts)?),
                text: String,
            }

            impl $name {
                /// The text as it was written.
                pub fn as_str(&self) -> &str {
                    &self.text
                }
            }

            impl std::str::FromStr for $name {
                type Err = $crate::domain::Malformed;

                fn from_str(text: &str) -> Result<$name, $crate::domain::Malformed> {
                    $(let text = text.strip_prefix($prefix).unwrap_or(text);)?
                    let parts = $read(text).map_err($crate::domain::Malformed)?;
                    Ok($name { parts, text: text.to_owned() })
                }
            }

            impl std::fmt::Display for $name {
                fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                    f.pad(&self.text)
                }
            }

            impl AsRef<str> for $name {
                fn as_ref(&self) -> &str {
                    &self.text
                }
            }

            $crate::domain::word::spelled!($name, $format, [$($doc),+], [$($example),+] $(, $other)?);
        )+

        $($crate::domain::word::spelled!($also, $also_format, [$($also_doc),+], [$($also_example),+]);)*

        /// The formats of this file.
        pub(super) const FORMATS: &[$crate::domain::Format] = &[
            $($crate::domain::word::format_row!($name, $format, [$($doc),+], [$($example),+]),)+
            $($crate::domain::word::format_row!($also, $also_format, [$($also_doc),+], [$($also_example),+]),)*
        ];
    };
}

/// The type of a word's parts: nothing, unless its declaration says otherwise.
macro_rules! parts {
    () => {
        ()
    };
    ($parts:ty) => {
        $parts
    };
}

/// Gives a type with `FromStr` and `Display` its serde and JSON Schema form: its text.
macro_rules! spelled {
    ($name:ident, $format:literal, [$($doc:literal),+], [$($example:literal),+] $(, $other:literal)?) => {
        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<$name, D::Error> {
                let numbers_too: &[&str] = &[$($other)?];
                let text = $crate::domain::word::read_text(deserializer, !numbers_too.is_empty())?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }

        impl schemars::JsonSchema for $name {
            fn schema_name() -> std::borrow::Cow<'static, str> {
                stringify!($name).into()
            }

            fn json_schema(_: &mut schemars::SchemaGenerator) -> schemars::Schema {
                $crate::domain::word::schema($format, &[$($doc),+], &[$($example),+], &["string" $(, $other)?])
            }
        }
    };
}

/// The row of one type in the table of formats.
macro_rules! format_row {
    ($name:ident, $format:literal, [$($doc:literal),+], [$($example:literal),+]) => {
        $crate::domain::Format {
            name: $format,
            type_name: stringify!($name),
            about: &[$($doc),+],
            examples: &[$($example),+],
            check: |text| text.parse::<$name>().map(drop),
        }
    };
}

/// Declares a closed choice: an enum whose variants each have one spelling.
macro_rules! choices {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident { $($(#[doc = $about:literal])+ $variant:ident = $word:literal,)+ }
    )+) => { $(
        $(#[doc = $doc])+
        #[derive(
            Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash,
            serde::Serialize, serde::Deserialize, schemars::JsonSchema,
        )]
        pub enum $name {
            $($(#[doc = $about])+ #[serde(rename = $word)] $variant,)+
        }

        impl $name {
            /// Every choice, in the order of the declaration.
            pub const ALL: &'static [$name] = &[$($name::$variant),+];

            /// The choice as it is spelled in a spec.
            pub const fn as_str(self) -> &'static str {
                match self { $($name::$variant => $word),+ }
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.pad(self.as_str())
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::domain::Malformed;

            fn from_str(text: &str) -> Result<$name, $crate::domain::Malformed> {
                let known = $name::ALL.iter().copied().find(|choice| choice.as_str() == text);
                known.ok_or_else(|| $crate::domain::none_of(text, &[$($word),+]))
            }
        }
    )+ };
}

pub(crate) use choices;
pub(super) use {format_row, parts, spelled, words};

/// Reads a text, or with `numbers_too` the spelling of a number.
pub(super) fn read_text<'de, D: Deserializer<'de>>(from: D, numbers_too: bool) -> Result<String, D::Error> {
    if numbers_too { from.deserialize_any(Spelling) } else { serde::Deserialize::deserialize(from) }
}

struct Spelling;

impl Visitor<'_> for Spelling {
    type Value = String;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a text or a number")
    }

    fn visit_str<E>(self, text: &str) -> Result<String, E> {
        Ok(text.to_owned())
    }

    fn visit_u64<E>(self, number: u64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_i64<E>(self, number: i64) -> Result<String, E> {
        Ok(number.to_string())
    }

    fn visit_f64<E>(self, number: f64) -> Result<String, E> {
        Ok(number.to_string())
    }
}

/// The JSON Schema of a text type. Its `pattern` is none: a map's schema keeps nothing else of the type of its keys, and
/// [`schema_of`](super::schema_of) puts the word in its place.
pub(super) fn schema(format: &str, doc: &[&str], examples: &[&str], types: &[&str]) -> schemars::Schema {
    let paragraphs: Vec<String> = doc
        .split(|line| line.trim().is_empty())
        .map(|lines| lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" "))
        .collect();
    let types = match types {
        [only] => serde_json::Value::from(*only),
        several => serde_json::Value::from(several),
    };
    schemars::json_schema!({
        "description": paragraphs.join("\n\n"),
        "type": types,
        "format": format,
        "pattern": format!("{}{format}", super::keyed::MARK),
        "examples": examples,
    })
}

/// The candidate that looks most like `word`, if one is so close that a slip of the pen explains it.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let most = (word.chars().count() / 3).clamp(1, 3);
    let lower = word.to_lowercase();
    candidates
        .into_iter()
        .map(|candidate| (strsim::damerau_levenshtein(&lower, &candidate.to_lowercase()), candidate))
        .filter(|(distance, _)| *distance <= most)
        .min_by_key(|(distance, candidate)| (*distance, Reverse(likeness(&lower, candidate))))
        .map(|(_, candidate)| candidate)
}

/// How alike two words are, in thousandths; a common beginning counts most.
fn likeness(word: &str, candidate: &str) -> u32 {
    (strsim::jaro_winkler(word, candidate) * 1000.0) as u32
}

/// `text` in backticks, fit for one line of a message: control characters escaped, a long text shortened.
pub(super) fn shown(text: &str) -> String {
    const MOST: usize = 60;
    let mut short: String = text.chars().take(MOST).flat_map(char::escape_debug).collect();
    if text.chars().nth(MOST).is_some() {
        short.push('…');
    }
    format!("`{short}`")
}

/// The fault of a text that is none of the words of a choice.
pub(crate) fn none_of(text: &str, words: &[&str]) -> Malformed {
    Malformed(format!("{} is none of `{}`", shown(text), words.join("`, `")))
}

/// The shape of a simple word: its length, and which characters may stand where.
pub(super) struct Shape {
    /// What a valid word looks like, as a clause of its own.
    pub(super) rule: &'static str,
    /// Most characters.
    pub(super) most: usize,
    /// What may stand first.
    pub(super) first: fn(char) -> bool,
    /// What may stand between.
    pub(super) inner: fn(char) -> bool,
    /// What may stand last.
    pub(super) last: fn(char) -> bool,
}

impl Shape {
    /// Says what is wrong with `text`, and offers the nearest valid text where plain rewriting gives one.
    pub(super) fn check(&self, text: &str) -> Result<(), String> {
        let Some(fault) = self.fault(text) else { return Ok(()) };
        let candidate = text.to_lowercase().replace(['_', '.', ' '], "-");
        let offer = match candidate != text && self.fault(&candidate).is_none() {
            true => format!("; `{candidate}` would do"),
            false => String::new(),
        };
        Err(format!("{fault}; {}{offer}", self.rule))
    }

    fn fault(&self, text: &str) -> Option<String> {
        let (Some(first), Some(last)) = (text.chars().next(), text.chars().next_back()) else {
            return Some("the text is empty".to_owned());
        };
        let length = text.chars().count();
        if let Some(odd) = text.chars().find(|c| !(self.inner)(*c) && !(self.first)(*c) && !(self.last)(*c)) {
            return Some(format!("{} contains {}", shown(text), character(odd)));
        }
        if !(self.first)(first) {
            return Some(format!("{} starts with {}", shown(text), character(first)));
        }
        if !(self.last)(last) {
            return Some(format!("{} ends with {}", shown(text), character(last)));
        }
        (length > self.most)
            .then(|| format!("{} has {length} characters, {} are allowed", shown(text), self.most))
    }
}

fn character(c: char) -> String {
    if c == ' ' { "a space".to_owned() } else { shown(&c.to_string()) }
}

/// A small letter or a digit.
pub(super) fn lower_or_digit(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit()
}

/// A small letter, a digit or a hyphen.
pub(super) fn lower_digit_hyphen(c: char) -> bool {
    lower_or_digit(c) || c == '-'
}

/// A small letter.
pub(super) fn lower(c: char) -> bool {
    c.is_ascii_lowercase()
}

/// A letter or a digit of ASCII.
pub(super) fn alphanumeric(c: char) -> bool {
    c.is_ascii_alphanumeric()
}
