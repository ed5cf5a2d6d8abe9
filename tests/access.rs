//! Who gets in: one spec in each mode of authentication, and what its outputs say of the same people.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use clusterc::compile::{Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};

type Files = BTreeMap<String, String>;

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("access::a role for people is the same in all its places", one_role),
        Trial::test("access::only the ConfigMap gets roles without their path", paths),
        Trial::test("access::each mode lets nodes and people in, by what it reads", modes),
        Trial::test("access::each mode lets in nodes that EKS does not manage", machines),
        Trial::test("access::the ConfigMap has an owner without Flux, too", without_flux),
        Trial::test("access::Terraform takes its role wherever it logs in", runner),
        Trial::test("access::the account keeps control of a shared key", shared_key),
        Trial::test("access::Karpenter's permissions follow its version", versions),
        Trial::test("access::the account of an annotation may be a variable", annotations),
        Trial::test("access::a component has to tell its account the role", own_component),
    ]
}

const ROLE: &str = "arn:aws:iam::111122223333:role/team/infra";

/// A cluster that has `aws` below `spec.aws` and `rest` below `spec`.
fn compiled(aws: &str, rest: &str, more: &[(&str, &str)]) -> Result<Files, Failed> {
    let spec = format!(
        "apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: {{ name: demo }}
spec:
  kubernetes: {{ version: \"1.35\" }}
{rest}
  aws:
    region: eu-west-1
    account: \"111122223333\"
    state: {{ s3: {{ bucket: demo-tf-state }} }}
{aws}
"
    );
    let mut files: BTreeMap<String, String> =
        more.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect();
    files.insert("spec.yaml".to_owned(), spec);
    let library = Library::standard();
    let files = MemoryFiles(files);
    let compilation = compile(&Input { spec: "spec.yaml", out: "out", files: &files, library: &library });
    let said = human(&compilation.findings, &compilation.sources, Style::Plain);
    let output = compilation.output.ok_or(said)?;
    Ok(output.files.into_iter().map(|(path, file)| (path, file.text)).collect())
}

const FLUX: &str = "  gitops: { flux: { repository: \"https://github.com/demo/platform.git\" } }";

fn people(mode: &str) -> String {
    format!(
        "    authentication: {mode}
    roles:
      admin: {{ trust: [\"arn:aws:iam::111122223333:user/ann\"], path: /people/ }}
    access:
      admins: {{ principal: {{ role: admin }}, policy: cluster-admin }}
      infra: {{ principal: \"{ROLE}\", policy: cluster-admin }}
      readers: {{ principal: \"arn:aws:iam::111122223333:user/x/ben\", groups: [readers], clusterRole: view }}
    karpenter: {{ pools: {{ default: {{}} }} }}
"
    )
}

/// The file whose path ends so, in one line with single blanks; empty where there is none.
fn dense(files: &Files, path: &str) -> String {
    let text = files.iter().find(|(name, _)| name.ends_with(path)).map_or("", |(_, text)| text.as_str());
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(files: &Files, path: &str, wanted: &str) -> Result<(), Failed> {
    let text = dense(files, path);
    if text.contains(wanted) { Ok(()) } else { Err(format!("{path} does not say {wanted}\n{text}").into()) }
}

fn is_silent(files: &Files, path: &str, unwanted: &str) -> Result<(), Failed> {
    let text = dense(files, path);
    if text.contains(unwanted) { Err(format!("{path} says {unwanted}\n{text}").into()) } else { Ok(()) }
}

fn one_role() -> Result<(), Failed> {
    let files = compiled(&people("api-and-config-map"), FLUX, &[])?;
    says(&files, "cluster/access.tf", r#"name = "${local.name}-admin" path = "/people/""#)?;
    says(&files, "cluster/access.tf", "principal_arn = aws_iam_role.admin.arn")?;
    says(&files, "gitops/cluster.tf", r#"data "aws_iam_role" "admin" { name = "${local.name}-admin" }"#)?;
    says(&files, "gitops/aws_auth.tf", "replace(data.aws_iam_role.admin.arn,")?;
    says(&files, "runbook/demo.md", "--role-arn 'arn:aws:iam::111122223333:role/people/demo-admin'")?;
    says(&files, "cluster/outputs.tf", "admin = aws_iam_role.admin.arn")
}

fn paths() -> Result<(), Failed> {
    let files = compiled(&people("api-and-config-map"), FLUX, &[])?;
    says(&files, "cluster/access.tf", &format!("principal_arn = \"{ROLE}\""))?;
    says(&files, "gitops/aws_auth.tf", r#"rolearn = "arn:aws:iam::111122223333:role/infra""#)?;
    says(&files, "gitops/aws_auth.tf", r#"userarn = "arn:aws:iam::111122223333:user/x/ben""#)
}

fn modes() -> Result<(), Failed> {
    let node =
        r#"username = "system:node:{{EC2PrivateDNSName}}" groups = ["system:bootstrappers", "system:nodes"]"#;
    for (mode, word, entries, rows) in [
        ("api", "API", true, false),
        ("api-and-config-map", "API_AND_CONFIG_MAP", true, true),
        ("config-map", "CONFIG_MAP", false, true),
    ] {
        let files = compiled(&people(mode), FLUX, &[])?;
        // EKS refuses to make a cluster that nobody could enter.
        let maker = format!(
            "authentication_mode = \"{word}\" bootstrap_cluster_creator_admin_permissions = {}",
            !entries
        );
        says(&files, "cluster/control_plane.tf", &maker)?;
        let check = |is_there: bool, path: &str, text: &str| match is_there {
            true => says(&files, path, text),
            false => is_silent(&files, path, text),
        };
        check(entries, "cluster/access.tf", "aws_eks_access_entry")?;
        check(entries, "cluster/karpenter.tf", r#"type = "EC2_LINUX""#)?;
        for role in ["data.aws_iam_role.node.arn", "data.aws_iam_role.karpenter_node.arn"] {
            check(rows, "gitops/aws_auth.tf", &format!("rolearn = {role} {node}"))?;
        }
        check(
            rows,
            "gitops/aws_auth.tf",
            r#"username = "infra:{{SessionName}}" groups = ["system:masters"]"#,
        )?;
        check(rows, "gitops/flux.tf", "depends_on = [kubernetes_config_map_v1_data.aws_auth]")?;
        check(rows, "runbook/demo.md", "state rm kubernetes_config_map_v1_data.aws_auth")?;
        check(rows, "runbook/demo.md", "## From aws-auth to access entries")?;
    }
    Ok(())
}

/// Self-managed nodes, and the machines under pods on Fargate, whose row EKS writes and ours would take out.
fn machines() -> Result<(), Failed> {
    let groups = "    nodeGroups:
      system: { instanceTypes: [m7i.large] }
      own: { instanceTypes: [m7i.large], selfManaged: {} }
    fargate: { jobs: { selectors: [{ namespace: jobs }] } }
";
    let nodes = r#"groups = ["system:bootstrappers", "system:nodes"]"#;
    let fargate = r#"rolearn = data.aws_iam_role.fargate.arn username = "system:node:{{SessionName}}" groups = ["system:bootstrappers", "system:nodes", "system:node-proxier"]"#;
    let own = format!(
        r#"rolearn = data.aws_iam_role.self_managed_node.arn username = "system:node:{{{{EC2PrivateDNSName}}}}" {nodes}"#
    );
    for (mode, entries, rows) in
        [("api", true, false), ("api-and-config-map", true, true), ("config-map", false, true)]
    {
        let files = compiled(&format!("{}{groups}", people(mode)), FLUX, &[])?;
        let check = |is_there: bool, path: &str, text: &str| match is_there {
            true => says(&files, path, text),
            false => is_silent(&files, path, text),
        };
        check(entries, "cluster/node_groups.tf", r#""aws_eks_access_entry" "self_managed_node""#)?;
        check(entries, "cluster/node_groups.tf", "aws_eks_access_entry.self_managed_node,")?;
        check(rows, "gitops/aws_auth.tf", &own)?;
        check(rows, "gitops/aws_auth.tf", fargate)?;
        check(rows, "gitops/cluster.tf", r#"name = "${local.name}-self-managed-node""#)?;
        check(rows, "gitops/cluster.tf", r#"name = "${local.name}-fargate""#)?;
    }
    Ok(())
}

fn without_flux() -> Result<(), Failed> {
    let aws = people("config-map").replace(", clusterRole: view", "").replace("karpenter:", "#");
    let files = compiled(&aws, "", &[])?;
    says(&files, "gitops/aws_auth.tf", "kubernetes_config_map_v1_data")?;
    says(&files, "runbook/demo.md", "gitops destroy # the plan takes out aws-auth")?;
    if dense(&files, "gitops/flux.tf").is_empty() {
        Ok(())
    } else {
        Err("Flux is installed without being asked for".into())
    }
}

fn runner() -> Result<(), Failed> {
    let aws = format!("{}    assumeRole: {{ role: \"{ROLE}\", session: build }}\n", people("api"));
    let files = compiled(&aws, FLUX, &[])?;
    let assumed = format!(r#"assume_role {{ role_arn = "{ROLE}" session_name = "build" }}"#);
    says(&files, "cluster/providers.tf", &assumed)?;
    says(&files, "gitops/providers.tf", &assumed)?;
    says(&files, "gitops/cluster.tf", &format!(r#""--role-arn", "{ROLE}""#))?;
    says(&files, "cluster/outputs.tf", &format!("--role-arn {ROLE}"))?;
    says(
        &files,
        "runbook/demo.md",
        &format!("update-kubeconfig --region eu-west-1 --name demo --role-arn '{ROLE}'"),
    )?;
    // The state is opened before any provider acts.
    is_silent(&files, "cluster/backend.tf", "assume_role")
}

fn shared_key() -> Result<(), Failed> {
    let aws = format!(
        "{}    encryption: {{ secrets: {{ administrators: [{{ role: admin }}], users: [\"{ROLE}\"] }} }}\n",
        people("api")
    );
    let files = compiled(&aws, FLUX, &[])?;
    let plane = "cluster/control_plane.tf";
    says(&files, plane, r#"Statement = [ { Sid = "KeepTheAccountInControl" Effect = "Allow""#)?;
    says(
        &files,
        plane,
        r#"Sid = "AllowAdministrators" Effect = "Allow" Principal = { AWS = aws_iam_role.admin.arn }"#,
    )?;
    says(&files, plane, &format!(r#"Sid = "AllowUsers" Effect = "Allow" Principal = {{ AWS = "{ROLE}" }}"#))
}

fn versions() -> Result<(), Failed> {
    let admins = format!("    access: {{ admins: {{ principal: \"{ROLE}\", policy: cluster-admin }} }}\n");
    // A version between two of the table, one of the table, and what is newest.
    for (version, placement, health) in
        [("1.10.0", false, false), ("1.11.3", true, false), ("1.14.1", true, true)]
    {
        let aws = format!("{admins}    karpenter: {{ version: {version}, pools: {{ default: {{}} }} }}\n");
        let files = compiled(&aws, FLUX, &[])?;
        for (action, wanted) in [
            ("ec2:DescribePlacementGroups", placement),
            ("ec2:DescribeInstanceStatus", health),
            ("ec2:RunInstances", true),
        ] {
            let check = if wanted { says } else { is_silent };
            check(&files, "cluster/identities.tf", action)
                .map_err(|fault| format!("{version}: {}", fault.message().unwrap_or_default()))?;
        }
    }
    Ok(())
}

fn annotations() -> Result<(), Failed> {
    let aws = format!(
        "    access: {{ admins: {{ principal: \"{ROLE}\", policy: cluster-admin }} }}
    identities: {{ web: {{ serviceAccount: shop/web, mechanism: irsa, path: /apps/, managedPolicies: [CloudWatchAgentServerPolicy] }} }}\n"
    );
    let rest = format!(
        "{}\n  apps: {{ web: {{ source: apps/web, namespace: shop }} }}",
        FLUX.replace("flux:", "facts: { account_id: { output: account_id } }, flux:")
    );
    for (arn, fits) in [
        ("arn:aws:iam::${account_id}:role/apps/demo-web", true),
        ("arn:aws:iam::111122223333:role/apps/demo-web", true),
        ("arn:aws:iam::${account_id}:role/demo-web", false),
        ("arn:aws:iam::444455556666:role/apps/demo-web", false),
        ("arn:aws:iam::${account_id}:role/apps/demo-web-2", false),
    ] {
        let account = format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata:\n  name: web\n  annotations: {{ eks.amazonaws.com/role-arn: \"{arn}\" }}\n"
        );
        let found = compiled(&aws, &rest, &[("apps/web/account.yaml", &account)]);
        let refused = found
            .as_ref()
            .err()
            .is_some_and(|fault| fault.message().is_some_and(|said| said.contains("E0637")));
        if found.is_ok() != fits || refused == fits {
            let said = found.err().and_then(|fault| fault.message().map(str::to_owned)).unwrap_or_default();
            return Err(format!("{arn}: {said}").into());
        }
    }
    Ok(())
}

fn own_component() -> Result<(), Failed> {
    let aws = format!("    access: {{ admins: {{ principal: \"{ROLE}\", policy: cluster-admin }} }}\n");
    let rest = format!("{FLUX}\n  components: {{ hello: {{ source: hello, mechanism: irsa }} }}");
    let contract = "apiVersion: clusterc.dev/v1alpha1\nkind: Component\nmetadata: { name: hello }\nspec:\n  summary: Says hello.\n  \
        namespace: hello\n  serviceAccounts: [{ name: hello, identity: { managedPolicies: [CloudWatchAgentServerPolicy] } }]\n";
    for (annotations, fits) in [
        ("", false),
        (
            ", annotations: { eks.amazonaws.com/role-arn: \"arn:aws:iam::${{ aws.account }}:role/${{ cluster.name }}-hello\" }",
            true,
        ),
    ] {
        let account = format!(
            "apiVersion: v1\nkind: ServiceAccount\nmetadata: {{ name: hello, namespace: hello{annotations} }}\n"
        );
        let files = [("hello/component.yaml", contract), ("hello/manifests/account.yaml", account.as_str())];
        let found = compiled(&aws, &rest, &files);
        if found.is_ok() != fits {
            return Err(
                format!("annotated {fits}: {:?}", found.err().map(|fault| format!("{fault:?}"))).into()
            );
        }
    }
    Ok(())
}
