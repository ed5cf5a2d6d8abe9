//! Variables in the manifests of apps are ones that Flux can replace.

use std::collections::BTreeSet;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::nearest;
use crate::ir::LayerName;
use crate::source::Span;
use crate::syntax::yaml::{Document, Kind};

crate::diagnostic! {
    /// A variable in an app's manifests has no value, while Flux replaces variables in them.
    ///
    /// From 2.9 on Flux fails the whole layer at a variable without a value; before, it puts nothing there, and
    /// `image: registry/${TAG}` becomes `image: registry/`. Variables of shell scripts in a ConfigMap count, too.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { region: "${region}", vpc: "${vpc}" }
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
    ///     facts: { region: eu-west-1 }
    /// ```
    ///
    /// Declare the variable, or write `$${vpc}` where the text itself is meant:
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { region: eu-west-1, vpc: { output: vpc_id } }
    /// ```
    pub UNKNOWN_VARIABLE = E0704: "a variable in an app's manifests has no value"
}

crate::diagnostic! {
    /// An app's manifests hold what looks like a variable, and nothing replaces it.
    ///
    /// No variable is declared that the apps use, so Flux replaces none, and `${NAME}` stays in the cluster as it
    /// is. That is right for a shell script, and wrong for a value that was to come from here.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { vpc: "${vpc}" }
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
    /// Declare the variable:
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { vpc: { output: vpc_id } }
    /// ```
    pub VARIABLE_NOT_REPLACED = W0705: "a variable in an app's manifests is not replaced"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    let Some(delivery) = &context.ir.delivery else { return };
    let mut seen: BTreeSet<(&str, String)> = BTreeSet::new();
    for object in context.app_objects() {
        if object.text("/metadata/annotations/kustomize.toolkit.fluxcd.io~1substitute") == "disabled" {
            continue;
        }
        let Some(app) = context.cluster.apps.get(object.app) else { continue };
        if app.written.substitute == Some(false) {
            continue;
        }
        let layer = app.written.layer.as_ref().map_or(LayerName::Apps, LayerName::of);
        let Some(applied) = delivery.of_unit(&layer, object.app.as_str()) else { continue };
        let declared = gitops.facts.keys().map(crate::domain::InputName::as_str);
        let known: BTreeSet<&str> = declared.chain(applied.facts.iter().map(String::as_str)).collect();
        for (place, name, has_default) in variables(object.document) {
            if known.contains(name.as_str()) || !seen.insert((object.app.as_str(), name.clone())) {
                continue;
            }
            if applied.facts.is_empty() {
                sink.report(
                    VARIABLE_NOT_REPLACED
                        .at(place, format!("`${{{name}}}` stays as it is"))
                        .title(format!("variable `{name}` of app `{}` is not replaced", object.app))
                        .why("the apps use no declared variable, so Flux replaces none")
                        .help(format!("declare it: `gitops: {{ facts: {{ {name}: ... }} }}`"))
                        .help(format!(
                            "if the text itself is meant, add to `spec`: `allow: [ {{ code: {}, reason: \"...\" }} ]`",
                            VARIABLE_NOT_REPLACED.id
                        )),
                );
            } else if !has_default {
                let finding = UNKNOWN_VARIABLE
                    .at(place, format!("`{name}` is not declared"))
                    .title(format!("variable `{name}` of app `{}` has no value", object.app))
                    .why("Flux replaces variables in these manifests, and puts nothing where it knows no value")
                    .help(format!("write `$${{{name}}}` if the text itself is meant"));
                sink.report(match nearest(&name, known.iter().copied()) {
                    Some(near) => finding.help(format!("did you mean `{near}`?")),
                    None => finding.help(format!("or declare it: `gitops: {{ facts: {{ {name}: ... }} }}`")),
                });
            }
        }
    }
}

/// Variables in the texts of a document: where, which, and whether a default is given.
fn variables(document: &Document) -> Vec<(Span, String, bool)> {
    let mut out = Vec::new();
    let mut open = vec![document.root()];
    while let Some(node) = open.pop() {
        match document.kind(node) {
            Kind::Scalar { text, .. } => {
                out.extend(
                    names(text)
                        .map(|(name, has_default)| (document.span(node), name.to_owned(), has_default)),
                );
            }
            Kind::Seq(items) => open.extend(items),
            Kind::Map(entries) => open.extend(entries.iter().map(|entry| entry.value)),
        }
    }
    out.sort();
    out
}

/// The names in `${NAME}` and `${NAME:=default}`, as Flux reads them, and whether a default follows.
fn names(text: &str) -> impl Iterator<Item = (&str, bool)> {
    text.match_indices("${").filter_map(|(at, _)| {
        if text.get(..at).is_some_and(|before| before.ends_with('$')) {
            return None;
        }
        let inner = text.get(at + 2..)?;
        let end = inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_')?;
        let (name, rest) = (inner.get(..end)?, inner.get(end..)?);
        let is_name = name.starts_with(|letter: char| letter.is_ascii_alphabetic() || letter == '_');
        (is_name && rest.starts_with(['}', ':'])).then_some((name, rest.starts_with(':')))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_and_defaults_are_told_apart() {
        let found: Vec<_> = names("${a} ${b:=x} $${c} ${1} ${_d}").collect();
        assert_eq!(found, [("a", false), ("b", true), ("_d", false)]);
    }
}
