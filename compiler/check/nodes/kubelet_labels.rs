//! Labels of a self-managed group are ones that its kubelet may give its node.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::LabelKey;

crate::diagnostic! {
    /// A label of a self-managed group is in a namespace that Kubernetes keeps for itself.
    ///
    /// The nodes register themselves, and a kubelet may not call its own node what others are chosen for: it refuses to
    /// start, and the node never joins.
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
    ///       workers: { instanceTypes: [ m7i.large ], labels: { node-role.kubernetes.io/worker: "true" }, selfManaged: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a prefix of your own, or `node.kubernetes.io`:
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
    ///       workers: { instanceTypes: [ m7i.large ], labels: { node.kubernetes.io/role: worker }, selfManaged: {} }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub LABEL_OF_KUBERNETES = E0215: "the kubelet may not give its node this label"
}

/// Namespaces below which a kubelet may label its node as it likes (Kubernetes, well-known labels of kubelets, 1.35).
const FREE: [&str; 2] = ["kubelet.kubernetes.io", "node.kubernetes.io"];
/// Further keys that it may give.
const KNOWN: [&str; 10] = [
    "beta.kubernetes.io/arch",
    "beta.kubernetes.io/instance-type",
    "beta.kubernetes.io/os",
    "failure-domain.beta.kubernetes.io/region",
    "failure-domain.beta.kubernetes.io/zone",
    "kubernetes.io/arch",
    "kubernetes.io/hostname",
    "kubernetes.io/os",
    "topology.kubernetes.io/region",
    "topology.kubernetes.io/zone",
];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        if group.written.self_managed.is_none() {
            continue;
        }
        for key in group.written.labels.keys().filter(|key| is_refused(key)) {
            sink.report(
                LABEL_OF_KUBERNETES
                    .at(
                        context.spec.key(&group.address.key("labels").key(key.as_str())),
                        "kept by Kubernetes",
                    )
                    .also(
                        context.spec.key(&group.address.key("selfManaged")),
                        "the kubelet registers these nodes itself",
                    )
                    .title(format!("the kubelet of group `{name}` may not give its node the label `{key}`"))
                    .why("it refuses to start, and the node never joins")
                    .help(format!("write `node.kubernetes.io/{}`, or a prefix of your own", key.name())),
            );
        }
    }
}

fn is_refused(key: &LabelKey) -> bool {
    let below = |prefix: &str, domain: &str| {
        prefix == domain || prefix.strip_suffix(domain).is_some_and(|before| before.ends_with('.'))
    };
    let Some(prefix) = key.prefix() else { return false };
    (below(prefix, "kubernetes.io") || below(prefix, "k8s.io"))
        && !FREE.iter().any(|free| below(prefix, free))
        && !KNOWN.contains(&key.as_str())
}
