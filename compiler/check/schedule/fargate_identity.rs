//! Pods on Fargate get no identity by Pod Identity.

use crate::check::Context;
use crate::check::workloads::workloads;
use crate::diagnostic::Sink;
use crate::ir::{Consumer, Identity};
use crate::source::{Address, Span};
use crate::spec::Mechanism;

crate::diagnostic! {
    /// Pods of an identity by Pod Identity run on Fargate.
    ///
    /// The agent that hands out credentials of Pod Identity runs on every node, and Fargate has none that it could run on. The
    /// pods find no credentials, and every call of AWS fails.
    ///
    /// ```yaml,file=apps/shop/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: { name: shop }
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
    ///     identities: { shop: { serviceAccount: shop/shop, mechanism: pod-identity, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a web identity, which is the default where every pod of the namespace is on Fargate. An app then puts the
    /// annotation `eks.amazonaws.com/role-arn` on its service account:
    ///
    /// ```yaml,file=apps/shop/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: shop
    ///   annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/demo-shop" }
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
    ///     identities: { shop: { serviceAccount: shop/shop, mechanism: irsa, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub POD_IDENTITY_ON_FARGATE = E0515: "Pod Identity does not reach Fargate"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.fargate.is_empty() {
        return;
    }
    without_agent(context, sink);
}

fn without_agent(context: &Context<'_>, sink: &mut Sink) {
    for identity in context.ir.infra.identities.iter().filter(|one| one.mechanism == Mechanism::PodIdentity) {
        let Some((taken_by, pods)) = on_fargate(context, identity) else { continue };
        let mechanism = identity.address.key("mechanism");
        let mut finding = POD_IDENTITY_ON_FARGATE
            .at(context.spec.value(&mechanism), "by Pod Identity")
            .also(context.spec.value(&taken_by), "takes its pods to Fargate");
        if let Some(pods) = pods {
            finding = finding.also(pods, "these pods");
        }
        let mut finding = finding
            .title(format!("identity `{}` does not reach its pods on Fargate", identity.key))
            .why("the agent of Pod Identity runs on nodes only: the pods find no credentials")
            .help("write `mechanism: irsa`");
        if identity.consumer == Consumer::App {
            finding =
                finding.help("and put the annotation `eks.amazonaws.com/role-arn` on its service account");
        }
        sink.report(finding);
    }
}

/// The selector that takes pods of an identity, and where those pods are written, if in a manifest.
fn on_fargate(context: &Context<'_>, identity: &Identity) -> Option<(Address, Option<Span>)> {
    let cluster = context.cluster;
    match &identity.consumer {
        Consumer::Component(name) => {
            let component = cluster.components.values().find(|one| one.name.as_str() == name)?;
            cluster.fargate_component(component).map(|selector| (selector, None))
        }
        Consumer::Addon(name) => {
            let addon = crate::catalog::addons::find(name)?;
            let mut pods = addon.workloads.iter();
            pods.find_map(|workload| cluster.fargate_addon(addon, workload)).map(|selector| (selector, None))
        }
        Consumer::App => identity.accounts.iter().find_map(|account| {
            if let Some(selector) = cluster.fargate_namespace(&account.namespace) {
                return Some((selector, None));
            }
            let objects = context.app_objects();
            workloads(&objects).find_map(|pods| {
                let name = pods.pod.get("serviceAccountName").and_then(serde_json::Value::as_str);
                let is_user =
                    name == Some(account.name.as_str()) && pods.object.namespace() == account.namespace;
                let selector = is_user.then(|| cluster.fargate_selector(&account.namespace, &pods.labels))?;
                Some((selector?, Some(pods.object.place("metadata.name"))))
            })
        }),
        Consumer::Foreign(_) | Consumer::People => None,
    }
}
