//! cluster-autoscaler is of the control plane's minor version.

use serde_json::Value;

use crate::check::Context;
use crate::check::workloads::{Step, Workload, workloads};
use crate::cluster::Component;
use crate::diagnostic::{Finding, Sink};
use crate::source::Span;

/// The component, and the last part of the name of its image.
const AUTOSCALER: &str = "cluster-autoscaler";

crate::diagnostic! {
    /// cluster-autoscaler has the version of another minor version of Kubernetes.
    ///
    /// It holds the scheduler's code, and decides by it whether a pod would fit on a node to come. With the code of another
    /// version it decides differently from the real one: nodes come that the pod cannot use, or none come. The project asks for
    /// the control plane's minor version. The component follows it by itself; a tag in `values`, or in an app's manifest, stays
    /// behind at the next upgrade.
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
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: { values: { image: { tag: v1.28.0 } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave the tag to the component:
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
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 9 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { cluster-autoscaler: {} }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub AUTOSCALER_VERSION = W0248: "cluster-autoscaler is of another Kubernetes version"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let of_library = |one: &&Component| one.name.as_str() == AUTOSCALER;
    for component in context.cluster.components.values().filter(of_library) {
        let written = Value::Object(component.values.clone());
        let Some(tag) = written.pointer("/image/tag").and_then(Value::as_str) else { continue };
        let place = context.spec.value(&component.address.key("values").key("image").key("tag"));
        if let Some(found) = finding(context, tag, place) {
            sink.report(found.help("remove the tag: the component's follows the cluster"));
        }
    }
    let objects = context.app_objects();
    for workload in workloads(&objects) {
        for (index, name, tag) in autoscalers(&workload) {
            let app = context.cluster.apps.get(workload.object.app);
            let patched = app.is_some_and(|app| app.written.images.contains_key(&name));
            if !patched {
                let place =
                    workload.place(&[Step::Key("containers"), Step::Index(index), Step::Key("image")]);
                let help = "take the component `cluster-autoscaler`, whose version follows the cluster's";
                if let Some(found) = finding(context, &tag, place) {
                    sink.report(found.help(help));
                }
            }
        }
    }
}

/// The containers of a workload that are the autoscaler: their place in the list, the image's name, its tag.
fn autoscalers(workload: &Workload<'_>) -> Vec<(usize, String, String)> {
    let containers = workload.pod.get("containers").and_then(Value::as_array).into_iter().flatten();
    let image = |(index, container): (usize, &Value)| {
        let image = container.get("image")?.as_str()?;
        let (name, tag) = image.split('@').next()?.rsplit_once(':')?;
        let is_it = name.rsplit('/').next() == Some(AUTOSCALER);
        is_it.then(|| (index, name.to_owned(), tag.to_owned()))
    };
    containers.enumerate().filter_map(image).collect()
}

/// What is wrong with a tag; nothing where it says no minor version of Kubernetes.
fn finding(context: &Context<'_>, tag: &str, place: Span) -> Option<Finding> {
    let control_plane = &context.cluster.version;
    let minor = minor(tag).filter(|minor| *minor != control_plane.minor())?;
    Some(
        AUTOSCALER_VERSION
            .at(place, format!("is made for Kubernetes 1.{minor}"))
            .title(format!("cluster-autoscaler {tag} runs on Kubernetes {control_plane}"))
            .why("it decides with another scheduler than the cluster has: wrong nodes come, or none"),
    )
}

/// The minor version in a tag such as `v1.35.2`.
fn minor(tag: &str) -> Option<u32> {
    tag.strip_prefix('v').unwrap_or(tag).strip_prefix("1.")?.split(['.', '-']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::minor;

    #[test]
    fn a_tag_without_a_minor_version_is_left_alone() {
        for (tag, found) in
            [("v1.35.2", Some(35)), ("1.28.0-arm64", Some(28)), ("latest", None), ("sha-1.2", None)]
        {
            assert_eq!(minor(tag), found, "{tag}");
        }
    }
}
