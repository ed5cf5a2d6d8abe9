//! The runbook's chapter about what has to be there before the first run: programs, rights, inputs.

use super::{Page, access, code_cell, foundation, prose};
use crate::ir::Ir;
use crate::source::Address;
use crate::spec::{Given, InputDeclaration, InputKind};
use crate::syntax::shell::quoted;

/// What has to be there before the first command.
pub(super) fn say(page: &mut Page, ir: &Ir) {
    let infra = &ir.infra;
    page.chapter("Before the first run");
    page.say("- `terraform` 1.10 or newer (or OpenTofu 1.10), `aws`, `kubectl`, and `flux` on the PATH");
    match infra.account.as_ref().and_then(Given::known) {
        Some(account) => page.say(&format!(
            "- AWS credentials for account {account}, region {}, in a session of at least an hour",
            infra.region
        )),
        None => page.say(&format!(
            "- AWS credentials for the cluster's account, region {}, in a session of at least an hour",
            infra.region
        )),
    }
    access::credentials(page, ir);
    access::first_in(page, ir);
    if infra.control_plane.public.is_empty() {
        page.asked_by(
            "- a machine inside the VPC, or connected to it, for everything after the first apply: the Kubernetes API \
             answers nowhere else",
            Address::of("spec.aws.endpoint"),
        );
    }
    foundation::prerequisites(page, infra);
    if infra.karpenter.as_ref().is_some_and(|karpenter| karpenter.buys_spot)
        || infra.node_groups.iter().any(|group| group.capacity == crate::domain::CapacityType::Spot)
    {
        page.say(
            "- the service-linked role for Spot, once for each account; an error that it exists is fine:\n",
        );
        page.say(
            "  ```sh\n  aws iam create-service-linked-role --aws-service-name spot.amazonaws.com\n  ```",
        );
    }
    if !infra.inputs.is_empty() {
        page.say("\nInputs, as environment variables of the shell that runs Terraform:\n");
        page.say("| variable | type | kept at | for |\n|---|---|---|---|");
        for (name, input) in &infra.inputs {
            let address = Address::of("spec.inputs").key(name.as_str());
            page.asked_by(&input_row(name.as_str(), input), address);
        }
        page.say("");
        let lines: Vec<String> =
            infra.inputs.iter().map(|(name, input)| export(name.as_str(), input)).collect();
        page.commands(&lines);
    } else {
        page.say("");
    }
}

fn input_row(name: &str, input: &InputDeclaration) -> String {
    let source = input.source.as_ref().map_or_else(|| "-".to_owned(), |source| code_cell(source.as_str()));
    let description = prose(input.description.as_deref().unwrap_or_default());
    format!("| `TF_VAR_{name}` | {} | {source} | {description} |", input.kind.word())
}

/// How a value gets from where it is kept into the shell.
fn export(name: &str, input: &InputDeclaration) -> String {
    match input.source.as_ref().map(|source| source.as_str()) {
        Some(path) if path.starts_with("op://") => {
            format!("export TF_VAR_{name}=\"$(op read {})\"", quoted(path))
        }
        Some(path) if path.starts_with("env:") => {
            format!("export TF_VAR_{name}=\"${}\"", path.trim_start_matches("env:"))
        }
        Some(path) => format!("export TF_VAR_{name}=...   # from {}", path.replace('\n', " ")),
        None if input.kind == InputKind::Cidr => {
            format!(
                "export TF_VAR_{name}=\"$(curl -s https://checkip.amazonaws.com)/32\"   # this machine; or a range"
            )
        }
        None => format!("export TF_VAR_{name}=..."),
    }
}
