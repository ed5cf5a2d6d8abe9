//! A variable that stands alone stays text when Flux has replaced it.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{Deferred, LayerName};
use crate::source::Span;
use crate::spec::{Fact, OutputName};
use crate::syntax::yaml::{Document, Kind};

crate::diagnostic! {
    /// A value in an app's manifests is the account's id and nothing else, so Flux makes it a number.
    ///
    /// Flux replaces variables in the text of the built manifests, where quotes that were not needed are gone. What then
    /// looks like a number is one: a ConfigMap or a label with it is refused, and an account whose id begins with `0`
    /// loses that digit. Quotes in the manifest do not help, quotes that are a variable do.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { account: "${account}" }
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
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { account: { output: account_id } }
    /// ```
    ///
    /// Put a variable that is a quote around it (inside a longer text, such as an ARN, nothing is needed):
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { account: "${quote}${account}${quote}" }
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { account: { output: account_id }, quote: '"' }
    /// ```
    pub TEXT_BECOMES_NUMBER = W0750: "a value becomes a number when Flux replaces its variable"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    let Some(delivery) = &context.ir.delivery else { return };
    let is_id = |fact: &Fact| matches!(fact, Fact::Output(output) if output.output == OutputName::AccountId);
    for object in context.app_objects() {
        let Some(app) = context.cluster.apps.get(object.app) else { continue };
        let layer = app.written.layer.as_ref().map_or(LayerName::Apps, LayerName::of);
        let applied = delivery.of_unit(&layer, object.app.as_str());
        let off = |pointer: &str| object.text(pointer) == "disabled";
        if app.written.substitute == Some(false)
            || applied.is_none_or(|applied| applied.facts.is_empty())
            || off("/metadata/annotations/kustomize.toolkit.fluxcd.io~1substitute")
            || off("/metadata/labels/kustomize.toolkit.fluxcd.io~1substitute")
        {
            continue;
        }
        for (place, name) in alone(object.document) {
            let declared = gitops.facts.iter().find(|(known, _)| known.as_str() == name);
            if !declared.map_or(name == Deferred::AccountId.name(), |(_, fact)| is_id(fact)) {
                continue;
            }
            sink.report(
                TEXT_BECOMES_NUMBER
                    .at(place, "a number, once Flux has put the account's id here")
                    .title(format!("`${{{name}}}` of app `{}` becomes a number", object.app))
                    .why("quotes around a variable are gone when Flux replaces it; text fields then refuse the number")
                    .help(format!(
                        "write `\"${{quote}}${{{name}}}${{quote}}\"`, and declare `gitops: {{ facts: {{ quote: '\"' }} }}`"
                    )),
            );
        }
    }
}

/// The values that are one variable and nothing else: where, and which.
fn alone(document: &Document) -> Vec<(Span, &str)> {
    let mut out = Vec::new();
    let mut open = vec![document.root()];
    while let Some(node) = open.pop() {
        match document.kind(node) {
            Kind::Scalar { text, .. } => {
                let inner = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}'));
                let is_name = |name: &&str| name.chars().all(|c| c.is_ascii_alphanumeric() || c == '_');
                let whole = inner.filter(is_name);
                out.extend(whole.map(|name| (document.span(node), name)));
            }
            Kind::Seq(items) => open.extend(items),
            Kind::Map(entries) => open.extend(entries.iter().map(|entry| entry.value)),
        }
    }
    out.sort();
    out
}
