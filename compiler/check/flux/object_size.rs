//! Objects fit into the cluster's store.

use crate::catalog::limits;
use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// An object is larger than the API server takes.
    ///
    /// The data of a ConfigMap or Secret may have 1 MiB; any object may have 1.5 MiB, the limit of a request to etcd. The
    /// API server refuses a larger one, and Flux stops the whole layer.
    ///
    /// ```yaml,file=apps/web/definition.yaml
    /// apiVersion: apiextensions.k8s.io/v1
    /// kind: CustomResourceDefinition
    /// metadata: { name: pages.example.com }
    /// spec:
    ///   group: example.com
    ///   scope: Namespaced
    ///   names: { kind: Page, plural: pages }
    ///   versions:
    ///     - name: v1
    ///       served: true
    ///       storage: true
    ///       schema:
    ///         openAPIV3Schema:
    ///           type: object
    ///           properties:
    ///             word: &word { type: string, description: "A long description of a field, repeated for each place that it may stand at. A long description of a field, repeated for each place that it may stand at. " }
    ///             one: &one { type: object, properties: { a: *word, b: *word, c: *word, d: *word, e: *word, f: *word, g: *word, h: *word, i: *word, j: *word } }
    ///             two: &two { type: object, properties: { a: *one, b: *one, c: *one, d: *one, e: *one, f: *one, g: *one, h: *one, i: *one, j: *one } }
    ///             three: &three { type: object, properties: { a: *two, b: *two, c: *two, d: *two, e: *two, f: *two, g: *two, h: *two, i: *two, j: *two } }
    ///             four: { type: object, properties: { a: *three, b: *three, c: *three, d: *three, e: *three, f: *three, g: *three, h: *three, i: *three, j: *three } }
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
    /// Split the object, or leave out what nobody needs. Comments do not count; aliases count at each place.
    ///
    /// ```yaml,file=apps/web/definition.yaml
    /// apiVersion: apiextensions.k8s.io/v1
    /// kind: CustomResourceDefinition
    /// metadata: { name: pages.example.com }
    /// spec:
    ///   group: example.com
    ///   scope: Namespaced
    ///   names: { kind: Page, plural: pages }
    ///   versions:
    ///     - name: v1
    ///       served: true
    ///       storage: true
    ///       schema:
    ///         openAPIV3Schema:
    ///           type: object
    ///           properties:
    ///             word: &word { type: string, description: "A long description of a field, repeated for each place that it may stand at. A long description of a field, repeated for each place that it may stand at. " }
    ///             one: &one { type: object, properties: { a: *word, b: *word, c: *word, d: *word, e: *word, f: *word, g: *word, h: *word, i: *word, j: *word } }
    ///             two: &two { type: object, properties: { a: *one, b: *one, c: *one, d: *one, e: *one, f: *one, g: *one, h: *one, i: *one, j: *one } }
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
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub OBJECT_TOO_LARGE = E0718: "an object is larger than the API server takes"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for object in context.app_objects() {
        let data = object.data_size();
        let (size, limit, of) = match object.size() {
            _ if data > limits::CONFIG_MAP_DATA => (data, limits::CONFIG_MAP_DATA, "data has"),
            size if size > limits::OBJECT => (size, limits::OBJECT, "object has"),
            _ => continue,
        };
        sink.report(
            OBJECT_TOO_LARGE
                .at(object.place("metadata.name"), format!("its {of} {size} bytes, and {limit} is the most"))
                .title(format!("{} `{}` of app `{}` is too large", object.kind(), object.name(), object.app))
                .why("the API server refuses it, and Flux stops everything that is applied with it")
                .help("split it into several objects, or let a chart or an image bring what is in it"),
        );
    }
}
