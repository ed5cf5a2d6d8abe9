//! A service account has one identity, by one mechanism.

use serde_json::Value;

use crate::check::Context;
use crate::check::manifests::AppObject;
use crate::diagnostic::Sink;
use crate::ir::{Consumer, Identity, ServiceAccount};
use crate::source::Address;
use crate::spec::Mechanism;

crate::diagnostic! {
    /// A service account has two identities, or one by two mechanisms.
    ///
    /// EKS takes one Pod Identity association for each service account. And where a role's ARN stands on the
    /// account as well, the SDK takes that one first: it asks for a role that trusts only Pod Identity, is refused,
    /// and never tries the other.
    ///
    /// ```yaml,file=apps/web/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    ///   annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/demo-web" }
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
    ///     identities: { web: { serviceAccount: default/web, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Remove the annotation; Pod Identity needs nothing in the manifests:
    ///
    /// ```yaml,file=apps/web/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata: { name: web }
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
    ///     identities: { web: { serviceAccount: default/web, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub TWO_MECHANISMS = E0605: "a service account has two identities"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    two_identities(context, sink);
    let objects = context.app_objects();
    for identity in context.ir.infra.identities.iter().filter(|one| one.mechanism == Mechanism::PodIdentity) {
        annotated_manifests(context, identity, &objects, sink);
        annotated_values(context, identity, sink);
    }
}

fn two_identities(context: &Context<'_>, sink: &mut Sink) {
    let all = context.ir.infra.identities.iter();
    let accounts: Vec<(&Identity, &ServiceAccount)> =
        all.flat_map(|identity| identity.accounts.iter().map(move |account| (identity, account))).collect();
    for (index, (one, account)) in accounts.iter().enumerate() {
        let same = |earlier: &&(&Identity, &ServiceAccount)| earlier.1 == *account;
        let Some((earlier, _)) = accounts.iter().take(index).find(same) else { continue };
        sink.report(
            TWO_MECHANISMS
                .at(context.spec.key(&one.address), format!("the identity `{}`", one.key))
                .also(context.spec.key(&earlier.address), format!("the identity `{}`", earlier.key))
                .title(format!("service account `{account}` has two identities"))
                .why("EKS takes one for each service account and refuses the second")
                .help("put the permissions into one of the two; components and add-ons bring their own"),
        );
    }
}

fn annotated_manifests(
    context: &Context<'_>,
    identity: &Identity,
    objects: &[AppObject<'_>],
    sink: &mut Sink,
) {
    for account in &identity.accounts {
        let is_account = |object: &&AppObject<'_>| {
            object.kind() == "ServiceAccount"
                && object.name() == account.name
                && object.namespace() == account.namespace
        };
        for object in objects.iter().filter(is_account) {
            let address = Address::of("metadata.annotations").key(Identity::ROLE_ANNOTATION);
            if object.document.find(&address).is_none() {
                continue;
            }
            sink.report(
                TWO_MECHANISMS
                    .at(object.document.nearest(&address), "a role by web identity")
                    .also(context.spec.key(&identity.address), "a role by Pod Identity")
                    .title(format!("service account `{account}` gets a role in two ways"))
                    .why("the SDK asks for the role of the annotation first, is refused, and never tries Pod Identity")
                    .help("remove the annotation"),
            );
        }
    }
}

fn annotated_values(context: &Context<'_>, identity: &Identity, sink: &mut Sink) {
    let Consumer::Component(name) = &identity.consumer else { return };
    let Some(component) = context.cluster.components.values().find(|one| one.name.as_str() == name) else {
        return;
    };
    let address = component.address.key("values");
    let Some(address) = component.values.iter().find_map(|(key, value)| annotation(value, address.key(key)))
    else {
        return;
    };
    sink.report(
        TWO_MECHANISMS
            .at(context.spec.key(&address), "a role by web identity")
            .also(context.spec.key(&component.address), "gets its role by Pod Identity")
            .title(format!("component `{name}` gets a role in two ways"))
            .why(
                "the SDK asks for the role of the annotation first, is refused, and never tries Pod Identity",
            )
            .help("remove the annotation; the role is derived")
            .help("or write `mechanism: irsa`, and the derived role's ARN is put on the account"),
    );
}

/// Where in a tree of values the annotation stands.
fn annotation(value: &Value, at: Address) -> Option<Address> {
    match value {
        Value::Object(map) if map.contains_key(Identity::ROLE_ANNOTATION) => {
            Some(at.key(Identity::ROLE_ANNOTATION))
        }
        Value::Object(map) => map.iter().find_map(|(key, below)| annotation(below, at.key(key))),
        Value::Array(items) => {
            items.iter().enumerate().find_map(|(index, below)| annotation(below, at.index(index)))
        }
        _ => None,
    }
}
