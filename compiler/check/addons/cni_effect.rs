//! Settings of the network add-on exist and do not cancel each other.

use super::env::Env;
use crate::catalog::cni;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A setting of the add-on `vpc-cni` does something else than it looks like.
    ///
    /// The network add-on does not know the name; or another setting takes its place; or it needs one that is missing.
    /// `MINIMUM_IP_TARGET` alone keeps a node at that number of addresses, so that further pods hang in
    /// `ContainerCreating`. With `AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG` every pod hangs until there is an ENIConfig for its
    /// zone; the add-on makes them from `configuration.eniConfig`.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///     addons:
    ///       vpc-cni:
    ///         configuration: { env: { ENABLE_PREFIX_DELEGATOIN: "true", MINIMUM_IP_TARGET: "16", WARM_PREFIX_TARGET: "1" } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
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
    ///     addons:
    ///       vpc-cni:
    ///         configuration: { env: { ENABLE_PREFIX_DELEGATION: "true", MINIMUM_IP_TARGET: "16", WARM_IP_TARGET: "4" } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub CNI_SETTING_WITHOUT_EFFECT = W0421: "a setting of the network add-on does something else than it looks like"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(env) = Env::of(context) else { return };
    for (name, _, address) in env.each().filter(|(name, ..)| cni::form(name).is_none()) {
        unknown(context, name, &address, sink);
    }
    minimum(context, &env, sink);
    overridden(context, &env, sink);
    elsewhere(context, &env, sink);
}

fn unknown(context: &Context<'_>, name: &str, address: &Address, sink: &mut Sink) {
    let place = context.spec.key(address);
    let finding = CNI_SETTING_WITHOUT_EFFECT
        .at(place, "not known")
        .title(format!("the network add-on knows no setting `{name}`"))
        .why("EKS refuses the add-on, or the setting is ignored");
    sink.report(match cni::similar(name) {
        Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
        None => finding.help("its settings are in the README of amazon-vpc-cni-k8s"),
    });
}

fn minimum(context: &Context<'_>, env: &Env<'_>, sink: &mut Sink) {
    let (Some(address), None) = (env.set("MINIMUM_IP_TARGET"), env.set("WARM_IP_TARGET")) else { return };
    sink.report(
        CNI_SETTING_WITHOUT_EFFECT
            .at(context.spec.value(&address), "no node gets more")
            .title("`MINIMUM_IP_TARGET` without `WARM_IP_TARGET` is also the most that a node gets")
            .why("further pods hang in `ContainerCreating`")
            .help("add `WARM_IP_TARGET`, the addresses that a node keeps free, such as `\"4\"`"),
    );
}

fn overridden(context: &Context<'_>, env: &Env<'_>, sink: &mut Sink) {
    let finer = env.set("WARM_IP_TARGET").or_else(|| env.set("MINIMUM_IP_TARGET"));
    let prefixes = env.set("ENABLE_PREFIX_DELEGATION");
    for name in ["WARM_ENI_TARGET", "WARM_PREFIX_TARGET"] {
        let Some(address) = env.set(name) else { continue };
        let finding = |label: &str| {
            CNI_SETTING_WITHOUT_EFFECT
                .at(context.spec.key(&address), label)
                .title(format!("`{name}` has no effect"))
                .why("nodes keep another number of addresses than it says")
        };
        if let Some(finer) = &finer {
            let finding = finding("not looked at").also(context.spec.key(finer), "takes its place");
            sink.report(finding.help(format!("remove `{name}`")));
        } else if name == "WARM_PREFIX_TARGET" && prefixes.is_none() {
            let finding = finding("there are no prefixes");
            sink.report(finding.help("add `ENABLE_PREFIX_DELEGATION: \"true\"`, or remove it"));
        }
    }
}

fn elsewhere(context: &Context<'_>, env: &Env<'_>, sink: &mut Sink) {
    let Some(address) = env.set("AWS_VPC_K8S_CNI_CUSTOM_NETWORK_CFG") else { return };
    if env.makes_configs() {
        return;
    }
    sink.report(
        CNI_SETTING_WITHOUT_EFFECT
            .at(context.spec.value(&address), "each zone needs an ENIConfig")
            .title("custom networking has no ENIConfig")
            .why("pods hang in `ContainerCreating`, Flux among them, so Flux cannot bring it")
            .help("add `eniConfig` beside `env`: `create: \"true\"`, and under `subnets` each zone's `id` and `securityGroups`"),
    );
}
