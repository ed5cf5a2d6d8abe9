//! The contract of variables, from the side of their maker: each declared one is used.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A variable for manifests is declared, but no manifest uses it.
    ///
    /// It is left out of the cluster. Either the manifest that should use it spells it differently, and then keeps
    /// the text `${...}`, or the declaration is left over.
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
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { domain: example.com }
    /// ```
    ///
    /// Use it in an app's manifest as `${domain}`, or remove it:
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
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    /// ```
    pub UNUSED_FACT = W0711: "a variable for manifests is not used"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let declared = context.cluster.gitops.iter().flat_map(|gitops| gitops.facts.keys());
    for name in declared.filter(|name| !context.ir.infra.facts.iter().any(|fact| fact.name == name.as_str()))
    {
        let place = context.spec.key(&Address::of("spec.gitops.facts").key(name.as_str()));
        sink.report(
            UNUSED_FACT
                .at(place, format!("no manifest of an app uses `${{{name}}}`"))
                .title(format!("variable `{name}` is not used"))
                .why("it is left out of the cluster, and a manifest that spells it differently keeps its `${...}`")
                .help(format!("write `${{{name}}}` in a manifest of an app, or remove the variable")),
        );
    }
}
