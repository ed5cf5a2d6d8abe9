//! Rules and variables name security groups that exist.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{Key, nearest};
use crate::source::Address;
use crate::spec::{Fact, Peer};

crate::diagnostic! {
    /// A rule, or a variable for manifests, names a security group that is not under `securityGroups`.
    ///
    /// The rule would refer to nothing, and Terraform refuses to plan.
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
    ///     network:
    ///       securityGroups:
    ///         database: { ingress: { mysql: { tcp: [ 3306 ], from: [ { group: wbe } ] } } }
    ///         web: {}
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name one that is there:
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
    ///     network:
    ///       securityGroups:
    ///         database: { ingress: { mysql: { tcp: [ 3306 ], from: [ { group: web } ] } } }
    ///         web: {}
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_GROUP = E0335: "a security group is named that the spec does not have"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let at = Address::of("spec.aws.network");
    for (group, written) in &network.security_groups {
        let own = at.key("securityGroups").key(group.as_str());
        for (name, rule) in &written.ingress {
            peers(context, &rule.from, &own.key("ingress").key(name.as_str()).key("from"), sink);
        }
        for (name, rule) in written.egress.iter().flatten() {
            peers(context, &rule.to, &own.key("egress").key(name.as_str()).key("to"), sink);
        }
    }
    for (rules, below) in
        [(&network.node_rules, "nodeRules"), (&network.control_plane_rules, "controlPlaneRules")]
    {
        for (name, rule) in rules {
            peers(context, &rule.from, &at.key(below).key(name.as_str()).key("from"), sink);
        }
    }
    for (name, fact) in context.cluster.gitops.iter().flat_map(|gitops| &gitops.facts) {
        let Fact::SecurityGroup(group) = fact else { continue };
        let address = Address::of("spec.gitops.facts").key(name.as_str()).key("securityGroup");
        known(context, &group.security_group, &address, sink);
    }
}

fn peers(context: &Context<'_>, peers: &[Peer], at: &Address, sink: &mut Sink) {
    for (index, peer) in peers.iter().enumerate() {
        let Peer::Group(group) = peer else { continue };
        known(context, &group.group, &at.index(index).key("group"), sink);
    }
}

fn known(context: &Context<'_>, name: &Key, at: &Address, sink: &mut Sink) {
    let groups = &context.cluster.network.security_groups;
    if groups.contains_key(name) {
        return;
    }
    let place = context.spec.value(at);
    let finding = UNKNOWN_GROUP
        .at(place, "not under `spec.aws.network.securityGroups`")
        .title(format!("there is no security group `{name}`"))
        .why("Terraform refuses to plan what refers to nothing");
    sink.report(match nearest(name.as_str(), groups.keys().map(Key::as_str)) {
        Some(near) => finding.help(format!("did you mean `{near}`?")).fix(place, near),
        None => finding.help(format!("add `{name}` to `spec.aws.network.securityGroups`, or name another")),
    });
}
