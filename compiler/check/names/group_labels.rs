//! Labels and taints of groups are ones that EKS takes, and that fit into tags.

use crate::catalog::autoscaling::{NODE_TEMPLATE, TAGS_OF_EKS};
use crate::catalog::limits;
use crate::check::Context;
use crate::cluster::NodeGroup;
use crate::diagnostic::Sink;
use crate::domain::Key;

crate::diagnostic! {
    /// A label or taint is one that Kubernetes takes and EKS does not, or that cannot be told to cluster-autoscaler.
    ///
    /// EKS takes keys of at most 63 characters, the prefix counted, and no empty label values. For cluster-autoscaler
    /// each label and taint becomes a tag: its key may have 128 characters with what stands before it, two taints
    /// with one key would be two tags with one key, and a group has at most 50 tags.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         labels: { scheduling.data-platform.engineering.example.com/dedicated-for-team: payments }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         size: { min: 0, max: 9 }
    ///         taints: [ { key: dedicated, value: a, effect: NoSchedule }, { key: dedicated, value: b, effect: NoExecute } ]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take shorter keys, and one effect for each key (`NoExecute` keeps new pods away, too):
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         size: { min: 0, max: 9 }
    ///         labels: { example.com/team: payments }
    ///         taints: [ { key: dedicated, value: b, effect: NoExecute } ]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub LABEL_OR_TAINT_REFUSED = E0903: "AWS refuses a label or taint of a node group"
}

const REFUSED: &str = "EKS refuses the group after the network and the control plane are up";
/// Characters of the key of a tag (AWS tagging, August 2026).
const TAG_REFUSED: &str = "AWS refuses the auto scaling group after the network and the control plane are up";
const TAG_KEY: usize = 128;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        for (key, value) in &group.written.labels {
            let place = group.address.key("labels").key(key.as_str());
            too_long(context, group, "label", key.as_str(), context.spec.key(&place), sink);
            if value.is_empty() && group.written.self_managed.is_none() {
                sink.report(
                    LABEL_OR_TAINT_REFUSED
                        .at(context.spec.key(&place), "no value")
                        .title(format!("label `{key}` of group `{name}` has no value"))
                        .why(REFUSED)
                        .help(format!("write a value, such as `{key}: \"true\"`")),
                );
            }
        }
        for (index, taint) in group.written.taints.iter().enumerate() {
            let place = context.spec.value(&group.address.key("taints").index(index));
            too_long(context, group, "taint", taint.key.as_str(), place, sink);
        }
        if group.autoscaled {
            twice(context, name, group, sink);
            too_many(context, name, group, sink);
        }
    }
}

fn too_long(
    context: &Context<'_>,
    group: &NodeGroup,
    sort: &str,
    key: &str,
    place: crate::source::Span,
    sink: &mut Sink,
) {
    let prefix = format!("{NODE_TEMPLATE}/{sort}/").len();
    let is_own = group.written.self_managed.is_some();
    let most = match (group.autoscaled, is_own) {
        (true, true) => TAG_KEY - prefix,
        (true, false) => limits::NODE_GROUP_LABEL_KEY.min(TAG_KEY - prefix),
        (false, true) => return,
        (false, false) => limits::NODE_GROUP_LABEL_KEY,
    };
    let length = key.len();
    if length <= most {
        return;
    }
    let mut finding = LABEL_OR_TAINT_REFUSED
        .at(place, format!("{length} characters; at most {most} fit"))
        .title(match is_own {
            true => format!("the key of {sort} `{key}` is too long for a tag"),
            false => format!("the key of {sort} `{key}` is too long for a managed group"),
        })
        .why(if is_own { TAG_REFUSED } else { REFUSED })
        .help("take a shorter prefix or name");
    if group.autoscaled && prefix + length > TAG_KEY {
        finding = finding.also(
            context.spec.key(&group.address),
            format!("its tag for cluster-autoscaler would have {} characters of {TAG_KEY}", prefix + length),
        );
    }
    sink.report(finding);
}

fn twice(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let taints = &group.written.taints;
    let at = |index: usize| context.spec.value(&group.address.key("taints").index(index));
    for (index, taint) in taints.iter().enumerate() {
        let Some(earlier) = taints.iter().take(index).position(|other| other.key == taint.key) else {
            continue;
        };
        sink.report(
            LABEL_OR_TAINT_REFUSED
                .at(at(index), format!("the key `{}` again", taint.key))
                .also(at(earlier), "the first one")
                .title(format!("group `{name}` has two taints with the key `{}`", taint.key))
                .why("cluster-autoscaler reads taints from tags, and a group has one tag for each key: it would plan nodes that pods cannot use")
                .help("keep one; `NoExecute` keeps new pods away as `NoSchedule` does"),
        );
    }
}

fn too_many(context: &Context<'_>, name: &Key, group: &NodeGroup, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let tags = infra
        .node_groups
        .iter()
        .find(|one| one.address == group.address)
        .map_or(0, |one| one.scaling_tags.len());
    let (others, whose) = match group.written.self_managed {
        // Its mark of ownership, and the tags of the cluster.
        Some(_) => (1 + infra.tags.len(), "of the cluster"),
        None => (TAGS_OF_EKS, "of EKS"),
    };
    let most = limits::TAGS_PER_RESOURCE.saturating_sub(others);
    if tags > most {
        sink.report(
            LABEL_OR_TAINT_REFUSED
                .at(context.spec.key(&group.address), format!("{tags} tags; {most} fit beside those {whose}"))
                .title(format!("group `{name}` has too many labels and taints"))
                .why(
                    "AWS takes 50 tags on a group, and cluster-autoscaler needs one for each label and taint",
                )
                .help("remove labels that no pod selects"),
        );
    }
}
