//! Pods on Fargate ask for nothing that it does not have.

use serde_json::Value;

use crate::check::Context;
use crate::check::claims::{Classes, claims};
use crate::check::workloads::{Step, Workload, workloads};
use crate::diagnostic::Sink;
use crate::source::{Address, Span};

crate::diagnostic! {
    /// A pod that a profile takes to Fargate asks for what Fargate does not have.
    ///
    /// A machine of Fargate belongs to one pod and to AWS: there are no privileged containers, no network or folders of the
    /// host, no GPUs and no EBS volumes. A profile takes such a pod all the same, and it stays `Pending`.
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
    ///       hostNetwork: true
    ///       containers: [ { name: shop, image: nginx } ]
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
    ///     fargate: { apps: { selectors: [ { namespace: shop } ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Do without, or leave the pod out of the selectors:
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
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     fargate: { apps: { selectors: [ { namespace: shop } ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub REFUSED_BY_FARGATE = E0516: "a pod asks for what Fargate does not have"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.fargate.is_empty() {
        return;
    }
    let objects = context.app_objects();
    for workload in workloads(&objects).filter(|one| one.object.kind() != "DaemonSet") {
        let taken_by = context.cluster.fargate_selector(workload.object.namespace(), &workload.labels);
        let Some(taken_by) = taken_by else { continue };
        for (what, place) in unfit(&workload) {
            report(context, &workload.name(), &what, place, &taken_by, sink);
        }
    }
    let classes = Classes::all(context, &objects);
    for claim in claims(context, &objects) {
        let is_ebs = classes.of(&claim).is_some_and(|class| class.is_ebs);
        let Some(users) = claim.pods.as_ref().filter(|_| is_ebs) else { continue };
        if let Some(taken_by) = context.cluster.fargate_selector(&claim.namespace, &users.labels) {
            report(context, &claim.who, "an EBS volume", claim.place, &taken_by, sink);
        }
    }
}

fn report(context: &Context<'_>, who: &str, what: &str, place: Span, taken_by: &Address, sink: &mut Sink) {
    sink.report(
        REFUSED_BY_FARGATE
            .at(place, format!("asks for {what}"))
            .also(context.spec.value(taken_by), "takes its pods to Fargate")
            .title(format!("{who} asks for {what}, which Fargate does not have"))
            .why("the profile takes the pods all the same, and they stay `Pending`")
            .help("do without it, or give the selector labels that these pods do not have"),
    );
}

/// What a pod asks for that Fargate does not have, with the places.
fn unfit(pods: &Workload<'_>) -> Vec<(String, Span)> {
    let mut out = Vec::new();
    for field in ["hostNetwork", "hostPID", "hostIPC"] {
        if pods.pod.get(field) == Some(&Value::Bool(true)) {
            out.push((format!("`{field}`"), pods.place(&[Step::Key(field)])));
        }
    }
    for (index, volume) in list(pods.pod, "volumes") {
        if volume.get("hostPath").is_some() {
            let at = [Step::Key("volumes"), Step::Index(index), Step::Key("hostPath")];
            out.push(("a folder of the host".to_owned(), pods.place(&at)));
        }
    }
    for kind in ["initContainers", "containers"] {
        for (index, container) in list(pods.pod, kind) {
            let at = |last: [Step<'static>; 2]| {
                let [first, second] = last;
                pods.place(&[Step::Key(kind), Step::Index(index), first, second])
            };
            if container.pointer("/securityContext/privileged") == Some(&Value::Bool(true)) {
                let place = at([Step::Key("securityContext"), Step::Key("privileged")]);
                out.push(("a privileged container".to_owned(), place));
            }
            if let Some((port, _)) = list(container, "ports").find(|(_, port)| port.get("hostPort").is_some())
            {
                out.push(("a port of the host".to_owned(), at([Step::Key("ports"), Step::Index(port)])));
            }
            let limits = container.pointer("/resources/limits").and_then(Value::as_object);
            let is_device = |name: &&String| {
                name.starts_with("nvidia.com/")
                    || name.starts_with("amd.com/")
                    || name.starts_with("aws.amazon.com/neuron")
            };
            if let Some(name) = limits.and_then(|limits| limits.keys().find(is_device)) {
                out.push((format!("`{name}`"), at([Step::Key("resources"), Step::Key("limits")])));
            }
        }
    }
    out
}

fn list<'a>(value: &'a Value, field: &str) -> impl Iterator<Item = (usize, &'a Value)> {
    value.get(field).and_then(Value::as_array).into_iter().flatten().enumerate()
}
