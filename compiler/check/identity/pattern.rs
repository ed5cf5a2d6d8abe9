//! Patterns as IAM has them: `*` for any characters, `?` for one.

/// Whether a text is one that a pattern stands for.
pub(super) fn matches(pattern: &str, text: &str) -> bool {
    let text: Vec<char> = text.chars().collect();
    // For each length, whether the part of the pattern that was read stands for the text up to there.
    let mut reached: Vec<bool> = (0..=text.len()).map(|length| length == 0).collect();
    for sign in pattern.chars() {
        let mut next = vec![false; text.len() + 1];
        for (length, slot) in next.iter_mut().enumerate() {
            let before = length.checked_sub(1);
            let last = before.and_then(|before| text.get(before));
            *slot = match sign {
                '*' => reached.iter().take(length + 1).any(|was| *was),
                _ => {
                    before.and_then(|before| reached.get(before)) == Some(&true)
                        && (sign == '?' || last == Some(&sign))
                }
            };
        }
        reached = next;
    }
    reached.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_stand_for_whole_texts() {
        for (pattern, text) in [("prod*", "production"), ("*", ""), ("p?od", "prod"), ("a*b*c", "axxbyyc")] {
            assert!(matches(pattern, text), "{pattern} {text}");
        }
        for (pattern, text) in [("prod", "production"), ("?", ""), ("a*b", "abc"), ("Prod", "prod")] {
            assert!(!matches(pattern, text), "{pattern} {text}");
        }
    }
}
