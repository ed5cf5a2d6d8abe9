//! Conditions on the cluster's own tags name values that its resources carry.

use std::collections::BTreeMap;

use super::grants::grants;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::source::Span;
use crate::spec::OneOrMany;

crate::diagnostic! {
    /// A condition on a tag of the cluster can never hold.
    ///
    /// A statement may depend on the tags of what it is used on, or of what it makes. If the value in the condition and
    /// the value on the resources differ by one letter, IAM refuses every call, and nobody is told that it was the tag.
    ///
    /// Looked at are `aws:ResourceTag/KEY` and `aws:RequestTag/KEY` with keys that this spec writes: those of
    /// `metadata.tags`, `kubernetes.io/cluster/NAME`, and Karpenter's discovery tag.
    ///
    /// ```yaml,file=apps/web/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: { name: web }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo, tags: { environment: production } }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     identities:
    ///       web:
    ///         serviceAccount: default/web
    ///         statements:
    ///           - sid: StopOwnInstances
    ///             actions: ["ec2:StopInstances"]
    ///             resources: ["*"]
    ///             conditions: { StringEquals: { "aws:ResourceTag/environment": prod } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the value that the resources carry:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo, tags: { environment: production } }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     identities:
    ///       web:
    ///         serviceAccount: default/web
    ///         statements:
    ///           - sid: StopOwnInstances
    ///             actions: ["ec2:StopInstances"]
    ///             resources: ["*"]
    ///             conditions: { StringEquals: { "aws:ResourceTag/environment": production } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TAG_NEVER_MATCHES = E0622: "a condition on the cluster's own tag never holds"
}

const PREFIXES: [&str; 2] = ["aws:resourcetag/", "aws:requesttag/"];
const CLUSTER: &str = "kubernetes.io/cluster/";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let own = own_tags(context);
    for grant in grants(context.cluster) {
        for (index, statement) in grant.statements.iter().enumerate() {
            let at = grant.address.key("statements").index(index).key("conditions");
            for (operator, keys) in &statement.conditions {
                for (key, values) in keys {
                    let place = context.spec.value(&at.key(operator).key(key));
                    let finding = never_holds(&own, operator, key, values, place);
                    finding.into_iter().for_each(|finding| sink.report(finding));
                }
            }
        }
    }
}

/// The tags that the spec puts on the cluster's resources: each key with its values.
fn own_tags(context: &Context<'_>) -> BTreeMap<String, Vec<String>> {
    let infra = &context.ir.infra;
    let mut own: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (key, value) in &infra.tags {
        own.insert(key.clone(), vec![value.clone()]);
    }
    own.insert(format!("{CLUSTER}{}", infra.name), vec!["owned".to_owned(), "shared".to_owned()]);
    if let Some(karpenter) = &infra.karpenter {
        own.insert(karpenter.discovery.key.clone(), vec![karpenter.discovery.value.clone()]);
    }
    own
}

fn never_holds(
    own: &BTreeMap<String, Vec<String>>,
    operator: &str,
    key: &str,
    values: &OneOrMany,
    place: Span,
) -> Option<Finding> {
    let tag = PREFIXES.iter().find_map(|prefix| {
        let start = key.get(..prefix.len())?;
        start.eq_ignore_ascii_case(prefix).then(|| key.get(prefix.len()..)).flatten()
    })?;
    // IAM compares keys of tags without regard to case.
    let Some((known, carried)) = own.iter().find(|(known, _)| known.eq_ignore_ascii_case(tag)) else {
        let of_cluster = own.keys().find(|known| known.starts_with(CLUSTER))?;
        return tag.starts_with(CLUSTER).then(|| {
            TAG_NEVER_MATCHES
                .at(place, format!("this cluster's resources carry `{of_cluster}`"))
                .title(format!("the condition is on `{tag}`, the tag of another cluster"))
                .why("no resource of this cluster has that tag, so the condition never holds")
                .help(format!("write `{of_cluster}`"))
        });
    };
    let wanted: Vec<&String> = match values {
        OneOrMany::One(value) => vec![value],
        OneOrMany::Many(values) => values.iter().collect(),
    };
    let fits = comparison(operator)?;
    if wanted.iter().any(|value| value.contains("${") || carried.iter().any(|own| fits(value, own))) {
        return None;
    }
    let carried = carried.iter().map(|value| format!("`{value}`")).collect::<Vec<_>>().join(" or ");
    Some(
        TAG_NEVER_MATCHES
            .at(place, format!("the cluster's resources carry {carried}"))
            .title(format!("the condition on the tag `{known}` never holds"))
            .why("IAM refuses every call that the statement is for, and does not say that it was the tag")
            .help(format!("write {carried}")),
    )
}

/// How an operator compares the value in a condition with the one on a resource; `None` for those that do not ask for
/// equality.
fn comparison(operator: &str) -> Option<fn(&str, &str) -> bool> {
    let operator = operator.rsplit(':').next().unwrap_or(operator);
    match operator.strip_suffix("IfExists").unwrap_or(operator) {
        "StringEquals" => Some(|wanted, own| wanted == own),
        "StringEqualsIgnoreCase" => Some(|wanted, own| wanted.eq_ignore_ascii_case(own)),
        "StringLike" => Some(super::pattern::matches),
        _ => None,
    }
}
