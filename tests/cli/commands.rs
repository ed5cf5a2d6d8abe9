//! The smaller commands.

use std::fs;

use super::world::{World, cases};

cases![
    init_writes_a_spec_that_builds,
    init_overwrites_nothing,
    trace_names_who_asked,
    trace_works_from_any_folder,
    explain_prints_a_page,
    explain_knows_every_key,
    show_prints_each_view,
    schema_is_json,
    components_are_listed_and_described,
    completions_and_manual_pages_are_not_empty,
    help_and_version_exit_0,
    a_reader_that_goes_away_is_no_fault,
];

fn init_writes_a_spec_that_builds() {
    for template in ["minimal", "karpenter"] {
        let world = World::new();
        world.run(&["init", "--from", template, "new/platform.yaml"]).exits(0).prints_nothing();
        world.run(&["check", "new/platform.yaml"]).exits(0);
        world.run(&["build", "new/platform.yaml"]).exits(0);
        world.run(&["build", "--check", "new/platform.yaml"]).exits(0);
        let text = world.read("new/platform.yaml");
        assert!(
            text.lines().filter(|line| line.trim().starts_with('#')).count() > 1,
            "a newcomer needs comments"
        );
    }
}

fn init_overwrites_nothing() {
    let world = World::new();
    let before = world.read("spec.yaml");
    world.run(&["init"]).exits(1).complains("exists already");
    world.run(&["init", "."]).exits(1);
    assert_eq!(world.read("spec.yaml"), before);
    fs::create_dir(world.at("empty")).unwrap();
    world.run(&["init", "empty"]).exits(0);
    assert!(world.at("empty/spec.yaml").exists());
}

fn trace_names_who_asked() {
    let world = World::built();
    let path = world.some_file();
    let lines = world.read(&path).lines().count();
    let mut asked = 0;
    for line in 1..=lines {
        let outcome =
            world.run(&["trace", &format!("{path}:{line}")]).exits(0).says(&format!("{path}:{line}"));
        asked += usize::from(outcome.stdout.contains("asked for by"));
    }
    assert!(asked > 0);
    world.run(&["trace", &format!("{path}:{}", lines + 1)]).exits(2).complains("lines");
    world.run(&["trace", "--spec", "spec.yaml", &format!("{path}:1")]).exits(0);
}

fn trace_works_from_any_folder() {
    let world = World::built();
    let path = world.some_file();
    let mut command = world.command(&["trace", &format!("{}:1", path.strip_prefix("out/").unwrap())]);
    assert!(command.current_dir(world.at("out")).output().unwrap().status.success());
}

fn explain_knows_every_key() {
    let world = World::new();
    let group = world.run(&["explain", "aws.nodeGroups.workers"]).exits(0);
    group.says("spec.aws.nodeGroups.NAME").says("instanceTypes: list of instance-type, required");
    world.run(&["explain", "perZone"]).exits(0).says("spec.aws.nodeGroups.NAME.perZone: true or false");
    world.run(&["explain", "aws.nodeGroups"]).exits(0).says("mappings by key").says("  size: mapping");
    let facts = world.run(&["explain", "gitops.facts.vpc"]).exits(0);
    facts.says("NAME (output)").says("NAME (securityGroup)").says("NAME (certificate)");
    world.run(&["explain", "tags"]).exits(0).says("metadata.tags");
    world.run(&["explain", "aws.netwrk"]).exits(2).complains("did you mean `spec.aws.network`?");
}

fn explain_prints_a_page() {
    let world = World::new();
    let all = world.run(&["explain", "--all"]).exits(0);
    let first = all.stdout.lines().next().unwrap();
    let code = first.split(['[', ']']).nth(1).unwrap();
    let page = world.run(&["explain", code]).exits(0).says(code);
    assert!(all.stdout.starts_with(&page.stdout));
    world.run(&["explain", &code.to_lowercase()]).exits(0).says(code);
}

fn show_prints_each_view() {
    let world = World::new();
    for view in ["spec", "ir", "order"] {
        let outcome = world.run(&["show", view, "spec.yaml"]).exits(0);
        assert!(outcome.stdout.ends_with('\n'), "{view}");
        assert_eq!(outcome.stderr, "");
    }
}

fn schema_is_json() {
    let world = World::new();
    let printed = world.run(&["schema"]).exits(0).stdout;
    serde_json::from_str::<serde_json::Value>(&printed).unwrap();
    world.run(&["schema", "--out", "clusterc.schema.json"]).exits(0).prints_nothing();
    assert_eq!(world.read("clusterc.schema.json"), printed);
    world.run(&["schema", "--out", "none/clusterc.schema.json"]).exits(3);
}

fn components_are_listed_and_described() {
    let world = World::new();
    let listed = world.run(&["components"]).exits(0).says("karpenter");
    let json = world.run(&["components", "--format", "json"]).exits(0);
    let all: Vec<serde_json::Value> = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!(all.len(), listed.stdout.lines().count());
    world.run(&["components", "karpenter"]).exits(0).says("namespace");
    world.run(&["components", "karpenter", "--format", "json"]).exits(0).says("\"name\": \"karpenter\"");
}

fn completions_and_manual_pages_are_not_empty() {
    let world = World::new();
    for shell in ["bash", "elvish", "fish", "powershell", "zsh"] {
        world.run(&["completions", shell]).exits(0).says("clusterc").says("deny-warnings");
    }
    world.run(&["man"]).exits(0).says(".TH");
    world.run(&["man", "--out", "man"]).exits(0).prints_nothing();
    let pages = world.tree("man");
    assert!(pages.len() > 8, "{:?}", pages.keys());
    assert!(pages["clusterc-build.1"].contains("force"));
}

fn help_and_version_exit_0() {
    let world = World::new();
    world.run(&["--help"]).exits(0).says("Start here");
    world.run(&["build", "--help"]).exits(0).says("Examples");
    world.run(&["--version"]).exits(0).says(env!("CARGO_PKG_VERSION"));
}

fn a_reader_that_goes_away_is_no_fault() {
    let world = World::new();
    let mut child = world.command(&["schema"]).stdout(std::process::Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    assert!(child.wait().unwrap().success());
}
