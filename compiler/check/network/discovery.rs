//! Tags by which controllers find subnets and security groups: set by the compiler alone, and found.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::check::Context;
use crate::cluster::{NodeClass, Tier};
use crate::diagnostic::Sink;
use crate::ir::Object;
use crate::source::{Address, Origin, Span};
use crate::spec::NodeSubnets;

crate::diagnostic! {
    /// A tag that controllers search by is written by hand, or a node class searches for what nothing carries.
    ///
    /// Karpenter and the load balancer controllers find subnets and security groups by tags. The compiler puts
    /// these tags on exactly the right ones. A second value makes them vanish from the search, a tag on everything
    /// adds subnets without a way out: nodes then start where they cannot join, or not at all. By the tags of
    /// cluster-autoscaler on everything it would scale groups that shall keep their size.
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
    ///       tiers:
    ///         public: { newbits: 8 }
    ///         private: { newbits: 4, tags: { karpenter.sh/discovery: production } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo, tags: { k8s.io/cluster-autoscaler/enabled: "true" } }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave these tags to the compiler, and use keys of your own:
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
    ///       tiers:
    ///         public: { newbits: 8 }
    ///         private: { newbits: 4, tags: { cost-centre: platform } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub DISCOVERY_TAGS = E0321: "a search by tags would find the wrong things, or nothing"
}

/// What the keys of all tags start with that cluster-autoscaler reads.
const AUTOSCALER: &str = "k8s.io/cluster-autoscaler/";

const HELP: &str = "remove it: the compiler tags what controllers search for";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    tier_tags(context, sink);
    general_tags(context, sink);
    class_tags(context, sink);
    for object in context.objects().filter(|object| object.kind() == "EC2NodeClass") {
        selectors(context, object, sink);
    }
}

/// Whether the compiler, or a controller, gives the key its value.
fn is_derived(key: &str) -> bool {
    key == "karpenter.sh/discovery"
        || key.starts_with("kubernetes.io/role/")
        || key.starts_with("kubernetes.io/cluster/")
}

fn tier_tags(context: &Context<'_>, sink: &mut Sink) {
    let mut reported: Vec<Address> = Vec::new();
    for subnet in &context.cluster.network.subnets {
        for key in subnet.tags.keys().filter(|key| is_derived(key.as_str()) || key.as_str() == "Name") {
            let address = subnet.tier.address().key("tags").key(key.as_str());
            if reported.contains(&address) {
                continue;
            }
            sink.report(
                DISCOVERY_TAGS
                    .at(context.spec.key(&address), "the compiler gives this tag its value")
                    .title(format!("the {} tier sets the derived tag `{key}`", subnet.tier.word()))
                    .why("two values for one tag: controllers would find these subnets, or miss them, by accident")
                    .help(HELP),
            );
            reported.push(address);
        }
    }
}

fn general_tags(context: &Context<'_>, sink: &mut Sink) {
    for key in context.cluster.tags.keys().filter(|key| key.as_str().starts_with(AUTOSCALER)) {
        let address = Address::of("metadata.tags").key(key.as_str());
        sink.report(
            DISCOVERY_TAGS
                .at(context.spec.key(&address), "on every resource, so on every auto scaling group")
                .title(format!("`metadata.tags` tells cluster-autoscaler by `{key}` of everything"))
                .why("it would scale groups that shall keep their size, or expect nodes that do not come")
                .help("remove it: the compiler tags the groups whose `min` is below their `max`, and describes their nodes"),
        );
    }
    for key in context.cluster.tags.keys().filter(|key| is_derived(key.as_str())) {
        let address = Address::of("metadata.tags").key(key.as_str());
        sink.report(
            DISCOVERY_TAGS
                .at(context.spec.key(&address), "on every resource, so every subnet would be found")
                .title(format!("`metadata.tags` puts the discovery tag `{key}` on everything"))
                .why("nodes and load balancers would be put into subnets that are not meant for them")
                .help(HELP),
        );
    }
}

/// Tags that Karpenter itself writes on instances; its API refuses them in a class.
fn class_tags(context: &Context<'_>, sink: &mut Sink) {
    let own = [
        "karpenter.sh/nodepool",
        "karpenter.sh/nodeclaim",
        "karpenter.k8s.aws/ec2nodeclass",
        "eks:eks-cluster-name",
    ];
    for (name, class) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes) {
        let refused = |key: &&str| own.contains(key) || key.starts_with("kubernetes.io/cluster/");
        for key in class.written.tags.keys().map(crate::domain::TagKey::as_str).filter(refused) {
            sink.report(
                DISCOVERY_TAGS
                    .at(
                        context.spec.key(&class.address.key("tags").key(key)),
                        "Karpenter writes this tag itself",
                    )
                    .title(format!("class `{name}` sets Karpenter's own tag `{key}`"))
                    .why("the API server refuses the class, and no node is ever made from it")
                    .help("remove it, or use a key of your own"),
            );
        }
    }
}

/// Every term of a class must find something that this cluster makes.
fn selectors(context: &Context<'_>, object: &Object, sink: &mut Sink) {
    let network = &context.ir.infra.network;
    let mut classes = context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes);
    let wants_public = |class: &NodeClass| class.written.subnets == NodeSubnets::Public;
    // That there is no public tier is a finding of its own.
    if !context.cluster.network.has(Tier::Public)
        && classes.any(|(name, class)| name.as_str() == object.name() && wants_public(class))
    {
        return;
    }
    let general = &context.ir.infra.tags;
    let subnets: Vec<&BTreeMap<String, String>> = network.subnets.iter().map(|subnet| &subnet.tags).collect();
    let groups = vec![&context.ir.infra.node_security_group.tags];
    for (field, what, carried) in
        [("subnetSelectorTerms", "subnet", subnets), ("securityGroupSelectorTerms", "security group", groups)]
    {
        let terms = object.body.pointer(&format!("/spec/{field}")).and_then(Value::as_array);
        let wanted: Vec<&Value> = terms.into_iter().flatten().filter_map(|term| term.get("tags")).collect();
        let all_by_tags = wanted.len() == terms.map_or(0, Vec::len);
        let found = wanted.iter().any(|tags| carried.iter().any(|carried| matches(tags, carried, general)));
        if all_by_tags && !found && !wanted.is_empty() {
            sink.report(
                DISCOVERY_TAGS
                    .at(place(context, object), format!("`{field}` finds nothing"))
                    .title(format!(
                        "class `{}` searches for a {what} that nothing carries the tags of",
                        object.name()
                    ))
                    .why("the class never becomes ready, and Karpenter makes no node from it")
                    .help(format!("search by `karpenter.sh/discovery: {}`", context.cluster.name)),
            );
        }
    }
}

fn matches(wanted: &Value, carried: &BTreeMap<String, String>, general: &BTreeMap<String, String>) -> bool {
    wanted.as_object().is_some_and(|wanted| {
        wanted.iter().all(|(key, value)| {
            let found = carried.get(key).or_else(|| general.get(key));
            found.is_some_and(|found| value == "*" || value == found.as_str())
        })
    })
}

fn place(context: &Context<'_>, object: &Object) -> Span {
    match &object.origin {
        Origin::Component { span, .. } => *span,
        Origin::Spec(address) => context.spec.key(address),
        Origin::Rule(_) => context.spec.key(&Address::of("spec.aws.karpenter")),
    }
}
