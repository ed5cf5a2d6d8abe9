//! Clusters whose spec is gone while their files still lie in an output folder.

use std::collections::BTreeMap;
use std::path::Path;

use crate::syntax::shell::quoted;

use super::args::Build;
use super::build::Group;
use super::disk::STDIN;
use super::specs::counted;
use super::summary::Done;
use super::writer::{Manifest, Tree, Trouble};

/// A cluster of the record whose spec does not exist any more.
pub(super) struct Orphan {
    cluster: String,
    spec: String,
    files: usize,
}

impl Orphan {
    /// What is wanted of it: no file at all.
    pub(super) fn nothing(&self) -> Tree<'_> {
        Tree { cluster: &self.cluster, spec: self.spec.clone(), files: BTreeMap::new() }
    }
}

/// The clusters in a folder's record that no spec of this run makes, and whose own spec is gone. One that is merely not
/// in this run is none of them.
pub(super) fn of(group: &Group<'_>) -> Result<Vec<Orphan>, Trouble> {
    let record = Manifest::read(&group.root)?;
    let made = |cluster: &str, spec: &str| {
        group.members.iter().any(|(other, output)| output.cluster == cluster || other == spec)
    };
    let left = record.clusters.into_iter().filter(|(cluster, owned)| {
        owned.spec != STDIN && !made(cluster, &owned.spec) && !group.root.join(&owned.spec).exists()
    });
    Ok(left.map(|(cluster, owned)| Orphan { cluster, spec: owned.spec, files: owned.files.len() }).collect())
}

/// Tells of them and how to remove them, where the run was over all specs of a folder or a pattern.
pub(super) fn note(done: &[Done<'_>], args: &Build) -> String {
    let several = |spec: &String| spec.contains(['*', '?']) || Path::new(spec).is_dir();
    let mut text = String::new();
    if !args.specs.iter().any(several) {
        return text;
    }
    for (one, orphan) in done.iter().flat_map(|one| one.orphans.iter().map(move |orphan| (one, orphan))) {
        text.push_str(&format!(
            "    cluster `{}` stays in {}: its spec `{}` is gone, {} left\n",
            orphan.cluster,
            one.group.shown.display(),
            orphan.spec,
            counted(orphan.files, "file"),
        ));
    }
    if !text.is_empty() {
        text.push_str(&format!("    to remove it: {}\n", command(args)));
    }
    text
}

/// The command of this run, with what removes the files.
fn command(args: &Build) -> String {
    let mut words = vec!["clusterc build".to_owned()];
    words.extend(args.specs.iter().map(|spec| quoted(spec)));
    if let Some(out) = &args.out {
        words.push(format!("--out {}", quoted(&out.to_string_lossy())));
    }
    words.push("--prune".to_owned());
    words.join(" ")
}
