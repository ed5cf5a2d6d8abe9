//! The runbook's chapter about how the cluster comes up, in the order of the cold start.

use serde_json::{Map, Value, json};

use super::{Page, access, kubeconfig, prose};
use crate::catalog::flux;
use crate::ir::{Bootstrap, Ir, cold_start};
use crate::source::Address;
use crate::spec::{self, Given};
use crate::syntax::shell::quoted;
use crate::syntax::yaml::{Notes, print};

/// From nothing to a cluster that Flux keeps.
pub(super) fn say(page: &mut Page, ir: &Ir) {
    let infra = &ir.infra;
    let name = &infra.name;
    page.chapter("Create");
    page.say("What comes up, in this order:\n");
    for (index, step) in cold_start(ir).iter().enumerate() {
        page.say(&format!("{}. {} ({}): {}", index + 1, step.what, prose(&step.parts.join(", ")), step.why));
    }
    page.say("");
    page.step("The cluster");
    page.commands(&[
        format!("terraform -chdir=terraform/{name}/cluster init"),
        format!("terraform -chdir=terraform/{name}/cluster apply"),
        kubeconfig(ir),
        "kubectl auth can-i '*' '*'   # must print yes".to_owned(),
        "kubectl wait --for=condition=Ready nodes --all --timeout=10m".to_owned(),
    ]);
    if infra.control_plane.public.iter().any(|range| range.input().is_some()) {
        page.say("When the address of an input has changed, apply this stack again.\n");
    }
    edge(page, ir);
    let Some(bootstrap) = &infra.bootstrap else {
        if infra.has_gitops_stack() {
            page.step("Who may come in");
            second_stack(page, ir);
        }
        return;
    };
    page.step("The manifests");
    page.say(&format!(
        "Commit and push the `kube` folder to `{}`, branch {}: Flux reads `{}` there.\n",
        bootstrap.repository,
        branch(bootstrap),
        bootstrap.path
    ));
    page.step("Flux");
    if infra.has_gitops_stack() {
        second_stack(page, ir);
    }
    if bootstrap.way == spec::Bootstrap::Cli {
        if !bootstrap.selector.is_empty() {
            page.asked_by(
                "Flux' controllers run on the chosen nodes by a patch that has to be in the repository before:\n",
                Address::of("spec.gitops.flux.runsOn"),
            );
            page.commands(&flux_patch(name, bootstrap));
        }
        page.commands(&[flux_bootstrap(bootstrap)]);
    }
}

fn second_stack(page: &mut Page, ir: &Ir) {
    let name = &ir.infra.name;
    access::config_map(page, ir);
    page.commands(&[
        format!("terraform -chdir=terraform/{name}/gitops init"),
        format!("terraform -chdir=terraform/{name}/gitops apply"),
    ]);
}

/// Writes the kustomization of Flux' own manifests with a patch that chooses the nodes.
fn flux_patch(cluster: &str, bootstrap: &Bootstrap) -> Vec<String> {
    let folder = format!("kube/clusters/{cluster}/flux-system");
    let (os, linux) = flux::OS_LABEL;
    let labels = bootstrap.selector.iter().map(|(key, value)| (key.clone(), json!(value)));
    let nodes: Map<String, Value> = std::iter::once((os.to_owned(), json!(linux))).chain(labels).collect();
    let patch = json!([{ "op": "add", "path": "/spec/template/spec/nodeSelector", "value": nodes }]);
    let body = json!({
        "apiVersion": "kustomize.config.k8s.io/v1beta1",
        "kind": "Kustomization",
        "resources": flux::OWN_FILES,
        "patches": [{ "target": { "kind": "Deployment" }, "patch": print(&patch, &Notes::default()).text }],
    });
    let files: Vec<String> = flux::OWN_FILES.iter().map(|file| format!("{folder}/{file}")).collect();
    vec![
        format!("mkdir -p {folder}"),
        format!("touch {}", files.join(" ")),
        format!("cat > {folder}/kustomization.yaml <<'EOF'\n{}EOF", print(&body, &Notes::default()).text),
        format!("git add {folder} && git commit -m 'Choose the nodes of Flux' && git push"),
    ]
}

/// The way in by the bastion, and what somebody has to prove by hand.
fn edge(page: &mut Page, ir: &Ir) {
    let infra = &ir.infra;
    if infra.bastion.is_some() {
        let at = Address::of("spec.aws.bastion");
        page.asked_by("The bastion reaches the nodes and the private address of the API:\n", at);
        page.commands(&[format!(
            "aws ssm start-session --region {} --target \"$(terraform -chdir=terraform/{}/cluster output -raw bastion_id)\"",
            infra.region, infra.name
        )]);
    }
    for certificate in infra.certificates.iter().filter(|certificate| certificate.zone.is_none()) {
        page.asked_by(
            &format!(
                "Certificate `{}` is issued when the DNS of `{}` has the records that this prints:\n",
                certificate.key, certificate.domain
            ),
            certificate.address.clone(),
        );
        page.commands(&[
            format!("terraform -chdir=terraform/{}/cluster output certificate_arns", infra.name),
            format!(
                "aws acm describe-certificate --region {} --query Certificate.DomainValidationOptions --certificate-arn ARN",
                infra.region
            ),
        ]);
    }
}

fn branch(bootstrap: &Bootstrap) -> String {
    match &bootstrap.branch {
        Given::Known(branch) => format!("`{branch}`"),
        Given::Input(input) => format!("`$TF_VAR_{input}`"),
    }
}

fn flux_bootstrap(bootstrap: &Bootstrap) -> String {
    let branch = match &bootstrap.branch {
        Given::Known(branch) => quoted(branch),
        Given::Input(input) => format!("\"$TF_VAR_{input}\""),
    };
    let mut command = format!(
        "flux bootstrap git --url={} --branch={branch} --path={}",
        quoted(&bootstrap.repository),
        quoted(&bootstrap.path)
    );
    if let Some(minor) = crate::catalog::flux::find(&bootstrap.version) {
        command.push_str(&format!(" --version=v{}", minor.release));
    }
    if !bootstrap.toleration_keys.is_empty() {
        command.push_str(&format!(" --toleration-keys={}", quoted(&bootstrap.toleration_keys.join(","))));
    }
    if let Some(auth) = &bootstrap.auth {
        if let Some(ssh) = &auth.ssh {
            command
                .push_str(&format!(" --private-key-file=<(printf %s \"$TF_VAR_{}\")", ssh.private_key.input));
        }
        if let Some(token) = &auth.token {
            command.push_str(&format!(
                " --token-auth --username={} --password=\"$TF_VAR_{}\"",
                quoted(&token.username),
                token.password.input
            ));
        }
    }
    command
}
