//! A group that an access entry names is bound to a role somewhere.

use serde_json::Value;

use crate::check::Context;
use crate::check::manifests::Listing;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A group of an access entry is bound to nothing.
    ///
    /// The principal can log in and do nothing: a group means what the bindings that name it say, and none of those that this
    /// spec delivers does. Bindings that a chart makes or somebody applies by hand are not seen.
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
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", groups: [ readers ] }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Bind the group to a role of Kubernetes, here or by a RoleBinding in an app:
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
    ///       readers: { principal: "arn:aws:iam::111122223333:role/readers", groups: [ readers ], clusterRole: view }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNBOUND_GROUP = W0634: "a group of an access entry is bound to nothing"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.gitops.is_none() || brings_unseen_objects(context) {
        return;
    }
    let apps = context.app_objects();
    let bound = |group: &str| {
        let binds =
            |kind: &str, subjects: Option<&Value>| kind.ends_with("RoleBinding") && names(subjects, group);
        apps.iter().any(|object| binds(object.kind(), object.field("/subjects")))
            || context.objects().any(|object| binds(object.kind(), object.body.pointer("/subjects")))
            || context
                .cluster
                .components
                .values()
                .any(|one| one.values.values().any(|value| mentions(value, group)))
    };
    let entries = context.cluster.access.iter();
    for (name, entry) in entries.filter(|(_, entry)| entry.policy.is_none() && entry.cluster_role.is_none()) {
        let address = Address::of("spec.aws.access").key(name.as_str()).key("groups");
        for (index, group) in entry.groups.iter().enumerate().filter(|(_, group)| !bound(group)) {
            sink.report(
                UNBOUND_GROUP
                    .at(context.spec.value(&address.index(index)), "no binding names it")
                    .title(format!("the group `{group}` of access entry `{name}` is bound to nothing"))
                    .why("the principal can log in and do nothing")
                    .help("add `clusterRole: view` (or another role) to the entry")
                    .help(format!("or a RoleBinding with the group `{group}` to an app")),
            );
        }
    }
}

/// Whether an app installs charts, which may bind groups.
fn brings_unseen_objects(context: &Context<'_>) -> bool {
    context.app_objects().iter().any(|object| object.kind() == "HelmRelease")
        || context.cluster.apps.values().any(|app| Listing::of(app).is_open)
}

fn names(subjects: Option<&Value>, group: &str) -> bool {
    let is_group = |subject: &Value| {
        let text = |key: &str| subject.get(key).and_then(Value::as_str);
        text("kind") == Some("Group") && text("name").is_some_and(|name| name == group || name.contains("${"))
    };
    subjects.and_then(Value::as_array).is_some_and(|all| all.iter().any(is_group))
}

/// Whether a text of a tree holds the group's name.
fn mentions(value: &Value, group: &str) -> bool {
    match value {
        Value::String(text) => text.contains(group),
        Value::Array(items) => items.iter().any(|item| mentions(item, group)),
        Value::Object(map) => map.values().any(|below| mentions(below, group)),
        Value::Null | Value::Bool(_) | Value::Number(_) => false,
    }
}
