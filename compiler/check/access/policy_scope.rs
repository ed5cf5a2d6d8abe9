//! An access entry gives something, and to the extent that its policy is made for.

use crate::catalog::access::AccessPolicy;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::{Key, RESERVED_NAMES};
use crate::source::Address;
use crate::spec::AccessEntry;

crate::diagnostic! {
    /// An access entry gives nothing, or its policy does not fit its scope.
    ///
    /// `cluster-admin` is for the whole cluster and cannot be narrowed; `admin` is meant for namespaces. EKS refuses
    /// groups that begin with `system:`, `eks:`, `aws:`, `amazon:` or `iam:`.
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
    ///       payments: { principal: "arn:aws:iam::111122223333:role/payments", policy: admin }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Say where `admin` rules:
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
    ///       payments: { principal: "arn:aws:iam::111122223333:role/payments", policy: admin, namespaces: [ payments ] }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ACCESS_SCOPE = E0602: "an access entry does not fit its scope"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, entry) in &context.cluster.access {
        let address = Address::of("spec.aws.access").key(name.as_str());
        if let Some(finding) = scope(context, name, entry, &address) {
            sink.report(finding);
        }
        for (index, group) in entry.groups.iter().enumerate() {
            let Some(kept) = RESERVED_NAMES.iter().find(|start| group.starts_with(**start)) else {
                continue;
            };
            sink.report(
                ACCESS_SCOPE
                    .at(context.spec.value(&address.key("groups").index(index)), format!("`{kept}` is EKS' own"))
                    .title(format!("access entry `{name}` names a reserved group"))
                    .why(match context.cluster.authentication.has_entries() {
                        true => "EKS refuses the entry, so the principal gets no access at all",
                        false => "access entries refuse it, so the way to them would be barred",
                    })
                    .help("for all rights write `policy: cluster-admin`; otherwise name a group of your own role bindings"),
            );
        }
    }
}

fn scope(context: &Context<'_>, name: &Key, entry: &AccessEntry, address: &Address) -> Option<Finding> {
    let narrowed = !entry.namespaces.is_empty();
    let policy = || context.spec.value(&address.key("policy"));
    let namespaces = || context.spec.key(&address.key("namespaces"));
    Some(match entry.policy {
        Some(policy_of) if narrowed && !policy_of.may_be_namespaced() => ACCESS_SCOPE
            .at(namespaces(), "cannot narrow it")
            .also(policy(), "rules the whole cluster")
            .title(format!("access entry `{name}` is `cluster-admin` in some namespaces only"))
            .why("EKS refuses to narrow this policy")
            .help("write `policy: admin` for all rights inside these namespaces, or remove `namespaces`"),
        Some(policy_of) if !narrowed && !policy_of.may_be_cluster_wide() => ACCESS_SCOPE
            .at(policy(), "is for namespaces, and none is named")
            .title(format!("access entry `{name}` is `{policy_of}` nowhere"))
            .why("the policy is made for namespaces; given to the whole cluster it looks like an administrator and is none")
            .help("add `namespaces: [ ... ]`, or write `policy: cluster-admin`"),
        Some(_) => return None,
        None if narrowed => ACCESS_SCOPE
            .at(namespaces(), "narrow a policy, and there is none")
            .title(format!("access entry `{name}` has namespaces but no policy"))
            .why("the principal could log in and do nothing in these namespaces")
            .help(format!("add `policy: {}` or `policy: {}`", AccessPolicy::View, AccessPolicy::Edit)),
        None if entry.groups.is_empty() => ACCESS_SCOPE
            .at(context.spec.key(address), "neither `policy` nor `groups`")
            .title(format!("access entry `{name}` gives no rights"))
            .why("the principal could log in and do nothing")
            .help("add `policy: view`, or the `groups` of your own role bindings"),
        None => return None,
    })
}
