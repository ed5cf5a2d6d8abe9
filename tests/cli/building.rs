//! `build`: what is written, and what is left alone.

use std::fs;
use std::process::Stdio;
use std::thread;
use std::time::{Duration, SystemTime};

use super::world::{World, cases};

cases![
    a_build_writes_beside_the_spec_and_tells_on_stderr,
    a_quiet_build_says_nothing,
    a_verbose_build_names_every_file,
    unchanged_files_keep_their_mtime,
    files_that_nothing_asks_for_go_away_with_their_folders,
    out_names_another_folder,
    stdout_prints_all_and_writes_nothing,
    a_spec_comes_through_a_pipe,
    the_same_spec_twice_is_built_once,
    a_fleet_shares_a_folder,
    clusters_whose_spec_is_gone_stay_until_pruned,
    two_specs_of_one_cluster_are_refused,
    errors_write_nothing_and_hold_back_only_their_own_folder,
    an_interrupted_build_is_finished_by_the_next,
    litter_of_a_build_that_died_early_is_swept,
    a_build_waits_for_another,
    two_builds_at_once_give_one_tree,
    an_isolated_network_gets_the_endpoints_of_its_components,
];

fn a_build_writes_beside_the_spec_and_tells_on_stderr() {
    let world = World::new();
    let outcome = world.run(&["build", "spec.yaml"]).exits(0).prints_nothing().complains("wrote");
    assert!(!outcome.stderr.contains(" ms"), "time is for terminals: {}", outcome.stderr);
    assert!(!outcome.stderr.contains('\u{1b}'), "colours are for terminals");
    let tree = world.tree("out");
    assert!(tree.keys().any(|path| path.starts_with("terraform/")));
    assert!(tree.keys().any(|path| path.starts_with("runbook/")));
    assert!(world.at("out/.clusterc/manifest.json").exists());
    let manifest = world.read("out/.clusterc/manifest.json");
    assert!(manifest.contains("\"../spec.yaml\""), "{manifest}");
    assert!(!manifest.contains(world.at("").to_str().unwrap()), "no machine path: {manifest}");
}

fn a_quiet_build_says_nothing() {
    let outcome = World::new().run(&["build", "-q", "spec.yaml"]).exits(0).prints_nothing();
    assert_eq!(outcome.stderr, "");
}

fn a_verbose_build_names_every_file() {
    let world = World::new();
    let outcome = world.run(&["build", "-v", "spec.yaml"]).exits(0).prints_nothing();
    for path in world.tree("out").keys() {
        assert!(outcome.stderr.contains(&format!("create out/{path}")), "{path}");
    }
}

fn unchanged_files_keep_their_mtime() {
    let world = World::built();
    let long_ago = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000_000);
    let paths: Vec<String> =
        world.tree("out").into_keys().chain([".clusterc/manifest.json".to_owned()]).collect();
    for path in &paths {
        let file = fs::OpenOptions::new().write(true).open(world.at("out").join(path)).unwrap();
        file.set_modified(long_ago).unwrap();
    }
    world.run(&["build", "spec.yaml"]).exits(0).complains("nothing to do");
    for path in &paths {
        let modified = fs::metadata(world.at("out").join(path)).unwrap().modified().unwrap();
        assert_eq!(modified, long_ago, "{path}");
    }
}

fn files_that_nothing_asks_for_go_away_with_their_folders() {
    let world = World::built();
    world.write("out/terraform/notes.md", "mine\n");
    world.rename("renamed");
    world.run(&["build", "spec.yaml"]).exits(0).complains("removed");
    let fresh = World::new();
    fresh.rename("renamed");
    fresh.run(&["build", "spec.yaml"]).exits(0);
    let mut tree = world.tree("out");
    assert_eq!(tree.remove("terraform/notes.md").as_deref(), Some("mine\n"));
    assert_eq!(tree, fresh.tree("out"));
    for entry in fs::read_dir(world.at("out/terraform")).unwrap().map(Result::unwrap) {
        assert!(
            ["renamed", "notes.md"].contains(&entry.file_name().to_str().unwrap()),
            "an empty folder stayed"
        );
    }
}

fn out_names_another_folder() {
    let world = World::new();
    world.run(&["build", "spec.yaml", "--out", "new/folder"]).exits(0);
    assert!(!world.at("out").exists());
    assert!(!world.tree("new/folder").is_empty());
}

fn stdout_prints_all_and_writes_nothing() {
    let world = World::built();
    let outcome = world.run(&["build", "spec.yaml", "--stdout"]).exits(0);
    let expected: Vec<String> =
        world.tree("out").into_iter().map(|(path, text)| format!("# {path}\n{text}")).collect();
    assert_eq!(outcome.stdout, expected.join("\n"));
    let world = World::new();
    world.run(&["build", "spec.yaml", "--stdout"]).exits(0);
    assert!(!world.at("out").exists());
    world.spoil();
    world.run(&["build", "spec.yaml", "--stdout"]).exits(1).prints_nothing();
}

fn a_spec_comes_through_a_pipe() {
    let world = World::new();
    let spec = world.read("spec.yaml");
    world.pipe(&["check", "-"], &spec).exits(0);
    world.pipe(&["build", "-", "--stdout"], &spec).exits(0).says("# terraform/");
    world.pipe(&["build", "-"], &spec).exits(0);
    assert!(world.at("out").exists());
    world.pipe(&["check", "-"], "nonsense: true\n").exits(1);
}

fn the_same_spec_twice_is_built_once() {
    World::new().run(&["build", "spec.yaml", "spec.yaml"]).exits(0);
}

fn fleet() -> World {
    let world = World::new();
    for name in ["red", "green", "blue"] {
        world.rename(name);
        world.write(&format!("{name}/spec.yaml"), &world.read("spec.yaml"));
    }
    world
}

fn a_fleet_shares_a_folder() {
    let world = fleet();
    let specs = ["red/spec.yaml", "green/spec.yaml", "blue/spec.yaml"];
    world.run(&[&["build", "--out", "out"], &specs[..]].concat()).exits(0);
    let all = world.tree("out");
    // One cluster built alone leaves the others as they are.
    world.run(&["build", "--out", "out", "red/spec.yaml"]).exits(0).complains("nothing to do");
    assert_eq!(world.tree("out"), all);
    world.run(&[&["build", "--check", "--out", "out"], &specs[..]].concat()).exits(0);
}

fn clusters_whose_spec_is_gone_stay_until_pruned() {
    let world = fleet();
    world.run(&["build", "--out", "out", "*/spec.yaml"]).exits(0);
    let (before, one) = (world.tree("out"), "runbook/red.md");
    fs::remove_file(world.at("red/spec.yaml")).unwrap();
    world
        .run(&["build", "--out", "out", "*/spec.yaml"])
        .exits(0)
        .complains("cluster `red` stays in out: its spec `../red/spec.yaml` is gone")
        .complains("--out 'out' --prune");
    assert_eq!(world.tree("out"), before);
    // One cluster alone says nothing about the others.
    let alone = world.run(&["build", "--out", "out", "blue/spec.yaml"]).exits(0);
    assert!(!alone.stderr.contains("red"), "{}", alone.stderr);
    // What somebody edited is never removed.
    world.write("out/runbook/red.md", "mine\n");
    world.run(&["build", "--out", "out", "*/spec.yaml", "--prune"]).exits(1).complains("edited by hand");
    assert_eq!(world.read("out/runbook/red.md"), "mine\n");
    world.write("out/runbook/red.md", &before[one]);
    world.run(&["build", "--out", "out", "*/spec.yaml", "--prune"]).exits(0).complains("removed");
    assert!(!world.at("out/runbook/red.md").exists());
    assert!(!world.at("out/terraform/red").exists());
    assert!(world.at("out/runbook/blue.md").exists());
    assert!(!world.read("out/.clusterc/manifest.json").contains("red/spec.yaml"));
    let quiet = world.run(&["build", "--out", "out", "*/spec.yaml"]).exits(0);
    assert!(!quiet.stderr.contains("red"), "{}", quiet.stderr);
}

fn two_specs_of_one_cluster_are_refused() {
    let world = World::new();
    world.write("copy.yaml", &world.read("spec.yaml"));
    world.run(&["build", "spec.yaml", "copy.yaml"]).exits(1).complains("two specs");
    assert!(!world.at("out").exists());
    world.run(&["build", "spec.yaml"]).exits(0);
    world.run(&["build", "copy.yaml"]).exits(1).complains("is built from `../spec.yaml`");
}

fn errors_write_nothing_and_hold_back_only_their_own_folder() {
    let world = fleet();
    world.write("red/spec.yaml", &(world.read("red/spec.yaml") + "nonsense: true\n"));
    world
        .run(&["build", "red/spec.yaml", "blue/spec.yaml"])
        .exits(1)
        .complains("nothing was written to red/out");
    assert!(!world.at("red/out").exists());
    assert!(world.at("blue/out").exists());
    world.run(&["build", "--out", "out", "red/spec.yaml", "blue/spec.yaml"]).exits(1);
    assert!(!world.at("out").exists());
}

fn an_interrupted_build_is_finished_by_the_next() {
    let world = World::built();
    let wanted = world.tree("out");
    // A run that died between two renames: one file is in place, one waits in the staging folder.
    let path = world.some_file();
    let text = world.read(&path);
    let manifest = world.read("out/.clusterc/manifest.json");
    let below = path.strip_prefix("out/").unwrap();
    let start = manifest.find(&format!("{below}\": \"")).unwrap() + below.len() + 4;
    let new = &manifest[start..start + 64];
    world.write("out/.clusterc/stage-old/new-0", &text);
    let entry = format!("{{\"path\":\"{below}\",\"old\":null,\"new\":\"{new}\"}}");
    let journal = format!("{{\"stage\":\"stage-old\",\"folders\":[],\"entries\":[{entry}]}}");
    world.write("out/.clusterc/journal.json", &journal);
    fs::remove_file(world.at(&path)).unwrap();
    world.run(&["build", "--check", "spec.yaml"]).exits(1).says("interrupted");
    world.run(&["build", "spec.yaml"]).exits(0).complains("repaired").complains("nothing to do");
    assert_eq!(world.tree("out"), wanted);
    assert!(!world.at("out/.clusterc/journal.json").exists());
    assert!(!world.at("out/.clusterc/stage-old").exists());
}

fn litter_of_a_build_that_died_early_is_swept() {
    let world = World::built();
    world.write("out/.clusterc/stage-dead/new-0", "half a fi");
    world.write("out/.clusterc/journal.json", "{\"stage\":");
    world.run(&["build", "spec.yaml"]).exits(0).complains("repaired");
    world.run(&["build", "--check", "spec.yaml"]).exits(0);
    assert!(!world.at("out/.clusterc/stage-dead").exists());
}

fn a_build_waits_for_another() {
    let world = World::built();
    let lock = fs::File::open(world.at("out/.clusterc/lock")).unwrap();
    lock.lock().unwrap();
    let mut child = world.command(&["build", "-q", "spec.yaml"]).spawn().unwrap();
    thread::sleep(Duration::from_millis(150));
    assert!(child.try_wait().unwrap().is_none(), "it did not wait");
    drop(lock);
    assert!(child.wait().unwrap().success());
}

fn two_builds_at_once_give_one_tree() {
    let world = World::new();
    let builds: Vec<_> = (0..6)
        .map(|_| world.command(&["build", "spec.yaml"]).stderr(Stdio::piped()).spawn().unwrap())
        .collect();
    for build in builds {
        let output = build.wait_with_output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    }
    world.run(&["build", "--check", "spec.yaml"]).exits(0);
}

fn an_isolated_network_gets_the_endpoints_of_its_components() {
    let world = World::new();
    world.write(
        "spec.yaml",
        r#"
apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: { name: demo }
spec:
  kubernetes: { version: "1.35" }
  aws:
    region: eu-west-1
    state: { s3: { bucket: demo-tf-state } }
    network: { nat: none }
    nodeGroups: { system: { instanceTypes: [m7g.large] } }
    access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
  components:
    aws-efs-csi-driver: {}
    aws-for-fluent-bit: {}
    secrets-store-csi-driver-provider-aws: {}
  gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
"#,
    );
    world.run(&["build", "spec.yaml"]).exits(0);
    let network = world.read("out/terraform/demo/cluster/network.tf");
    for (service, who) in [
        ("elasticfilesystem", "aws-efs-csi-driver"),
        ("logs", "aws-for-fluent-bit"),
        ("secretsmanager", "secrets-store-csi-driver-provider-aws"),
        ("ssm", "secrets-store-csi-driver-provider-aws"),
    ] {
        assert!(network.contains(&format!("{service}\"")), "{service} for {who}: {network}");
    }
}
