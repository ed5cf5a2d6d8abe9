//! A binding of Kubernetes has groups to bind, the whole cluster to bind them in, and somebody who delivers it.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// An access entry binds groups to a role of Kubernetes, and that cannot be.
    ///
    /// `clusterRole` makes a ClusterRoleBinding of the entry's `groups`, for the whole cluster, which Flux delivers. Without groups
    /// it binds nobody; with `namespaces` it would give more than they say; without `gitops` nothing delivers it.
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
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", policy: view, clusterRole: view-all }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the groups:
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
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", groups: [ readers ], clusterRole: view-all }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub CLUSTER_ROLE_BINDS_NOTHING = E0633: "a role of Kubernetes is bound to nobody, or for too much"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, entry) in &context.cluster.access {
        let Some(role) = entry.cluster_role else { continue };
        // That the entry gives nothing at all is another rule's.
        if entry.groups.is_empty() && entry.policy.is_none() {
            continue;
        }
        let address = Address::of("spec.aws.access").key(name.as_str());
        let place = context.spec.value(&address.key("clusterRole"));
        let finding = if entry.groups.is_empty() {
            CLUSTER_ROLE_BINDS_NOTHING
                .at(place, "is bound to the entry's `groups`, and there are none")
                .title(format!("access entry `{name}` binds `{role}` to nobody"))
                .why("the principal would get nothing of it")
                .help(format!("add `groups: [ {name} ]`"))
        } else if !entry.namespaces.is_empty() && entry.policy.is_some() {
            CLUSTER_ROLE_BINDS_NOTHING
                .at(place, "is bound in the whole cluster")
                .also(context.spec.key(&address.key("namespaces")), "narrows the policy alone")
                .title(format!("access entry `{name}` is for some namespaces and for all"))
                .why("its groups would get everywhere what the policy gives in these namespaces")
                .help(
                    "take `clusterRole` out, and bind the groups in the namespaces by RoleBindings of an app",
                )
        } else if context.cluster.gitops.is_none() {
            CLUSTER_ROLE_BINDS_NOTHING
                .at(place, "is a ClusterRoleBinding, and nothing delivers it")
                .title(format!("nothing delivers the binding of access entry `{name}`"))
                .why("the principal could log in and do nothing")
                .help("add `gitops`, or give the entry a `policy`")
        } else {
            continue;
        };
        sink.report(finding);
    }
}
