//! The writer under failure: every step of it, once and for good, then a run that repairs.

use std::cell::Cell;
use std::collections::BTreeMap;
use std::io;
use std::path::Path;
use std::time::Duration;

use super::hands::Hands;
use super::plan::Kind;
use super::{RECORDS, Stance, Tree, Trouble, Written, interrupted, write, write_with};

type Texts = BTreeMap<String, String>;

fn tree<'a>(cluster: &'a str, files: &[(&'a str, &'a str)]) -> Tree<'a> {
    Tree { cluster, spec: format!("../{cluster}.yaml"), files: files.iter().copied().collect() }
}

/// All files below a folder, without our own records.
fn texts(root: &Path) -> Texts {
    let mut found = Texts::new();
    collect(root, "", &mut found);
    found
}

fn collect(folder: &Path, prefix: &str, found: &mut Texts) {
    for entry in fs_err::read_dir(folder).unwrap() {
        let entry = entry.unwrap();
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if name == RECORDS {
            continue;
        }
        if entry.file_type().unwrap().is_dir() {
            assert!(fs_err::read_dir(entry.path()).unwrap().next().is_some(), "empty folder {name}");
            collect(&entry.path(), &format!("{name}/"), found);
        } else {
            found.insert(name, fs_err::read_to_string(entry.path()).unwrap());
        }
    }
}

fn files(pairs: &[(&str, &str)]) -> Texts {
    pairs.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

fn kinds(result: Result<Written, Trouble>) -> Vec<(String, Kind)> {
    match result {
        Err(Trouble::Conflicts(conflicts)) => conflicts.into_iter().map(|one| (one.path, one.kind)).collect(),
        other => panic!("no conflict: {other:?}"),
    }
}

/// Touches every kind of change: created, updated, removed, unchanged, a file that becomes a folder and back.
const OLD: &[(&str, &str)] = &[
    ("kube/a.yaml", "a: 1\n"),
    ("kube/gone/b.yaml", "b: 1\n"),
    ("kube/same.yaml", "same\n"),
    ("tf/file", "a file\n"),
    ("tf/folder/in/it.tf", "x\n"),
];
const NEW: &[(&str, &str)] = &[
    ("kube/a.yaml", "a: 2\n"),
    ("kube/fresh/deep/c.yaml", "c\n"),
    ("kube/same.yaml", "same\n"),
    ("tf/file/now/folder.tf", "y\n"),
    ("tf/folder", "now a file\n"),
];

#[test]
fn a_build_creates_updates_removes_and_leaves_alone() {
    let root = tempfile::tempdir().unwrap();
    let first = write(root.path(), &[tree("one", OLD)], Stance::Careful).unwrap();
    assert_eq!((first.created.len(), first.unchanged), (5, 0));
    let second = write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap();
    assert_eq!(second.created, ["kube/fresh/deep/c.yaml", "tf/file/now/folder.tf", "tf/folder"]);
    assert_eq!(second.updated, ["kube/a.yaml"]);
    assert_eq!(second.removed, ["tf/file", "tf/folder/in/it.tf", "kube/gone/b.yaml"]);
    assert_eq!(second.unchanged, 1);
    assert_eq!(texts(root.path()), files(NEW));
    let third = write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap();
    assert_eq!(third, Written { unchanged: 5, ..Written::default() });
}

/// Runs the change from OLD to NEW with a hook that fails as `fails(step)` says; returns the number of steps asked.
fn run_failing(root: &Path, fails: &dyn Fn(usize) -> bool) -> (usize, Result<Written, Trouble>) {
    let step = Cell::new(0);
    let before = || {
        step.set(step.get() + 1);
        if fails(step.get()) { Err(io::Error::new(io::ErrorKind::StorageFull, "injected")) } else { Ok(()) }
    };
    let result =
        write_with(root, &[tree("one", NEW)], Stance::Careful, &Hands::asking(&before), Duration::ZERO);
    (step.get(), result)
}

fn prepared() -> tempfile::TempDir {
    let root = tempfile::tempdir().unwrap();
    write(root.path(), &[tree("one", OLD)], Stance::Careful).unwrap();
    root
}

#[test]
fn one_failing_step_leaves_the_old_tree_or_the_new_one() {
    let (steps, _) = run_failing(prepared().path(), &|_| false);
    assert!(steps > 15, "{steps}");
    for failing in 1..=steps {
        let root = prepared();
        let (_, result) = run_failing(root.path(), &|step| step == failing);
        let now = texts(root.path());
        let expected = if result.is_ok() { files(NEW) } else { files(OLD) };
        assert_eq!(now, expected, "step {failing}");
        write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap();
        assert_eq!(texts(root.path()), files(NEW), "step {failing}");
    }
}

#[test]
fn a_run_that_dies_at_any_step_is_repaired_by_the_next() {
    let (steps, _) = run_failing(prepared().path(), &|_| false);
    for dies in 1..=steps {
        for wanted in [OLD, NEW] {
            let root = prepared();
            let _ = run_failing(root.path(), &|step| step >= dies);
            write(root.path(), &[tree("one", wanted)], Stance::Careful).unwrap();
            assert_eq!(texts(root.path()), files(wanted), "step {dies}");
            assert!(!interrupted(root.path()));
        }
    }
}

#[test]
fn a_repair_that_dies_at_any_step_is_repaired_too() {
    let (steps, _) = run_failing(prepared().path(), &|_| false);
    for dies in 1..=steps {
        for dies_again in (1 + dies % 8..=steps).step_by(8) {
            let root = prepared();
            let _ = run_failing(root.path(), &|step| step >= dies);
            let _ = run_failing(root.path(), &|step| step >= dies_again);
            write(root.path(), &[tree("one", OLD)], Stance::Careful).unwrap();
            assert_eq!(texts(root.path()), files(OLD), "steps {dies} and {dies_again}");
        }
    }
}

#[test]
fn undoing_that_dies_at_any_step_is_repaired_too() {
    let (steps, _) = run_failing(prepared().path(), &|_| false);
    for failing in 1..=steps {
        for later in (1 + failing % 8..=steps).step_by(8) {
            let root = prepared();
            let _ = run_failing(root.path(), &|step| step == failing || step >= failing + later);
            write(root.path(), &[tree("one", OLD)], Stance::Careful).unwrap();
            assert_eq!(texts(root.path()), files(OLD), "steps {failing} and {later} later");
        }
    }
}

#[test]
fn staged_text_that_was_lost_with_the_power_is_not_trusted() {
    let (steps, _) = run_failing(prepared().path(), &|_| false);
    for dies in 1..=steps {
        let root = prepared();
        let _ = run_failing(root.path(), &|step| step >= dies);
        for entry in fs_err::read_dir(root.path().join(RECORDS)).unwrap().map(Result::unwrap) {
            if entry.file_name().to_string_lossy().starts_with("stage-") {
                for staged in fs_err::read_dir(entry.path()).unwrap().map(Result::unwrap) {
                    if staged.file_name().to_string_lossy().starts_with("new-") {
                        fs_err::write(staged.path(), "").unwrap();
                    }
                }
            }
        }
        write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap();
        assert_eq!(texts(root.path()), files(NEW), "step {dies}");
    }
}

#[test]
fn an_edit_made_after_an_interruption_survives_the_repair() {
    let (steps, _) = run_failing(prepared().path(), &|_| false);
    for dies in 1..=steps {
        let root = prepared();
        let _ = run_failing(root.path(), &|step| step >= dies);
        fs_err::write(root.path().join("kube/a.yaml"), "mine\n").unwrap();
        let found = kinds(write(root.path(), &[tree("one", NEW)], Stance::Careful));
        assert_eq!(found, [("kube/a.yaml".to_owned(), Kind::Edited)], "step {dies}");
        assert_eq!(fs_err::read_to_string(root.path().join("kube/a.yaml")).unwrap(), "mine\n");
    }
}

#[test]
fn an_unreadable_journal_is_set_aside() {
    let root = prepared();
    fs_err::write(root.path().join(RECORDS).join("journal.json"), "{ half").unwrap();
    fs_err::create_dir(root.path().join(RECORDS).join("stage-old")).unwrap();
    assert!(write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap().repaired);
    assert_eq!(texts(root.path()), files(NEW));
}

#[test]
fn a_journal_that_points_outside_is_not_followed() {
    let root = prepared();
    let records = root.path().join(RECORDS);
    fs_err::create_dir(records.join("stage-x")).unwrap();
    fs_err::write(records.join("stage-x/new-0"), "evil").unwrap();
    let entry =
        format!("{{\"path\":\"../evil\",\"old\":null,\"new\":\"{}\"}}", super::manifest::hash(b"evil"));
    let journal = format!("{{\"stage\":\"stage-x\",\"folders\":[],\"entries\":[{entry}]}}");
    fs_err::write(records.join("journal.json"), journal).unwrap();
    write(root.path(), &[tree("one", OLD)], Stance::Careful).unwrap();
    assert!(!root.path().join("../evil").exists());
}

#[test]
fn files_edited_by_hand_are_refused_and_nothing_is_written() {
    let root = prepared();
    fs_err::write(root.path().join("kube/a.yaml"), "mine\n").unwrap();
    fs_err::write(root.path().join("kube/gone/b.yaml"), "mine\n").unwrap();
    let before = texts(root.path());
    let found = kinds(write(root.path(), &[tree("one", NEW)], Stance::Careful));
    let edited = |path: &str| (path.to_owned(), Kind::Edited);
    assert_eq!(found, [edited("kube/a.yaml"), edited("kube/gone/b.yaml")]);
    assert_eq!(texts(root.path()), before);
    write(root.path(), &[tree("one", NEW)], Stance::Forced).unwrap();
    assert_eq!(texts(root.path()), files(NEW));
}

#[test]
fn files_of_others_are_refused_unless_they_are_the_same() {
    let root = tempfile::tempdir().unwrap();
    fs_err::create_dir(root.path().join("kube")).unwrap();
    fs_err::write(root.path().join("kube/a.yaml"), "theirs\n").unwrap();
    fs_err::write(root.path().join("kube/same.yaml"), "same\n").unwrap();
    let found = kinds(write(root.path(), &[tree("one", NEW)], Stance::Careful));
    assert_eq!(found, [("kube/a.yaml".to_owned(), Kind::Foreign)]);
    write(root.path(), &[tree("one", NEW)], Stance::Forced).unwrap();
    assert_eq!(texts(root.path()), files(NEW));
}

#[test]
fn a_folder_with_files_of_others_stays_even_when_forced() {
    let root = prepared();
    fs_err::write(root.path().join("tf/folder/notes.txt"), "mine\n").unwrap();
    let found = kinds(write(root.path(), &[tree("one", NEW)], Stance::Forced));
    assert_eq!(found, [("tf/folder".to_owned(), Kind::Folder)]);
}

#[cfg(unix)]
#[test]
fn links_in_the_way_are_refused_even_when_forced() {
    let outside = tempfile::tempdir().unwrap();
    let root = tempfile::tempdir().unwrap();
    std::os::unix::fs::symlink(outside.path(), root.path().join("kube")).unwrap();
    let found = kinds(write(root.path(), &[tree("one", &[("kube/a.yaml", "a\n")])], Stance::Forced));
    assert_eq!(found, [("kube/a.yaml".to_owned(), Kind::Link("kube".to_owned()))]);
    assert!(texts(outside.path()).is_empty());
    std::os::unix::fs::symlink(outside.path().join("x"), root.path().join("y")).unwrap();
    let found = kinds(write(root.path(), &[tree("one", &[("y", "a\n")])], Stance::Forced));
    assert_eq!(found, [("y".to_owned(), Kind::Link("y".to_owned()))]);
}

#[test]
fn names_that_leave_the_root_are_refused_even_when_forced() {
    let root = tempfile::tempdir().unwrap();
    let found = kinds(write(root.path(), &[tree("one", &[("../a", "a\n")])], Stance::Forced));
    assert_eq!(found[0].0, "../a");
    assert!(!root.path().join("../a").exists());
}

#[test]
fn a_manifest_that_points_outside_is_refused() {
    let root = prepared();
    let path = root.path().join(super::manifest::PATH);
    let text = fs_err::read_to_string(&path).unwrap().replace("tf/file", "../../file");
    fs_err::write(&path, text).unwrap();
    assert!(matches!(write(root.path(), &[tree("one", NEW)], Stance::Forced), Err(Trouble::Record(_))));
}

#[test]
fn clusters_share_a_root_and_files_without_removing_each_others() {
    let root = tempfile::tempdir().unwrap();
    let one = tree("one", &[("one/a", "1\n"), ("base/app", "v1\n")]);
    let two = tree("two", &[("two/a", "2\n"), ("base/app", "v1\n")]);
    write(root.path(), &[one.clone(), two], Stance::Careful).unwrap();
    write(root.path(), &[one], Stance::Careful).unwrap();
    assert_eq!(texts(root.path()).len(), 3);
    // The shared file stays while one of the two asks for it, in the text of the latest build.
    write(root.path(), &[tree("one", &[("one/a", "1\n")])], Stance::Careful).unwrap();
    assert_eq!(texts(root.path()).len(), 3);
    let two = tree("two", &[("two/a", "2\n"), ("base/app", "v2\n")]);
    write(root.path(), &[two], Stance::Careful).unwrap();
    write(root.path(), &[tree("two", &[("two/a", "2\n")])], Stance::Careful).unwrap();
    assert_eq!(texts(root.path()), files(&[("one/a", "1\n"), ("two/a", "2\n")]));
}

#[test]
fn clusters_that_want_different_texts_are_refused() {
    let root = tempfile::tempdir().unwrap();
    let both = [tree("one", &[("base/app", "v1\n")]), tree("two", &[("base/app", "v2\n")])];
    let found = kinds(write(root.path(), &both, Stance::Careful));
    assert_eq!(found, [("base/app".to_owned(), Kind::Disagree("one".to_owned()))]);
}

#[test]
fn a_cluster_that_gets_another_name_takes_its_old_files_along() {
    let root = prepared();
    let renamed = Tree { cluster: "uno", ..tree("one", NEW) };
    write(root.path(), &[renamed], Stance::Careful).unwrap();
    assert_eq!(texts(root.path()), files(NEW));
}

#[test]
fn a_second_spec_cannot_take_over_a_cluster() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path().join("out");
    for name in ["a.yaml", "b.yaml"] {
        fs_err::write(folder.path().join(name), "").unwrap();
    }
    let from = |spec: &str| Tree { spec: spec.to_owned(), ..tree("one", OLD) };
    write(&root, &[from("../a.yaml")], Stance::Careful).unwrap();
    let found = kinds(write(&root, &[from("../b.yaml")], Stance::Careful));
    assert_eq!(found, [("one".to_owned(), Kind::OtherSpec("../a.yaml".to_owned()))]);
    fs_err::remove_file(folder.path().join("a.yaml")).unwrap();
    write(&root, &[from("../b.yaml")], Stance::Careful).unwrap();
}

#[test]
fn a_second_build_waits_and_then_says_so() {
    let root = prepared();
    let lock = super::lock::take(root.path(), Duration::ZERO).unwrap();
    let patience = Duration::from_millis(50);
    let result = write_with(root.path(), &[tree("one", NEW)], Stance::Careful, &Hands::steady(), patience);
    assert!(matches!(result, Err(Trouble::Busy(_))));
    drop(lock);
    write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap();
}

#[test]
fn files_of_ours_removed_by_hand_come_back_or_are_forgotten() {
    let root = prepared();
    fs_err::remove_file(root.path().join("kube/same.yaml")).unwrap();
    fs_err::remove_dir_all(root.path().join("kube/gone")).unwrap();
    write(root.path(), &[tree("one", NEW)], Stance::Careful).unwrap();
    assert_eq!(texts(root.path()), files(NEW));
}
