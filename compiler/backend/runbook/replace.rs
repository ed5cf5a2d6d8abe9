//! How nodes of self-managed groups are replaced: by themselves a few at a time, or by people one by one.

use super::Page;
use crate::ir::{Ir, NodeGroup};

pub(super) fn say(page: &mut Page, ir: &Ir) {
    let own = ir.infra.node_groups.iter().filter_map(|group| Some((group, group.self_managed()?)));
    let (rolled, kept): (Vec<_>, Vec<_>) = own.partition(|(_, own)| own.refresh.is_some());
    if rolled.is_empty() && kept.is_empty() {
        return;
    }
    page.say("## Replace nodes of self-managed groups\n");
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
