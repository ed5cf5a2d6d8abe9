//! Secrets from AWS have a store and a namespace.

use std::collections::BTreeSet;

use crate::catalog::addons;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{Key, nearest};
use crate::lower::scope::store;
use crate::source::Address;

crate::diagnostic! {
    /// Nothing makes the namespace that a secret is to be in.
    ///
    /// The API server refuses the object, and with it everything that is applied together.
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
    ///   externalSecrets:
    ///     secrets: { slack: { namespaces: [ chat ], keys: { token: { from: demo/slack } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name a namespace of a component or an app, or add an app that makes it:
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
    ///   externalSecrets:
    ///     secrets: { slack: { namespaces: [ flux-system ], keys: { token: { from: demo/slack } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SECRET_WITHOUT_NAMESPACE = E0721: "nothing makes the namespace of a secret"
}

crate::diagnostic! {
    /// A secret names a store that does not exist.
    ///
    /// External Secrets would wait for it, and the Secret would never be made.
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
    ///   externalSecrets:
    ///     secrets: { slack: { namespaces: [ flux-system ], store: aws-secret-manager, keys: { token: { from: demo/slack } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name one of `aws-secrets-manager` and `aws-parameter-store`, or a store of `externalSecrets.stores`:
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
    ///   externalSecrets:
    ///     secrets: { slack: { namespaces: [ flux-system ], store: aws-secrets-manager, keys: { token: { from: demo/slack } } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SECRET_WITHOUT_STORE = E0722: "a secret's store does not exist"
}

/// Namespaces that Kubernetes and Flux bring.
const GIVEN: [&str; 5] = ["default", "kube-system", "kube-public", "kube-node-lease", "flux-system"];
/// Stores that need not be written.
const STORES: [&str; 2] = ["aws-secrets-manager", "aws-parameter-store"];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let (Some(written), Some(_)) = (&context.cluster.external_secrets, &context.cluster.gitops) else {
        return;
    };
    let made = made(context);
    for (name, secret) in &written.secrets {
        let address = Address::of("spec.externalSecrets.secrets").key(name.as_str());
        if store(context.cluster, &secret.store).is_none() {
            let known: Vec<&str> = written.stores.keys().map(Key::as_str).chain(STORES).collect();
            let place = context.spec.value(&address.key("store"));
            let finding = SECRET_WITHOUT_STORE
                .at(place, "no store has this name")
                .title(format!("store `{}` of secret `{name}` does not exist", secret.store))
                .why("External Secrets would wait for it, and the Secret would never be made");
            sink.report(match nearest(secret.store.as_str(), known.iter().copied()) {
                Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
                None => finding.help(format!(
                    "add it to `externalSecrets.stores`, or take one of `{}`",
                    known.join("`, `")
                )),
            });
        }
        for (index, namespace) in secret.namespaces.iter().enumerate() {
            if made.contains(namespace.as_str()) {
                continue;
            }
            let finding = SECRET_WITHOUT_NAMESPACE
                .at(context.spec.value(&address.key("namespaces").index(index)), "is made by nothing here")
                .title(format!("nothing makes the namespace `{namespace}` of secret `{name}`"))
                .why("the API server refuses the object, and with it everything that is applied together");
            sink.report(match nearest(namespace.as_str(), made.iter().map(String::as_str)) {
                Some(near) => finding.help(format!("did you mean `{near}`?")),
                None => finding.help(format!("add an app that makes it: `namespace: {namespace}`")),
            });
        }
    }
}

/// Every namespace that somebody makes.
fn made(context: &Context<'_>) -> BTreeSet<String> {
    let mut made: BTreeSet<String> = GIVEN.into_iter().map(str::to_owned).collect();
    let addons = context.cluster.addons.keys().filter_map(|name| addons::find(name.as_str()));
    made.extend(addons.map(|addon| addon.namespace.to_owned()));
    made.extend(context.cluster.components.values().map(|component| component.namespace().to_owned()));
    let objects = context.objects().filter(|object| object.kind() == "Namespace");
    made.extend(objects.map(|object| object.name().to_owned()));
    let objects = context.app_objects();
    let objects = objects.iter().filter(|object| object.kind() == "Namespace");
    made.extend(objects.map(|object| object.name().to_owned()));
    made
}
