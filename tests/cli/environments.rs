//! Several environments: what extends what, folders and patterns, what holds between clusters.

use std::fs;

use super::world::{World, cases};

cases![
    an_overlay_is_built_and_its_lines_are_traced_to_the_base,
    an_error_in_a_base_points_there_and_names_the_chain_once,
    a_base_outside_the_repository_is_refused,
    origins_name_the_file_and_line_that_set_a_value,
    a_folder_is_a_fleet_without_its_bases,
    a_pattern_is_what_the_shell_would_have_named,
    a_base_alone_is_no_cluster,
    a_failing_member_does_not_hide_what_is_wrong_with_the_others,
    what_is_wrong_between_clusters_writes_nothing,
    a_manifest_that_holds_another_environment_s_account_is_told_unless_it_is_patched,
];

/// A base and two clusters that extend it, and files that are no specs.
fn world() -> World {
    let world = World::new();
    let base = world.read("spec.yaml").replace("  name: minimal\n", "  tags: { a: b }\n");
    fs::remove_file(world.at("spec.yaml")).unwrap();
    world.write("env/base.yaml", &base);
    for (name, range) in [("red", "10.1.0.0/16"), ("blue", "10.2.0.0/16")] {
        let text = format!(
            "extends: ../base.yaml\nmetadata:\n  name: {name}\nspec:\n  aws:\n    network:\n      cidr: {range}\n"
        );
        world.write(&format!("env/{name}/cluster.yaml"), &text);
    }
    world.write(
        "env/apps/web.yaml",
        "kind: Cluster\napiVersion: cluster.x-k8s.io/v1beta1\nmetadata: { name: x }\n",
    );
    world
}

fn an_overlay_is_built_and_its_lines_are_traced_to_the_base() {
    let world = world();
    world.run(&["build", "env/red/cluster.yaml"]).exits(0);
    let network = world.read("env/red/out/terraform/red/cluster/network.tf");
    let line = network.lines().position(|line| line.contains("10.1.0.0/16")).unwrap() + 1;
    let place = format!("env/red/out/terraform/red/cluster/network.tf:{line}");
    world.run(&["trace", &place]).exits(0).says("--> env/red/cluster.yaml:7:7");
    let access = "env/red/out/terraform/red/cluster/access.tf";
    let line = world.read(access).lines().position(|line| line.contains("principal_arn")).unwrap() + 1;
    world.run(&["trace", &format!("{access}:{line}")]).exits(0).says("--> env/base.yaml:");
}

fn an_error_in_a_base_points_there_and_names_the_chain_once() {
    let world = world();
    world.write("env/base.yaml", &(world.read("env/base.yaml") + "nonsense: true\n"));
    let outcome = world.run(&["check", "env"]).exits(1).complains("--> env/base.yaml:").complains("1 error");
    assert_eq!(outcome.stderr.matches("error[E0101]").count(), 1, "{}", outcome.stderr);
    for chain in ["env/blue/cluster.yaml extends env/base.yaml", "env/red/cluster.yaml extends env/base.yaml"]
    {
        assert!(outcome.stderr.contains(&format!("= chain: {chain}")), "{}", outcome.stderr);
    }
}

fn a_base_outside_the_repository_is_refused() {
    let world = world();
    let text = world.read("env/red/cluster.yaml").replace("../base.yaml", "../../../secret.yaml");
    world.write("env/red/cluster.yaml", &text);
    world
        .run(&["check", "env/red/cluster.yaml"])
        .exits(1)
        .complains("E0120")
        .complains("outside the repository");
}

fn origins_name_the_file_and_line_that_set_a_value() {
    let world = world();
    let outcome = world.run(&["show", "spec", "--origins", "env/red/cluster.yaml"]).exits(0);
    let line =
        |start: &str| outcome.stdout.lines().find(|line| line.trim_start().starts_with(start)).unwrap();
    assert!(line("name: red").ends_with("  # env/red/cluster.yaml:3"), "{}", outcome.stdout);
    assert!(line("cidr: 10.1.0.0/16").ends_with("  # env/red/cluster.yaml:7"), "{}", outcome.stdout);
    assert!(line("region:").contains("  # env/base.yaml:"), "{}", outcome.stdout);
    assert!(line("support:").ends_with("  # default"), "{}", outcome.stdout);
    world.run(&["show", "ir", "--origins", "env/red/cluster.yaml"]).exits(2);
}

fn a_folder_is_a_fleet_without_its_bases() {
    let world = world();
    world.run(&["build", "env", "--out", "out"]).exits(0).complains("blue").complains("red");
    assert!(world.at("out/terraform/red").exists() && world.at("out/terraform/blue").exists());
    // What was written is no input of the next run.
    world.run(&["build", ".", "--out", "out"]).exits(0).complains("nothing to do");
    world.run(&["build", "--check", ".", "--out", "out"]).exits(0);
}

fn a_pattern_is_what_the_shell_would_have_named() {
    let world = world();
    let named = world.run(&["check", "env/blue/cluster.yaml", "env/red/cluster.yaml", "--format", "json"]);
    let pattern = world.run(&["check", "env/*/cluster.yaml", "--format", "json"]).exits(0);
    assert_eq!(pattern.stdout, named.stdout);
    world.run(&["build", "env/**/c*r.yaml", "--out", "out"]).exits(0).complains("blue").complains("red");
    // A base among the named files is no member when another one extends it.
    world.run(&["check", "env/base.yaml", "env/red/cluster.yaml"]).exits(0);
}

fn a_base_alone_is_no_cluster() {
    world().run(&["check", "env/base.yaml"]).exits(1).complains("`name`");
}

fn a_failing_member_does_not_hide_what_is_wrong_with_the_others() {
    let world = world();
    world.write("env/red/cluster.yaml", &(world.read("env/red/cluster.yaml") + "nonsense: true\n"));
    world.write("env/blue/cluster.yaml", &(world.read("env/blue/cluster.yaml") + "rubbish: true\n"));
    let outcome = world.run(&["build", "env"]).exits(1).complains("nonsense").complains("rubbish");
    outcome.complains("2 errors").complains("nothing was written to env/red/out");
}

fn what_is_wrong_between_clusters_writes_nothing() {
    let world = world();
    let text = world.read("env/red/cluster.yaml").replace("10.1.", "10.2.") + "      peers: [blue]\n";
    world.write("env/red/cluster.yaml", &text);
    world.run(&["check", "env/red/cluster.yaml"]).exits(0);
    world.run(&["build", "env"]).exits(1).complains("E0331").complains("nothing was written to env/blue/out");
    assert!(!world.at("env/red/out").exists() && !world.at("env/blue/out").exists());
}

fn a_manifest_that_holds_another_environment_s_account_is_told_unless_it_is_patched() {
    let world = world();
    let manifest = |account: &str| {
        format!(
            "apiVersion: v1\nkind: ConfigMap\nmetadata: {{ name: role, namespace: default }}\ndata: {{ role: \"arn:aws:iam::{account}:role/x\" }}\n"
        )
    };
    for (name, account) in [("red", "111122223333"), ("blue", "444455556666")] {
        let path = format!("env/{name}/cluster.yaml");
        let access =
            format!("    access: {{ admins: {{ principal: \"arn:aws:iam::{account}:role/admins\" }} }}\n");
        let text = world.read(&path) + &format!("    account: \"{account}\"\n") + &access;
        world.write(&path, &text);
    }
    world.write("env/manifests/role.yaml", &manifest("444455556666"));
    world
        .write("env/base.yaml", &(world.read("env/base.yaml") + "  apps: { shop: { source: manifests } }\n"));
    let red = "`red` speaks of the account `444455556666` of `blue`";
    world.run(&["check", "env"]).exits(0).complains(red).complains("env/manifests/role.yaml:4:");
    let patch = "{ target: { kind: ConfigMap, name: role }, merge: { data: { role: none } } }";
    let text =
        world.read("env/red/cluster.yaml") + &format!("  apps: {{ shop: {{ patches: [{patch}] }} }}\n");
    world.write("env/red/cluster.yaml", &text);
    let outcome = world.run(&["check", "env"]).exits(0);
    assert!(!outcome.stderr.contains(red), "{}", outcome.stderr);
}
