//! Random specs that mean something: whatever compiles keeps all laws of the output.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex};

use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use super::draw::Draw;
use super::{compiled, errors, law, laws, said, specs, standard, yaml};

pub(super) fn trials() -> Vec<Trial> {
    let counts = Arc::new([AtomicU32::new(0), AtomicU32::new(0)]);
    let refused: Mutex<BTreeMap<&'static str, u32>> = Mutex::default();
    let variables = Trial::test("properties::declared variables reach apps", declared_variables_reach_apps);
    let laws = law("what compiles keeps the laws of the output", 40, move |numbers| {
        let made = specs::made(&mut Draw::new(numbers));
        let codes = one(&made)?;
        let built = codes.is_empty();
        let mut refused = refused.lock().unwrap();
        codes.into_iter().for_each(|code| *refused.entry(code).or_default() += 1);
        let [all, good] = &*counts;
        let all = all.fetch_add(1, Ordering::Relaxed) + 1;
        let good = good.fetch_add(u32::from(built), Ordering::Relaxed) + u32::from(built);
        // A generator whose specs are all refused proves nothing.
        if all >= 24 && good * 2 < all {
            Err(format!("only {good} of {all} specs compile; errors: {refused:?}"))
        } else {
            Ok(())
        }
    });
    vec![laws, variables]
}

/// The errors of the spec; one that compiles is checked.
fn one(made: &specs::Made) -> Result<BTreeSet<&'static str>, String> {
    let library = standard();
    let text = yaml(&made.spec);
    let first = compiled(&text, &made.files, &library);
    let second = compiled(&text, &made.files, &library);
    let turned = compiled(&yaml(&reversed(&made.spec)), &made.files, &library);
    let in_context = |fault: String| format!("{fault}\n{text}");
    laws::findings(&first).map_err(in_context)?;
    let mut codes = [errors(&first), errors(&turned)];
    codes.iter_mut().for_each(|codes| codes.sort_unstable());
    if codes[0] != codes[1] {
        return Err(in_context(format!(
            "other errors in another order of keys\n{}\n{}",
            said(&first),
            said(&turned)
        )));
    }
    let Some(output) = &first.output else { return Ok(codes[0].iter().copied().collect()) };
    for (other, what) in [(&second, "another run"), (&turned, "another order of keys")] {
        let other = other.output.as_ref().ok_or_else(|| in_context(format!("{what} gives no output")))?;
        if other.files != output.files {
            let path =
                output.files.iter().find(|(path, file)| other.files.get(*path) != Some(*file)).unwrap().0;
            let new = other.files.get(path).map(|file| file.text.as_str()).unwrap_or_default();
            let diff = similar::TextDiff::from_lines(output.files[path].text.as_str(), new)
                .unified_diff()
                .to_string();
            return Err(in_context(format!("{what} gives another {path}\n{diff}")));
        }
    }
    laws::output(output).map_err(in_context)?;
    Ok(BTreeSet::new())
}

fn reversed(value: &Value) -> Value {
    match value {
        Value::Object(map) => map.iter().rev().map(|(key, below)| (key.clone(), reversed(below))).collect(),
        Value::Array(items) => items.iter().map(reversed).collect(),
        other => other.clone(),
    }
}

/// An app's `${bucket}` in a patch, in a copied file, and in a file that is used in place.
fn declared_variables_reach_apps() -> Result<(), Failed> {
    let deployment = |note: &str| {
        format!(
            "apiVersion: apps/v1\nkind: Deployment\nmetadata: {{ name: web, annotations: {{ bucket: \"{note}\" }} }}\n"
        )
    };
    let spec = |source: &str, merged: &str| {
        format!(
            "apiVersion: clusterc.dev/v1alpha1\nkind: Cluster\nmetadata: {{ name: demo }}\nspec:\n  \
             kubernetes: {{ version: \"1.35\" }}\n  aws:\n    region: eu-west-1\n    state: {{ s3: {{ bucket: demo-tf-state }} }}\n    \
             access: {{ admins: {{ principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin }} }}\n  \
             apps:\n    web:\n      source: {source}\n      patches:\n        - target: {{ kind: Deployment, name: web }}\n          \
             merge: {{ metadata: {{ annotations: {{ note: \"{merged}\" }} }} }}\n  gitops:\n    \
             flux: {{ repository: \"https://github.com/demo/platform.git\" }}\n    facts: {{ bucket: demo-logs }}\n"
        )
    };
    for (folder, note, merged) in
        [("web", "x", "${bucket}"), ("web", "${bucket}", "x"), ("out/kube/apps/base/web", "${bucket}", "x")]
    {
        let files = MemoryFiles([(format!("clusters/{folder}/web.yaml"), deployment(note))].into());
        let compilation = compiled(&spec(folder, merged), &files, &standard());
        let output = compilation.output.as_ref().ok_or_else(|| said(&compilation))?;
        let substitutes =
            laws::layers(output)?.iter().any(|(folder, on)| folder.starts_with("kube/apps/") && *on);
        let facts = output
            .files
            .iter()
            .any(|(path, file)| path.ends_with("/facts.tf") && file.text.contains("demo-logs"));
        if !substitutes || !facts {
            return Err(format!("{folder}, {note}, {merged}: variables {substitutes}, facts {facts}").into());
        }
    }
    Ok(())
}
