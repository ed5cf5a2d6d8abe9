//! Every claim of storage has a class, one whose volumes can grow.

use crate::check::Context;
use crate::check::claims::{Claim, Classes, claims};
use crate::diagnostic::{Finding, Sink};

crate::diagnostic! {
    /// A claim of storage names a class that nobody makes, one whose volumes cannot grow, or none where none is the default.
    ///
    /// Without its class a claim waits for ever, and so does its pod. Volumes that cannot grow fill up; to move the data to
    /// larger ones is work by hand, with the app down. The class `gp2` that EKS brings is of that sort, and the default for
    /// nobody.
    ///
    /// ```yaml,file=apps/shop/claim.yaml
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata: { name: data }
    /// spec:
    ///   storageClassName: gp2
    ///   accessModes: [ ReadWriteOnce ]
    ///   resources: { requests: { storage: 10Gi } }
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
    ///   components: { aws-ebs-csi-driver: {} }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// The component `aws-ebs-csi-driver` brings the class `gp3`: encrypted, growable, and the default one. The EKS add-on of
    /// that name brings a class only if its configuration says `defaultStorageClass: { enabled: true }`.
    ///
    /// ```yaml,file=apps/shop/claim.yaml
    /// apiVersion: v1
    /// kind: PersistentVolumeClaim
    /// metadata: { name: data }
    /// spec:
    ///   storageClassName: gp3
    ///   accessModes: [ ReadWriteOnce ]
    ///   resources: { requests: { storage: 10Gi } }
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
    ///   components: { aws-ebs-csi-driver: {} }
    ///   apps: { shop: { source: apps/shop, namespace: shop } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub CLASS_DOES_NOT_SERVE = W0411: "a claim's storage class does not serve it"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let objects = context.app_objects();
    let classes = Classes::all(context, &objects);
    for claim in claims(context, &objects) {
        let class = classes.of(&claim);
        let finding = match (&claim.class, class) {
            (_, Some(class)) if class.is_ebs && !classes.has_driver && !classes.is_open => no_driver(&claim),
            (_, Some(class)) if class.grows => continue,
            (Some(name), Some(_)) => fixed(&claim, name),
            (None, Some(_)) => fixed(&claim, "the default one"),
            (_, None) if classes.is_open => continue,
            (Some(name), None) => missing(&claim, name),
            (None, None) => no_default(&claim),
        };
        sink.report(with_help(finding, &classes));
    }
}

fn with_help(finding: Finding, classes: &Classes) -> Finding {
    match classes.growing().as_slice() {
        [] if classes.has_driver => finding
            .help("take the component `aws-ebs-csi-driver` in place of the add-on: it brings the class `gp3`, encrypted")
            .help("or let the add-on bring `ebs-csi-default-sc`: `configuration: { defaultStorageClass: { enabled: true } }`"),
        [] => finding.help("add `aws-ebs-csi-driver: {}` to `components`: it brings the class `gp3`"),
        names => finding.help(format!("name one whose volumes can grow: `{}`", names.join("`, `"))),
    }
}

fn no_driver(claim: &Claim) -> Finding {
    CLASS_DOES_NOT_SERVE
        .at(claim.place, "a class of EBS volumes")
        .title(format!("{} claims an EBS volume, and nothing makes any", claim.who))
        .why("the claim waits for ever, and so do its pods")
}

fn fixed(claim: &Claim, name: &str) -> Finding {
    CLASS_DOES_NOT_SERVE
        .at(claim.place, "its volumes cannot grow")
        .title(format!("{} keeps its data in a volume that cannot grow (class {name})", claim.who))
        .why("when it is full, the data has to be moved by hand, with the app down")
}

fn missing(claim: &Claim, name: &str) -> Finding {
    CLASS_DOES_NOT_SERVE
        .at(claim.place, "nobody makes this class")
        .title(format!("{} names storage class `{name}`, which nobody makes", claim.who))
        .why("the claim waits for ever, and so do its pods")
}

fn no_default(claim: &Claim) -> Finding {
    CLASS_DOES_NOT_SERVE
        .at(claim.place, "names no class")
        .title(format!("{} names no storage class, and none is the default", claim.who))
        .why("the claim waits for ever, and so do its pods")
}
