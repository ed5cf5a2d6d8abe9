//! Marks in objects become Flux variables; every other `${` is escaped where Flux substitutes.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::ir::{Deferred, FactValue, Layer, Text, UnitKind};
use crate::syntax::marks::{self, Piece};

/// Turns the marks of a layer into variables and notes which ones it uses. An app uses a declared variable by
/// writing `${NAME}`.
pub(super) fn resolve(
    layer: &mut Layer,
    declared: &BTreeMap<String, FactValue>,
    used: &mut BTreeMap<String, FactValue>,
) {
    for unit in &mut layer.units {
        for object in &mut unit.objects {
            let origin = object.origin.clone();
            visit(&mut object.body, &mut |text| {
                for name in consumed(text, declared, unit.kind) {
                    layer.facts.insert(name.clone());
                    if let Some(fact) = declared.get(&name) {
                        used.entry(name).or_insert_with(|| fact.clone());
                    }
                }
                for deferred in Text::of(text).deferreds() {
                    let name = deferred.name();
                    layer.facts.insert(name.clone());
                    let value = Text::deferred(deferred.clone());
                    used.entry(name.clone()).or_insert_with(|| FactValue {
                        name,
                        value,
                        origin: origin.clone(),
                    });
                }
            });
        }
        for text in unit.copies.values() {
            for name in names(text).filter(|name| declared.contains_key(*name)) {
                layer.facts.insert(name.to_owned());
                if let Some(fact) = declared.get(name) {
                    used.entry(name.to_owned()).or_insert_with(|| fact.clone());
                }
            }
        }
    }
    let substitutes = !layer.facts.is_empty();
    for unit in &mut layer.units {
        let is_ours = unit.kind == UnitKind::Component;
        for object in &mut unit.objects {
            visit(&mut object.body, &mut |text| *text = spell(text, substitutes && is_ours));
        }
    }
}

/// The names in `${NAME}` and `${NAME:=default}`, as Flux reads them.
pub(crate) fn names(text: &str) -> impl Iterator<Item = &str> {
    text.match_indices("${").filter_map(|(at, _)| {
        if text.get(..at).is_some_and(|before| before.ends_with('$')) {
            return None;
        }
        let inner = text.get(at + 2..)?;
        let end = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
        let name = inner.get(..end)?;
        let closes = inner.get(end..)?.starts_with(['}', ':']);
        (closes && name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_'))
            .then_some(name)
    })
}

fn consumed(text: &str, declared: &BTreeMap<String, FactValue>, kind: UnitKind) -> Vec<String> {
    if kind == UnitKind::Component {
        return Vec::new();
    }
    names(text).filter(|name| declared.contains_key(*name)).map(str::to_owned).collect()
}

fn spell(text: &str, escape: bool) -> String {
    let mut out = String::new();
    for piece in marks::split(text) {
        match piece {
            Piece::Text(text) if escape => out.push_str(&text.replace("${", "$${")),
            Piece::Text(text) => out.push_str(text),
            Piece::Mark(name) => {
                let name =
                    Deferred::of_mark(name).map_or_else(|| name.to_owned(), |deferred| deferred.name());
                out.push_str("${");
                out.push_str(&name);
                out.push('}');
            }
        }
    }
    out
}

/// Calls `change` on every text in a tree, keys left out.
fn visit(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        Value::Object(map) => map.values_mut().for_each(|below| visit(below, change)),
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_as_flux_reads_them() {
        let text = "${a} ${b:=x} $${c} ${1} ${} ${d-e} ${_f}";
        assert_eq!(names(text).collect::<Vec<_>>(), ["a", "b", "_f"]);
    }

    #[test]
    fn marks_become_variables_and_other_texts_are_escaped() {
        let text = format!("{}/${{HOME}}", Deferred::VpcId.mark());
        assert_eq!(spell(&text, true), "${vpc_id}/$${HOME}");
        assert_eq!(spell("${HOME}", false), "${HOME}");
    }
}
