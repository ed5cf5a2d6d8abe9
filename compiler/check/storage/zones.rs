//! A pod with a volume can get a node where its volume is.

use crate::check::Context;
use crate::check::claims::{Claim, Classes, claims};
use crate::check::workloads::accepts;
use crate::diagnostic::Sink;
use crate::ir::NodeGroup;

crate::diagnostic! {
    /// Pods with EBS volumes depend on an autoscaled group that spans several zones.
    ///
    /// An EBS volume is in one zone, and its pod can run nowhere else. When it needs a new node, cluster-autoscaler can make a
    /// group larger, but not choose in which of its zones: the node may come in another zone, again and again, while the pod
    /// waits.
    ///
    /// ```yaml,file=apps/shop/data.yaml
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata: { name: data }
    /// spec:
    ///   serviceName: data
    ///   selector: { matchLabels: { app: data } }
    ///   template:
    ///     metadata: { labels: { app: data } }
    ///     spec: { containers: [ { name: data, image: postgres } ] }
    ///   volumeClaimTemplates:
    ///     - metadata: { name: data }
    ///       spec:
    ///         storageClassName: gp3
    ///         accessModes: [ ReadWriteOnce ]
    ///         resources: { requests: { storage: 10Gi } }
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { aws-ebs-csi-driver: {}, cluster-autoscaler: {} }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Make one group in each zone. The autoscaler then knows where the next node of each will be, and keeps them of one size:
    ///
    /// ```yaml,file=apps/shop/data.yaml
    /// apiVersion: apps/v1
    /// kind: StatefulSet
    /// metadata: { name: data }
    /// spec:
    ///   serviceName: data
    ///   selector: { matchLabels: { app: data } }
    ///   template:
    ///     metadata: { labels: { app: data } }
    ///     spec: { containers: [ { name: data, image: postgres } ] }
    ///   volumeClaimTemplates:
    ///     - metadata: { name: data }
    ///       spec:
    ///         storageClassName: gp3
    ///         accessModes: [ ReadWriteOnce ]
    ///         resources: { requests: { storage: 10Gi } }
    /// ```
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
    ///       workers: { instanceTypes: [ m7i.large ], size: { min: 0, max: 9 }, perZone: true }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { aws-ebs-csi-driver: {}, cluster-autoscaler: {} }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub VOLUME_IN_ANY_ZONE = W0238: "a volume is in one zone, its nodes in any"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let scaled = |key: &str| {
        let groups = &context.cluster.node_groups;
        groups.iter().any(|(name, group)| name.as_str() == key && group.autoscaled)
    };
    let groups: Vec<&NodeGroup> =
        context.ir.infra.node_groups.iter().filter(|group| scaled(&group.key)).collect();
    if groups.is_empty() {
        return;
    }
    let objects = context.app_objects();
    let classes = Classes::all(context, &objects);
    for claim in claims(context, &objects) {
        let is_ebs = classes.of(&claim).is_some_and(|class| class.is_ebs);
        let Some(users) = claim.pods.as_ref().filter(|_| is_ebs) else { continue };
        if context.cluster.fargate_selector(&claim.namespace, &users.labels).is_some() {
            continue;
        }
        let open: Vec<&NodeGroup> = groups
            .iter()
            .copied()
            .filter(|group| accepts(group, &users.tolerations, &users.node_labels))
            .collect();
        let Some(first) = open.first() else { continue };
        if open.iter().all(|group| group.subnets.len() > 1) {
            report(context, &claim, first, sink);
        }
    }
}

fn report(context: &Context<'_>, claim: &Claim, group: &NodeGroup, sink: &mut Sink) {
    sink.report(
        VOLUME_IN_ANY_ZONE
            .at(claim.place, "a volume in one zone")
            .also(
                context.spec.key(&group.address),
                format!("its next node may be in any of {} zones", group.subnets.len()),
            )
            .title(format!("{} may find no node in the zone of its volume", claim.who))
            .why("cluster-autoscaler makes a group larger, but cannot choose the zone: the pod waits while nodes come elsewhere")
            .help(format!("write `perZone: true` for group `{}`, or for one of its own that these pods select", group.key)),
    );
}
