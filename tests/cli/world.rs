//! A folder with one spec, and the program run in it.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// A named trial.
pub(super) type Case = (&'static str, fn());

/// A trial by the name of its function.
macro_rules! cases {
    ($($name:ident),+ $(,)?) => {
        pub(super) const ALL: &[super::world::Case] = &[$((stringify!($name), $name)),+];
    };
}
pub(super) use cases;

const MINIMAL: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/examples/minimal/spec.yaml");

/// What a run left behind.
#[derive(Debug)]
pub(super) struct Outcome {
    pub(super) code: i32,
    pub(super) stdout: String,
    pub(super) stderr: String,
}

impl Outcome {
    /// Insists on an exit code.
    #[track_caller]
    pub(super) fn exits(self, code: i32) -> Outcome {
        assert_eq!(self.code, code, "\nstdout: {}\nstderr: {}", self.stdout, self.stderr);
        self
    }

    /// Insists on words on standard error.
    #[track_caller]
    pub(super) fn complains(self, words: &str) -> Outcome {
        assert!(self.stderr.contains(words), "no {words:?} in: {}", self.stderr);
        self
    }

    /// Insists on words on standard output.
    #[track_caller]
    pub(super) fn says(self, words: &str) -> Outcome {
        assert!(self.stdout.contains(words), "no {words:?} in: {}", self.stdout);
        self
    }

    /// Insists on nothing on standard output.
    #[track_caller]
    pub(super) fn prints_nothing(self) -> Outcome {
        assert_eq!(self.stdout, "");
        self
    }
}

/// A repository with `spec.yaml`, gone at the end.
pub(super) struct World {
    folder: tempfile::TempDir,
}

impl World {
    /// A repository with the minimal example.
    pub(super) fn new() -> World {
        let world = World { folder: tempfile::tempdir().unwrap() };
        fs::create_dir(world.at(".git")).unwrap();
        world.write("spec.yaml", &fs::read_to_string(MINIMAL).unwrap());
        world
    }

    /// The same, and built.
    pub(super) fn built() -> World {
        let world = World::new();
        world.run(&["build", "spec.yaml"]).exits(0);
        world
    }

    /// A path in the repository.
    pub(super) fn at(&self, path: &str) -> PathBuf {
        self.folder.path().join(path)
    }

    pub(super) fn write(&self, path: &str, text: &str) {
        fs::create_dir_all(self.at(path).parent().unwrap()).unwrap();
        fs::write(self.at(path), text).unwrap();
    }

    pub(super) fn read(&self, path: &str) -> String {
        fs::read_to_string(self.at(path)).unwrap()
    }

    /// The program, in the repository, away from the tester's own settings.
    pub(super) fn command(&self, args: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clusterc"));
        command.args(args).current_dir(self.folder.path()).stdin(Stdio::null());
        for name in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE"] {
            command.env_remove(name);
        }
        command
    }

    pub(super) fn run(&self, args: &[&str]) -> Outcome {
        outcome(&self.command(args).output().unwrap())
    }

    /// Runs the program with text on standard input.
    pub(super) fn pipe(&self, args: &[&str], text: &str) -> Outcome {
        let mut command = self.command(args);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut stdin = child.stdin.take().unwrap();
        // A program that refuses its arguments reads nothing.
        let _ = stdin.write_all(text.as_bytes());
        drop(stdin);
        outcome(&child.wait_with_output().unwrap())
    }

    /// Gives the cluster another name, which changes every spec's output.
    pub(super) fn rename(&self, name: &str) {
        let text = self.read("spec.yaml");
        let renamed: Vec<String> = text
            .lines()
            .map(
                |line| if line.starts_with("  name: ") { format!("  name: {name}") } else { line.to_owned() },
            )
            .collect();
        let renamed = renamed.join("\n") + "\n";
        assert_ne!(renamed, text, "the example has no `  name: ` line");
        self.write("spec.yaml", &renamed);
    }

    /// Makes the spec wrong.
    pub(super) fn spoil(&self) {
        self.write("spec.yaml", &(self.read("spec.yaml") + "nonsense: true\n"));
    }

    /// All files below a folder but our own records, by path.
    pub(super) fn tree(&self, folder: &str) -> BTreeMap<String, String> {
        let mut found = BTreeMap::new();
        collect(&self.at(folder), "", &mut found);
        found
    }

    /// A Terraform file of the output, below the repository.
    pub(super) fn some_file(&self) -> String {
        let tree = self.tree("out");
        let path = tree.keys().find(|path| path.ends_with(".tf")).unwrap();
        format!("out/{path}")
    }
}

fn outcome(output: &std::process::Output) -> Outcome {
    Outcome {
        code: output.status.code().unwrap_or(-1),
        stdout: String::from_utf8(output.stdout.clone()).unwrap(),
        stderr: String::from_utf8(output.stderr.clone()).unwrap(),
    }
}

fn collect(folder: &Path, prefix: &str, found: &mut BTreeMap<String, String>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries.map(Result::unwrap) {
        let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
        if entry.file_type().unwrap().is_dir() {
            if name != ".clusterc" {
                collect(&entry.path(), &format!("{name}/"), found);
            }
        } else {
            found.insert(name, fs::read_to_string(entry.path()).unwrap());
        }
    }
}
