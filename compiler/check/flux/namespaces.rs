//! Every namespace that is used is made.

use std::collections::BTreeSet;

use crate::catalog::addons;
use crate::check::Context;
use crate::check::manifests::is_cluster_wide;
use crate::diagnostic::Sink;
use crate::domain::nearest;

crate::diagnostic! {
    /// An object is in a namespace that nothing makes.
    ///
    /// The API server refuses the object, and with it Flux stops the whole layer of apps. On a cluster where somebody
    /// once made the namespace by hand it works, until the day the cluster is made again.
    ///
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web, namespace: shop }
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
    /// Give the app the namespace, which is then made with it:
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
    ///   apps: { web: { source: apps/web, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NAMESPACE_WITHOUT_MAKER = E0709: "nothing makes a namespace"
}

/// Namespaces that Kubernetes and Flux bring.
const GIVEN: [&str; 5] = ["default", "kube-system", "kube-public", "kube-node-lease", "flux-system"];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    if context.cluster.gitops.is_none() {
        return;
    }
    let objects = context.app_objects();
    let mut made: BTreeSet<&str> = GIVEN.into_iter().collect();
    made.extend(context.cluster.components.values().map(crate::cluster::Component::namespace));
    made.extend(
        context.cluster.addons.keys().filter_map(|name| addons::find(name.as_str())).map(|one| one.namespace),
    );
    made.extend(context.objects().filter(|object| object.kind() == "Namespace").map(crate::ir::Object::name));
    made.extend(objects.iter().filter(|object| object.kind() == "Namespace").map(|object| object.name()));
    made.extend(
        context.cluster.apps.values().filter_map(|app| Some(app.written.namespace.as_ref()?.as_str())),
    );
    let mut seen: BTreeSet<(&str, &str)> = BTreeSet::new();
    for object in &objects {
        let namespace = object.namespace();
        let is_variable = namespace.contains('$');
        // A kustomization puts a namespace only on kinds that have one, which is not known of foreign kinds.
        let writes_it = !object.text("/metadata/namespace").is_empty();
        let has_one = writes_it || (!object.group().contains('.') || object.group().ends_with(".k8s.io"));
        let is_outside = is_cluster_wide(object.kind()) || !has_one;
        if made.contains(namespace)
            || is_variable
            || is_outside
            || !seen.insert((object.app.as_str(), namespace))
        {
            continue;
        }
        let finding = NAMESPACE_WITHOUT_MAKER
            .at(object.place("metadata.namespace"), format!("`{namespace}` is made by nothing here"))
            .title(format!("nothing makes the namespace `{namespace}` of app `{}`", object.app))
            .why("the API server refuses the object, and Flux stops the whole layer of apps");
        sink.report(match nearest(namespace, made.iter().copied()) {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding
                .help(format!("write `namespace: {namespace}` on the app, and it is made"))
                .help("or add a Namespace object to the app"),
        });
    }
}
