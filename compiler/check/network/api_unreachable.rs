//! Somebody reaches the Kubernetes API.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// The Kubernetes API is closed to the VPC and to the internet.
    ///
    /// EKS refuses such a cluster: not even its own nodes could join.
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
    ///     endpoint: { private: false }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave the private way open (it is the default), and name public ranges only where they are needed:
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
    ///     endpoint: { public: [ 203.0.113.0/24 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub API_UNREACHABLE = E0312: "nobody can reach the Kubernetes API"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let endpoint = &context.cluster.endpoint;
    if endpoint.private || !endpoint.public.is_empty() {
        return;
    }
    sink.report(
        API_UNREACHABLE
            .at(context.spec.value(&Address::of("spec.aws.endpoint.private")), "closed to the VPC")
            .also(context.spec.key(&Address::of("spec.aws.endpoint.public")), "and open to no public address")
            .why("EKS refuses the cluster; its own nodes could not join it")
            .help("remove `private: false`")
            .help("or name the addresses that may come over the internet: `public: [ 203.0.113.0/24 ]`"),
    );
}
