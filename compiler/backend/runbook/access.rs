//! What the runbook says about access: whose credentials, how people log in, and the way from the ConfigMap to entries.

use super::{Page, kubeconfig};
use crate::catalog::access::AccessPolicy;
use crate::domain::PrincipalKind;
use crate::ir::{Access, Acting, FargateProfile, Identity, Ir, Part};
use crate::source::Address;
use crate::spec::{Authentication, Given, Principal};
use crate::syntax::hcl::identifier;
use crate::syntax::shell::quoted;

const AUTHENTICATION: &str = "spec.aws.authentication";

/// The role that Terraform acts as, as a word of the shell.
pub(super) fn assumed(assumed: &Acting) -> String {
    match &assumed.role {
        Given::Known(arn) => quoted(arn.as_str()),
        Given::Input(input) => format!("\"$TF_VAR_{input}\""),
    }
}

/// Whose credentials the shell needs.
pub(super) fn credentials(page: &mut Page, ir: &Ir) {
    if let Some(role) = &ir.infra.assume_role {
        page.asked_by(
            &format!(
                "- credentials that may take the role {}: Terraform and `kubectl` act as that role",
                assumed(role).replace(['\'', '"'], "`")
            ),
            Address::of("spec.aws.assumeRole"),
        );
    }
    if let Some(role) = &ir.infra.state.assume_role {
        page.asked_by(
            &format!("- and that may take the role `{role}`, which reads and writes the state"),
            Address::of("spec.aws.state.s3.assumeRole"),
        );
    }
}

/// Who gets into the cluster while nobody else does.
pub(super) fn first_in(page: &mut Page, ir: &Ir) {
    if ir.infra.authentication == Authentication::ConfigMap {
        page.asked_by(
            "- for everything after the first apply, the same credentials: until the rows of `aws-auth` are written, only \
             who makes the cluster gets in",
            Address::of(AUTHENTICATION),
        );
        return;
    }
    let admins = ir.infra.access.iter().filter(|entry| entry.policy == Some(AccessPolicy::ClusterAdmin));
    let admins: Vec<String> = admins.map(|entry| format!("`{}`", entry.key)).collect();
    page.asked_by(
        &format!(
            "- for everything after the first apply, the principal of {}: making a cluster does not make one its admin",
            admins.join(" or ")
        ),
        Address::of("spec.aws.access"),
    );
}

/// How people log in by the roles that are made for them.
pub(super) fn people(page: &mut Page, ir: &Ir) {
    let infra = &ir.infra;
    if infra.roles.is_empty() {
        return;
    }
    page.chapter("People");
    page.say("Who is trusted by a role adds the cluster to a kubeconfig under the name of that role:\n");
    let entry = |role: &Identity| {
        infra.access.iter().find(|entry| {
            matches!(&entry.principal, Principal::Role(reference) if reference.role.as_str() == role.key)
        })
    };
    let command = |role: &Identity| {
        entry(role)?;
        Some(format!(
            "aws eks update-kubeconfig --region {} --name {} --role-arn {} --alias {}",
            infra.region,
            infra.name,
            role_arn(ir, role),
            quoted(&format!("{}-{}", infra.name, role.key))
        ))
    };
    page.commands(&infra.roles.iter().filter_map(command).collect::<Vec<_>>());
}

/// The ARN of a role of the cluster, as a word of the shell.
fn role_arn(ir: &Ir, role: &Identity) -> String {
    let path = role.settings.path.as_deref().unwrap_or("/");
    arn(ir, &format!(":role{path}{}-{}", ir.infra.name, role.key))
}

/// The ARN of something in IAM of the account, as a word of the shell.
fn arn(ir: &Ir, behind: &str) -> String {
    let infra = &ir.infra;
    let before = format!("arn:{}:iam::", infra.partition);
    match &infra.account {
        Some(Given::Known(account)) => quoted(&format!("{before}{account}{behind}")),
        Some(Given::Input(input)) => format!("\"{before}${{TF_VAR_{input}}}\"{}", quoted(behind)),
        None => format!(
            "\"{before}$(aws sts get-caller-identity --query Account --output text)\"{}",
            quoted(behind)
        ),
    }
}

/// The ConfigMap, before its rows are written.
pub(super) fn config_map(page: &mut Page, ir: &Ir) {
    if ir.infra.aws_auth.is_none() {
        return;
    }
    page.asked_by(
        "EKS makes the ConfigMap `aws-auth` with the first nodes that need it, and not in every mode. This makes it where \
         it is missing and changes nothing where it is not:\n",
        Address::of(AUTHENTICATION),
    );
    page.commands(&[
        "kubectl create configmap aws-auth --namespace=kube-system --dry-run=client --output=yaml | \
         kubectl apply --server-side --filename=-"
            .to_owned(),
    ]);
}

/// Nodes and people must get in until the end, so the rows go with the cluster.
pub(super) fn keep_config_map(page: &mut Page, ir: &Ir) {
    if ir.infra.aws_auth.is_none() {
        return;
    }
    page.asked_by(
        "Leave `aws-auth` where it is: nodes and people have to get in until the cluster itself goes.\n",
        Address::of(AUTHENTICATION),
    );
    page.commands(&[format!(
        "terraform -chdir=terraform/{}/gitops state rm kubernetes_config_map_v1_data.aws_auth",
        ir.infra.name
    )]);
}

/// The way from the ConfigMap to access entries.
pub(super) fn migration(page: &mut Page, ir: &Ir) {
    if ir.infra.aws_auth.is_none() {
        return;
    }
    let is_first = ir.infra.authentication == Authentication::ConfigMap;
    page.chapter_for("From aws-auth to access entries", Address::of(AUTHENTICATION));
    page.say("EKS goes this way only forward; each stage is a spec that can stay as it is for as long as you like.\n");
    first_stage(page, ir, is_first);
    verify_entries(page, ir);
    last_stage(page, ir);
}

fn first_stage(page: &mut Page, ir: &Ir, is_first: bool) {
    let name = &ir.infra.name;
    let here = if is_first { "" } else { " (done: the spec says so)" };
    page.step(&format!("Both{here}"));
    page.say(
        "Write `authentication: api-and-config-map` and build. The plan changes the mode in place and adds an entry for each \
         one in `access`; the ConfigMap stays. An entry wins over the row of the same principal. Change the mode first:\n",
    );
    page.commands(&[
        format!("terraform -chdir=terraform/{name}/cluster apply -target=aws_eks_cluster.main"),
        format!(
            "aws eks describe-cluster --region {} --name {name} --query cluster.accessConfig.authenticationMode --output \
             text   # must print API_AND_CONFIG_MAP",
            ir.infra.region
        ),
        list_entries(ir),
    ]);
    page.say(
        "EKS may have made entries by itself, such as for who made the cluster. Terraform cannot make an entry that is there, \
         so hand over those of the list that `access` has, too; of these lines, run the ones that are needed:\n",
    );
    page.commands(&ir.infra.access.iter().map(|entry| hand_over(ir, entry)).collect::<Vec<_>>());
    page.commands(&[format!("terraform -chdir=terraform/{name}/cluster apply")]);
}

/// Who has an entry, one on each line.
fn list_entries(ir: &Ir) -> String {
    format!(
        "aws eks list-access-entries --region {} --cluster-name {} --query 'accessEntries[]' --output text | tr '\\t' '\\n'",
        ir.infra.region, ir.infra.name
    )
}

/// Tells Terraform of an entry that is there.
fn hand_over(ir: &Ir, entry: &Access) -> String {
    let name = &ir.infra.name;
    let address = format!("aws_eks_access_entry.{}", identifier(&entry.key));
    let arn = match &entry.principal {
        Principal::Known(arn) => quoted(arn.as_str()),
        Principal::Input(reference) => format!("\"$TF_VAR_{}\"", reference.input),
        Principal::Role(reference) => {
            let mut roles = ir.infra.roles.iter().chain(ir.infra.foreign_roles());
            let role = roles.find(|role| role.key == reference.role.as_str());
            role.map(|role| role_arn(ir, role)).unwrap_or_default()
        }
        Principal::Operator(reference) => {
            let arn_of = ir.infra.operator_arn(&reference.operator);
            let last = arn_of.as_ref().and_then(|text| text.0.last());
            match last {
                Some(Part::Literal(behind)) => arn(ir, behind),
                _ => String::new(),
            }
        }
    };
    format!("terraform -chdir=terraform/{name}/cluster import {address} {name}:{arn}")
}

fn verify_entries(page: &mut Page, ir: &Ir) {
    page.step("Verify the entries");
    page.say(
        "Each principal of the first list must be in the second; there, roles stand with their path. What is only in the \
         first would be locked out: add it to `access` and apply the cluster again.\n",
    );
    page.commands(&[
        "kubectl --namespace=kube-system get configmap aws-auth --output=yaml | grep -E 'rolearn|userarn'"
            .to_owned(),
        list_entries(ir),
    ]);
    if ir.infra.has_managed_groups() {
        page.say(
            "The role of the nodes must be there, too. EKS makes its entry with a group; for groups that are older than \
             stage 1, make it:\n",
        );
        page.commands(&entry_of_nodes(ir, "NODE_ROLE", &ir.infra.node_role.suffix, "EC2_LINUX"));
    }
    if !ir.infra.fargate.is_empty() {
        page.say("So must that of pods on Fargate, which EKS makes with a profile:\n");
        page.commands(&entry_of_nodes(ir, "FARGATE_ROLE", FargateProfile::ROLE, "FARGATE_LINUX"));
    }
    page.say("Then let one person of each entry try:\n");
    let mut lines = vec![kubeconfig(ir), "kubectl auth whoami".to_owned()];
    lines.extend(ir.infra.access.iter().map(attempt));
    page.commands(&lines);
}

/// Looks for the entry of a role that EKS lets in by itself, and makes it where it is missing.
fn entry_of_nodes(ir: &Ir, variable: &str, suffix: &str, sort: &str) -> [String; 2] {
    let (region, name) = (&ir.infra.region, &ir.infra.name);
    let of = format!("--region {region} --cluster-name {name} --principal-arn \"${variable}\"");
    [
        format!(
            "{variable}=\"$(aws iam get-role --role-name {name}-{suffix} --query Role.Arn --output text)\""
        ),
        format!("aws eks describe-access-entry {of} || aws eks create-access-entry {of} --type {sort}"),
    ]
}

fn attempt(entry: &Access) -> String {
    let who = match &entry.principal {
        Principal::Known(arn) if arn.kind() == PrincipalKind::User => "the user",
        _ => "the role",
    };
    format!("kubectl auth can-i --list   # as {who} of `{}`", entry.key)
}

fn last_stage(page: &mut Page, ir: &Ir) {
    let name = &ir.infra.name;
    page.step("Take the rows out");
    if ir.infra.terraform_brings_flux() {
        page.say(
            "Write `authentication: api`, build, and apply the stack `gitops` first. The cluster still reads the \
             ConfigMap, so the way back is the spec before this one.\n",
        );
        page.commands(&[
            format!("terraform -chdir=terraform/{name}/gitops apply   # the plan takes out aws-auth and nothing else"),
            "kubectl get nodes   # again after ten minutes: all must be Ready".to_owned(),
        ]);
    } else {
        page.say(
            "The stack `gitops` holds nothing else and goes. The cluster still reads the ConfigMap, so the way back is to \
             apply the stack again. Then write `authentication: api` and build.\n",
        );
        page.commands(&[
            format!("terraform -chdir=terraform/{name}/gitops destroy   # the plan takes out aws-auth and nothing else"),
            "kubectl get nodes   # again after ten minutes: all must be Ready".to_owned(),
        ]);
    }
    page.step("Entries alone");
    page.say("From here no way leads back.\n");
    page.commands(&[
        format!("terraform -chdir=terraform/{name}/cluster apply   # changes the mode to API"),
        "kubectl --namespace=kube-system delete configmap aws-auth   # empty by now".to_owned(),
    ]);
}
