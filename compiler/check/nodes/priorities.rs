//! The priorities of cluster-autoscaler are those of groups that it scales.

use serde_json::Value;

use crate::check::Context;
use crate::cluster::Component;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A priority is given to something that is no autoscaled node group.
    ///
    /// cluster-autoscaler finds groups by these names. With one that no group has, it never takes that priority into account.
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
    ///       spot: { instanceTypes: [ m7i.large ], capacity: spot, size: { min: 0, max: 9 } }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: { params: { expander: priority, priorities: { spots: 50, workers: 10 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the names of `nodeGroups`:
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
    ///       spot: { instanceTypes: [ m7i.large ], capacity: spot, size: { min: 0, max: 9 } }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: { params: { expander: priority, priorities: { spot: 50, workers: 10 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PRIORITY_OF_NO_GROUP = E0236: "a priority is for no autoscaled group"
}

crate::diagnostic! {
    /// An autoscaled group has no priority, while others have one.
    ///
    /// The expander `priority` looks only at groups that have a priority: the others grow when none of those can.
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
    ///       spot: { instanceTypes: [ m7i.large ], capacity: spot, size: { min: 0, max: 9 } }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: { params: { expander: priority, priorities: { spot: 50 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give each of them one; the largest number comes first:
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
    ///       spot: { instanceTypes: [ m7i.large ], capacity: spot, size: { min: 0, max: 9 } }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: { params: { expander: priority, priorities: { spot: 50, workers: 10 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub GROUP_WITHOUT_PRIORITY = W0237: "an autoscaled group has no priority"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let components = &context.cluster.components;
    let Some(autoscaler) = components.values().find(|one| one.name.as_str() == "cluster-autoscaler") else {
        return;
    };
    let Some(priorities) = autoscaler.params.get("priorities").and_then(Value::as_object) else {
        without(context, autoscaler, sink);
        return;
    };
    let at = Address::of("spec.components.cluster-autoscaler.params.priorities");
    let scaled = || context.groups().filter(|(_, group)| group.autoscaled).map(|(name, _)| name.as_str());
    for name in priorities.keys().filter(|name| !scaled().any(|one| one == name.as_str())) {
        let place = context.spec.key(&at.key(name));
        let group = context.groups().find(|(known, _)| known.as_str() == name);
        let finding = match group {
            Some((_, group)) => PRIORITY_OF_NO_GROUP
                .at(place, "this group keeps its size")
                .also(context.spec.key(&group.address), "not autoscaled")
                .title(format!("group `{name}` has a priority and is not autoscaled")),
            None => PRIORITY_OF_NO_GROUP
                .at(place, "no node group has this name")
                .title(format!("`{name}` has a priority and is no node group")),
        };
        let finding = finding.why("cluster-autoscaler never finds it, so the priority has no effect");
        sink.report(match crate::domain::nearest(name, scaled()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(place, near),
            None => finding
                .help(format!("groups that are autoscaled: {}", scaled().collect::<Vec<_>>().join(", "))),
        });
    }
    // A name that is wrong stands for one that is missing.
    if priorities.keys().any(|name| !scaled().any(|one| one == name.as_str())) {
        return;
    }
    for name in scaled().filter(|name| !priorities.contains_key(*name)) {
        sink.report(
            GROUP_WITHOUT_PRIORITY
                .at(context.spec.key(&at), "knows nothing of it")
                .also(context.spec.key(&Address::of("spec.aws.nodeGroups").key(name)), "autoscaled")
                .title(format!("autoscaled group `{name}` has no priority"))
                .why("it grows only when none of the groups with a priority can")
                .help(format!("add to it: `{name}: 1`; the largest number comes first")),
        );
    }
}

/// The expander reads its priorities from a ConfigMap, which an app may bring as well.
fn without(context: &Context<'_>, autoscaler: &Component, sink: &mut Sink) {
    let expander = autoscaler.params.get("expander").and_then(Value::as_str);
    let is_priorities =
        |name: &str, kind: &str| kind == "ConfigMap" && name == "cluster-autoscaler-priority-expander";
    let brought = || context.app_objects().iter().any(|one| is_priorities(one.name(), one.kind()));
    if expander != Some("priority") || autoscaler.values.contains_key("expanderPriorities") || brought() {
        return;
    }
    sink.report(
        GROUP_WITHOUT_PRIORITY
            .at(context.spec.value(&autoscaler.address.key("params").key("expander")), "asks for priorities")
            .title("cluster-autoscaler grows groups by priority, and none has one")
            .why("it takes any group that fits, as with `random`")
            .help("add `priorities: { GROUP: 10 }` to `params`, or take another expander"),
    );
}
