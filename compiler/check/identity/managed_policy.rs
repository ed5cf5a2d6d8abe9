//! AWS managed policies exist.

use crate::catalog::policies;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

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
    /// Write the policy's exact name, or the statements that the app needs:
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
    ///     identities: { web: { serviceAccount: default/web, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_MANAGED_POLICY = E0606: "an AWS managed policy is unknown"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, identity) in &context.cluster.identities {
        let address = Address::of("spec.aws.identities").key(name.as_str()).key("managedPolicies");
        for (index, policy) in identity.managed_policies.iter().enumerate() {
            if policies::path(policy).is_some() {
                continue;
            }
            let place = context.spec.value(&address.index(index));
            let finding = UNKNOWN_MANAGED_POLICY
                .at(place, "not in the table of managed policies")
                .title(format!("AWS managed policy `{policy}` is unknown"))
                .why("its ARN would be a guess, and IAM refuses a wrong one in the middle of an apply");
            sink.report(match policies::similar(policy.as_str()) {
                Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
                None => finding.help("write what the app needs as `statements`; they can be narrower, too"),
            });
        }
    }
}
