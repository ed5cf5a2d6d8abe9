//! Pods on Fargate get no identity by Pod Identity.

use crate::check::Context;
use crate::check::workloads::workloads;
use crate::diagnostic::Sink;
use crate::ir::{Consumer, Identity, ServiceAccount};
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

crate::diagnostic! {
    /// A service account of pods on Fargate does not name the role that it gets.
    ///
    /// Pods on Fargate get their role by a web identity, which follows from nothing but an annotation on their service account.
    /// Without it the pods find no credentials.
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
    ///     identities: { shop: { serviceAccount: shop/shop, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the role on the account; the name is that of the cluster and of the identity:
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
    ///     identities: { shop: { serviceAccount: shop/shop, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ROLE_NOT_NAMED = W0519: "a service account on Fargate does not name its role"
}

const ANNOTATION: &str = "eks.amazonaws.com/role-arn";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.fargate.is_empty() {
        return;
    }
    without_agent(context, sink);
    not_named(context, sink);
}

fn not_named(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    let all = context.ir.infra.identities.iter();
    for identity in all.filter(|one| one.mechanism == Mechanism::Irsa && one.consumer == Consumer::App) {
        let Some((taken_by, _)) = on_fargate(context, identity) else { continue };
        let accounts = objects.iter().filter(|object| {
            let is = |account: &ServiceAccount| {
                account.name == object.name() && account.namespace == object.namespace()
            };
            object.kind() == "ServiceAccount" && identity.accounts.iter().any(is)
        });
        let annotation = Address::of("metadata.annotations").key(ANNOTATION);
        for account in accounts.filter(|object| object.document.find(&annotation).is_none()) {
            let name = account.name();
            sink.report(
                ROLE_NOT_NAMED
                    .at(account.place("metadata.name"), "names no role")
                    .also(context.spec.key(&identity.address), "its role, by a web identity")
                    .also(context.spec.value(&taken_by), "takes its pods to Fargate")
                    .title(format!("service account `{name}` does not name its role `{}`", identity.key))
                    .why("on Fargate the pods get the role by that annotation only: without it they find no credentials")
                    .help(format!(
                        "add the annotation `{ANNOTATION}: arn:{}:iam::ACCOUNT:role{}{}-{}`",
                        context.cluster.partition,
                        identity.settings.path.as_deref().unwrap_or("/"),
                        context.cluster.name,
                        identity.key
                    )),
            );
        }
    }
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
