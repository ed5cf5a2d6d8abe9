//! What a reader of the reference may ask, and that nothing in it is left unsaid.

use super::*;

fn path_of(answer: Result<Answer, Option<String>>) -> String {
    match answer {
        Ok(Answer::Section(section)) => format!("section {}", section.path),
        Ok(Answer::Field(path, field)) => format!("field {path} {}", field.name),
        Ok(Answer::Several(paths)) => format!("several {}", paths.join(" ")),
        Err(near) => format!("none {}", near.unwrap_or_default()),
    }
}

#[test]
fn a_path_finds_its_mapping_or_key_whatever_the_names_in_it() {
    for (question, found) in [
        ("spec.aws.nodeGroups.workers.size", "section spec.aws.nodeGroups.NAME.size"),
        ("aws.nodeGroups.workers.size", "section spec.aws.nodeGroups.NAME.size"),
        ("aws.nodeGroups.workers.taints[0].effect", "field spec.aws.nodeGroups.NAME.taints[] effect"),
        ("aws.network.cidr", "field spec.aws.network cidr"),
        ("metadata", "section metadata"),
        ("perZone", "field spec.aws.nodeGroups.NAME perZone"),
        ("aws.netwerk", "none spec.aws.network"),
        ("perZones", "none perZone"),
    ] {
        assert_eq!(path_of(find(question)), found, "{question}");
    }
    assert!(path_of(find("tags")).starts_with("several metadata.tags "));
}

#[test]
fn every_mapping_is_described_once_and_every_key_says_what_it_means() {
    let sections = sections();
    for section in &sections {
        let twins = sections.iter().filter(|other| other.path == section.path && *other != section);
        // Only alternatives share a path: a value that is one mapping or another. A notification's secret has four.
        assert!(twins.count() <= 3, "{}", section.path);
        for field in &section.fields {
            assert!(!field.about.is_empty(), "{}.{} says nothing", section.path, field.name);
            assert!(!field.kind.is_empty(), "{}.{} has no type", section.path, field.name);
            let below = field.below.as_ref();
            assert!(below.is_none_or(|path| sections.iter().any(|other| other.path == *path)));
        }
    }
}

#[test]
fn no_name_of_a_type_is_shown() {
    let page = page();
    for name in ["Given", "OneOrMany", "$defs", "uint"] {
        assert!(!page.contains(name), "{name}");
    }
}
