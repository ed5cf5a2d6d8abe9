//! Words of a shell.

/// A word in single quotes, which no shell looks into.
pub fn quoted(word: &str) -> String {
    format!("'{}'", word.replace('\'', "'\\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_quote_in_a_word_does_not_end_it() {
        assert_eq!(quoted("it's $HOME"), r"'it'\''s $HOME'");
    }
}
