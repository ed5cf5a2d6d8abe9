//! The runbook's chapters about replacing nodes: a group as a whole, and those of self-managed groups by themselves a few at
//! a time or by people one by one.

use super::Page;
use crate::ir::{Ir, NodeGroup};

/// How a group with a generation is replaced as a whole.
pub(super) fn groups(page: &mut Page, ir: &Ir) {
    let numbered = ir.infra.node_groups.iter().filter_map(|group| Some((group, group.generation?)));
    let numbered: Vec<_> = numbered.collect();
    if numbered.is_empty() {
        return;
    }
    page.chapter("Replace a node group");
    page.say(
        "A higher `generation` in the spec, built and applied, makes a new group beside the old one. When it is up, EKS \
         drains the old group's nodes and deletes it; pods that have not gone after some minutes go with their node.\n",
    );
    for (group, generation) in numbered {
        page.asked_by(
            &format!("- `{}` is at generation {generation}; the next one is {}", group.key, generation + 1),
            group.address.key("generation"),
        );
    }
    page.say("");
    page.commands(&[
        format!("terraform -chdir=terraform/{}/cluster apply", ir.infra.name),
        "kubectl get nodes --sort-by=.metadata.creationTimestamp   # the youngest are the new group's"
            .to_owned(),
    ]);
}

/// How nodes of self-managed groups are replaced.
pub(super) fn self_managed(page: &mut Page, ir: &Ir) {
    let own = ir.infra.node_groups.iter().filter_map(|group| Some((group, group.self_managed()?)));
    let (rolled, kept): (Vec<_>, Vec<_>) = own.partition(|(_, own)| own.refresh.is_some());
    if rolled.is_empty() && kept.is_empty() {
        return;
    }
    page.chapter("Replace nodes of self-managed groups");
    page.say(
        "An apply that changes what nodes start from (image, Kubernetes version, disk, user data) makes a new version of \
         the launch template. A group without `amiRelease` takes the newest image at each apply.\n",
    );
    if !rolled.is_empty() {
        page.say("These groups then replace their nodes a few at a time; pods are not drained first:\n");
        let watch = |(group, _): &(&NodeGroup, _)| {
            format!(
                "aws autoscaling describe-instance-refreshes --region {} --auto-scaling-group-name {}-{} --max-items 1",
                ir.infra.region, ir.infra.name, group.key
            )
        };
        page.commands(&rolled.iter().map(watch).collect::<Vec<_>>());
    }
    if !kept.is_empty() {
        let names: Vec<String> = kept.iter().map(|(group, _)| format!("`{}`", group.key)).collect();
        page.say(&format!(
            "In {} nodes stay until somebody ends them, one by one; the group makes a new node for each:\n",
            names.join(", ")
        ));
        page.commands(&[
            "kubectl drain NODE --ignore-daemonsets --delete-emptydir-data --timeout=15m".to_owned(),
            format!(
                "aws autoscaling terminate-instance-in-auto-scaling-group --region {} --instance-id ID \
                 --no-should-decrement-desired-capacity",
                ir.infra.region
            ),
        ]);
    }
}
