//! What the ConfigMap `aws-auth` cannot say.

use crate::catalog::access::AccessPolicy;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::Key;
use crate::source::Address;
use crate::spec::{AccessEntry, InputKind, Principal};

crate::diagnostic! {
    /// The ConfigMap `aws-auth` cannot say what an access entry says.
    ///
    /// A row of the ConfigMap maps a principal to a user name and groups. `cluster-admin` is the group `system:masters` there;
    /// the other access policies exist only in the API of EKS. And the ConfigMap keeps roles and users in two lists, so it must be
    /// known which of the two an input holds.
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
    ///     authentication: config-map
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", policy: view }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name a group, and bind it to a role of Kubernetes:
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
    ///     authentication: config-map
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", groups: [ readers ], clusterRole: view }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_ROW = E0630: "the aws-auth ConfigMap cannot say what an access entry says"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let mode = context.cluster.authentication;
    if !mode.has_config_map() {
        return;
    }
    for (name, entry) in &context.cluster.access {
        let address = Address::of("spec.aws.access").key(name.as_str());
        if !mode.has_entries()
            && let Some(policy) = entry.policy.filter(|policy| *policy != AccessPolicy::ClusterAdmin)
        {
            sink.report(no_policy(context, name, policy, &address));
        }
        unknown_kind(context, name, entry, &address, sink);
    }
}

fn no_policy(context: &Context<'_>, name: &Key, policy: AccessPolicy, address: &Address) -> Finding {
    let role = match policy {
        AccessPolicy::AdminView => "view-all",
        other => other.as_str(),
    };
    NO_ROW
        .at(context.spec.value(&address.key("policy")), "only an access entry can carry it")
        .also(context.spec.value(&Address::of("spec.aws.authentication")), "there are no access entries")
        .title(format!("access entry `{name}` has a policy that the ConfigMap does not know"))
        .why("the principal could not log in at all")
        .help(format!("write `groups: [ {name} ]` and `clusterRole: {role}` in place of the policy"))
        .help("or `authentication: api-and-config-map`, which has access entries, too")
}

/// Roles and users stand in two lists; an input must say what it holds.
fn unknown_kind(context: &Context<'_>, name: &Key, entry: &AccessEntry, address: &Address, sink: &mut Sink) {
    let Principal::Input(reference) = &entry.principal else { return };
    let has_row = !entry.groups.is_empty() || entry.policy == Some(AccessPolicy::ClusterAdmin);
    let declared = context.cluster.inputs.get(&reference.input);
    let Some(declared) = declared.filter(|one| has_row && one.kind != InputKind::IamRoleArn) else { return };
    let input = Address::of("spec.inputs").key(reference.input.as_str());
    sink.report(
        NO_ROW
            .at(context.spec.value(&address.key("principal")), "a role or a user?")
            .also(context.spec.value(&input.key("type")), format!("`{}` may be either", declared.kind.word()))
            .title(format!("it is not known whether `{name}` is a role or a user"))
            .why("the ConfigMap keeps them in two lists, and in the wrong one the principal matches nothing")
            .help("declare the input as `type: iam-role-arn`, or write the ARN of the user"),
    );
}
