//! Reads a runbook as Markdown and its commands as a shell does, to see whether a text of the user's broke out.

/// What of a runbook must not depend on the user's texts: the kinds of its lines, the cells of its rows, the operators
/// and expansions of its commands.
pub(super) fn shape(text: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut code: Option<String> = None;
    for line in text.lines() {
        match (&mut code, line.starts_with("```")) {
            (None, true) => code = Some(String::new()),
            (Some(commands), true) => {
                out.push(format!("commands {:?}", shell(commands)?));
                code = None;
            }
            (Some(commands), false) => {
                commands.push_str(line);
                commands.push('\n');
            }
            (None, false) => out.push(prose(line)?),
        }
    }
    if code.is_some() { Err("a fence that does not close".to_owned()) } else { Ok(out) }
}

/// The kind of a line, the code spans of its cells, and their number. The last cell is prose of the user's.
fn prose(line: &str) -> Result<String, String> {
    let cells = cells(line);
    let spans = cells.iter().map(|cell| spans(cell)).collect::<Result<Vec<usize>, String>>()?;
    let fixed = spans.len().saturating_sub(2).max(1);
    let mark: String = line.chars().take_while(|c| !c.is_alphanumeric() && *c != '`').collect();
    Ok(format!("{mark:?}, {} cells, code spans {:?}", cells.len(), &spans[..fixed]))
}

/// Cells of a row: a `|` behind a backslash does not end one (GitHub's Markdown).
fn cells(line: &str) -> Vec<String> {
    if !line.starts_with('|') {
        return vec![line.to_owned()];
    }
    let mut cells = vec![String::new()];
    let mut before = ' ';
    for c in line.chars() {
        match cells.last_mut() {
            Some(cell) if c != '|' || before == '\\' => cell.push(c),
            _ => cells.push(String::new()),
        }
        before = c;
    }
    cells
}

/// Code spans: a run of backticks up to the next run of the same length. Outside, nothing may open HTML.
fn spans(line: &str) -> Result<usize, String> {
    let mut count = 0;
    let mut rest = line;
    while let Some(at) = rest.find(['`', '<', '\\']) {
        let after = &rest[at..];
        if let Some(escaped) = after.strip_prefix('\\') {
            rest = escaped.get(escaped.chars().next().map_or(0, char::len_utf8)..).unwrap_or_default();
            continue;
        }
        if after.starts_with('<') {
            if after.starts_with("<!-- Generated") && line.starts_with("<!--") {
                return Ok(0);
            }
            return Err(format!("HTML in {line:?}"));
        }
        let run = after.len() - after.trim_start_matches('`').len();
        let fence = "`".repeat(run);
        let inside = &after[run..];
        let end = inside
            .match_indices(&fence)
            .map(|(at, _)| at)
            .find(|at| !inside[..*at].ends_with('`') && !inside[at + run..].starts_with('`'));
        match end {
            Some(end) => {
                count += 1;
                rest = &inside[end + run..];
            }
            None => rest = inside,
        }
    }
    Ok(count)
}

/// Commands as a shell splits them: `word`, with a mark for each expansion inside, and the operators between.
fn shell(text: &str) -> Result<Vec<String>, String> {
    let mut out = Vec::new();
    let mut word: Option<String> = None;
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        match c {
            '\'' => {
                word.get_or_insert_default();
                if !chars.by_ref().any(|c| c == '\'') {
                    return Err(format!("a quote that does not close in {text:?}"));
                }
            }
            '"' => double_quoted(&mut chars, word.get_or_insert_default())
                .ok_or_else(|| format!("open quote in {text:?}"))?,
            '#' if word.is_none() => while chars.next_if(|c| *c != '\n').is_some() {},
            '\\' => {
                chars.next();
                word.get_or_insert_default();
            }
            '$' | '`' => word.get_or_insert_default().push(c),
            ' ' | '\t' => out.extend(word.take()),
            '\n' | '|' | '&' | ';' | '<' | '>' | '(' | ')' => {
                out.extend(word.take());
                out.push(format!("operator {c:?}"));
            }
            '*' | '?' | '[' | '{' | '}' | '~' | '!' => word.get_or_insert_default().push(c),
            _ => drop(word.get_or_insert_default()),
        }
    }
    out.extend(word);
    Ok(out)
}

/// Up to the closing quote; expansions are noted, those in parentheses with what they run.
fn double_quoted(chars: &mut std::iter::Peekable<std::str::Chars<'_>>, word: &mut String) -> Option<()> {
    loop {
        match chars.next()? {
            '"' => return Some(()),
            '\\' => drop(chars.next()),
            '$' if chars.peek() == Some(&'(') => {
                let inside: String = command(chars)?;
                word.push_str(&format!("$({:?})", shell(&inside).ok()?));
            }
            c @ ('$' | '`') => word.push(c),
            _ => {}
        }
    }
}

/// The text of `(...)`, quotes respected.
fn command(chars: &mut std::iter::Peekable<std::str::Chars<'_>>) -> Option<String> {
    chars.next()?;
    let (mut text, mut quoted) = (String::new(), false);
    loop {
        let c = chars.next()?;
        quoted ^= c == '\'';
        if c == ')' && !quoted {
            return Some(text);
        }
        text.push(c);
        if c == '\\' && !quoted {
            text.push(chars.next()?);
        }
    }
}
