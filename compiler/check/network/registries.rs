//! An isolated network reaches the registries that charts and images come from.

use std::collections::BTreeMap;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The network has no way to the internet, but charts and images come from registries there.
    ///
    /// VPC endpoints lead to AWS' own services, Amazon ECR among them, and to nothing else. Flux cannot fetch the
    /// charts, and nodes cannot pull the images: the pods stay in `ImagePullBackOff`.
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
    ///     network: { nat: none }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   gitops: { flux: { repository: "https://git.example.com/demo/platform.git" } }
    /// ```
    ///
    /// Give the private subnets a way out, or say which other way leads to the registries:
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
    ///     network: { nat: single }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components: { metrics-server: {} }
    ///   gitops: { flux: { repository: "https://git.example.com/demo/platform.git" } }
    /// ```
    pub REGISTRIES_OUT_OF_REACH = W0313: "charts and images come from registries that the network does not reach"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let cluster = context.cluster;
    if !cluster.is_isolated() || cluster.gitops.is_none() {
        return;
    }
    let mut hosts: BTreeMap<String, Vec<&str>> = BTreeMap::new();
    for component in cluster.components.values() {
        if let Some(host) = component.contract().chart.as_ref().and_then(|chart| outside(&chart.source)) {
            hosts.entry(host).or_default().push(component.name.as_str());
        }
    }
    let listed: Vec<String> =
        hosts.iter().map(|(host, components)| format!("{host} ({})", components.join(", "))).collect();
    let from =
        if listed.is_empty() { "Flux' own images come from ghcr.io".to_owned() } else { listed.join(", ") };
    sink.report(
        REGISTRIES_OUT_OF_REACH
            .at(context.spec.value(&Address::of("spec.aws.network.nat")), "no way to the internet")
            .why(format!("Flux cannot fetch charts and nodes cannot pull images: {from}"))
            .help("take `nat: single`")
            .help(format!(
                "or, where a transit gateway, a proxy or a mirror leads there: `allow: [ {{ code: {}, reason: \"...\" }} ]`",
                REGISTRIES_OUT_OF_REACH.id
            )),
    );
}

/// The host of a chart's address, unless it is a private registry of AWS, which has an endpoint.
fn outside(source: &str) -> Option<String> {
    let (_, rest) = source.split_once("://")?;
    let host = rest.split('/').next().unwrap_or_default();
    (!host.contains(".dkr.ecr.")).then(|| host.to_owned())
}
