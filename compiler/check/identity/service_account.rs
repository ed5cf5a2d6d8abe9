//! The service account of an identity is made by something that this repository delivers.

use std::collections::BTreeSet;

use crate::catalog::addons;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::{self, ServiceAccountPattern};
use crate::source::{Address, Span};
use crate::spec::ServiceAccounts;

crate::diagnostic! {
    /// An identity is for a service account that nothing makes.
    ///
    /// The role would wait for a pod that never comes, while the real pods run without permissions: a letter or a
    /// namespace that differs is enough, and nothing in the cluster says so.
    ///
    /// ```yaml,file=apps/web/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: { name: web }
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
    ///     identities: { web: { serviceAccount: web/web, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the account with the namespace that it is made in:
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
    ///     identities: { web: { serviceAccount: shop/web, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_SERVICE_ACCOUNT = E0604: "nothing makes the service account of an identity"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    // Without delivery, what runs in the cluster is not ours to know.
    if context.cluster.gitops.is_none() || context.cluster.identities.is_empty() {
        return;
    }
    let known = made(context);
    let opaque = made_unseen(context);
    for (name, identity) in &context.cluster.identities {
        let address = Address::of("spec.aws.identities").key(name.as_str()).key("serviceAccount");
        for (index, account) in identity.service_account.all().iter().enumerate() {
            let everywhere = account.name() == "default";
            let unseen = everywhere || account.is_pattern() || opaque.contains(account.namespace());
            if unseen || known.contains(account.as_str()) {
                continue;
            }
            let place = match &identity.service_account {
                ServiceAccounts::One(_) => context.spec.value(&address),
                ServiceAccounts::Many(_) => context.spec.value(&address.index(index)),
            };
            sink.report(nothing_makes(account, place, &known));
        }
    }
}

fn nothing_makes(account: &ServiceAccountPattern, place: Span, known: &BTreeSet<String>) -> Finding {
    let elsewhere = known.iter().find(|one| one.rsplit('/').next() == Some(account.name()));
    let near = elsewhere
        .map(String::as_str)
        .or_else(|| domain::nearest(account.as_str(), known.iter().map(String::as_str)));
    let finding = NO_SERVICE_ACCOUNT
        .at(place, "no component, add-on or app makes it")
        .title(format!("nothing makes the service account `{account}`"))
        .why("the real pods would run without permissions, and nothing in the cluster would say why");
    match near {
        Some(near) => finding.help(format!("did you mean `{near}`?")),
        None => finding.help(format!(
            "add a ServiceAccount `{}` in namespace `{}` to an app",
            account.name(),
            account.namespace()
        )),
    }
}

/// Service accounts that are made, as `namespace/name`.
fn made(context: &Context<'_>) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    for component in context.cluster.components.values() {
        let accounts = &component.contract().service_accounts;
        out.extend(accounts.iter().map(|account| format!("{}/{}", component.namespace(), account.name)));
    }
    for addon in context.cluster.addons.keys().filter_map(|name| addons::find(name.as_str())) {
        out.extend(addon.service_account.map(|account| format!("{}/{account}", addon.namespace)));
    }
    for object in context.objects().filter(|object| object.kind() == "ServiceAccount") {
        out.insert(format!("{}/{}", object.namespace(), object.name()));
    }
    for object in context.app_objects().iter().filter(|object| object.kind() == "ServiceAccount") {
        out.insert(format!("{}/{}", object.namespace(), object.name()));
    }
    out
}

/// Namespaces in which a chart may make accounts that the compiler does not see.
fn made_unseen(context: &Context<'_>) -> BTreeSet<String> {
    let bare = context.cluster.components.values().filter(|component| {
        component.contract().chart.is_some() && component.contract().service_accounts.is_empty()
    });
    let mut out: BTreeSet<String> = bare.map(|component| component.namespace().to_owned()).collect();
    for object in context.app_objects().iter().filter(|object| object.kind() == "HelmRelease") {
        let target = object.text("/spec/targetNamespace");
        out.insert(if target.is_empty() { object.namespace().to_owned() } else { target.to_owned() });
    }
    out
}
