//! Derived names: those that rules about length and collision look at are those that Terraform gives.
#![allow(clippy::disallowed_methods, clippy::indexing_slicing, reason = "reads the golden trees")]

use std::collections::BTreeSet;
use std::fs;

use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::golden::{Example, compiled, examples};
use crate::support::{root, tree};

/// Kinds of resources with a name of their own in AWS, the attribute that holds it, and its sort in the rules.
const NAMED: [(&str, &str, &str); 13] = [
    ("aws_iam_role", "name", "IAM role"),
    ("aws_iam_policy", "name", "IAM policy"),
    ("aws_iam_instance_profile", "name", "instance profile"),
    ("aws_sqs_queue", "name", "SQS queue"),
    ("aws_cloudwatch_event_rule", "name", "event rule"),
    ("aws_cloudwatch_log_group", "name", "log group"),
    ("aws_launch_template", "name", "launch template"),
    ("aws_placement_group", "name", "placement group"),
    ("aws_s3_bucket", "bucket", "S3 bucket"),
    ("aws_cloudtrail", "name", "trail"),
    ("aws_security_group", "name", "security group"),
    ("aws_db_subnet_group", "name", "database subnet group"),
    ("aws_elasticache_subnet_group", "name", "cache subnet group"),
];

pub(crate) fn trials() -> Vec<Trial> {
    let trial = |example: Example| {
        let name = format!("names::{} derives what its Terraform names", example.name);
        Trial::test(name, move || same(&example))
    };
    examples().into_iter().map(trial).collect()
}

fn same(example: &Example) -> Result<(), Failed> {
    let known: BTreeSet<(String, String)> =
        compiled(example).derived_names().into_iter().map(|(sort, name)| (sort.to_owned(), name)).collect();
    let emitted = emitted(&example.name)?;
    let mut faults: Vec<String> = Vec::new();
    let missing = emitted.difference(&known);
    faults.extend(missing.map(|(sort, name)| format!("no rule looks at the {sort} `{name}`")));
    let idle = known.difference(&emitted);
    faults.extend(idle.map(|(sort, name)| format!("no Terraform makes the {sort} `{name}`")));
    if faults.is_empty() { Ok(()) } else { Err(faults.join("\n").into()) }
}

/// Sort and name of everything that the golden Terraform of an example names.
fn emitted(example: &str) -> Result<BTreeSet<(String, String)>, Failed> {
    let mut out = BTreeSet::new();
    let clusters = fs::read_dir(root().join("golden").join(example).join("terraform"))?;
    for cluster in clusters.flatten() {
        let name = cluster.file_name().to_string_lossy().into_owned();
        let made = |path: &String| {
            let (stack, file) = path.split_once('/').unwrap_or_default();
            // The spec names the bucket for the state; nothing is derived.
            ["foundation", "cluster"].contains(&stack) && file.ends_with(".tf") && file != "state_bucket.tf"
        };
        for (_, text) in tree(&cluster.path()).iter().filter(|(path, _)| made(path)) {
            let file: Value = hcl::from_str(text)?;
            for (kind, attribute, sort) in NAMED {
                let of_kind = file.pointer(&format!("/resource/{kind}")).and_then(Value::as_object);
                for resource in of_kind.into_iter().flat_map(|all| all.values()) {
                    let written = resource[attribute].as_str().unwrap_or_default();
                    out.insert((sort.to_owned(), resolved(written, &file, &name)));
                }
            }
        }
    }
    Ok(out)
}

/// The name with what is known when compiling put in; a reference to another resource of the file is that one's name.
fn resolved(written: &str, file: &Value, cluster: &str) -> String {
    let reference = written.strip_prefix("${aws_iam_role.").and_then(|rest| rest.strip_suffix(".name}"));
    if let Some(label) = reference {
        let name = file.pointer(&format!("/resource/aws_iam_role/{label}/name"));
        return resolved(name.and_then(Value::as_str).unwrap_or_default(), file, cluster);
    }
    written
        .replace("${local.name}", cluster)
        .replace("${data.aws_caller_identity.current.account_id}", "000000000000")
}
