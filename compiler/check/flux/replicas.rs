//! The count of a workload has one owner.

use crate::check::Context;
use crate::check::manifests::AppObject;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A workload states its `replicas` although an autoscaler decides about them.
    ///
    /// Each time that Flux compares the cluster with Git it writes the number back, and the autoscaler changes it
    /// again. Under load that takes away the very pods that the load needs.
    ///
    /// ```yaml,file=apps/web/web.yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata: { name: web }
    /// spec:
    ///   replicas: 2
    ///   selector: { matchLabels: { app: web } }
    ///   template:
    ///     metadata: { labels: { app: web } }
    ///     spec: { containers: [ { name: web, image: "ghcr.io/demo/web:1.0.0" } ] }
    /// ---
    /// apiVersion: autoscaling/v2
    /// kind: HorizontalPodAutoscaler
    /// metadata: { name: web }
    /// spec:
    ///   minReplicas: 2
    ///   maxReplicas: 9
    ///   scaleTargetRef: { apiVersion: apps/v1, kind: Deployment, name: web }
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave `replicas` out of the workload, or take it away where the manifests are not yours:
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps:
    ///     web:
    ///       source: apps/web
    ///       patches: [ { target: { kind: Deployment, name: web }, merge: { spec: { replicas: null } } } ]
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TWO_OWNERS_OF_COUNT = W0742: "an autoscaled workload states its replicas"
}

/// Kinds that scale a workload: a HorizontalPodAutoscaler, and KEDA's.
const SCALERS: [&str; 2] = ["HorizontalPodAutoscaler", "ScaledObject"];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    for scaler in objects.iter().filter(|object| SCALERS.contains(&object.kind())) {
        let target =
            |workload: &&AppObject<'_>| is_target(scaler, workload) && workload.has("/spec/replicas");
        for workload in objects.iter().filter(target).filter(|workload| !is_taken_away(context, workload)) {
            sink.report(
                TWO_OWNERS_OF_COUNT
                    .at(workload.place("spec.replicas"), "Flux writes this number back, again and again")
                    .also(scaler.place("spec.scaleTargetRef"), format!("this {} changes it", scaler.kind()))
                    .title(format!(
                        "{} `{}` states its replicas although a {} decides about them",
                        workload.kind(),
                        workload.name(),
                        scaler.kind()
                    ))
                    .why("Flux and the autoscaler undo each other, and pods that the load needs are stopped")
                    .help("leave `spec.replicas` out; the autoscaler starts from its minimum"),
            );
        }
    }
}

fn is_target(scaler: &AppObject<'_>, workload: &AppObject<'_>) -> bool {
    // KEDA's default, which is also what HorizontalPodAutoscalers are nearly always for.
    let kind = Some(scaler.text("/spec/scaleTargetRef/kind"))
        .filter(|kind| !kind.is_empty())
        .unwrap_or("Deployment");
    workload.kind() == kind
        && workload.name() == scaler.text("/spec/scaleTargetRef/name")
        && workload.namespace() == scaler.namespace()
}

/// Whether a patch of the app takes the number out.
fn is_taken_away(context: &Context<'_>, workload: &AppObject<'_>) -> bool {
    let app = context.cluster.apps.get(workload.app);
    app.into_iter().flat_map(|app| &app.written.patches).any(|patch| {
        patch.target.kind == workload.kind()
            && patch.target.name.as_str() == workload.name()
            && patch
                .merge
                .get("spec")
                .and_then(|spec| spec.get("replicas"))
                .is_some_and(serde_json::Value::is_null)
    })
}
