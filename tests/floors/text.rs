//! Rust text as the laws read it: without comments and strings, as words, and as the paths that it names.

/// The code of a file: comments, strings and characters are blanked, so every byte keeps its line.
pub(crate) fn code_only(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = bytes.to_vec();
    let mut at = 0;
    while at < bytes.len() {
        let end = skipped(bytes, at);
        for byte in &mut out[at..end] {
            if *byte != b'\n' {
                *byte = b' ';
            }
        }
        at = end.max(at + 1);
    }
    String::from_utf8_lossy(&out).into_owned()
}

/// Where the comment, string or character that starts at `at` ends; `at` itself if none does.
fn skipped(bytes: &[u8], at: usize) -> usize {
    let rest = &bytes[at..];
    let starts_word = at == 0 || !is_word(bytes[at - 1]);
    if rest.starts_with(b"//") {
        return rest.iter().position(|byte| *byte == b'\n').map_or(bytes.len(), |length| at + length);
    }
    if rest.starts_with(b"/*") {
        return block_comment(bytes, at);
    }
    if rest[0] == b'"' {
        return quoted(bytes, at + 1);
    }
    if starts_word && let Some(end) = raw_string(bytes, at) {
        return end;
    }
    if rest[0] == b'\'' {
        return character(bytes, at);
    }
    at
}

fn block_comment(bytes: &[u8], start: usize) -> usize {
    let (mut depth, mut at) = (0, start);
    while at < bytes.len() {
        match &bytes[at..] {
            [b'/', b'*', ..] => (depth, at) = (depth + 1, at + 2),
            [b'*', b'/', ..] => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            break;
        }
    }
    at
}

fn quoted(bytes: &[u8], mut at: usize) -> usize {
    while at < bytes.len() {
        match bytes[at] {
            b'\\' => at += 2,
            b'"' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn raw_string(bytes: &[u8], at: usize) -> Option<usize> {
    let rest = &bytes[at..];
    let rest = rest.strip_prefix(b"b").unwrap_or(rest).strip_prefix(b"r")?;
    let hashes = rest.iter().take_while(|byte| **byte == b'#').count();
    let body = rest[hashes..].strip_prefix(b"\"")?;
    let mut close = vec![b'"'];
    close.extend(vec![b'#'; hashes]);
    let length = body.windows(close.len()).position(|window| window == close)?;
    Some(bytes.len() - body.len() + length + close.len())
}

/// A character ends soon; what does not is a lifetime.
fn character(bytes: &[u8], at: usize) -> usize {
    let text = String::from_utf8_lossy(&bytes[at + 1..bytes.len().min(at + 14)]).into_owned();
    let mut inner = text.chars();
    match (inner.next(), inner.next()) {
        (Some('\\'), Some(escaped)) => match text[1 + escaped.len_utf8()..].find('\'') {
            Some(length) => at + 1 + 1 + escaped.len_utf8() + length + 1,
            None => at,
        },
        (Some(one), Some('\'')) if one != '\'' => at + 1 + one.len_utf8() + 1,
        _ => at,
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

/// A word or a sign of the code, and its line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Token {
    pub(crate) text: String,
    pub(crate) line: usize,
}

/// The words and signs of code without comments and strings. `::` is one sign.
pub(crate) fn tokens(code: &str) -> Vec<Token> {
    let mut out: Vec<Token> = Vec::new();
    for (index, line) in code.lines().enumerate() {
        let mut rest = line;
        while let Some(first) = rest.chars().next() {
            let length = if first.is_alphanumeric() || first == '_' {
                rest.find(|sign: char| !sign.is_alphanumeric() && sign != '_').unwrap_or(rest.len())
            } else if rest.starts_with("::") {
                2
            } else {
                first.len_utf8()
            };
            let (text, after) = rest.split_at(length);
            if !text.trim().is_empty() {
                out.push(Token { text: text.to_owned(), line: index + 1 });
            }
            rest = after;
        }
    }
    out
}

/// A path that a file names, from the root of the crate (or of `std`) on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Named {
    /// Its steps; a macro's last step ends in `!`, a glob is `*`.
    pub(crate) path: Vec<String>,
    pub(crate) line: usize,
}

/// Every path that starts with one of `roots` or with `super`, groups taken apart. `module` is the file's own path;
/// a path by `super` that stays within the crate's root is completed from it.
pub(crate) fn named(code: &str, roots: &[&str], module: &[String]) -> Vec<Named> {
    let tokens = tokens(code);
    let mut out = Vec::new();
    // Modules inside the file count as steps: (name, depth of braces outside it).
    let mut inner: Vec<(String, usize)> = Vec::new();
    let mut depth = 0;
    for (at, token) in tokens.iter().enumerate() {
        let word = |offset: usize| tokens.get(at + offset).map_or("", |token| token.text.as_str());
        match token.text.as_str() {
            "{" => depth += 1,
            "}" => {
                depth -= 1;
                inner.retain(|(_, outside)| *outside < depth);
            }
            "mod" if word(2) == "{" => inner.push((word(1).to_owned(), depth)),
            // `pub(super)` names nothing; a second `super` belongs to the first.
            "super" if word(1) == "::" && !(at > 1 && tokens[at - 1].text == "::") => {
                let ups = 1
                    + (1..)
                        .step_by(2)
                        .take_while(|next| word(*next) == "::" && word(next + 1) == "super")
                        .count();
                let own: Vec<String> =
                    module.iter().chain(inner.iter().map(|(name, _)| name)).cloned().collect();
                let base = own[..own.len().saturating_sub(ups)].to_vec();
                leaves(&tokens, at + 2 * ups, base, &mut out);
            }
            root if roots.contains(&root) && word(1) == "::" && !(at > 0 && tokens[at - 1].text == "::") => {
                let base = if root == "crate" { Vec::new() } else { vec![root.to_owned()] };
                leaves(&tokens, at + 2, base, &mut out);
            }
            _ => {}
        }
    }
    out
}

/// Reads the rest of a path and notes each of its ends; returns the token behind it.
fn leaves(tokens: &[Token], start: usize, base: Vec<String>, out: &mut Vec<Named>) -> usize {
    let word = |at: usize| tokens.get(at).map_or("", |token| token.text.as_str());
    let Some(first) = tokens.get(start) else { return start };
    if first.text == "{" {
        let mut at = start + 1;
        while at < tokens.len() && word(at) != "}" {
            at = leaves(tokens, at, base.clone(), out);
            while at < tokens.len() && !matches!(word(at), "," | "}") {
                at += 1; // `as NAME`
            }
            if word(at) == "," {
                at += 1;
            }
        }
        return at + 1;
    }
    let mut path = base;
    let is_macro = word(start + 1) == "!" && word(start + 2) != "=";
    path.push(if is_macro { format!("{}!", first.text) } else { first.text.clone() });
    if word(start + 1) == "::"
        && (word(start + 2) == "{" || word(start + 2) == "*" || is_name(word(start + 2)))
    {
        return leaves(tokens, start + 2, path, out);
    }
    out.push(Named { path, line: first.line });
    start + 1
}

fn is_name(word: &str) -> bool {
    word.starts_with(|first: char| first.is_alphabetic() || first == '_')
}
