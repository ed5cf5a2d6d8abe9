//! The Kubernetes API is not open to the whole internet.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The Kubernetes API answers to every address on the internet.
    ///
    /// Whoever steals a token, or finds the next fault in the API server, then needs no way into your network.
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
    ///     endpoint: { public: [ 0.0.0.0/0 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the addresses that need it. Where they change, give them when Terraform plans:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { operator_cidr: { type: cidr, source: "env:OPERATOR_CIDR" } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     endpoint: { public: [ 203.0.113.0/24, { input: operator_cidr } ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub API_OPEN_TO_ALL = E0311: "the Kubernetes API is open to the whole internet"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let address = Address::of("spec.aws.endpoint.public");
    for (index, range) in context.cluster.endpoint.public.iter().enumerate() {
        // Two halves are the whole, so a /1 is no better.
        let Some(range) = range.known().filter(|range| range.prefix_len() <= 1) else { continue };
        sink.report(
            API_OPEN_TO_ALL
                .at(context.spec.value(&address.index(index)), format!("{range} is everybody"))
                .why("whoever steals a token needs no way into your network")
                .help("name the networks that need it, such as `203.0.113.0/24`")
                .help("for an address that changes: `{ input: operator_cidr }`, given when Terraform plans"),
        );
    }
}
