//! No two things derive the same name.

use crate::check::Context;
use crate::check::derived::{self, addresses, all};
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// Two things derive the same name in AWS.
    ///
    /// The second one fails to apply, or worse: takes over the role of the first, with its permissions.
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
    ///     identities: { cluster: { serviceAccount: default/web, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Choose a key that nothing else has; here the control plane's own role is `demo-cluster`:
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
    pub NAMES_COLLIDE = E0902: "two things derive the same name"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let mut names = all(context.cluster, context.ir);
    names.extend(addresses(context.cluster, context.ir));
    for (index, one) in names.iter().enumerate() {
        let same = |earlier: &&derived::Derived| earlier.sort == one.sort && earlier.name == one.name;
        let Some(earlier) = names.iter().take(index).find(same) else { continue };
        sink.report(
            NAMES_COLLIDE
                .at(context.spec.key(&one.address), format!("derives the {} `{}`", one.sort, one.name))
                .also(context.spec.key(&earlier.address), format!("and so does {}", earlier.what))
                .title(format!("{} and {} have the same name", one.what, earlier.what))
                .why("the second fails to apply, or takes over the first with its permissions")
                .help("choose another key or name for one of the two"),
        );
    }
}
