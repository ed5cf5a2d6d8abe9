//! Prints a tree so that `terraform fmt` has nothing left to do.

use super::literal::{heredoc, is_heredoc, only_interpolation, quoted, steady};
use super::reference::is_bare_key;
use super::{Attribute, Block, Body, Entry, Expression, Item, Key, Part};
use crate::source::Origin;
use crate::syntax::Printed;
use crate::syntax::printed::{Line, comment};

/// Widest line, in characters, that an object, a list or a call may make by staying on one line.
const WIDTH: usize = 100;

/// Prints a body as a file. `header` becomes comment lines at the top.
pub fn print(body: &Body, header: Option<&str>) -> Printed {
    let mut lines: Vec<Line> = comment(header.unwrap_or_default(), "", None).collect();
    let below = print_body(body, 0, None);
    if !lines.is_empty() && !below.is_empty() {
        lines.push(Line::new("", None));
    }
    lines.into_iter().chain(below).collect()
}

/// The expression without a string that is nothing but it.
fn bare(value: &Expression) -> &Expression {
    match value {
        Expression::Template(parts) => only_interpolation(parts).map_or(value, bare),
        _ => value,
    }
}

fn print_body(body: &Body, depth: usize, origin: Option<&Origin>) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut previous: Option<&Item> = None;
    let mut blank = false;
    let mut rest = body.0.as_slice();
    while let Some((item, after)) = rest.split_first() {
        if matches!(item, Item::Blank) || matches!(item, Item::Comment(text) if text.is_empty()) {
            blank = true;
            rest = after;
            continue;
        }
        if previous.is_some_and(|previous| blank || apart(previous, rest)) {
            lines.push(Line::new("", origin));
        }
        blank = false;
        rest = match item {
            Item::Attribute(_) => {
                let count = rest.iter().take_while(|item| matches!(item, Item::Attribute(_))).count();
                let (run, after) = rest.split_at_checked(count).unwrap_or((rest, &[]));
                let rows: Vec<Row> = run.iter().filter_map(Row::of_item).collect();
                lines.extend(print_rows(&rows, depth, origin));
                after
            }
            Item::Block(block) => {
                lines.extend(print_block(block, depth, origin));
                after
            }
            Item::Comment(text) => {
                lines.extend(comment(text, &indent(depth), origin));
                after
            }
            Item::Blank => after,
        };
        previous = Some(item);
    }
    lines
}

/// Whether a blank line belongs between an item and what follows although none was asked for: around blocks. A
/// comment right above a block belongs to it.
fn apart(previous: &Item, rest: &[Item]) -> bool {
    match previous {
        Item::Block(_) => true,
        Item::Attribute(_) => {
            let next = rest.iter().find(|item| !matches!(item, Item::Comment(_)));
            matches!(next, Some(Item::Block(_)))
        }
        _ => false,
    }
}

fn print_block(block: &Block, depth: usize, around: Option<&Origin>) -> Vec<Line> {
    let (margin, origin) = (indent(depth), block.origin.as_ref().or(around));
    let mut lines: Vec<Line> =
        comment(block.comment.as_deref().unwrap_or_default(), &margin, origin).collect();
    let mut head = format!("{margin}{} ", block.kind);
    for label in &block.labels {
        head.push_str(&quoted(&[Part::Literal(label.clone())], &one_line));
        head.push(' ');
    }
    let body = print_body(&block.body, depth + 1, origin);
    if body.is_empty() {
        lines.push(Line::new(format!("{head}{{}}"), origin));
        return lines;
    }
    lines.push(Line::new(format!("{head}{{"), origin));
    lines.extend(body);
    lines.push(Line::new(format!("{margin}}}"), origin));
    lines
}

/// `key = value`, in a body or in an object.
struct Row<'a> {
    key: String,
    value: &'a Expression,
    origin: Option<&'a Origin>,
    comment: Option<&'a str>,
}

impl<'a> Row<'a> {
    fn of_item(item: &'a Item) -> Option<Row<'a>> {
        let Item::Attribute(Attribute { key, value, origin, comment }) = item else { return None };
        Some(Row {
            key: key.clone(),
            value: bare(value),
            origin: origin.as_ref(),
            comment: comment.as_deref(),
        })
    }

    fn of_entry(entry: &'a Entry) -> Row<'a> {
        let Entry { key, value, origin, comment } = entry;
        Row { key: spell_key(key), value: bare(value), origin: origin.as_ref(), comment: comment.as_deref() }
    }
}

/// How the value of a row is laid out.
#[derive(Clone, PartialEq)]
enum Layout {
    /// On the line of its key.
    Line(String),
    /// As a heredoc, which counts as one line when `=` is aligned.
    Heredoc(Vec<String>),
    /// Over several lines.
    Broken,
}

/// Rows that follow each other without blank lines, their `=` aligned.
fn print_rows(rows: &[Row], depth: usize, around: Option<&Origin>) -> Vec<Line> {
    let margin = indent(depth);
    let mut lines = Vec::new();
    for (row, (layout, width)) in rows.iter().zip(settle(rows, depth)) {
        let origin = row.origin.or(around);
        lines.extend(comment(row.comment.unwrap_or_default(), &margin, origin));
        let head = format!("{margin}{:width$} = ", row.key);
        let value = match layout {
            Layout::Line(text) => vec![Line::new(text, origin)],
            Layout::Heredoc(text) => text.into_iter().map(|line| Line::new(line, origin)).collect(),
            Layout::Broken => broken(row.value, depth, origin),
        };
        lines.extend(behind(&head, value));
    }
    lines
}

/// Layout and key width of every row. To break a value that is too wide once aligned ends its chain of aligned
/// rows, which may make others narrower; so it is done one row at a time until all fit.
fn settle(rows: &[Row], depth: usize) -> Vec<(Layout, usize)> {
    let mut layouts: Vec<Layout> = rows.iter().map(|row| preferred(row.value, depth)).collect();
    loop {
        let widths = key_widths(rows, &layouts);
        let too_wide = |((row, layout), width): ((&Row, &Layout), &usize)| match layout {
            Layout::Line(text) => breakable(row.value) && 2 * depth + width + 3 + characters(text) > WIDTH,
            _ => false,
        };
        match rows.iter().zip(&layouts).zip(&widths).position(too_wide) {
            Some(at) => layouts.iter_mut().skip(at).take(1).for_each(|layout| *layout = Layout::Broken),
            None => return layouts.into_iter().zip(widths).collect(),
        }
    }
}

fn preferred(value: &Expression, depth: usize) -> Layout {
    match value {
        Expression::Template(parts) => match heredoc(parts, 2 * (depth + 1), &one_line) {
            Some(lines) => Layout::Heredoc(lines),
            None => Layout::Line(one_line(value)),
        },
        value if fits_one_line(value) => Layout::Line(one_line(value)),
        _ => Layout::Broken,
    }
}

/// The width that every key is padded to: that of the widest in its chain. A chain ends before a comment and at a
/// value over several lines, as in hashicorp/hcl `hclwrite/format.go`.
fn key_widths(rows: &[Row], layouts: &[Layout]) -> Vec<usize> {
    let mut widths = Vec::new();
    let mut chain: Vec<usize> = Vec::new();
    let close = |chain: &mut Vec<usize>, widths: &mut Vec<usize>| {
        let widest = chain.iter().copied().max().unwrap_or(0);
        widths.extend(chain.drain(..).map(|_| widest));
    };
    for (row, layout) in rows.iter().zip(layouts) {
        if row.comment.is_some_and(|text| !text.is_empty()) || *layout == Layout::Broken {
            close(&mut chain, &mut widths);
        }
        chain.push(characters(&row.key));
        if *layout == Layout::Broken {
            close(&mut chain, &mut widths);
        }
    }
    close(&mut chain, &mut widths);
    widths
}

/// A value over several lines. The first has no margin, for it stands behind something; the others have it.
fn broken(value: &Expression, depth: usize, origin: Option<&Origin>) -> Vec<Line> {
    let close = |bracket: char| Line::new(format!("{}{bracket}", indent(depth)), origin);
    match value {
        Expression::Object(entries) if !entries.is_empty() => {
            let rows: Vec<Row> = entries.iter().map(Row::of_entry).collect();
            let mut lines = vec![Line::new("{", origin)];
            lines.extend(print_rows(&rows, depth + 1, origin));
            lines.push(close('}'));
            lines
        }
        Expression::List(items) if !items.is_empty() => {
            let mut lines = vec![Line::new("[", origin)];
            lines.extend(items.iter().flat_map(|item| own_lines(item, depth + 1, origin)));
            lines.push(close(']'));
            lines
        }
        Expression::Call { name, arguments } if breakable(value) => {
            broken_call(name, arguments, depth, origin)
        }
        _ => vec![Line::new(one_line(value), origin)],
    }
}

/// A call over several lines. A last argument of several lines hugs the parentheses: `jsonencode({`.
fn broken_call(name: &str, arguments: &[Expression], depth: usize, origin: Option<&Origin>) -> Vec<Line> {
    if let [Expression::Template(parts)] = arguments
        && let Some(text) = heredoc(parts, 2 * (depth + 1), &one_line)
    {
        let text = text.into_iter().map(|line| Line::new(line, origin)).collect();
        let mut lines = behind(&format!("{name}("), text);
        lines.push(Line::new(format!("{})", indent(depth)), origin));
        return lines;
    }
    if let Some((last, others)) = arguments.split_last()
        && breakable(last)
        && others.iter().all(scalar)
    {
        let head: String = others.iter().map(|other| format!("{}, ", one_line(other))).collect();
        let mut lines = behind(&format!("{name}({head}"), broken(last, depth, origin));
        append(&mut lines, ")");
        return lines;
    }
    let mut lines = vec![Line::new(format!("{name}("), origin)];
    lines.extend(arguments.iter().flat_map(|argument| own_lines(argument, depth + 1, origin)));
    lines.push(Line::new(format!("{})", indent(depth)), origin));
    lines
}

/// An item of a list or call on lines of its own, with the comma behind it.
fn own_lines(item: &Expression, depth: usize, origin: Option<&Origin>) -> Vec<Line> {
    let text = one_line(item);
    let fits = fits_one_line(item) && 2 * depth + characters(&text) < WIDTH;
    let lines =
        if fits || !breakable(item) { vec![Line::new(text, origin)] } else { broken(item, depth, origin) };
    let mut lines = behind(&indent(depth), lines);
    append(&mut lines, ",");
    lines
}

fn behind(head: &str, mut lines: Vec<Line>) -> Vec<Line> {
    if let Some(first) = lines.first_mut() {
        first.text.insert_str(0, head);
    }
    lines
}

fn append(lines: &mut [Line], tail: &str) {
    if let Some(last) = lines.last_mut() {
        last.text.push_str(tail);
    }
}

/// Whether a value is one thing: it may stand beside others on a line.
fn scalar(value: &Expression) -> bool {
    match value {
        Expression::Template(parts) => !is_heredoc(parts),
        Expression::List(items) => items.is_empty(),
        Expression::Object(entries) => entries.is_empty(),
        Expression::Call { arguments, .. } => arguments.iter().all(scalar),
        _ => true,
    }
}

/// Whether a value may stay on one line if that is not too wide.
fn fits_one_line(value: &Expression) -> bool {
    match value {
        Expression::List(items) => items.iter().all(scalar),
        Expression::Object(entries) => {
            entries.len() <= 2 && entries.iter().all(|entry| entry.comment.is_none() && scalar(&entry.value))
        }
        Expression::Call { arguments, .. } => arguments.iter().all(fits_one_line),
        _ => scalar(value),
    }
}

/// Whether there is a way to spell a value over several lines.
fn breakable(value: &Expression) -> bool {
    match value {
        Expression::List(items) => !items.is_empty(),
        Expression::Object(entries) => !entries.is_empty(),
        Expression::Call { arguments, .. } => match arguments.as_slice() {
            [Expression::Template(parts)] => is_heredoc(parts),
            [argument] => breakable(argument),
            arguments => !arguments.is_empty(),
        },
        _ => false,
    }
}

/// Any value on one line, however wide. Comments inside it are lost.
fn one_line(value: &Expression) -> String {
    let commas = |values: &[Expression]| values.iter().map(one_line).collect::<Vec<_>>().join(", ");
    match value {
        Expression::Null => "null".to_owned(),
        Expression::Bool(truth) => truth.to_string(),
        Expression::Number(number) => number.to_string(),
        Expression::Reference(reference) => reference.to_string(),
        Expression::Template(parts) => match only_interpolation(parts) {
            Some(only) => one_line(only),
            None => quoted(parts, &one_line),
        },
        Expression::List(items) => format!("[{}]", commas(items)),
        Expression::Object(entries) if entries.is_empty() => "{}".to_owned(),
        Expression::Object(entries) => {
            let spelled: Vec<String> = entries
                .iter()
                .map(|entry| format!("{} = {}", spell_key(&entry.key), one_line(&entry.value)))
                .collect();
            format!("{{ {} }}", spelled.join(", "))
        }
        Expression::Call { name, arguments } => format!("{name}({})", commas(arguments)),
    }
}

fn spell_key(key: &Key) -> String {
    steady(&match key {
        Key::Name(name) if is_bare_key(name) => name.clone(),
        Key::Name(name) => quoted(&[Part::Literal(name.clone())], &one_line),
        Key::Template(parts) => match only_interpolation(parts) {
            Some(only) => format!("({})", one_line(only)),
            None => quoted(parts, &one_line),
        },
        Key::Computed(expression) => format!("({})", one_line(expression)),
    })
}

fn indent(depth: usize) -> String {
    " ".repeat(2 * depth)
}

fn characters(text: &str) -> usize {
    text.chars().count()
}
