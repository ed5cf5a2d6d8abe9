//! Labels of a kustomization stay out of selectors.

use serde_json::Value;

use crate::check::Context;
use crate::check::manifests::kustomizations;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// A kustomization puts its labels into selectors.
    ///
    /// `commonLabels`, and `labels` with `includeSelectors`, write each label into the selectors of Deployments, too. A selector
    /// cannot be changed: with the first change of a label Flux can no longer apply the app, and someone has to delete what runs.
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
    /// commonLabels: { team: web }
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
    /// Label the objects and their pods, and leave the selectors alone:
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
    /// labels: [ { pairs: { team: web }, includeTemplates: true } ]
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
    pub LABELS_IN_SELECTORS = W0412: "labels of a kustomization end in selectors"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, app) in &context.cluster.apps {
        for document in kustomizations(app) {
            let body = document.value();
            let common = Address::of("commonLabels");
            let is_set = |value: &Value| value.as_object().is_some_and(|map| !map.is_empty());
            let mut places = Vec::new();
            if body.get("commonLabels").is_some_and(is_set) {
                places.push(common);
            }
            let labels = body.get("labels").and_then(Value::as_array).into_iter().flatten().enumerate();
            places.extend(labels.filter_map(|(index, one)| {
                let included = one.get("includeSelectors") == Some(&Value::Bool(true));
                included.then(|| Address::of("labels").index(index).key("includeSelectors"))
            }));
            for place in places {
                sink.report(
                    LABELS_IN_SELECTORS
                        .at(document.nearest(&place), "goes into selectors, too")
                        .title(format!("app `{name}` puts the labels of its kustomization into selectors"))
                        .why("selectors cannot be changed: with the first change of a label nothing of the app can be applied any more")
                        .help("write `labels: [ { pairs: { ... }, includeTemplates: true } ]`")
                        .help("an app that runs already keeps its selectors: move its labels there when you replace it"),
                );
            }
        }
    }
}
