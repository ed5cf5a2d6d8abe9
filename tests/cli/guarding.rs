//! What the program refuses to touch.

use std::fs;

use super::world::{World, cases};

cases![
    a_file_edited_by_hand_is_kept_until_forced,
    a_file_of_others_is_kept_until_forced,
    a_folder_that_cannot_be_written_exits_3,
    a_record_that_leads_outside_is_refused,
    links_that_lead_outside_are_refused,
    a_spec_that_is_a_link_out_of_its_folder_reads_only_its_own_repository,
];

fn a_file_edited_by_hand_is_kept_until_forced() {
    let world = World::built();
    let path = world.some_file();
    let ours = world.read(&path);
    world.write(&path, "mine\n");
    let other = world.tree("out").into_keys().find(|other| !path.ends_with(other)).unwrap();
    fs::remove_file(world.at("out").join(&other)).unwrap();
    world.run(&["build", "spec.yaml"]).exits(1).prints_nothing().complains(&path).complains("--force");
    assert_eq!(world.read(&path), "mine\n");
    assert!(!world.at("out").join(&other).exists(), "all or nothing");
    world.run(&["build", "--force", "spec.yaml"]).exits(0);
    assert_eq!(world.read(&path), ours);
    world.run(&["build", "--check", "spec.yaml"]).exits(0);
}

fn a_file_of_others_is_kept_until_forced() {
    let built = World::built();
    let path = built.some_file();
    let world = World::new();
    world.write(&path, "theirs\n");
    world.run(&["build", "spec.yaml"]).exits(1).complains("was not written by clusterc").complains(&path);
    assert_eq!(world.tree("out").len(), 1, "nothing else was written");
    world.run(&["build", "--force", "spec.yaml"]).exits(0);
    assert_eq!(world.tree("out"), built.tree("out"));
}

fn a_folder_that_cannot_be_written_exits_3() {
    let world = World::new();
    world.write("file", "");
    world.run(&["build", "spec.yaml", "--out", "file"]).exits(3).complains("cannot write to `file`");
    world.run(&["build", "spec.yaml", "--out", "file/below"]).exits(3);
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        let built = World::built();
        let before = built.tree("out");
        built.rename("renamed");
        for folder in ["out", "out/.clusterc", "out/terraform"] {
            fs::set_permissions(built.at(folder), fs::Permissions::from_mode(0o555)).unwrap();
        }
        // The superuser may write everywhere; there is nothing to see, then.
        if fs::write(built.at("out/.clusterc/probe"), "").is_err() {
            built.run(&["build", "spec.yaml"]).exits(3).prints_nothing();
            assert_eq!(built.tree("out"), before);
        }
        for folder in ["out", "out/.clusterc", "out/terraform"] {
            fs::set_permissions(built.at(folder), fs::Permissions::from_mode(0o755)).unwrap();
        }
    }
}

fn a_record_that_leads_outside_is_refused() {
    let world = World::built();
    world.write("victim", "dear\n");
    let manifest = world.read("out/.clusterc/manifest.json");
    let evil = manifest.replacen("\"files\": {", "\"files\": { \"../victim\": \"0\",", 1);
    world.write("out/.clusterc/manifest.json", &evil);
    world.run(&["build", "--force", "spec.yaml"]).exits(1).complains("leads outside");
    assert_eq!(world.read("victim"), "dear\n");
}

#[cfg(unix)]
fn links_that_lead_outside_are_refused() {
    use std::os::unix::fs::symlink;
    let world = World::new();
    fs::create_dir_all(world.at("elsewhere")).unwrap();
    fs::create_dir_all(world.at("out")).unwrap();
    symlink(world.at("elsewhere"), world.at("out/terraform")).unwrap();
    world.run(&["build", "--force", "spec.yaml"]).exits(1).complains("symbolic link");
    assert_eq!(fs::read_dir(world.at("elsewhere")).unwrap().count(), 0);
    fs::remove_file(world.at("out/terraform")).unwrap();
    fs::remove_dir_all(world.at("out/.clusterc")).unwrap();
    symlink(world.at("elsewhere"), world.at("out/.clusterc")).unwrap();
    world.run(&["build", "--force", "spec.yaml"]).exits(1).complains(".clusterc");
    assert_eq!(fs::read_dir(world.at("elsewhere")).unwrap().count(), 0);
}

#[cfg(not(unix))]
fn links_that_lead_outside_are_refused() {}

#[cfg(unix)]
fn a_spec_that_is_a_link_out_of_its_folder_reads_only_its_own_repository() {
    let outside = World::new();
    let world = World::new();
    fs::remove_file(world.at("spec.yaml")).unwrap();
    std::os::unix::fs::symlink(outside.at("spec.yaml"), world.at("spec.yaml")).unwrap();
    // The spec's real place decides; the output still goes beside the name that the user gave.
    world.run(&["build", "spec.yaml"]).exits(0);
    assert!(world.at("out").exists());
    assert!(!outside.at("out").exists());
}

#[cfg(not(unix))]
fn a_spec_that_is_a_link_out_of_its_folder_reads_only_its_own_repository() {}
