//! One cluster with every feature at once: what features owe each other.
#![allow(clippy::expect_used, clippy::disallowed_methods, clippy::indexing_slicing, reason = "tests")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use clusterc::catalog::operations;
use clusterc::compile::{Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};
use serde_json::Value;

use crate::support::{root, tree};

type Files = BTreeMap<String, String>;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("everything::no block of Terraform is there twice", || no_twins(&compiled(|it| it)?)),
        Trial::test("everything::every role of the cluster is within the boundary", bounded),
        Trial::test("everything::operators may make all of it", operators),
        Trial::test("everything::a key that meets a name of the compiler is told", keys),
        Trial::test("everything::the ConfigMap has a row for each sort of node", rows),
        Trial::test("everything::nodes have entries only where entries count", node_entries),
        Trial::test("everything::an operator is one role in all its places", operator),
        Trial::test("everything::an operator of an unknown account is found by Terraform", unknown_account),
        Trial::test("everything::what cannot be made again is protected", protected),
        Trial::test("everything::without a way out, what runs has its endpoints", isolated),
    ]
}

/// The whole cluster, with its spec changed by `change`.
fn compiled(change: impl Fn(String) -> String) -> Result<Files, Failed> {
    let folder = root().join("tests/everything");
    let mut files: Files = tree(&folder);
    let spec = fs::read_to_string(folder.join("spec.yaml"))?;
    files.insert("spec.yaml".to_owned(), change(spec));
    let (files, library) = (MemoryFiles(files), Library::standard());
    let compilation = compile(&Input { spec: "spec.yaml", out: "out", files: &files, library: &library });
    let said = human(&compilation.findings, &compilation.sources, Style::Plain);
    let output = compilation.output.ok_or(said)?;
    Ok(output.files.into_iter().map(|(path, file)| (path, file.text)).collect())
}

/// Replaces what must be there.
fn with(spec: &str, old: &str, new: &str) -> String {
    assert!(spec.contains(old), "the spec does not say {old}");
    spec.replace(old, new)
}

/// The file whose path ends so, in one line with single blanks.
fn dense(files: &Files, path: &str) -> String {
    let text = files.iter().find(|(name, _)| name.ends_with(path)).map_or("", |(_, text)| text.as_str());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(files: &Files, path: &str, wanted: &str) -> Result<(), Failed> {
    let text = dense(files, path);
    if text.contains(wanted) { Ok(()) } else { Err(format!("{path} does not say {wanted}\n{text}").into()) }
}

/// Stack, and kind and label of each block in it that has both.
fn blocks(files: &Files) -> Vec<(String, String)> {
    let terraform = files.iter().filter(|(path, _)| path.ends_with(".tf"));
    terraform
        .flat_map(|(path, text)| {
            let (stack, _) = path.rsplit_once('/').unwrap_or_default();
            let named = |line: &&str| line.starts_with("resource \"") || line.starts_with("data \"");
            text.lines().filter(named).map(move |line| (stack.to_owned(), line.to_owned()))
        })
        .collect()
}

fn no_twins(files: &Files) -> Result<(), Failed> {
    let mut seen = BTreeSet::new();
    let twice: Vec<String> =
        blocks(files).into_iter().filter(|it| !seen.insert(it.clone())).map(|(_, line)| line).collect();
    if twice.is_empty() { Ok(()) } else { Err(format!("twice: {}", twice.join(", ")).into()) }
}

/// All resources of a kind in a stack, by label.
fn resources(files: &Files, stack: &str, kind: &str) -> Result<BTreeMap<String, Value>, Failed> {
    let mut out = BTreeMap::new();
    let of_stack = |path: &str| path.contains(&format!("/{stack}/")) && path.ends_with(".tf");
    for (_, text) in files.iter().filter(|(path, _)| of_stack(path)) {
        let file: Value = hcl::from_str(text)?;
        let found = file.pointer(&format!("/resource/{kind}")).and_then(Value::as_object);
        out.extend(found.into_iter().flatten().map(|(label, body)| (label.clone(), body.clone())));
    }
    Ok(out)
}

fn bounded() -> Result<(), Failed> {
    let files = compiled(|it| it)?;
    let roles = resources(&files, "cluster", "aws_iam_role")?;
    for sort in ["cluster", "node", "self_managed_node", "karpenter_node", "fargate", "flow_logs", "bastion"]
    {
        assert!(roles.contains_key(sort), "the spec asks for no role `{sort}`");
    }
    for sort in ["cloudtrail", "auditor", "orders", "exports", "github_publish", "external_secrets"] {
        assert!(roles.contains_key(sort), "the spec asks for no role `{sort}`");
    }
    let free = roles.iter().filter(|(_, role)| role.get("permissions_boundary").is_none());
    let free: Vec<&str> = free.map(|(label, _)| label.as_str()).collect();
    if free.is_empty() { Ok(()) } else { Err(format!("without a boundary: {}", free.join(", ")).into()) }
}

fn operators() -> Result<(), Failed> {
    let files = compiled(|it| it)?;
    let policies = dense(&files, "foundation/policies.tf");
    for (stack, line) in blocks(&files).iter().filter(|(stack, _)| !stack.ends_with("foundation")) {
        let mut words = line.split('"');
        let (start, kind) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
        let kind = if start.starts_with("data") { format!("data.{kind}") } else { kind.to_owned() };
        if !kind.trim_start_matches("data.").starts_with("aws_") {
            continue;
        }
        let row = operations::of(&kind).ok_or(format!("{stack}: no row for `{kind}`"))?;
        for action in row.plan().chain(row.apply()).chain(row.destroy()) {
            assert!(policies.contains(&format!("\"{action}\"")), "`{action}` of `{kind}` is in no policy");
        }
    }
    // Roles that are handed to services, by their names: all of them match what may be handed over.
    for (label, role) in resources(&files, "cluster", "aws_iam_role")? {
        let name = role["name"].as_str().unwrap_or_default();
        let is_known = name.starts_with("${local.name}-") || policies.contains(&format!(":role/{name}\""));
        assert!(is_known, "role `{label}` is called {name}, which operators may not hand over");
    }
    let mut carried: BTreeMap<String, usize> = BTreeMap::new();
    for stack in ["foundation", "cluster"] {
        for attachment in resources(&files, stack, "aws_iam_role_policy_attachment")?.values() {
            *carried.entry(format!("{stack} {}", attachment["role"])).or_default() += 1;
        }
    }
    assert!(carried.values().all(|policies| *policies <= 10), "IAM attaches ten: {carried:?}");
    Ok(())
}

/// Every name that the compiler itself gives to blocks, as keys of the user's own.
fn keys() -> Result<(), Failed> {
    let files = compiled(|it| it)?;
    let kinds = [
        "aws_iam_role",
        "aws_iam_role_policy",
        "aws_eks_access_entry",
        "aws_security_group",
        "aws_eks_pod_identity_association",
    ];
    let label = |line: &String| line.split('"').nth(3).map(|label| label.replace('_', "-"));
    let of = |line: &&String| kinds.iter().any(|kind| line.contains(&format!("resource \"{kind}\"")));
    let all = blocks(&files);
    let names: BTreeSet<String> = all.iter().map(|(_, line)| line).filter(of).filter_map(label).collect();
    assert!(names.len() > 20, "{names:?}");
    let places = [
        (
            "    identities:\n",
            "      KEY: { serviceAccount: shop/orders2, statements: [{ sid: A, actions: [\"s3:GetObject\"], resources: [\"*\"] }] }\n",
        ),
        ("    roles:\n", "      KEY: { trust: [\"arn:aws:iam::111122223333:user/ann\"] }\n"),
        (
            "    access:\n",
            "      KEY: { principal: \"arn:aws:iam::111122223333:role/more\", policy: view }\n",
        ),
        ("    nodeGroups:\n", "      KEY: { instanceTypes: [m7i.large], image: { ssm: /own/image } }\n"),
    ];
    let mut told = 0;
    for name in &names {
        for (place, entry) in places {
            // A key that is there already is another thing's to tell.
            match compiled(|spec| with(&spec, place, &format!("{place}{}", entry.replace("KEY", name)))) {
                Ok(files) => no_twins(&files)?,
                Err(said) if said.message().unwrap_or_default().contains("E0902") => told += 1,
                Err(_) => {}
            }
        }
    }
    assert!(told > 10, "{told} collisions were told");
    Ok(())
}

fn rows() -> Result<(), Failed> {
    let files = compiled(|it| it)?;
    let row = |role: &str, name: &str, more: &str| {
        format!(
            "rolearn = data.aws_iam_role.{role}.arn username = \"system:node:{{{{{name}}}}}\" \
             groups = [\"system:bootstrappers\", \"system:nodes\"{more}]"
        )
    };
    for role in ["node", "self_managed_node", "karpenter_node"] {
        says(&files, "gitops/aws_auth.tf", &row(role, "EC2PrivateDNSName", ""))?;
    }
    // The words of EKS' own row: another row for the role would take its place.
    says(&files, "gitops/aws_auth.tf", &row("fargate", "SessionName", ", \"system:node-proxier\""))?;
    says(&files, "gitops/cluster.tf", "name = \"${local.name}-fargate\"")?;
    let only_own = compiled(|spec| {
        let (before, groups) = spec.split_once("    nodeGroups:\n").unwrap_or_default();
        let (_, after) = groups.split_once("      web:\n").unwrap_or_default();
        format!("{before}    nodeGroups:\n      web:\n{after}").replace("min: 0, max: 9", "min: 3, max: 9")
    })?;
    let text = dense(&only_own, "gitops/aws_auth.tf");
    assert!(!text.contains("aws_iam_role.node.arn"), "no group is managed\n{text}");
    Ok(())
}

fn node_entries() -> Result<(), Failed> {
    let entries = |mode: &str| -> Result<Vec<String>, Failed> {
        let files = compiled(|spec| with(&spec, "api-and-config-map", mode))?;
        Ok(resources(&files, "cluster", "aws_eks_access_entry")?.into_keys().collect())
    };
    assert_eq!(entries("config-map")?, Vec::<String>::new());
    assert_eq!(entries("api")?, ["admins", "auditors", "karpenter_node", "self_managed_node"]);
    Ok(())
}

const ADMIN: &str = "arn:aws:iam::111122223333:role/foundation/everything/everything-admin";

fn operator() -> Result<(), Failed> {
    let files = compiled(|it| it)?;
    says(
        &files,
        "foundation/operators.tf",
        "name = \"${local.name}-admin\" path = \"/foundation/everything/\"",
    )?;
    says(&files, "cluster/access.tf", &format!("principal_arn = \"{ADMIN}\""))?;
    says(&files, "cluster/control_plane.tf", &format!("AWS = \"{ADMIN}\""))?;
    for stack in ["cluster", "gitops"] {
        let role = format!("role_arn = \"{ADMIN}\"");
        says(&files, &format!("{stack}/providers.tf"), &role)?;
        says(&files, &format!("{stack}/backend.tf"), &role)?;
    }
    for file in ["foundation/providers.tf", "foundation/backend.tf"] {
        assert!(
            !dense(&files, file).contains("assume_role"),
            "{file}: whoever makes the role cannot take it"
        );
    }
    // A session has no path.
    says(&files, "gitops/aws_auth.tf", "rolearn = \"arn:aws:iam::111122223333:role/everything-admin\"")?;
    says(&files, "runbook/everything.md", &format!("--role-arn '{ADMIN}'"))
}

fn unknown_account() -> Result<(), Failed> {
    let files = compiled(|spec| {
        let spec = with(&spec, "    account: \"111122223333\"\n", "");
        with(&spec, "    assumeRole: { operator: admin }\n", "")
    })?;
    let arn = "${data.aws_caller_identity.current.account_id}:role/foundation/everything/everything-admin";
    says(&files, "cluster/access.tf", arn)?;
    says(&files, "gitops/aws_auth.tf", &format!("replace( \"arn:aws:iam::{arn}\","))
}

fn protected() -> Result<(), Failed> {
    let files = compiled(|it| it)?;
    let kept = |kind: &str, label: &str| -> Result<bool, Failed> {
        let body = resources(&files, "cluster", kind)?.remove(label).unwrap_or_default();
        Ok(body.to_string().contains("prevent_destroy"))
    };
    for (kind, label) in [
        ("aws_eks_cluster", "main"),
        ("aws_kms_key", "secrets"),
        ("aws_kms_key", "disks"),
        ("aws_s3_bucket", "cloudtrail"),
    ] {
        assert!(kept(kind, label)?, "{kind}.{label} may go");
    }
    assert!(!kept("aws_cloudwatch_log_group", "flow_logs")?, "logs go with the cluster");
    Ok(())
}

const ISOLATED: &str = "apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: { name: demo }
spec:
  kubernetes: { version: \"1.35\" }
  aws:
    region: eu-west-1
    state: { s3: { bucket: demo-tf-state } }
    network: { nat: none, tiers: { private: { newbits: 4 }, intra: { newbits: 8 } }, flowLogs: { cloudWatch: {} } }
    access: { admins: { principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin } }
    addons: { aws-efs-csi-driver: {}, amazon-cloudwatch-observability: {} }
  components: { external-secrets: {} }
  gitops: { flux: { repository: \"https://github.com/demo/platform.git\" } }
";

fn isolated() -> Result<(), Failed> {
    let files = compiled(|_| ISOLATED.to_owned())?;
    let found = resources(&files, "cluster", "aws_vpc_endpoint")?;
    for service in
        ["elasticfilesystem", "logs", "secretsmanager", "ssm", "xray", "ec2", "ecr_api", "sts", "s3"]
    {
        assert!(found.contains_key(service), "no endpoint for {service}: {:?}", found.keys());
    }
    Ok(())
}
