//! The laws of the house: floors stand on those below them, neighbours keep to themselves, one door.
//!
//! The order of `pub mod` lines in `compiler/lib.rs` is the architecture. Moving a line there is a decision; an
//! import that points up is a fault, and is told with its place and a sentence.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing, reason = "tests")]
#![allow(clippy::disallowed_methods, reason = "the judge of the house walks through it")]

pub(crate) mod text;

use std::collections::BTreeMap;

use libtest_mimic::{Failed, Trial};

use crate::support::{root, tree};
use text::{Named, code_only, named};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("floors::the plan lists floors and nothing else", the_plan_is_plain),
        Trial::test("floors::every floor stands on those below it", || law(upward)),
        Trial::test("floors::back ends and families of rules do not know each other", || law(sideways)),
        Trial::test("floors::a rule knows no other rule", || law(between_rules)),
        Trial::test(
            "floors::a planted upward import is caught, with file, line and sentence",
            planted_upward,
        ),
        Trial::test("floors::a planted side door is caught", planted_sideways),
        Trial::test(
            "floors::comments, strings and the declaration of diagnostics are no imports",
            planted_innocent,
        ),
    ]
}

/// The compiler's files, by path from the project's root.
struct House {
    files: BTreeMap<String, String>,
}

impl House {
    fn standing() -> House {
        let below = tree(&root().join("compiler"));
        let rust = below.into_iter().filter(|(path, _)| path.ends_with(".rs"));
        House { files: rust.map(|(path, text)| (format!("compiler/{path}"), text)).collect() }
    }

    fn of(files: &[(&str, &str)]) -> House {
        House { files: files.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect() }
    }

    /// The floors, lowest first.
    fn floors(&self) -> Vec<String> {
        self.modules("compiler/lib.rs", "pub mod ")
    }

    /// The modules that a file declares in this way, in its order.
    fn modules(&self, path: &str, way: &str) -> Vec<String> {
        let lines = self.files.get(path).map(String::as_str).unwrap_or_default().lines();
        lines.filter_map(|line| Some(line.strip_prefix(way)?.strip_suffix(';')?.to_owned())).collect()
    }

    /// Each file of a floor with its module path and the paths that it names.
    fn walk(&self) -> impl Iterator<Item = (&str, Vec<String>, Vec<Named>)> {
        self.files.iter().filter_map(|(path, text)| {
            let module = module(path)?;
            let roots = if module == ["main"] { ["clusterc", "crate"] } else { ["crate", "crate"] };
            let named = named(&code_only(text), &roots, &module);
            Some((path.as_str(), module, named))
        })
    }
}

/// The module path of a file; `None` for the build script and the plan itself.
fn module(path: &str) -> Option<Vec<String>> {
    let inside = path.strip_prefix("compiler/")?.strip_suffix(".rs")?;
    let inside = inside.strip_suffix("/mod").unwrap_or(inside);
    (!matches!(inside, "lib" | "build")).then(|| inside.split('/').map(str::to_owned).collect())
}

type Law = fn(&House) -> Vec<String>;

fn law(law: Law) -> Result<(), Failed> {
    let faults = law(&House::standing());
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// A module uses modules that `lib.rs` declares before it, and the door stays shut from inside.
fn upward(house: &House) -> Vec<String> {
    let floors = house.floors();
    let height = |name: &str| floors.iter().position(|floor| floor == name);
    let mut faults = Vec::new();
    for (path, module, named) in house.walk() {
        let own = module[0].as_str();
        if own != "main" && height(own).is_none() {
            faults.push(format!(
                "{path}:1: `{own}` is no floor; declare it in compiler/lib.rs where it belongs"
            ));
            continue;
        }
        for Named { path: target, line } in named {
            let Some(other) = target.iter().find(|step| *step != "clusterc").map(String::as_str) else {
                continue;
            };
            let fault = match (own, other, height(other), height(own)) {
                (_, name, ..) if name.ends_with('!') => continue,
                ("main", "cli", ..) => continue,
                ("main", ..) => "main.rs only opens the door: all it may name is `clusterc::cli`".to_owned(),
                (own, "cli", ..) if own != "cli" => {
                    format!("`{own}` uses `cli`; nothing behind the door knows the door")
                }
                (_, "*", ..) => "a glob of the whole crate hides what is used; name the modules".to_owned(),
                (own, other, Some(above), Some(below)) if above > below => format!(
                    "`{own}` uses `{other}`, which compiler/lib.rs declares after it; a floor stands only on those \
                     below it"
                ),
                (_, other, None, _) => format!("`crate::{other}` is no floor of compiler/lib.rs"),
                _ => continue,
            };
            faults.push(format!("{path}:{line}: {fault}"));
        }
    }
    faults
}

/// Neighbours that must not know each other: the modules right below these floors.
const APART: [&str; 2] = ["backend", "check"];

/// A back end or a family of rules never names its sibling. A plain file beside the families (no folder of its own)
/// is what they share.
fn sideways(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, module, named) in house.walk() {
        let [floor, own, ..] = module.as_slice() else { continue };
        if !APART.contains(&floor.as_str()) {
            continue;
        }
        let siblings = house.modules(&format!("compiler/{floor}/mod.rs"), "pub mod ");
        for Named { path: target, line } in named {
            if let [other_floor, other, ..] = target.as_slice()
                && other_floor == floor
                && other != own
                && siblings.contains(other)
            {
                faults.push(format!(
                    "{path}:{line}: `{floor}::{own}` uses its neighbour `{floor}::{other}`; what both need belongs below them"
                ));
            }
        }
    }
    faults
}

/// A rule is a `pub mod` of its family; the family's other modules are what its rules share.
fn between_rules(house: &House) -> Vec<String> {
    let mut faults = Vec::new();
    for (path, module, named) in house.walk() {
        let [floor, family, own, ..] = module.as_slice() else { continue };
        if floor != "check" {
            continue;
        }
        let rules = house.modules(&format!("compiler/check/{family}/mod.rs"), "pub mod ");
        for Named { path: target, line } in named {
            if let [other_floor, other_family, other, ..] = target.as_slice()
                && (other_floor, other_family) == (floor, family)
                && other != own
                && rules.contains(other)
            {
                faults.push(format!(
                    "{path}:{line}: rule `{family}::{own}` uses rule `{family}::{other}`; what both need is a private module \
                     of the family"
                ));
            }
        }
    }
    faults
}

fn the_plan_is_plain() -> Result<(), Failed> {
    let plan = House::standing().files.remove("compiler/lib.rs").unwrap_or_default();
    let mut before = "";
    for (index, line) in plan.lines().enumerate() {
        let told = before.starts_with("/// ") && before.ends_with('.');
        let is_floor = line.starts_with("pub mod ") && line.ends_with(';');
        if is_floor && !told {
            return Err(
                format!("compiler/lib.rs:{}: say in one sentence what this floor is", index + 1).into()
            );
        }
        if !is_floor && !line.is_empty() && !line.starts_with("/// ") && !line.starts_with("#![doc = ") {
            return Err(
                format!("compiler/lib.rs:{}: the plan holds floors and nothing else", index + 1).into()
            );
        }
        before = line;
    }
    Ok(())
}

const PLAN: &str = "/// Words.\npub mod domain;\n/// Rules.\npub mod check;\n/// Spelling.\npub mod backend;\n/// Door.\npub mod cli;\n";

fn expect(found: &[String], wanted: &[&str]) -> Result<(), Failed> {
    if found == wanted { Ok(()) } else { Err(format!("found  {found:#?}\nwanted {wanted:#?}").into()) }
}

fn planted_upward() -> Result<(), Failed> {
    let house = House::of(&[
        ("compiler/lib.rs", PLAN),
        ("compiler/domain/mod.rs", "//! Words.\n\nuse crate::check::Rule;\n"),
        (
            "compiler/domain/name.rs",
            "//! Names.\nuse crate::{\n    domain::Key,\n    backend::{kustomize, terraform as hcl},\n};\nfn f() { super::super::check::run(); }\nmod tests {\n    use super::super::super::backend;\n    use super::super::Key;\n}\n",
        ),
        (
            "compiler/backend/mod.rs",
            "//! Spelling.\nuse crate::check::Rule;\npub(in crate::cli) fn f() {}\nuse crate::*;\n",
        ),
        ("compiler/main.rs", "//! Door.\nfn main() { clusterc::cli::run(); clusterc::check::check(); }\n"),
        ("compiler/attic.rs", "//! Nobody declares this.\n"),
    ]);
    let above = "which compiler/lib.rs declares after it; a floor stands only on those below it";
    expect(
        &upward(&house),
        &[
            "compiler/attic.rs:1: `attic` is no floor; declare it in compiler/lib.rs where it belongs",
            "compiler/backend/mod.rs:3: `backend` uses `cli`; nothing behind the door knows the door",
            "compiler/backend/mod.rs:4: a glob of the whole crate hides what is used; name the modules",
            &format!("compiler/domain/mod.rs:3: `domain` uses `check`, {above}"),
            &format!("compiler/domain/name.rs:4: `domain` uses `backend`, {above}"),
            &format!("compiler/domain/name.rs:4: `domain` uses `backend`, {above}"),
            &format!("compiler/domain/name.rs:6: `domain` uses `check`, {above}"),
            &format!("compiler/domain/name.rs:8: `domain` uses `backend`, {above}"),
            "compiler/main.rs:2: main.rs only opens the door: all it may name is `clusterc::cli`",
        ],
    )
}

fn planted_sideways() -> Result<(), Failed> {
    let house = House::of(&[
        ("compiler/lib.rs", PLAN),
        ("compiler/check/mod.rs", "//! Rules.\nmod shared;\npub mod flux;\npub mod names;\n"),
        ("compiler/check/flux/mod.rs", "//! Flux.\nmod kinds;\npub mod one;\npub mod two;\n"),
        (
            "compiler/check/flux/one.rs",
            "//! One.\nuse super::{kinds, two::TWO};\nuse crate::check::{names, shared};\n",
        ),
        ("compiler/check/flux/two.rs", "//! Two.\nuse super::super::names::length;\n"),
    ]);
    expect(
        &sideways(&house),
        &[
            "compiler/check/flux/one.rs:3: `check::flux` uses its neighbour `check::names`; what both need belongs below them",
            "compiler/check/flux/two.rs:2: `check::flux` uses its neighbour `check::names`; what both need belongs below them",
        ],
    )?;
    expect(
        &between_rules(&house),
        &[
            "compiler/check/flux/one.rs:2: rule `flux::one` uses rule `flux::two`; what both need is a private module of the family",
        ],
    )
}

fn planted_innocent() -> Result<(), Failed> {
    let house = House::of(&[
        ("compiler/lib.rs", PLAN),
        (
            "compiler/domain/mod.rs",
            "//! See crate::check.\n/* crate::check /* crate::cli */ crate::check */\nconst A: &str = \"crate::check \\\" crate::cli\";\nconst B: &str = r#\"crate::check\"#;\nconst C: char = '\"'; // crate::check\nfn f<'a>(x: &'a str) -> &'a str { x }\ncrate::diagnostic! { /// crate::check\n}\npub(super) fn g() {}\nuse std::check::x;\n",
        ),
    ]);
    expect(&upward(&house), &[])
}
