//! AWS managed policies exist.

use super::grants::grants;
use crate::catalog::policies;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::{Arn, PolicyName};
use crate::source::Span;

crate::diagnostic! {
    /// An AWS managed policy is unknown.
    ///
    /// The ARN of a managed policy has a path (`service-role/` for some) that its name does not show. For a name
    /// that is not in the table the ARN would be a guess, and IAM refuses a wrong one in the middle of an apply.
    ///
    /// ```yaml,file=apps/web/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: { name: web }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     identities: { web: { serviceAccount: default/web, managedPolicies: [ CloudWatchAgentServerPolice ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the policy's exact name, its whole ARN, or the statements that the app needs:
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
    ///     identities: { web: { serviceAccount: default/web, managedPolicies: [ CloudWatchAgentServerPolicy, "arn:aws:iam::aws:policy/AmazonSQSFullAccess" ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_MANAGED_POLICY = E0606: "an AWS managed policy is unknown"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for grant in grants(context.cluster) {
        let address = grant.address.key("managedPolicies");
        for (index, policy) in grant.managed_policies.iter().enumerate() {
            let place = context.spec.value(&address.index(index));
            let finding = match (policy.arn(), policy.name()) {
                (Some(arn), _) => elsewhere(context, arn, place),
                (None, Some(name)) if policies::path(&name).is_none() => Some(unknown(&name, place)),
                _ => None,
            };
            finding.into_iter().for_each(|finding| sink.report(finding));
        }
    }
}

fn unknown(name: &PolicyName, place: Span) -> Finding {
    let finding = UNKNOWN_MANAGED_POLICY
        .at(place, "not in the table of managed policies")
        .title(format!("AWS managed policy `{name}` is unknown"))
        .why("its ARN would be a guess, and IAM refuses a wrong one in the middle of an apply");
    match policies::similar(name.as_str()) {
        Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
        None => finding
            .help("write the policy's whole ARN: `aws iam list-policies --scope AWS` prints it")
            .help("or write what the app needs as `statements`; they can be narrower, too"),
    }
}

/// A role carries policies of AWS and of its own account only.
fn elsewhere(context: &Context<'_>, arn: &Arn, place: Span) -> Option<Finding> {
    let cluster = context.cluster;
    let account = cluster.account.as_ref().and_then(|account| account.known()).map(ToString::to_string);
    let label = if arn.partition() != cluster.partition {
        format!("in partition `{}`; the cluster is in `{}`", arn.partition(), cluster.partition)
    } else if let Some(own) = account.filter(|own| arn.account() != "aws" && arn.account() != own) {
        format!("in account {}; the cluster is in {own}", arn.account())
    } else {
        return None;
    };
    Some(
        UNKNOWN_MANAGED_POLICY
            .at(place, label)
            .title(format!("no role of this cluster can carry `{arn}`"))
            .why("IAM attaches only policies of AWS and of the role's own account")
            .help("write the policy of this account, or its content as `statements`"),
    )
}
