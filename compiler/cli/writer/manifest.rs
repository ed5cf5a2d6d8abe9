//! What is ours: `.clusterc/manifest.json`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::Path;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::place::{fault, kind_of};
use super::{RECORDS, Trouble};

/// The version of the record that this compiler reads and writes.
const VERSION: u32 = 1;

/// The path of the record below the output root.
pub(super) const PATH: &str = ".clusterc/manifest.json";

/// Which files in an output root are ours, cluster by cluster, so that the change of one cluster touches one
/// part of the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Manifest {
    version: u32,
    /// The clusters by name.
    pub(in crate::cli) clusters: BTreeMap<String, Owned>,
}

/// The files of one cluster. A file that several clusters share stands with each of them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::cli) struct Owned {
    /// The spec, relative to the output root; `-` when it came through a pipe.
    pub(in crate::cli) spec: String,
    /// SHA-256 of the text as we wrote it, by path.
    pub(in crate::cli) files: BTreeMap<String, String>,
}

impl Default for Manifest {
    fn default() -> Manifest {
        Manifest { version: VERSION, clusters: BTreeMap::new() }
    }
}

impl Manifest {
    /// The record of this root; empty when there is none.
    ///
    /// # Errors
    /// The file cannot be read, or it is not such a record. It is input like any other: a path in it that leaves
    /// the root is refused.
    pub(in crate::cli) fn read(root: &Path) -> Result<Manifest, Trouble> {
        let path = root.join(PATH);
        for part in [root.join(RECORDS), path.clone()] {
            match kind_of(&part)? {
                None => return Ok(Manifest::default()),
                Some(kind) if kind.is_symlink() => {
                    return Err(Trouble::Record(format!(
                        "`{}` is a symbolic link; remove it",
                        part.display()
                    )));
                }
                Some(_) => {}
            }
        }
        let text = fs_err::read(&path)?;
        let wrong = |words: String| {
            Trouble::Record(format!(
                "`{}` {words}; restore it from Git, or remove it and build with `--force`",
                path.display()
            ))
        };
        let manifest: Manifest = serde_json::from_slice(&text)
            .map_err(|error| wrong(format!("cannot be understood ({error})")))?;
        if manifest.version != VERSION {
            return Err(wrong(format!("has version {}, this clusterc knows {VERSION}", manifest.version)));
        }
        for path in manifest.clusters.values().flat_map(|owned| owned.files.keys()) {
            if let Some(fault) = fault(path) {
                return Err(wrong(format!("names `{}`, which {fault}", path.escape_debug())));
            }
        }
        Ok(manifest)
    }

    /// The hash of a path as we last wrote it, whoever owns it.
    pub(super) fn hash(&self, path: &str) -> Option<&str> {
        self.clusters.values().find_map(|owned| owned.files.get(path)).map(String::as_str)
    }

    /// The clusters that own a path, with their specs.
    pub(in crate::cli) fn owners<'a>(&'a self, path: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
        let owned = self.clusters.iter().filter(move |(_, owned)| owned.files.contains_key(path));
        owned.map(|(cluster, owned)| (cluster.as_str(), owned.spec.as_str()))
    }

    /// The record as it is written.
    pub(super) fn text(&self) -> Result<String, Trouble> {
        let mut text =
            serde_json::to_string_pretty(self).map_err(|error| Trouble::Record(error.to_string()))?;
        text.push('\n');
        Ok(text)
    }
}

/// SHA-256 in lower-case hexadecimal digits.
pub(super) fn hash(bytes: &[u8]) -> String {
    let digest = Sha256::digest(bytes);
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}
