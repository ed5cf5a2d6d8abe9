//! References between objects lead to an object that somebody makes.

use std::collections::BTreeSet;

use serde_json::Value;

use crate::catalog::flux;
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{Layer, Object, Unit};

crate::diagnostic! {
    /// An object refers to another one that nobody makes.
    ///
    /// Both are accepted by the API server, and then the first waits for ever: a certificate for its Gateway, a route
    /// for its parent, a pool for its class.
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
    ///   components:
    ///     envoy-gateway: {}
    ///     cert-manager: { params: { email: ops@example.com } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Let the other object be made, here the Gateway that answers the challenges:
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
    ///   components:
    ///     envoy-gateway: { params: { gateway: {} } }
    ///     cert-manager: { params: { email: ops@example.com } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub DANGLING_REFERENCE = E0712: "a reference leads to an object that nobody makes"
}

/// A kind of reference (that of a pool to its class is left to the rule on classes): in objects of these kinds, at this path (`*` is any item), to an object of that kind. Only
/// kinds that charts do not make by themselves are listed, so that a missing one is certain.
struct Kind {
    of: &'static [&'static str],
    path: &'static str,
    to: Target,
}

/// What a reference leads to.
enum Target {
    /// A mapping with `name` and perhaps `namespace`; the object is of this kind.
    Named(&'static str),
    /// A mapping with `kind`, `name` and perhaps `namespace`.
    Stated(&'static [&'static str]),
    /// The name itself, of an object of this kind.
    Name(&'static str),
}

const REFERENCES: &[Kind] = &[
    Kind {
        of: &["ClusterIssuer", "Issuer"],
        path: "/spec/acme/solvers/*/http01/gatewayHTTPRoute/parentRefs/*",
        to: Target::Named("Gateway"),
    },
    Kind {
        of: &["HTTPRoute", "GRPCRoute", "TLSRoute"],
        path: "/spec/parentRefs/*",
        to: Target::Named("Gateway"),
    },
    Kind {
        of: &["Gateway", "Ingress"],
        path: "/metadata/annotations/cert-manager.io~1cluster-issuer",
        to: Target::Name("ClusterIssuer"),
    },
    Kind { of: &["Certificate"], path: "/spec/issuerRef", to: Target::Stated(&["ClusterIssuer", "Issuer"]) },
    Kind {
        of: &["ExternalSecret", "PushSecret"],
        path: "/spec/secretStoreRef",
        to: Target::Stated(&["ClusterSecretStore", "SecretStore"]),
    },
    Kind { of: &["GatewayClass"], path: "/spec/parametersRef", to: Target::Stated(&["EnvoyProxy"]) },
    Kind {
        of: &["HelmRelease"],
        path: "/spec/chartRef",
        to: Target::Stated(&["OCIRepository", "HelmChart"]),
    },
    Kind {
        of: &["HelmRelease"],
        path: "/spec/chart/spec/sourceRef",
        to: Target::Stated(&["HelmRepository", "GitRepository"]),
    },
];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(delivery) = &context.ir.delivery else { return };
    let units = || delivery.layers.iter().flat_map(|layer: &Layer| &layer.units);
    let mut made: BTreeSet<(String, String)> =
        units().flat_map(|unit: &Unit| &unit.objects).map(id).collect();
    for app in context.cluster.apps.values() {
        let values = app.documents.values().flatten().map(crate::syntax::yaml::Document::value);
        made.extend(values.map(|value| (text(&value, "/kind"), text(&value, "/metadata/name"))));
    }
    made.insert(("GitRepository".to_owned(), "flux-system".to_owned()));
    // Where nobody brings the kind itself, the rule on kinds says so.
    let is_known = |kind: &str| {
        flux::api_version(kind).is_some()
            || units().flat_map(|unit| &unit.provides).any(|provided| provided.kind() == kind)
    };
    for unit in units() {
        for object in &unit.objects {
            for (kind, name, path) in references(&object.body) {
                if is_known(&kind) && !made.contains(&(kind.clone(), name.clone())) {
                    sink.report(
                        DANGLING_REFERENCE
                            .at(
                                context.spec.key(&unit.address),
                                format!("{} `{}` refers to {kind} `{name}` (`{path}`)", object.kind(), object.name()),
                            )
                            .title(format!("{} `{}` refers to {kind} `{name}`, which nobody makes", object.kind(), object.name()))
                            .why(format!("the {} is accepted, and then waits for ever", object.kind()))
                            .help(format!("let a component or an app make the {kind} `{name}`, or refer to one that is there")),
                    );
                }
            }
        }
    }
    for (name, app) in &context.cluster.apps {
        for document in app.documents.values().flatten() {
            let body = document.value();
            for (kind, wanted, path) in references(&body) {
                if is_known(&kind) && !made.contains(&(kind.clone(), wanted.clone())) {
                    let (from, object) = (text(&body, "/kind"), text(&body, "/metadata/name"));
                    sink.report(
                        DANGLING_REFERENCE
                            .at(document.span(document.root()), format!("`{path}` names {kind} `{wanted}`"))
                            .also(context.spec.key(&app.address), format!("brought by app `{name}`"))
                            .title(format!("{from} `{object}` refers to {kind} `{wanted}`, which nobody makes"))
                            .why(format!("the {from} is accepted, and then waits for ever"))
                            .help(format!("let a component or an app make the {kind} `{wanted}`, or refer to one that is there")),
                    );
                }
            }
        }
    }
}

fn id(object: &Object) -> (String, String) {
    (object.kind().to_owned(), object.name().to_owned())
}

fn text(value: &Value, pointer: &str) -> String {
    value.pointer(pointer).and_then(Value::as_str).unwrap_or_default().to_owned()
}

/// Kind and name of everything that an object refers to, with the path of the reference.
fn references(body: &Value) -> Vec<(String, String, &'static str)> {
    let of = text(body, "/kind");
    let mut out = Vec::new();
    for reference in REFERENCES.iter().filter(|reference| reference.of.contains(&of.as_str())) {
        for found in at(body, reference.path) {
            let (kind, name) = match reference.to {
                Target::Named(kind) => {
                    // A parent may be a Service, in a mesh.
                    let stated = found.get("kind").and_then(Value::as_str).unwrap_or(kind);
                    if stated != kind {
                        continue;
                    }
                    (kind.to_owned(), text(found, "/name"))
                }
                Target::Stated(kinds) => {
                    let stated =
                        found.get("kind").and_then(Value::as_str).unwrap_or(kinds.last().unwrap_or(&""));
                    if !kinds.contains(&stated) {
                        continue;
                    }
                    (stated.to_owned(), text(found, "/name"))
                }
                Target::Name(kind) => (kind.to_owned(), found.as_str().unwrap_or_default().to_owned()),
            };
            if !name.is_empty() && !name.contains("${") {
                out.push((kind, name, reference.path));
            }
        }
    }
    out
}

/// All values at a path, in which `*` stands for any item of a list.
fn at<'a>(value: &'a Value, path: &str) -> Vec<&'a Value> {
    let mut found = vec![value];
    for step in path.split('/').skip(1) {
        let key = step.replace("~1", "/").replace("~0", "~");
        found = found
            .into_iter()
            .flat_map(|value| match (step, value) {
                ("*", Value::Array(items)) => items.iter().collect::<Vec<_>>(),
                (_, Value::Object(map)) => map.get(&key).into_iter().collect(),
                _ => Vec::new(),
            })
            .collect();
    }
    found
}
