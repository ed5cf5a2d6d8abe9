//! A service account with a web identity names its role.

use crate::check::Context;
use crate::check::manifests::AppObject;
use crate::diagnostic::{Finding, Sink};
use crate::ir::{Consumer, Identity, ServiceAccount};
use crate::source::Address;
use crate::spec::{Given, Mechanism};

crate::diagnostic! {
    /// A service account with a web identity does not name its role, or names another one.
    ///
    /// By this mechanism pods find their role only by the annotation on their service account. Without it they start and have no
    /// permissions; with the ARN of another role, AWS refuses them. A component puts the annotation where its contract
    /// says, or has it in a manifest of its own.
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
    ///     identities: { web: { serviceAccount: shop/web, mechanism: irsa, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///   apps: { web: { source: apps/web, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the role, which is called after the cluster and the identity:
    ///
    /// ```yaml,file=apps/web/account.yaml
    /// apiVersion: v1
    /// kind: ServiceAccount
    /// metadata:
    ///   name: web
    ///   annotations: { eks.amazonaws.com/role-arn: "arn:aws:iam::111122223333:role/demo-web" }
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
    ///     identities: { web: { serviceAccount: shop/web, mechanism: irsa, managedPolicies: [ CloudWatchAgentServerPolicy ] } }
    ///     access:
    ///       admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin }
    ///   apps: { web: { source: apps/web, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ROLE_NOT_NAMED = E0637: "a service account does not name the role of its web identity"
}

const ANNOTATION: &str = Identity::ROLE_ANNOTATION;
/// Its place, as a JSON pointer.
const POINTER: &str = "/metadata/annotations/eks.amazonaws.com~1role-arn";

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    components(context, sink);
    let objects = context.app_objects();
    let by_web = |one: &&Identity| one.mechanism == Mechanism::Irsa && one.consumer == Consumer::App;
    for identity in context.ir.infra.identities.iter().filter(by_web) {
        // Which of the accounts that fit a pattern need the role is not known.
        for account in
            identity.accounts.iter().filter(|one| !one.namespace.contains('*') && !one.name.contains('*'))
        {
            for object in objects.iter().filter(|object| is_account(object, account)) {
                if let Some(finding) = fault(context, identity, account, object) {
                    sink.report(finding);
                }
            }
        }
    }
}

/// Components get the annotation at the path that their contract names; or bring it in a manifest of their own.
fn components(context: &Context<'_>, sink: &mut Sink) {
    for identity in context.ir.infra.identities.iter().filter(|one| one.mechanism == Mechanism::Irsa) {
        let Consumer::Component(name) = &identity.consumer else { continue };
        let Some(component) = context.cluster.components.values().find(|one| one.name.as_str() == name)
        else {
            continue;
        };
        for account in &identity.accounts {
            let mut stated = component.contract().service_accounts.iter();
            let has_path = stated.any(|one| one.name.as_str() == account.name && one.annotations.is_some());
            let is_annotated = context.objects().any(|object| {
                object.kind() == "ServiceAccount"
                    && object.name() == account.name
                    && object.namespace() == account.namespace
                    && object.body.pointer(POINTER).is_some()
            });
            if has_path || is_annotated {
                continue;
            }
            sink.report(
                ROLE_NOT_NAMED
                    .at(context.spec.key(&component.address.key("mechanism")), "needs an annotation, and has no place for it")
                    .title(format!("component `{name}` cannot tell its service account the role"))
                    .why("its pods would start and have no permissions in AWS")
                    .help("take `mechanism: irsa` out: Pod Identity needs nothing in the manifests")
                    .help(format!(
                        "or name the path of the annotations in the chart's values, as `annotations` of `{}` in component.yaml",
                        account.name
                    )),
            );
        }
    }
}

fn is_account(object: &AppObject<'_>, account: &ServiceAccount) -> bool {
    object.kind() == "ServiceAccount"
        && object.name() == account.name
        && object.namespace() == account.namespace
}

fn fault(
    context: &Context<'_>,
    identity: &Identity,
    account: &ServiceAccount,
    object: &AppObject<'_>,
) -> Option<Finding> {
    let wanted = wanted(context, identity);
    let address = Address::of("metadata.annotations").key(ANNOTATION);
    let by_web = format!("the identity `{}`, by web identity", identity.key);
    let Some(written) = object.field(POINTER) else {
        if may_be_patched(context, object) {
            return None;
        }
        return Some(
            ROLE_NOT_NAMED
                .at(object.place("metadata.name"), "has no annotation with its role")
                .also(context.spec.key(&identity.address), by_web)
                .title(format!("service account `{account}` does not name its role"))
                .why("its pods would start and have no permissions in AWS")
                .help(format!("annotate it: `{ANNOTATION}: \"{}\"`", wanted.shown()))
                .help("or take `mechanism: irsa` out: Pod Identity needs nothing in the manifests"),
        );
    };
    let written = written.as_str().unwrap_or_default();
    if wanted.fits(written) {
        return None;
    }
    Some(
        ROLE_NOT_NAMED
            .at(
                object.document.value_span(&address).unwrap_or_else(|| object.document.nearest(&address)),
                "another role",
            )
            .also(context.spec.key(&identity.address), by_web)
            .title(format!("service account `{account}` names another role than its identity's"))
            .why("AWS refuses pods a role that does not trust them")
            .help(format!("write `{}`", wanted.shown())),
    )
}

/// Whether a patch of the app may bring the annotation.
fn may_be_patched(context: &Context<'_>, object: &AppObject<'_>) -> bool {
    let Some(app) = context.cluster.apps.get(object.app) else { return false };
    !app.written.patches.is_empty() || app.files.values().any(|text| text.contains("patches"))
}

/// The ARN that the annotation shall hold.
struct Wanted {
    partition: String,
    account: Option<String>,
    /// Path and name.
    role: String,
}

fn wanted(context: &Context<'_>, identity: &Identity) -> Wanted {
    let infra = &context.ir.infra;
    let path = identity.settings.path.as_deref().unwrap_or("/");
    let account = infra.account.as_ref().and_then(Given::known).map(ToString::to_string);
    Wanted {
        partition: infra.partition.clone(),
        account,
        role: format!("{path}{}-{}", infra.name, identity.key),
    }
}

impl Wanted {
    fn shown(&self) -> String {
        let account = self.account.as_deref().unwrap_or("ACCOUNT");
        format!("arn:{}:iam::{account}:role{}", self.partition, self.role)
    }

    /// Whether a written ARN is this one, as far as it can be read: variables of Flux are not known here.
    fn fits(&self, written: &str) -> bool {
        let Some((before, role)) = written.split_once(":role/") else { return written.contains("${") };
        let account = before.rsplit(':').next().unwrap_or_default();
        let same_account =
            account.contains("${") || self.account.as_ref().is_none_or(|known| known.as_str() == account);
        same_account && (role.contains("${") || self.role == format!("/{role}"))
    }
}
