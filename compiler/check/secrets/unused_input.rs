//! Every declared input is used.

use std::collections::BTreeSet;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::syntax::yaml::{Document, Kind};

crate::diagnostic! {
    /// An input is declared, and nothing uses it.
    ///
    /// It is left out of Terraform, but it looks as if something depended on it: somebody goes looking for a value that
    /// nothing takes, or believes a setting to be in force that is not.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { operator_cidr: { type: cidr } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Use it, or remove it:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { operator_cidr: { type: cidr } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     endpoint: { public: [ { input: operator_cidr } ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNUSED_INPUT = W0912: "an input is never used"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.inputs.is_empty() {
        return;
    }
    let used = references(&context.spec.document);
    for name in context.cluster.inputs.keys().filter(|name| !used.contains(name.as_str())) {
        sink.report(
            UNUSED_INPUT
                .at(
                    context.spec.key(&Address::of("spec.inputs").key(name.as_str())),
                    "declared here, used nowhere",
                )
                .title(format!("input `{name}` is never used"))
                .why("it looks as if something depended on it: somebody goes looking for a value that nothing takes")
                .help(format!("refer to it by `{{ input: {name} }}`, or remove it")),
        );
    }
}

/// The names in every `{ input: NAME }` of a document.
fn references(document: &Document) -> BTreeSet<String> {
    let mut out = BTreeSet::new();
    let mut open = vec![document.root()];
    while let Some(node) = open.pop() {
        match document.kind(node) {
            Kind::Scalar { .. } => {}
            Kind::Seq(items) => open.extend(items),
            Kind::Map(entries) => {
                if let [only] = entries
                    && only.key == "input"
                    && let Kind::Scalar { text, .. } = document.kind(only.value)
                {
                    out.insert(text.to_owned());
                }
                open.extend(entries.iter().map(|entry| entry.value));
            }
        }
    }
    out
}
