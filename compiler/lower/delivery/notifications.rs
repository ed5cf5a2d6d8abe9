//! Notifications become a Provider and an Alert each, in Flux' namespace.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Map, Value, json};

use crate::catalog::flux;
use crate::cluster::Cluster;
use crate::domain::{InputName, Key};
use crate::ir::{HandedSecret, Kustomization, Object, Placement, Unit, UnitKind};
use crate::source::{Address, Origin};
use crate::spec::{EventKind, EventSource, Notification, NotificationProvider, NotificationSecret, Severity};

const NAMESPACE: &str = "flux-system";

/// Where Slack takes messages of those who show a token.
const SLACK: &str = "https://slack.com/api/chat.postMessage";

fn address() -> Address {
    Address::of("spec.gitops.notifications")
}

/// Secrets that Terraform hands to notifications.
pub(in crate::lower) fn secrets(cluster: &Cluster) -> Vec<HandedSecret> {
    let all = cluster.gitops.iter().flat_map(|gitops| &gitops.notifications);
    let secret = |(name, written): (&Key, &Notification)| {
        let (key, input): (&'static str, &InputName) = match written.secret.as_ref()? {
            NotificationSecret::Token(secret) => ("token", &secret.token.input),
            NotificationSecret::Address(secret) => ("address", &secret.address.input),
            NotificationSecret::External(_) | NotificationSecret::Named(_) => return None,
        };
        let address = address().key(name.as_str()).key("secret");
        Some(HandedSecret { name: handed(name), key, input: input.clone(), address })
    };
    all.filter_map(secret).collect()
}

fn handed(name: &Key) -> String {
    format!("notification-{name}")
}

/// The unit with all of them. `releases` are the namespaces that have releases.
pub(super) fn unit(all: &BTreeMap<Key, Notification>, releases: &BTreeSet<String>) -> Option<Unit> {
    let objects = all.iter().flat_map(|(name, written)| {
        let origin = Origin::Spec(address().key(name.as_str()));
        [
            Object::new(format!("provider-{name}.yaml"), provider(name, written), origin.clone()),
            Object::new(format!("alert-{name}.yaml"), alert(name, written, releases), origin),
        ]
    });
    (!all.is_empty()).then(|| Unit {
        name: "notifications".to_owned(),
        kind: UnitKind::Component,
        objects: objects.collect(),
        kustomization: Kustomization::default(),
        copies: BTreeMap::new(),
        provides: Vec::new(),
        needs: Vec::new(),
        substitute: true,
        placement: Placement::default(),
        address: address(),
    })
}

fn object(kind: &str, name: &Key, spec: Map<String, Value>) -> Value {
    json!({
        "apiVersion": flux::api_version(kind),
        "kind": kind,
        "metadata": { "name": name, "namespace": NAMESPACE },
        "spec": spec,
    })
}

fn provider(name: &Key, written: &Notification) -> Value {
    let mut spec = Map::new();
    spec.insert("type".to_owned(), json!(written.provider));
    let by_token = !matches!(written.secret, None | Some(NotificationSecret::Address(_)));
    let of_slack = (written.provider == NotificationProvider::Slack && by_token).then(|| SLACK.to_owned());
    let texts = [
        ("address", written.address.clone().or(of_slack)),
        ("channel", written.channel.clone()),
        ("username", written.username.clone()),
    ];
    for (field, text) in texts {
        spec.extend(text.map(|text| (field.to_owned(), json!(text))));
    }
    let secret = written.secret.as_ref().map(|secret| match secret {
        NotificationSecret::Token(_) | NotificationSecret::Address(_) => handed(name),
        NotificationSecret::External(reference) => reference.external_secret.to_string(),
        NotificationSecret::Named(reference) => reference.name.to_string(),
    });
    spec.extend(secret.map(|secret| ("secretRef".to_owned(), json!({ "name": secret }))));
    object("Provider", name, spec)
}

fn alert(name: &Key, written: &Notification, releases: &BTreeSet<String>) -> Value {
    let every = |kind| EventSource { kind, name: None, namespace: None };
    let given = [every(EventKind::GitRepository), every(EventKind::Kustomization)];
    let sources = if written.sources.is_empty() { &given[..] } else { &written.sources };
    let mut spec = Map::new();
    spec.insert("providerRef".to_owned(), json!({ "name": name }));
    let severity = match written.severity {
        Severity::Error => "error",
        Severity::Info => "info",
    };
    spec.insert("eventSeverity".to_owned(), json!(severity));
    let sources = sources.iter().flat_map(|source| of_source(source, releases));
    spec.insert("eventSources".to_owned(), sources.collect());
    if !written.exclude.is_empty() {
        spec.insert("exclusionList".to_owned(), json!(written.exclude));
    }
    spec.extend(written.summary.as_ref().map(|text| ("summary".to_owned(), json!(text))));
    object("Alert", name, spec)
}

/// A star stands for every name in one namespace, so releases are listed namespace by namespace.
fn of_source(source: &EventSource, releases: &BTreeSet<String>) -> Vec<Value> {
    let name = source.name.as_ref().map_or("*", |name| name.as_str());
    let kind = source.kind.word();
    let in_namespace = |namespace: &str| match namespace {
        NAMESPACE => json!({ "kind": kind, "name": name }),
        other => json!({ "kind": kind, "name": name, "namespace": other }),
    };
    match (&source.namespace, source.kind) {
        (Some(namespace), _) => vec![in_namespace(namespace.as_str())],
        (None, EventKind::HelmRelease | EventKind::HelmRepository | EventKind::OciRepository) => {
            releases.iter().map(|namespace| in_namespace(namespace)).collect()
        }
        (None, EventKind::GitRepository | EventKind::Kustomization) => vec![in_namespace(NAMESPACE)],
    }
}
