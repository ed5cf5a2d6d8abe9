//! The first nodes get in before anything waits for them.

use crate::catalog::addons::{self, Kind};
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::Moment;
use crate::source::Address;
use crate::spec::Authentication;

crate::diagnostic! {
    /// The first nodes wait for rows of `aws-auth`, and the rows wait for the nodes.
    ///
    /// In the mode `config-map` a self-managed node gets in by a row that the stack `gitops` writes. That stack comes after
    /// the stack `cluster`, which is done when CoreDNS and other add-ons run, for which they need a node. EKS itself writes
    /// the rows of managed groups and of Fargate.
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
    ///     authentication: config-map
    ///     nodeGroups: { web: { instanceTypes: [ m7i.large ], size: { min: 2, max: 4 }, selfManaged: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// With access entries beside the ConfigMap, Terraform lets the nodes in by itself:
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
    ///     authentication: api-and-config-map
    ///     nodeGroups: { web: { instanceTypes: [ m7i.large ], size: { min: 2, max: 4 }, selfManaged: {} } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NODES_WAIT_FOR_ROWS = E0639: "the first nodes wait for rows that wait for nodes"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let only_own = infra.has_self_managed_groups() && !infra.has_managed_groups();
    if infra.authentication != Authentication::ConfigMap || !only_own {
        return;
    }
    let Some(waiting) = waiting(context) else { return };
    let mode = Address::of("spec.aws.authentication");
    sink.report(
        NODES_WAIT_FOR_ROWS
            .at(context.spec.value(&mode), "nodes get in by rows that the stack `gitops` writes")
            .also(context.spec.key(&Address::of("spec.aws.nodeGroups")), "EKS manages none of these")
            .title(format!("the first nodes wait for rows of `aws-auth`, and the rows wait for `{waiting}`"))
            .why("the stack `cluster` is done when its add-ons run, and the rows come after it")
            .help("write `authentication: api-and-config-map`")
            .help("or add a group that EKS manages: it writes the row of such a group itself"),
    );
}

/// An add-on of the stack that needs one of these nodes.
fn waiting<'a>(context: &Context<'a>) -> Option<&'a str> {
    let late = context.ir.infra.addons.iter().filter(|addon| addon.moment == Moment::AfterNodes);
    let needs_node = |name: &str| {
        addons::find(name).is_some_and(|known| {
            let mut pods = known.workloads.iter().filter(|pods| pods.kind != Kind::DaemonSet);
            pods.any(|pods| context.cluster.fargate_addon(known, pods).is_none())
        })
    };
    late.map(|addon| addon.name.as_str()).find(|name| needs_node(name))
}
