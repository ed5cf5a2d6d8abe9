//! How far one line of a spec reaches: the same fact, spelled for each of its readers.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "tests")]

use std::collections::BTreeMap;

use clusterc::compile::{Input, compile};
use clusterc::component::Library;
use clusterc::diagnostic::render::{Style, human};
use clusterc::source::MemoryFiles;
use libtest_mimic::{Failed, Trial};

pub(crate) fn trials() -> Vec<Trial> {
    vec![
        Trial::test("reach::one taint is spelled for each of its readers", one_taint),
        Trial::test(
            "reach::nodes that register themselves have the labels and taints of their group",
            registered,
        ),
        Trial::test("reach::the autoscaler may scale groups of both sorts", scaled),
        Trial::test("reach::the autoscaler's image follows the cluster's version", images),
        Trial::test("reach::one selector takes pods off the nodes, for each of its readers", one_selector),
        Trial::test("reach::a priority finds the groups of its name in every zone", priorities),
        Trial::test("reach::a script that ends early does not end the node's start", scripts),
        Trial::test("reach::a script comes to the machine in the letters that it is written in", letters),
        Trial::test("reach::nodes that EKS does not complete know of prefixes", prefixes),
        Trial::test("reach::a first size of a group of one's own is not set again", first_size),
        Trial::test("reach::what is on every node keeps off the machines of Fargate", daemons),
        Trial::test("reach::a range is opened once, whatever it is called", ranges),
        Trial::test("reach::the bastion starts when its subnet has a way out", bastion),
        Trial::test("reach::a role for another issuer is let in by its name", foreign_role),
        Trial::test(
            "reach::a shared namespace comes with the component that needs no other",
            shared_namespace,
        ),
    ]
}

const TAINT: &str = r#"{ key: CriticalAddonsOnly, value: platform, effect: NoExecute }"#;
const RELEASES: &str = "kube/infra/demo/controllers";

/// Compiles a cluster: what stands below `spec.aws`, and below `spec`.
fn compiled(version: &str, aws: &str, rest: &str) -> Result<BTreeMap<String, String>, Failed> {
    delivered(version, aws, rest, "layer")
}

/// The same with a granularity of Flux' Kustomizations.
fn delivered(
    version: &str,
    aws: &str,
    rest: &str,
    granularity: &str,
) -> Result<BTreeMap<String, String>, Failed> {
    let spec = format!(
        "apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: {{ name: demo }}
spec:
  kubernetes: {{ version: \"{version}\" }}
  gitops: {{ flux: {{ repository: \"https://github.com/demo/platform.git\" }}, granularity: {granularity} }}
{rest}
  aws:
    region: eu-west-1
    state: {{ s3: {{ bucket: demo-tf-state }} }}
    access: {{ admins: {{ principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin }} }}
{aws}
"
    );
    let files = MemoryFiles(BTreeMap::from([("spec.yaml".to_owned(), spec)]));
    let library = Library::standard();
    let compilation = compile(&Input { spec: "spec.yaml", out: "out", files: &files, library: &library });
    let said = human(&compilation.findings, &compilation.sources, Style::Plain);
    let output = compilation.output.ok_or(said)?;
    Ok(output.files.into_iter().map(|(path, file)| (path, file.text)).collect())
}

/// The text in one line with single blanks, so that alignment and indentation say nothing.
fn dense(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn says(files: &BTreeMap<String, String>, path: &str, wanted: &str) -> Result<(), Failed> {
    let found = files.iter().find(|(name, _)| name.ends_with(path));
    let (name, text) = found.ok_or(format!("there is no {path}"))?;
    if dense(text).contains(wanted) {
        Ok(())
    } else {
        Err(format!("{name} does not say {wanted}\n{text}").into())
    }
}

/// Terraform takes the role's own ARN, so nothing comes before the role.
fn foreign_role() -> Result<(), Failed> {
    let aws = "    oidcProviders:
      control: { url: \"https://example.com/control\", roles: { scheduler: { subjects: [a] } } }
    encryption: { secrets: { users: [{ role: control-scheduler }] } }";
    let files = compiled("1.35", aws, "")?;
    says(&files, "cluster/control_plane.tf", "AWS = aws_iam_role.control_scheduler.arn")
}

/// Alloy needs Loki and comes before it in the alphabet.
fn shared_namespace() -> Result<(), Failed> {
    let files = delivered("1.35", "", "  components: { alloy: {}, loki: {} }", "component")?;
    says(&files, "controllers/loki/namespace.yaml", "name: monitoring")?;
    says(&files, "kustomizations/alloy.yaml", "dependsOn: - name: loki")
}

fn one_taint() -> Result<(), Failed> {
    let scaled = compiled(
        "1.35",
        &format!(
            "    nodeGroups:\n      system: {{ instanceTypes: [m7i.large], size: {{ min: 2, max: 5 }}, taints: [{TAINT}] }}\n      \
             bottle: {{ os: bottlerocket, instanceTypes: [m7i.large], size: {{ min: 0, max: 5 }}, taints: [{TAINT}], kubelet: {{ maxPods: 20 }} }}"
        ),
        "  components: { cluster-autoscaler: {} }",
    )?;
    let groups = "terraform/demo/cluster/node_groups.tf";
    let toleration = "- key: CriticalAddonsOnly value: platform effect: NoExecute";
    says(
        &scaled,
        groups,
        r#"taint { key = "CriticalAddonsOnly" value = "platform" effect = "NO_EXECUTE" }"#,
    )?;
    says(&scaled, groups, r#"/node-template/taint/CriticalAddonsOnly" = "platform:NoExecute""#)?;
    says(&scaled, &format!("{RELEASES}/cluster-autoscaler/release.yaml"), toleration)?;
    says(
        &scaled,
        "terraform/demo/cluster/addons.tf",
        r#"key = "CriticalAddonsOnly" value = "platform" effect = "NoExecute""#,
    )?;
    // EKS registers the taints of managed nodes itself; a second place could only disagree.
    let text = scaled.iter().find(|(path, _)| path.ends_with(groups)).map(|(_, text)| text.as_str());
    let settings = text.and_then(|text| text.split("user_data_bottle = ").nth(1)).unwrap_or_default();
    let settings = settings.split("EOT\n}").next().unwrap_or_default();
    if !settings.contains("max-pods = 20") || settings.contains("CriticalAddonsOnly") {
        return Err(format!("the settings of Bottlerocket are not what was expected\n{settings}").into());
    }

    let pooled = compiled(
        "1.35",
        &format!(
            "    nodeGroups: {{ system: {{ instanceTypes: [m7i.large], size: {{ min: 2, max: 3 }}, taints: [&taint {TAINT}] }} }}\n    \
             karpenter: {{ pools: {{ more: {{ taints: [*taint] }}, open: {{}} }} }}"
        ),
        "",
    )?;
    says(
        &pooled,
        groups,
        r#"taint { key = "CriticalAddonsOnly" value = "platform" effect = "NO_EXECUTE" }"#,
    )?;
    says(&pooled, "pool-more.yaml", &format!("taints: {toleration}"))?;
    says(&pooled, &format!("{RELEASES}/karpenter/release.yaml"), toleration)
}

/// The part of a file between two texts, in one line.
fn between<'a>(files: &'a BTreeMap<String, String>, path: &str, from: &str, to: &str) -> &'a str {
    let text = files.iter().find(|(name, _)| name.ends_with(path)).map_or("", |(_, text)| text.as_str());
    let after = text.split_once(from).map_or("", |(_, after)| after);
    after.split_once(to).map_or(after, |(before, _)| before)
}

const GROUPS: &str = "terraform/demo/cluster/node_groups.tf";

fn registered() -> Result<(), Failed> {
    let group = format!("taints: [{TAINT}], labels: {{ team: web }}, selfManaged: {{}}");
    let files = compiled(
        "1.35",
        &format!(
            "    nodeGroups:\n      system: {{ instanceTypes: [m7i.large], size: {{ min: 2, max: 2 }}, {group} }}\n      \
             amazon: {{ instanceTypes: [m7i.large], size: {{ min: 0, max: 5 }}, {group} }}\n      \
             bottle: {{ os: bottlerocket, instanceTypes: [m7i.large], size: {{ min: 0, max: 5 }}, {group} }}"
        ),
        "  components: { cluster-autoscaler: {} }",
    )?;
    let wanted = [
        ("user_data_amazon", "--node-labels=team=web"),
        ("user_data_amazon", "--register-with-taints=CriticalAddonsOnly=platform:NoExecute"),
        ("user_data_amazon", "cidr: 172.20.0.0/16"),
        ("user_data_bottle", r#"team = "web""#),
        ("user_data_bottle", r#"CriticalAddonsOnly = ["platform:NoExecute"]"#),
        ("user_data_bottle", r#"cluster-dns-ip = "172.20.0.10""#),
    ];
    for (name, text) in wanted {
        let told = between(&files, GROUPS, &format!("{name} = "), "EOT\n}");
        if !told.contains(text) {
            return Err(format!("{name} does not say {text}\n{told}").into());
        }
    }
    for name in ["amazon", "bottle"] {
        let from = format!("\"aws_autoscaling_group\" \"{name}\"");
        let group = dense(between(&files, GROUPS, &from, "\n}"));
        for tag in [
            r#""k8s.io/cluster-autoscaler/enabled" = "true""#,
            r#""k8s.io/cluster-autoscaler/${local.name}" = "owned""#,
            r#""k8s.io/cluster-autoscaler/node-template/label/team" = "web""#,
            r#"/node-template/taint/CriticalAddonsOnly" = "platform:NoExecute""#,
            r#"key = "kubernetes.io/cluster/${local.name}" value = "owned" propagate_at_launch = true"#,
        ] {
            if !group.contains(tag) {
                return Err(format!("group {name} has no tag {tag}\n{group}").into());
            }
        }
    }
    // Whoever scales the group decides how many nodes it has.
    let fixed = between(&files, GROUPS, "\"aws_autoscaling_group\" \"system\"", "\n}");
    match fixed.contains("k8s.io/cluster-autoscaler")
        || files.values().any(|text| text.contains("desired_capacity"))
    {
        false => Ok(()),
        true => Err(format!("the fixed group is told to be scaled\n{fixed}").into()),
    }
}

/// A component whose policy lets it scale groups that carry a tag.
fn scaled() -> Result<(), Failed> {
    let told = |condition: &str, groups: &str| {
        let spec = format!(
            "apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: {{ name: demo }}
spec:
  kubernetes: {{ version: \"1.35\" }}
  aws:
    region: eu-west-1
    state: {{ s3: {{ bucket: demo-tf-state }} }}
    access: {{ admins: {{ principal: \"arn:aws:iam::111122223333:role/admins\", policy: cluster-admin }} }}
    nodeGroups: {{ {groups} }}
  components: {{ cluster-autoscaler: {{}}, scaler: {{ source: scaler }} }}
  gitops: {{ flux: {{ repository: \"https://github.com/demo/platform.git\" }} }}
"
        );
        let policy = format!(
            "statements:
  - sid: Scale
    actions: [ autoscaling:SetDesiredCapacity ]
    resources: [ \"*\" ]
    conditions: {{ StringEquals: {{ \"autoscaling:ResourceTag/{condition} }} }}
"
        );
        let files = MemoryFiles(BTreeMap::from([
            ("spec.yaml".to_owned(), spec),
            ("scaler/component.yaml".to_owned(), SCALER.to_owned()),
            ("scaler/policy.yaml".to_owned(), policy),
        ]));
        let library = Library::standard();
        let compilation = compile(&Input { spec: "spec.yaml", out: "out", files: &files, library: &library });
        human(&compilation.findings, &compilation.sources, Style::Plain)
    };
    let managed = "system: { instanceTypes: [m7i.large], size: { min: 2, max: 5 } }";
    let own = "own: { instanceTypes: [m7i.large], size: { min: 0, max: 5 }, selfManaged: {} }";
    let both = format!("{managed}, {own}");
    for (condition, groups, refused) in [
        ("kubernetes.io/cluster/demo\": owned", both.as_str(), false),
        ("k8s.io/cluster-autoscaler/demo\": owned", &both, false),
        ("eks:cluster-name\": demo", managed, false),
        ("eks:cluster-name\": demo", &both, true),
        ("eks:nodegroup-name\": x", &both, true),
        ("kubernetes.io/cluster/demo\": shared", &both, true),
    ] {
        let said = told(condition, groups);
        if said.contains("E0608") != refused || (!refused && !said.is_empty()) {
            return Err(format!("{condition} on {groups}:\n{said}").into());
        }
    }
    Ok(())
}

const SCALER: &str = "apiVersion: clusterc.dev/v1alpha1
kind: Component
metadata: { name: scaler }
spec:
  summary: Scales groups by the clock.
  chart: { source: oci://ghcr.io/example/charts/scaler, name: scaler, release: scaler, crds: none }
  versions: [ { version: \"1.0.0\", app: \"1.0.0\", kubernetes: { min: \"1.30\" } } ]
  namespace: kube-system
  serviceAccounts:
    - { name: scaler, value: serviceAccount.name, identity: { policy: policy.yaml } }
  runs: { where: system, tolerations: [ tolerations ] }
";

/// What everything else needs first is on Fargate: no node is missed, and each reader knows.
fn one_selector() -> Result<(), Failed> {
    let fargate = |namespaces: &str| {
        format!(
            "    nodeGroups: {{}}\n    fargate: {{ system: {{ selectors: [ {namespaces} ] }} }}\n    \
             permissionsBoundary: \"arn:aws:iam::111122223333:policy/boundary\""
        )
    };
    let components = "  components: { metrics-server: {}, aws-load-balancer-controller: {} }";
    let files =
        compiled("1.35", &fargate("{ namespace: \"kube-*\" }, { namespace: flux-system }"), components)?;
    let cluster = "terraform/demo/cluster";
    says(&files, &format!("{cluster}/fargate.tf"), r#"selector { namespace = "kube-*" }"#)?;
    says(&files, &format!("{cluster}/fargate.tf"), "permissions_boundary =")?;
    says(&files, &format!("{cluster}/addons.tf"), r#"jsonencode({ computeType = "Fargate" })"#)?;
    says(&files, &format!("{cluster}/addons.tf"), "depends_on = [aws_eks_fargate_profile.system]")?;
    says(&files, &format!("{cluster}/identities.tf"), "sts:AssumeRoleWithWebIdentity")?;
    says(
        &files,
        &format!("{RELEASES}/aws-load-balancer-controller/release.yaml"),
        "eks.amazonaws.com/role-arn",
    )?;
    says(&files, &format!("{RELEASES}/metrics-server/release.yaml"), "containerPort: 10251")?;
    // One namespace less, and Flux has no place.
    match compiled("1.35", &fargate("{ namespace: kube-system }"), components) {
        Err(said) if said.message().is_some_and(|text| text.contains("nothing can run Flux")) => Ok(()),
        Err(said) => Err(said),
        Ok(_) => Err("Flux has no node and no profile, and nobody says so".into()),
    }
}

fn priorities() -> Result<(), Failed> {
    let files = compiled(
        "1.35",
        "    nodeGroups:\n      system: { instanceTypes: [m7i.large], size: { min: 2, max: 2 } }\n      \
         data: { instanceTypes: [m7i.large], size: { min: 0, max: 5 }, perZone: true }\n      \
         spot: { instanceTypes: [m7i.large], size: { min: 0, max: 5 }, capacity: spot }",
        "  components: { cluster-autoscaler: { params: { expander: priority, priorities: { spot: 50, data: 10 } } } }",
    )?;
    let release = format!("{RELEASES}/cluster-autoscaler/release.yaml");
    says(&files, &release, r#""10": - "^eks-data-a-[0-9a-f]{26}-" - "^eks-data-b-[0-9a-f]{26}-""#)?;
    says(&files, &release, r#""50": - "^eks-spot-[0-9a-f]{26}-""#)?;
    says(&files, "terraform/demo/cluster/node_groups.tf", r#"node_group_name_prefix = "data-a-""#)
}

fn images() -> Result<(), Failed> {
    for minor in 30..=36 {
        let files = compiled(
            &format!("1.{minor}"),
            "    nodeGroups: { system: { instanceTypes: [m7i.large], size: { min: 2, max: 5 } } }",
            "  components: { cluster-autoscaler: {} }",
        );
        // A version that EKS no longer offers, or Flux no longer knows, is refused before that.
        if let Ok(files) = files {
            says(&files, "cluster-autoscaler/release.yaml", &format!("tag: v1.{minor}."))?;
        } else if minor >= 34 {
            files?;
        }
    }
    Ok(())
}

/// Runs the part of the user data that holds the script, as cloud-init does.
fn scripts() -> Result<(), Failed> {
    let files = compiled(
        "1.35",
        "    nodeGroups: { system: { instanceTypes: [m7i.large], size: { min: 2, max: 3 }, userData: [ \"echo one; exit 3\" ] } }",
        "",
    )?;
    let groups = files.iter().find(|(path, _)| path.ends_with("node_groups.tf")).map(|(_, text)| text);
    let text = groups.and_then(|text| text.split("#!/bin/bash\n").nth(1)).unwrap_or_default();
    let script: String =
        text.lines().take_while(|line| !line.contains("--part")).map(|line| format!("{line}\n")).collect();
    let ran = std::process::Command::new("bash").arg("-c").arg(&script).output()?;
    let said = String::from_utf8_lossy(&ran.stderr);
    match ran.status.success() && said.contains("ended with 3") && ran.stdout == b"one\n" {
        true => Ok(()),
        false => Err(format!("{script}\n{said}").into()),
    }
}

fn letters() -> Result<(), Failed> {
    let files = compiled(
        "1.35",
        "    nodeGroups: { system: { instanceTypes: [m7i.large], size: { min: 2, max: 3 }, userData: [ \"echo 'naïve ✓'; exit 3\" ] } }",
        "",
    )?;
    let groups = files.iter().find(|(path, _)| path.ends_with("node_groups.tf")).map(|(_, text)| text);
    let text = groups.and_then(|text| text.split("#!/bin/bash\n").nth(1)).unwrap_or_default();
    let script: String =
        text.lines().take_while(|line| !line.contains("--part")).map(|line| format!("{line}\n")).collect();
    let ran = std::process::Command::new("bash").arg("-c").arg(&script).output()?;
    match script.is_ascii() && ran.status.success() && ran.stdout == "naïve ✓\n".as_bytes() {
        true => Ok(()),
        false => Err(format!("{script}\n{}", String::from_utf8_lossy(&ran.stderr)).into()),
    }
}

fn prefixes() -> Result<(), Failed> {
    let files = compiled(
        "1.35",
        "    addons: { vpc-cni: { configuration: { env: { ENABLE_PREFIX_DELEGATION: \"true\" } } } }
    nodeGroups: { system: { os: ubuntu, instanceTypes: [m7i.large], size: { min: 2, max: 3 } } }",
        "",
    )?;
    says(&files, "terraform/demo/cluster/node_groups.tf", "--kubelet-extra-args '--max-pods=110'")
}

fn first_size() -> Result<(), Failed> {
    let files = compiled(
        "1.35",
        "    nodeGroups:
      system: { instanceTypes: [m7i.large], size: { min: 2, max: 2 } }
      own: { instanceTypes: [m7i.large], size: { min: 0, desired: 2, max: 3 }, selfManaged: {} }",
        "",
    )?;
    let groups = "terraform/demo/cluster/node_groups.tf";
    says(&files, groups, "lifecycle { ignore_changes = [desired_capacity] }")
}

fn daemons() -> Result<(), Failed> {
    let names = [
        "alloy",
        "aws-for-fluent-bit",
        "aws-node-termination-handler",
        "node-local-dns",
        "node-problem-detector",
        "secrets-store-csi-driver",
        "secrets-store-csi-driver-provider-aws",
    ];
    let all: Vec<String> = names.iter().map(|name| format!("{name}: {{}}")).collect();
    let files = compiled(
        "1.35",
        "    nodeGroups: { system: { instanceTypes: [m7i.large], size: { min: 2, max: 2 } } }
    fargate: { shop: { selectors: [ { namespace: shop } ] } }",
        &format!("  components: {{ loki: {{}}, {} }}", all.join(", ")),
    )?;
    let expression = "- key: eks.amazonaws.com/compute-type operator: NotIn values: - fargate";
    names.iter().try_for_each(|name| says(&files, &format!("/{name}/release.yaml"), expression))
}

fn ranges() -> Result<(), Failed> {
    let files = compiled(
        "1.35",
        "    network:
      secondaryCidrs: [100.64.0.0/16]
      securityGroups:
        web:
          ingress: { http: { tcp: [80], from: [vpc, { cidr: 10.0.0.0/16 }, { cidr: 100.64.0.0/16 }, { cidr: 10.0.0.0/20 }] } }",
        "",
    )?;
    let found = files.iter().find(|(name, _)| name.ends_with("cluster/security_groups.tf"));
    let (_, text) = found.ok_or("there are no groups")?;
    // The VPC's two ranges, each once, and the part of one.
    let rules = text.matches("\"aws_vpc_security_group_ingress_rule\" \"web_").count();
    if rules == 3 { Ok(()) } else { Err(format!("{rules} rules:\n{text}").into()) }
}

fn bastion() -> Result<(), Failed> {
    let files = compiled("1.35", "    network: { zones: [eu-west-1a, eu-west-1b] }\n    bastion: {}", "")?;
    let wanted = "depends_on = [ aws_route.public, aws_route_table_association.public_eu_west_1a, \
                  aws_route_table_association.public_eu_west_1b, ]";
    says(&files, "cluster/bastion.tf", wanted)
}
