//! The number of pods has one owner.

use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A number of replicas is written, and an autoscaler owns it, too.
    ///
    /// Flux puts the written number back each time it compares the cluster with Git, and the autoscaler changes it again: pods
    /// come and go without need, and on a busy day most of them go at once.
    ///
    /// ```yaml,file=apps/shop/shop.yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata: { name: shop }
    /// spec:
    ///   replicas: 2
    ///   selector: { matchLabels: { app: shop } }
    ///   template:
    ///     metadata: { labels: { app: shop } }
    ///     spec:
    ///       containers: [ { name: shop, image: nginx } ]
    /// ```
    /// ```yaml,file=apps/shop/scaler.yaml
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata: { name: shop }
    /// spec:
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }
    ///   minReplicas: 2
    ///   maxReplicas: 9
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave the number to the autoscaler:
    ///
    /// ```yaml,file=apps/shop/shop.yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata: { name: shop }
    /// spec:
    ///   selector: { matchLabels: { app: shop } }
    ///   template:
    ///     metadata: { labels: { app: shop } }
    ///     spec:
    ///       containers: [ { name: shop, image: nginx } ]
    /// ```
    /// ```yaml,file=apps/shop/scaler.yaml
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata: { name: shop }
    /// spec:
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: shop }
    ///   minReplicas: 2
    ///   maxReplicas: 9
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TWO_OWNERS_OF_REPLICAS = W0518: "a number of replicas has two owners"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    let is = |group: &str, kind: &str, wanted: (&str, &str)| (group, kind) == wanted;
    for scaler in &objects {
        let at = match (scaler.group(), scaler.kind()) {
            ("autoscaling", "HorizontalPodAutoscaler") | ("keda.sh", "ScaledObject") => {
                "/spec/scaleTargetRef"
            }
            _ => continue,
        };
        // KEDA's reference names a Deployment where it names no kind.
        let kind =
            Some(scaler.text(&format!("{at}/kind"))).filter(|kind| !kind.is_empty()).unwrap_or("Deployment");
        let name = scaler.text(&format!("{at}/name"));
        let target = objects.iter().find(|object| {
            is(object.group(), object.kind(), ("apps", kind))
                && object.name() == name
                && object.namespace() == scaler.namespace()
        });
        let Some(target) = target.filter(|target| target.value("/spec/replicas").is_some()) else { continue };
        sink.report(
            TWO_OWNERS_OF_REPLICAS
                .at(target.place("spec.replicas"), "Flux puts this number back")
                .also(scaler.place("spec.scaleTargetRef"), "changes it as the load changes")
                .title(format!("the replicas of {kind} `{name}` have two owners"))
                .why("each undoes the other's work: at every comparison with Git the app falls back to the written number")
                .help("remove `replicas`; the autoscaler starts from its own minimum"),
        );
    }
}
