//! Every custom kind is brought by something that is up before its first use.

use std::collections::BTreeMap;

use crate::catalog::addons;
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::domain::GroupKind;
use crate::ir::{Delivery, FluxKustomization, Object, Unit, UnitKind};
use crate::lower::manifests::AppObject;
use crate::source::{Origin, Span};

crate::diagnostic! {
    /// An object is of a kind that nothing brings before it.
    ///
    /// The API server knows the kind only when its definition is there. Flux tries all objects of a layer before it
    /// applies any, so one object of an unknown kind blocks every app with `no matches for kind`.
    ///
    /// ```yaml,file=apps/web/certificate.yaml
    /// apiVersion: cert-manager.io/v1
    /// kind: Certificate
    /// metadata: { name: web }
    /// spec: { secretName: web-tls, dnsNames: [ web.example.com ], issuerRef: { kind: ClusterIssuer, name: letsencrypt-production } }
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Add the component that brings the kind. It is installed a layer earlier, and the apps wait for it:
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
    ///   components: { cert-manager: { params: { email: ops@example.com } } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub KIND_WITHOUT_PROVIDER = E0703: "nothing brings a kind before its first use"
}

/// The API groups of Kubernetes itself (1.36) that have a dot; those without one are all its own.
const BUILT_IN: [&str; 16] = [
    "admissionregistration.k8s.io",
    "apiextensions.k8s.io",
    "apiregistration.k8s.io",
    "authentication.k8s.io",
    "authorization.k8s.io",
    "certificates.k8s.io",
    "coordination.k8s.io",
    "discovery.k8s.io",
    "events.k8s.io",
    "flowcontrol.apiserver.k8s.io",
    "networking.k8s.io",
    "node.k8s.io",
    "rbac.authorization.k8s.io",
    "resource.k8s.io",
    "scheduling.k8s.io",
    "storage.k8s.io",
];

/// Groups that EKS and its network add-on bring.
const OF_EKS: [&str; 3] = ["crd.k8s.amazonaws.com", "networking.k8s.aws", "vpcresources.k8s.aws"];

/// Whether a group needs no provider among components and apps. Flux' own kinds come with Flux.
fn is_given(group: &str) -> bool {
    !group.contains('.')
        || BUILT_IN.contains(&group)
        || OF_EKS.contains(&group)
        || group == "storagemigration.k8s.io"
        || group.ends_with(".fluxcd.io")
        || group == "fluxcd.controlplane.io"
}

/// What brings a kind: with what it is applied, or nothing to wait for.
struct Provider<'a> {
    name: String,
    from: Option<&'a FluxKustomization>,
    /// Whether the definition itself is applied, not a chart that has it.
    is_plain: bool,
}

type Providers<'a> = BTreeMap<String, Vec<Provider<'a>>>;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(delivery) = &context.ir.delivery else { return };
    let providers = providers(context, delivery);
    for layer in &delivery.layers {
        for unit in &layer.units {
            let Some(applied) = delivery.of_unit(&layer.name, &unit.name) else { continue };
            of_component(context, delivery, applied, unit, &providers, sink);
            if unit.kind == UnitKind::App {
                of_app(context, delivery, applied, unit, &providers, sink);
            }
        }
    }
}

fn providers<'a>(context: &Context<'a>, delivery: &'a Delivery) -> Providers<'a> {
    let mut out: Providers<'a> = BTreeMap::new();
    for addon in context.cluster.addons.keys().filter_map(|name| addons::find(name.as_str())) {
        for kind in addon.provides {
            let provider = Provider { name: format!("add-on `{}`", addon.name), from: None, is_plain: false };
            out.entry((*kind).to_owned()).or_default().push(provider);
        }
    }
    let objects = context.app_objects();
    for (layer, unit) in
        delivery.layers.iter().flat_map(|layer| layer.units.iter().map(move |unit| (layer, unit)))
    {
        let from = delivery.of_unit(&layer.name, &unit.name);
        let mut add = |kind: String, name: String, is_plain: bool| {
            out.entry(kind).or_default().push(Provider { name, from, is_plain });
        };
        let stated = unit.provides.iter().map(ToString::to_string);
        for kind in stated.chain(unit.objects.iter().filter_map(defines)) {
            add(kind, format!("component `{}`", unit.name), false);
        }
        let of_app = |object: &&AppObject<'_>| unit.kind == UnitKind::App && object.app.as_str() == unit.name;
        for object in
            objects.iter().filter(of_app).filter(|object| object.kind() == "CustomResourceDefinition")
        {
            let kind = format!("{}/{}", object.text("/spec/group"), object.text("/spec/names/kind"));
            add(kind, format!("app `{}`", unit.name), true);
        }
    }
    out
}

/// The kind that a definition brings.
fn defines(object: &Object) -> Option<String> {
    let kind = format!("{}/{}", object.text("/spec/group"), object.text("/spec/names/kind"));
    (object.kind() == "CustomResourceDefinition").then_some(kind)
}

fn of_component(
    context: &Context<'_>,
    delivery: &Delivery,
    applied: &FluxKustomization,
    unit: &Unit,
    providers: &Providers<'_>,
    sink: &mut Sink,
) {
    let mut seen: Vec<String> = Vec::new();
    for object in unit.objects.iter().filter(|object| !is_given(object.group())) {
        let kind = format!("{}/{}", object.group(), object.kind());
        if seen.contains(&kind) {
            continue;
        }
        let place = match &object.origin {
            Origin::Component { span, .. } => *span,
            Origin::Spec(address) => context.spec.key(address),
            Origin::Rule(_) => context.spec.key(&unit.address),
        };
        let user = format!("`{}` of component `{}`", object.name(), unit.name);
        if let Some(finding) = fault(context, delivery, &kind, &user, place, applied, providers) {
            seen.push(kind);
            sink.report(finding);
        }
    }
    for kind in unit.needs.iter().filter(|kind| !is_given(kind.group())) {
        let known = providers.contains_key(kind.as_str()) || seen.iter().any(|one| one == kind.as_str());
        if !known {
            sink.report(absent(
                context,
                kind.as_str(),
                &format!("component `{}`", unit.name),
                context.spec.key(&unit.address),
            ));
        }
    }
}

fn of_app(
    context: &Context<'_>,
    delivery: &Delivery,
    applied: &FluxKustomization,
    unit: &Unit,
    providers: &Providers<'_>,
    sink: &mut Sink,
) {
    let mut seen: Vec<String> = Vec::new();
    let objects = context.app_objects();
    let own = objects.iter().filter(|object| object.app.as_str() == unit.name);
    for object in own.filter(|object| !is_given(object.group())) {
        let kind = format!("{}/{}", object.group(), object.kind());
        if kind.parse::<GroupKind>().is_err() || seen.contains(&kind) {
            continue;
        }
        let user = format!("`{}` of app `{}`", object.name(), object.app);
        let place = object.place("kind");
        if let Some(finding) = fault(context, delivery, &kind, &user, place, applied, providers) {
            seen.push(kind);
            sink.report(finding);
        }
    }
}

/// What is wrong with the use of a kind, if anything is.
fn fault(
    context: &Context<'_>,
    delivery: &Delivery,
    kind: &str,
    user: &str,
    place: Span,
    applied: &FluxKustomization,
    providers: &Providers<'_>,
) -> Option<Finding> {
    let Some(known) = providers.get(kind) else { return Some(absent(context, kind, user, place)) };
    let is_waited_for =
        |from: &FluxKustomization| delivery.layer(&from.layer).is_some_and(|layer| layer.wait);
    let in_time = |provider: &Provider<'_>| {
        provider.from.is_none_or(|from| match from.name == applied.name {
            // Definitions are applied first.
            true => provider.is_plain,
            false => is_waited_for(from) && delivery.waits_for(applied, &from.name),
        })
    };
    if known.iter().any(in_time) {
        return None;
    }
    let provider = known.first()?;
    let brings = provider.from?;
    let finding = KIND_WITHOUT_PROVIDER
        .at(place, format!("of kind `{kind}`"))
        .why("Flux tries all objects of a layer before it applies any, so this one blocks the whole layer");
    Some(if brings.name == applied.name {
        finding
            .title(format!("{user} is in the same layer as {}, which brings its kind", provider.name))
            .help("move the object to `resources/` of its component: these are applied a layer later")
    } else if is_waited_for(brings) {
        let word = brings.layer.word();
        finding
            .also(context.spec.key(&applied.layer.address()), format!("comes before `{word}`, or beside it"))
            .title(format!("{user} does not wait for {}, which brings its kind", provider.name))
            .help(format!("put it into a layer after `{word}`: `gitops.layers.NAME: {{ after: {word} }}`"))
    } else {
        let word = brings.layer.word();
        finding
            .also(
                context.spec.value(&brings.layer.address().key("wait")),
                format!("layer `{word}` is called ready before {} is", provider.name),
            )
            .title(format!("{user} does not wait for {}, which brings its kind", provider.name))
            .help(format!("remove `wait: false` from `gitops.layers.{word}`"))
    })
}

fn absent(context: &Context<'_>, kind: &str, user: &str, place: Span) -> Finding {
    let finding = KIND_WITHOUT_PROVIDER
        .at(place, format!("nothing brings the kind `{kind}`"))
        .title(format!("nothing brings the kind of {user}"))
        .why("one object of an unknown kind blocks its whole layer with `no matches for kind`");
    match brought_by(kind) {
        Some(component) if !context.cluster.components.keys().any(|name| name.as_str() == component) => {
            finding.help(format!("add `{component}` to `components`"))
        }
        _ => finding
            .help("add the component that brings it, or its CustomResourceDefinition to the app")
            .help("for a bare chart, name the kinds that it brings under `helm.provides`"),
    }
}

/// Components of the standard library that bring well-known groups, for the help.
fn brought_by(kind: &str) -> Option<&'static str> {
    let (group, _) = kind.split_once('/')?;
    Some(match group {
        "cert-manager.io" | "acme.cert-manager.io" => "cert-manager",
        "external-secrets.io" | "generators.external-secrets.io" => "external-secrets",
        "monitoring.coreos.com" => "kube-prometheus-stack",
        "gateway.networking.k8s.io" | "gateway.envoyproxy.io" => "envoy-gateway",
        "elbv2.k8s.aws" => "aws-load-balancer-controller",
        "snapshot.storage.k8s.io" | "groupsnapshot.storage.k8s.io" => "snapshot-controller",
        "externaldns.k8s.io" => "external-dns",
        _ => return None,
    })
}
