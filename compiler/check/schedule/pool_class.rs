//! Every pool's class exists.

use crate::check::Context;
use crate::cluster::Karpenter;
use crate::diagnostic::Sink;
use crate::domain::{Key, nearest};
use crate::source::Address;

crate::diagnostic! {
    /// A pool names a class that does not exist.
    ///
    /// Karpenter ignores a pool without its class: pods that only fit there stay `Pending`.
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
    ///     karpenter:
    ///       classes: { bottle: { os: bottlerocket } }
    ///       pools: { default: { class: botle } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the name of a class; a pool without `class` uses `default`, which always exists:
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
    ///     karpenter:
    ///       classes: { bottle: { os: bottlerocket } }
    ///       pools: { default: { class: bottle } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub UNKNOWN_CLASS = E0505: "a pool's class does not exist"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(karpenter) = &context.cluster.karpenter else { return };
    for (name, pool) in &karpenter.pools {
        let class = Karpenter::class_of(pool);
        if karpenter.classes.contains_key(&class) || class.as_str() == "default" {
            continue;
        }
        let place = context.spec.value(&Karpenter::pool_address(name).key("class"));
        let finding = UNKNOWN_CLASS
            .at(place, "no class has this name")
            .also(context.spec.key(&Address::of("spec.aws.karpenter.classes")), known(karpenter))
            .title(format!("class `{class}` of pool `{name}` does not exist"))
            .why("Karpenter ignores the pool: pods that only fit there stay `Pending`");
        sink.report(match nearest(class.as_str(), karpenter.classes.keys().map(Key::as_str)) {
            Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
            None => finding.help("add the class under `classes`, or remove `class` to use the default one"),
        });
    }
}

fn known(karpenter: &Karpenter) -> String {
    let names: Vec<String> = karpenter.classes.keys().map(|name| format!("`{name}`")).collect();
    if names.is_empty() { "no class is written".to_owned() } else { format!("known: {}", names.join(", ")) }
}
