//! The families of a pool can be met by one instance type.

use crate::check::Context;
use crate::cluster::Karpenter;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A pool lists whole categories and single families together.
    ///
    /// Karpenter wants every requirement to hold at once: a type that is in the category and of the family. Where the
    /// two do not meet, the pool never makes a node; where they do, the category says nothing.
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
    ///     karpenter: { pools: { default: { families: [ c, m7i ] } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Make two pools, or name one kind only:
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
    ///     karpenter: { pools: { default: { families: [ c7i, m7i ] } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub MIXED_FAMILIES = E0508: "a pool lists categories and families together"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, pool) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.pools) {
        let families = Karpenter::pool_address(name).key("families");
        let place = |is_category: bool| {
            let at = pool.families.iter().position(|word| word.is_category() == is_category)?;
            Some((context.spec.value(&families.index(at)), &pool.families.get(at)?.0))
        };
        if let (Some((category_at, category)), Some((family_at, family))) = (place(true), place(false)) {
            sink.report(
                MIXED_FAMILIES
                    .at(family_at, format!("`{family}` is one family"))
                    .also(category_at, format!("`{category}` is a whole category"))
                    .title(format!("pool `{name}` lists categories and families together"))
                    .why("both must hold at once: where they do not meet, the pool never makes a node")
                    .help("make two pools, or name only categories or only families"),
            );
        }
    }
}
