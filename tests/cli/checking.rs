//! Findings: their streams, their forms, their exit codes; and `build --check`.

use std::fs;

use super::world::{World, cases};

cases![
    a_clean_spec_exits_0_and_says_nothing,
    findings_exit_1_and_go_to_stderr,
    machine_forms_go_to_stdout_even_when_empty,
    specs_that_cannot_be_read_exit_3,
    a_wrong_command_line_exits_2,
    colours_are_there_when_asked_for,
    a_fresh_tree_passes_the_check,
    a_missing_tree_fails_the_check_and_is_not_made,
    a_stale_tree_fails_the_check,
    an_edited_file_fails_the_check_with_a_difference,
    a_file_left_over_fails_the_check,
    a_missing_record_fails_the_check,
    a_file_of_the_users_own_passes_the_check,
    a_budget_is_told_only_where_an_update_waits_for_its_pods,
    an_autoscaler_in_an_app_follows_the_control_plane,
];

fn a_clean_spec_exits_0_and_says_nothing() {
    let outcome = World::new().run(&["check", "spec.yaml"]).exits(0).prints_nothing();
    assert_eq!(outcome.stderr, "");
}

fn findings_exit_1_and_go_to_stderr() {
    let world = World::new();
    world.spoil();
    world.run(&["check", "spec.yaml"]).exits(1).prints_nothing().complains("error[E").complains("1 error");
    world.run(&["build", "spec.yaml"]).exits(1).prints_nothing().complains("error[E");
    world.run(&["show", "spec", "spec.yaml"]).exits(1).prints_nothing().complains("error[E");
}

fn machine_forms_go_to_stdout_even_when_empty() {
    let world = World::new();
    let read = |text: &str| serde_json::from_str::<serde_json::Value>(text).unwrap();
    for form in ["json", "sarif", "gitlab"] {
        read(&world.run(&["check", "spec.yaml", "--format", form]).exits(0).stdout);
    }
    world.run(&["check", "spec.yaml", "--format", "github"]).exits(0).prints_nothing();
    world.spoil();
    for form in ["json", "sarif", "gitlab"] {
        let outcome = world.run(&["check", "spec.yaml", "--format", form]).exits(1);
        read(&outcome.stdout);
        assert!(outcome.stdout.contains("E0"), "{form}");
        assert_eq!(outcome.stderr, "", "{form}");
    }
}

fn specs_that_cannot_be_read_exit_3() {
    let world = World::new();
    world.run(&["check", "none.yaml"]).exits(3).complains("cannot read `none.yaml`");
    fs::create_dir(world.at("empty")).unwrap();
    world.run(&["build", "empty"]).exits(3).prints_nothing().complains("no file in it is the spec");
    world.run(&["build", "none/*.yaml"]).exits(3).prints_nothing().complains("nothing matches");
    fs::write(world.at("bytes.yaml"), b"\xff\xfe\x00").unwrap();
    world.run(&["check", "bytes.yaml"]).exits(3).complains("UTF-8");
}

fn a_wrong_command_line_exits_2() {
    let world = World::new();
    let wrong: &[&[&str]] = &[
        &[],
        &["build"],
        &["biuld", "spec.yaml"],
        &["build", "spec.yaml", "--frobnicate"],
        &["build", "spec.yaml", "--check", "--force"],
        &["build", "spec.yaml", "--stdout", "--out", "x"],
        &["build", "spec.yaml", "--format", "xml"],
        &["build", "-q", "-v", "spec.yaml"],
        &["explain"],
        &["explain", "E0301", "--all"],
        &["explain", "no-such-code"],
        &["trace", "no-line"],
        &["trace", "spec.yaml:1"],
        &["show", "everything", "spec.yaml"],
        &["init", "--from", "nothing"],
        &["components", "no-such-component"],
    ];
    for args in wrong {
        world.run(args).exits(2).prints_nothing();
    }
    assert!(!world.at("out").exists());
}

fn colours_are_there_when_asked_for() {
    let world = World::new();
    let run = |args: &[&str], colourless: bool| {
        let mut command = world.command(args);
        if colourless {
            command.env("NO_COLOR", "1");
        }
        String::from_utf8(command.output().unwrap().stderr).unwrap().contains('\u{1b}')
    };
    assert!(!run(&["check", "none.yaml"], false));
    assert!(run(&["check", "none.yaml", "--color", "always"], false));
    assert!(run(&["check", "none.yaml", "--color", "always"], true), "an option beats the environment");
    assert!(!run(&["--color", "never", "check", "none.yaml"], false));
}

fn a_fresh_tree_passes_the_check() {
    World::built().run(&["build", "--check", "spec.yaml"]).exits(0).prints_nothing();
}

fn a_missing_tree_fails_the_check_and_is_not_made() {
    let world = World::new();
    world.run(&["build", "--check", "spec.yaml"]).exits(1).says("is missing").complains("clusterc build");
    assert!(!world.at("out").exists());
}

fn a_stale_tree_fails_the_check() {
    let world = World::built();
    let before = world.tree("out");
    world.rename("renamed");
    world.run(&["build", "--check", "spec.yaml"]).exits(1).says("is missing").says("is left over");
    assert_eq!(world.tree("out"), before, "a check writes nothing");
}

fn an_edited_file_fails_the_check_with_a_difference() {
    let world = World::built();
    let path = world.some_file();
    world.write(&path, &(world.read(&path) + "# by hand\n"));
    let outcome = world.run(&["build", "--check", "spec.yaml"]).exits(1);
    let outcome = outcome.says(&format!("{path} was edited by hand")).says("\n-# by hand\n");
    assert!(outcome.stderr.lines().count() < 5, "{}", outcome.stderr);
    // Findings have standard output to themselves when a machine reads them.
    let outcome = world.run(&["build", "--check", "spec.yaml", "--format", "json"]).exits(1);
    serde_json::from_str::<serde_json::Value>(&outcome.stdout).unwrap();
    outcome.complains("was edited by hand");
}

fn a_file_left_over_fails_the_check() {
    let world = World::built();
    // An older record: a file that was ours and that nothing gives any more.
    let text = "old\n";
    let hash = "01d09d19c2139a46aebfb577780d123d7396e97201bc7ead210a2ebff8239dee";
    world.write("out/terraform/old.tf", text);
    let manifest = world.read("out/.clusterc/manifest.json");
    let with =
        manifest.replacen("\"files\": {", &format!("\"files\": {{ \"terraform/old.tf\": \"{hash}\","), 1);
    world.write("out/.clusterc/manifest.json", &with);
    world.run(&["build", "--check", "spec.yaml"]).exits(1).says("out/terraform/old.tf is left over");
    world.run(&["build", "spec.yaml"]).exits(0).complains("removed 1");
    assert!(!world.at("out/terraform/old.tf").exists());
}

fn a_missing_record_fails_the_check() {
    let world = World::built();
    fs::remove_file(world.at("out/.clusterc/manifest.json")).unwrap();
    world.run(&["build", "--check", "spec.yaml"]).exits(1).says("manifest.json is missing");
    world.run(&["build", "spec.yaml"]).exits(0);
    world.run(&["build", "--check", "spec.yaml"]).exits(0);
}

fn a_file_of_the_users_own_passes_the_check() {
    let world = World::built();
    world.write("out/README.md", "mine\n");
    world.run(&["build", "--check", "spec.yaml"]).exits(0);
}

/// A world with an app of one manifest.
fn with_app(manifest: &str) -> World {
    let world = World::new();
    world.write("shop/all.yaml", manifest);
    let spec = world.read("spec.yaml");
    world.write("spec.yaml", &spec.replace("  gitops:", "  apps: { shop: { source: shop } }\n  gitops:"));
    world
}

fn a_budget_is_told_only_where_an_update_waits_for_its_pods() {
    let labels = "selector: { matchLabels: { app: web } }";
    let pods =
        "template: { metadata: { labels: { app: web } }, spec: { containers: [{ name: web, image: web }] } }";
    let budget = |rule: &str| {
        format!(
            "apiVersion: policy/v1\nkind: PodDisruptionBudget\nmetadata: {{ name: web, namespace: default }}\nspec: {{ {rule} }}\n"
        )
    };
    let workload = |kind: &str, more: &str| {
        format!(
            "---\napiVersion: apps/v1\nkind: {kind}\nmetadata: {{ name: web, namespace: default }}\nspec: {{ {more}{labels}, {pods} }}\n"
        )
    };
    let none = String::new();
    for (rule, pods, told) in [
        (format!("maxUnavailable: 0, {labels}"), &none, true),
        (format!("maxUnavailable: 0%, {labels}"), &none, true),
        (format!("maxUnavailable: 1, {labels}"), &none, false),
        ("maxUnavailable: 0".to_owned(), &none, false),
        (format!("minAvailable: 100%, {labels}"), &none, true),
        (format!("minAvailable: 1, {labels}"), &none, false),
        (format!("minAvailable: 1, {labels}"), &workload("Deployment", "replicas: 1, "), true),
        (format!("minAvailable: 1, {labels}"), &workload("Deployment", "replicas: 2, "), false),
        // Something else says how many there are.
        (format!("minAvailable: 1, {labels}"), &workload("Deployment", ""), false),
        (format!("maxUnavailable: 0, {labels}"), &workload("DaemonSet", ""), false),
    ] {
        let world = with_app(&(budget(&rule) + pods));
        let outcome = world.run(&["check", "spec.yaml"]).exits(0);
        assert_eq!(outcome.stderr.contains("W0247"), told, "{rule}\n{pods}\n{}", outcome.stderr);
        let spec = world.read("spec.yaml");
        let region = "    region: eu-west-1\n";
        let group = "    nodeGroups: { system: { instanceTypes: [m7i.large], forceUpdate: true } }\n";
        world.write("spec.yaml", &spec.replace(region, &(region.to_owned() + group)));
        let outcome = world.run(&["check", "spec.yaml"]).exits(0);
        assert!(!outcome.stderr.contains("W0247"), "{}", outcome.stderr);
    }
}

fn an_autoscaler_in_an_app_follows_the_control_plane() {
    for (image, told) in [
        ("registry.k8s.io/autoscaling/cluster-autoscaler:v1.28.0", true),
        ("registry.k8s.io/autoscaling/cluster-autoscaler:v1.35.2", false),
        ("registry.k8s.io/autoscaling/cluster-autoscaler", false),
        ("registry.k8s.io/autoscaling/addon-resizer:1.8.20", false),
    ] {
        let world = with_app(&format!(
            "apiVersion: v1\nkind: Pod\nmetadata: {{ name: a, namespace: default }}\nspec: {{ containers: [{{ name: a, image: \"{image}\" }}] }}\n"
        ));
        let outcome = world.run(&["check", "spec.yaml"]).exits(0);
        assert_eq!(outcome.stderr.contains("W0248"), told, "{image}\n{}", outcome.stderr);
    }
}
