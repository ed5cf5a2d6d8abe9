//! The runbook's chapters about the foundation: how it comes up before its own state has a place, and how it goes.

use super::{Page, prose};
use crate::ir::{Foundation, Infra, Operator};
use crate::source::Address;
use crate::spec::{Given, Level};

const AT: &str = "spec.aws.foundation";

/// What has to be there before: the bullets about rights and the bucket.
pub(super) fn prerequisites(page: &mut Page, infra: &Infra) {
    if infra.foundation.is_some() {
        page.asked_by(
            "- an administrator of the account, for the foundation: it makes what nobody else may change",
            Address::of(AT),
        );
    }
    let bucket = &infra.state;
    let region = bucket.region.as_ref().map_or(infra.region.as_str(), |region| region.as_str());
    let text = match makes_bucket(infra) {
        false => format!(
            "- the state bucket `{}` in {region}, versioned; Terraform locks by a file beside the state",
            bucket.bucket
        ),
        true => format!(
            "- nobody else with a bucket called `{}`: the foundation makes it, in {region}",
            bucket.bucket
        ),
    };
    page.asked_by(&text, Address::of("spec.aws.state"));
}

fn makes_bucket(infra: &Infra) -> bool {
    infra.foundation.as_ref().is_some_and(|foundation| foundation.state_bucket.is_some())
}

/// The chapter that comes first.
pub(super) fn create(page: &mut Page, infra: &Infra) {
    let Some(foundation) = &infra.foundation else { return };
    let stack = stack(infra);
    page.asked_by("## The foundation\n", Address::of(AT));
    page.say(
        "An administrator applies it, before everything else. What it makes is out of the reach of those who work on the \
         cluster. Apply it again whenever a build changes its files: a kind of thing that is new to the cluster asks for new \
         permissions.\n",
    );
    if makes_bucket(infra) {
        page.say(
            "The bucket that it makes keeps its own state, too. So the first time, the state begins as a file in the folder \
             and moves into the bucket once that is there. `backend_override.tf` is what makes Terraform wait with the \
             bucket:\n",
        );
        page.commands(&[
            format!("printf 'terraform {{\\n  backend \"local\" {{}}\\n}}\\n' > {stack}/backend_override.tf"),
            format!("terraform -chdir={stack} init"),
            format!("terraform -chdir={stack} apply"),
            format!("rm {stack}/backend_override.tf"),
            format!("terraform -chdir={stack} init -migrate-state   # yes: copy the state into the bucket"),
            format!("terraform -chdir={stack} plan   # must find nothing to change"),
            format!("rm {stack}/terraform.tfstate*"),
        ]);
        page.say("From then on, it is a stack like the others:\n");
    }
    page.commands(&[format!("terraform -chdir={stack} init"), format!("terraform -chdir={stack} apply")]);
    operators(page, infra, foundation);
}

fn stack(infra: &Infra) -> String {
    format!("terraform/{}/foundation", infra.name)
}

fn operators(page: &mut Page, infra: &Infra, foundation: &Foundation) {
    if foundation.operators.is_empty() {
        return;
    }
    page.say("Everything after this is for operators:\n");
    page.say("| operator | may | role | for |\n|---|---|---|---|");
    for operator in &foundation.operators {
        let description = prose(operator.settings.description.as_deref().unwrap_or_default());
        let (key, may, path) = (&operator.key, operator.may.word(), path(operator));
        page.asked_by(&format!("| {key} | {may} | `{path}` | {description} |"), operator.address.clone());
    }
    page.say(
        "\nEach level holds those before it: `apply` makes and changes, and replacing a thing takes `destroy`. The \
         Kubernetes API lets a role in only if `spec.aws.access` names it.\n",
    );
    let works = foundation.operators.iter().filter(|operator| operator.may >= Level::Apply);
    let Some(operator) = works.max_by_key(|operator| operator.may) else { return };
    let profile = format!("{}-{}", infra.name, operator.key);
    let account = match infra.account.as_ref().and_then(Given::known) {
        Some(account) => account.to_string(),
        None => "$(aws sts get-caller-identity --query Account --output text)".to_owned(),
    };
    let arn = format!("arn:{}:iam::{account}:{}", infra.partition, path(operator));
    page.say(&format!("As `{}`, with a profile of your own to start from:\n", operator.key));
    page.commands(&[
        format!("aws configure set --profile {profile} role_arn \"{arn}\""),
        format!("aws configure set --profile {profile} source_profile default"),
        format!("export AWS_PROFILE={profile}"),
    ]);
}

/// The role in its folder, such as `role/foundation/demo/demo-admin`.
fn path(operator: &Operator) -> String {
    format!("role{}{}", operator.settings.path.as_deref().unwrap_or("/"), operator.role)
}

/// How it goes, last of all.
pub(super) fn tear_down(page: &mut Page, infra: &Infra) {
    if infra.foundation.is_none() {
        return;
    }
    let stack = stack(infra);
    page.asked_by("### 6. The foundation\n", Address::of(AT));
    let mut lines = vec!["unset AWS_PROFILE".to_owned(), format!("terraform -chdir={stack} destroy")];
    if makes_bucket(infra) {
        page.say(
            "With an administrator's rights. The bucket holds the states of other stacks and old ones of this, so Terraform \
             refuses to destroy it: it is forgotten, stays with its settings and its key, and everything else goes. Empty \
             and delete it by hand when nobody needs a state in it any more.\n",
        );
        lines.insert(
            1,
            format!(
                "terraform -chdir={stack} state list | grep -E '^aws_(s3_bucket|kms_)' | while read -r kept; do \
                 terraform -chdir={stack} state rm \"$kept\" </dev/null; done"
            ),
        );
    } else {
        page.say("With an administrator's rights, when no operator is needed any more:\n");
    }
    page.commands(&lines);
}
