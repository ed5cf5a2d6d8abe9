//! Paths as the user names them, and as the record keeps them.

use std::io;
use std::path::{Component, Path, PathBuf};

use super::disk::STDIN;

/// The default output folder of a spec: `out` beside it.
pub(super) fn beside(spec: &str) -> PathBuf {
    if spec == STDIN { PathBuf::from("out") } else { Path::new(spec).with_file_name("out") }
}

/// The one true name of a path, which need not exist: links and `..` are resolved as far as it does.
pub(super) fn settled(path: &Path) -> io::Result<PathBuf> {
    let full = std::path::absolute(path)?;
    for above in full.ancestors() {
        let Ok(mut real) = fs_err::canonicalize(above) else { continue };
        for part in full.strip_prefix(above).unwrap_or(Path::new("")).components() {
            match part {
                Component::ParentDir => {
                    real.pop();
                }
                part => real.push(part),
            }
        }
        return Ok(real);
    }
    Ok(full)
}

/// The output folder written as the spec's path is: both from the root of the disk, or both from the working
/// folder, so that the compiler can compare the two as text.
pub(super) fn like(spec: &str, out: &Path) -> io::Result<String> {
    let absolute = Path::new(spec).is_absolute();
    let path = match (absolute, out.is_absolute()) {
        (true, false) => settled(out)?.display().to_string(),
        (false, true) => relative(&settled(Path::new("."))?, &settled(out)?),
        _ => out.display().to_string(),
    };
    Ok(if std::path::MAIN_SEPARATOR == '/' { path } else { path.replace(std::path::MAIN_SEPARATOR, "/") })
}

/// The way from the folder `from` to `to`, both settled, with forward slashes.
pub(super) fn relative(from: &Path, to: &Path) -> String {
    let shared = from.components().zip(to.components()).take_while(|(a, b)| a == b).count();
    let up = from.components().skip(shared).map(|_| "..".to_owned());
    let down = to.components().skip(shared).map(|part| part.as_os_str().to_string_lossy().into_owned());
    up.chain(down).collect::<Vec<_>>().join("/")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_default_output_lies_beside_the_spec() {
        assert_eq!(beside("a/spec.yaml"), Path::new("a/out"));
        assert_eq!(beside("spec.yaml"), Path::new("out"));
        assert_eq!(beside("-"), Path::new("out"));
    }

    #[test]
    fn the_output_is_named_as_the_spec_is() {
        let here = settled(Path::new(".")).unwrap();
        assert_eq!(like("a/spec.yaml", Path::new("a/out")).unwrap(), "a/out");
        assert_eq!(like("a/spec.yaml", &here.join("x")).unwrap(), "x");
        assert_eq!(like("/a/spec.yaml", Path::new("x")).unwrap(), here.join("x").to_str().unwrap());
    }

    #[test]
    fn the_relative_way_goes_up_and_down() {
        assert_eq!(relative(Path::new("/a/b/out"), Path::new("/a/spec.yaml")), "../../spec.yaml");
        assert_eq!(relative(Path::new("/a"), Path::new("/a/b/c")), "b/c");
    }

    #[test]
    fn what_does_not_exist_yet_is_settled_too() {
        let folder = tempfile::tempdir().unwrap();
        let real = fs_err::canonicalize(folder.path()).unwrap();
        assert_eq!(settled(&folder.path().join("x/../new/out")).unwrap(), real.join("new/out"));
    }
}
