//! Generated configuration has its content in its name.

use serde_json::Value;

use crate::check::Context;
use crate::check::manifests::kustomizations;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A kustomization generates configuration under a fixed name.
    ///
    /// By its hash in the name, changed content makes a new ConfigMap, and the pods that use it are made anew. Under a fixed name
    /// the content changes in place: pods go on with what they read when they started, until something else restarts them.
    ///
    /// ```yaml,file=apps/shop/shop.yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata: { name: shop }
    /// spec:
    ///   selector: { matchLabels: { app: shop } }
    ///   template:
    ///     metadata: { labels: { app: shop } }
    ///     spec:
    ///       containers: [ { name: shop, image: nginx } ]
    /// ```
    /// ```yaml,file=apps/shop/kustomization.yaml
    /// resources: [ shop.yaml ]
    /// configMapGenerator: [ { name: settings, literals: [ "COLOR=blue" ] } ]
    /// generatorOptions: { disableNameSuffixHash: true }
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
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Leave the hash on:
    ///
    /// ```yaml,file=apps/shop/shop.yaml
    /// apiVersion: apps/v1
    /// kind: Deployment
    /// metadata: { name: shop }
    /// spec:
    ///   selector: { matchLabels: { app: shop } }
    ///   template:
    ///     metadata: { labels: { app: shop } }
    ///     spec:
    ///       containers: [ { name: shop, image: nginx } ]
    /// ```
    /// ```yaml,file=apps/shop/kustomization.yaml
    /// resources: [ shop.yaml ]
    /// configMapGenerator: [ { name: settings, literals: [ "COLOR=blue" ] } ]
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
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub CHANGE_WITHOUT_RESTART = W0413: "changed configuration restarts no pod"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, app) in &context.cluster.apps {
        for document in kustomizations(app) {
            let body = document.value();
            let generators = ["configMapGenerator", "secretGenerator"];
            let makes =
                |field: &&str| body.get(field).and_then(Value::as_array).is_some_and(|all| !all.is_empty());
            let mut places = Vec::new();
            if generators.iter().any(makes) {
                places.push(Address::of("generatorOptions.disableNameSuffixHash"));
            }
            for field in generators {
                let all = body.get(field).and_then(Value::as_array).map_or(0, Vec::len);
                let own = |index| Address::of(field).index(index).key("options").key("disableNameSuffixHash");
                places.extend((0..all).map(own));
            }
            let off = |place: &Address| {
                document.find(place).is_some_and(|node| document.value_at(node) == Value::Bool(true))
            };
            for place in places.into_iter().filter(off) {
                sink.report(
                    CHANGE_WITHOUT_RESTART
                        .at(document.nearest(&place), "keeps one name for all contents")
                        .title(format!("app `{name}` generates configuration whose changes restart no pod"))
                        .why("pods go on with what they read when they started, until something else restarts them")
                        .help("remove it; kustomize writes the new name wherever it is used")
                        .help("if something in the pods reloads the files, accept this: add the code to `allow`"),
                );
            }
        }
    }
}
