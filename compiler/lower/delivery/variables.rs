//! Marks in objects become Flux variables; every other `${` is escaped where Flux substitutes.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use crate::cluster::AppSource;
use crate::domain::Key;
use crate::ir::{Deferred, FactValue, Kustomization, Text, Unit, UnitKind};
use crate::syntax::marks::{self, Piece};

/// Turns the marks in units that are applied together into variables, and says which ones they use. An app uses a
/// declared variable by writing `${NAME}`.
pub(super) fn resolve(
    mut units: Vec<&mut Unit>,
    apps: &BTreeMap<Key, AppSource>,
    declared: &BTreeMap<String, FactValue>,
    used: &mut BTreeMap<String, FactValue>,
) -> BTreeSet<String> {
    let mut facts = BTreeSet::new();
    for unit in units.iter_mut().filter(|unit| unit.substitute) {
        for object in &mut unit.objects {
            let origin = object.origin.clone();
            visit(&mut object.body, &mut |text| {
                for name in consumed(text, declared, unit.kind) {
                    facts.insert(name.clone());
                    if let Some(fact) = declared.get(&name) {
                        used.entry(name).or_insert_with(|| fact.clone());
                    }
                }
                for deferred in Text::of(text).deferreds() {
                    let name = deferred.name();
                    facts.insert(name.clone());
                    let value = Text::deferred(deferred.clone());
                    used.entry(name.clone()).or_insert_with(|| FactValue {
                        name,
                        value,
                        origin: origin.clone(),
                    });
                }
            });
        }
        for text in texts(unit, apps) {
            for (name, fact) in names(&text).filter_map(|name| declared.get_key_value(name)) {
                facts.insert(name.clone());
                used.entry(name.clone()).or_insert_with(|| fact.clone());
            }
        }
    }
    let substitutes = !facts.is_empty();
    for unit in units {
        let is_ours = unit.kind == UnitKind::Component;
        for object in &mut unit.objects {
            visit(&mut object.body, &mut |text| *text = spell(text, substitutes && is_ours));
        }
    }
    facts
}

/// What an app brings besides objects of ours: its files, whether they are copied or used in place, and what is
/// patched on top.
fn texts(unit: &Unit, apps: &BTreeMap<Key, AppSource>) -> Vec<String> {
    let app = apps.iter().find(|(name, _)| unit.kind == UnitKind::App && name.as_str() == unit.name);
    let files = app.into_iter().flat_map(|(_, app)| app.files.values().cloned());
    let Kustomization { images, patches, .. } = &unit.kustomization;
    let mut out: Vec<String> = files.collect();
    for mut extra in images.iter().chain(patches).cloned() {
        visit(&mut extra, &mut |text| out.push(text.clone()));
    }
    out
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
    let mut pieces = marks::split(text).into_iter().peekable();
    while let Some(piece) = pieces.next() {
        match piece {
            Piece::Text(text) if escape => escaped(text, pieces.peek().is_some(), &mut out),
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

/// A text that Flux gives back as it is: `$$` stands for one `$`, and `${` opens a variable (envsubst of fluxcd/pkg,
/// August 2026). A lone `$` stays as it is, for scripts are read by people.
fn escaped(text: &str, before_variable: bool, out: &mut String) {
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('$') {
        let behind = after.trim_start_matches('$');
        let run = 1 + after.len() - behind.len();
        let opens = behind.starts_with('{') || (behind.is_empty() && before_variable);
        let doubled = run > 1 || opens;
        out.push_str(before);
        out.push_str(&"$".repeat(if doubled { 2 * run } else { run }));
        rest = behind;
    }
    out.push_str(rest);
}

/// Calls `change` on every text in a tree. Keys count: Flux reads the whole document.
fn visit(value: &mut Value, change: &mut dyn FnMut(&mut String)) {
    match value {
        Value::String(text) => change(text),
        Value::Array(items) => items.iter_mut().for_each(|item| visit(item, change)),
        Value::Object(map) => {
            for (mut key, mut below) in std::mem::take(map) {
                change(&mut key);
                visit(&mut below, change);
                map.insert(key, below);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ir::Placement;
    use crate::source::{Address, Origin};

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

    #[test]
    fn dollars_that_flux_would_swallow_are_doubled() {
        assert_eq!(spell("$1 a$$b $", true), "$1 a$$$$b $");
        assert_eq!(spell("$${HOME} $$$", true), "$$$${HOME} $$$$$$");
        assert_eq!(spell(&format!("costs ${}", Deferred::VpcId.mark()), true), "costs $$${vpc_id}");
    }

    fn app(note: &str, patch: &str) -> (BTreeMap<Key, AppSource>, Unit) {
        let app = AppSource {
            written: serde_json::from_value(json!({ "source": "web" })).unwrap(),
            files: BTreeMap::from([("web.yaml".to_owned(), note.to_owned())]),
            documents: BTreeMap::new(),
            address: Address::of("spec.apps.web"),
        };
        let kustomization =
            Kustomization { patches: vec![json!({ "patch": patch })], ..Kustomization::default() };
        // Nothing is copied: the app lies in the output.
        let unit = Unit {
            name: "web".to_owned(),
            kind: UnitKind::App,
            objects: Vec::new(),
            kustomization,
            copies: BTreeMap::new(),
            provides: Vec::new(),
            needs: Vec::new(),
            substitute: true,
            placement: Placement::default(),
            address: app.address.clone(),
        };
        (BTreeMap::from([("web".parse().unwrap(), app)]), unit)
    }

    #[test]
    fn variables_of_patches_and_of_files_in_place_are_provided() {
        let origin = Origin::Spec(Address::of("spec.gitops.facts.bucket"));
        let fact = FactValue { name: "bucket".to_owned(), value: Text::of("demo-logs"), origin };
        let declared = BTreeMap::from([("bucket".to_owned(), fact)]);
        for (note, patch, provided) in
            [("a: ${bucket}", "", true), ("a: b", "x: ${bucket}", true), ("a: b", "", false)]
        {
            let (apps, mut unit) = app(note, patch);
            let mut used = BTreeMap::new();
            let facts = resolve(vec![&mut unit], &apps, &declared, &mut used);
            assert_eq!(
                (facts.contains("bucket"), used.contains_key("bucket")),
                (provided, provided),
                "{note}, {patch}"
            );
        }
    }

    #[test]
    fn keys_are_escaped_as_values_are() {
        let mut tree = json!({ "${HOME}": { "a": "${HOME}" } });
        visit(&mut tree, &mut |text| *text = spell(text, true));
        assert_eq!(tree, json!({ "$${HOME}": { "a": "$${HOME}" } }));
    }
}
