//! Words that the compiler itself writes.

use std::str::FromStr;

use super::Malformed;

/// A word from a text that is fixed in the compiler, such as a default. Never for anything that a user wrote.
///
/// # Panics
/// When the text is malformed, which is a mistake in the compiler that the first test of the default finds.
#[expect(clippy::panic, reason = "the text is a constant of the compiler; input cannot reach this")]
pub(crate) fn fixed<T: FromStr<Err = Malformed>>(text: &'static str) -> T {
    match text.parse() {
        Ok(word) => word,
        Err(malformed) => panic!("the compiler's own word {text:?} is malformed: {malformed}"),
    }
}
