//! A refresh of nodes is one that AWS carries out, and that leaves some nodes.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::spec::Rolling;

crate::diagnostic! {
    /// The two bounds of a refresh are more than 100 percent apart.
    ///
    /// AWS refuses the group: `maxHealthyPercent` is at most 100 more than `minHealthyPercent`.
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         selfManaged: { refresh: { minHealthyPercent: 50, maxHealthyPercent: 180 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Bring them together:
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         selfManaged: { refresh: { minHealthyPercent: 80, maxHealthyPercent: 180 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub REFRESH_TOO_WIDE = E0214: "a refresh allows too many nodes at once"
}

crate::diagnostic! {
    /// A refresh keeps no node of the group.
    ///
    /// When the launch template changes, AWS ends all nodes at the same time, and their pods with them; they come back when
    /// the new nodes have joined.
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers: { instanceTypes: [ m7i.large ], selfManaged: { refresh: { minHealthyPercent: 0 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep a share of them:
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
    ///     nodeGroups:
    ///       system: { instanceTypes: [ m7i.large ], size: { min: 2, max: 2 } }
    ///       workers: { instanceTypes: [ m7i.large ], selfManaged: { refresh: { minHealthyPercent: 50 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub REFRESH_TAKES_ALL = W0217: "a refresh may take all nodes away at once"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let own = group.written.self_managed.as_ref();
        let Some(rolling) = own.and_then(|own| own.refresh.rolling()) else { continue };
        let refresh = group.address.key("selfManaged").key("refresh");
        let at = |field: &str| context.spec.value(&refresh.key(field));
        let (min, max) = (rolling.min_healthy_percent, rolling.most());
        if max.saturating_sub(min) > Rolling::WIDEST {
            sink.report(
                REFRESH_TOO_WIDE
                    .at(at("maxHealthyPercent"), "this many at most")
                    .also(at("minHealthyPercent"), format!("and {min} % at least"))
                    .title(format!("the refresh of group `{name}` spans {} percent", max - min))
                    .why("AWS refuses the group: the two may be 100 percent apart")
                    .help(format!(
                        "write `maxHealthyPercent: {}`, or raise the other",
                        min + Rolling::WIDEST
                    )),
            );
        } else if min == 0 {
            sink.report(
                REFRESH_TAKES_ALL
                    .at(at("minHealthyPercent"), "no node has to stay")
                    .title(format!("a refresh of group `{name}` may take all its nodes away at once"))
                    .why("their pods end with them, and come back when new nodes have joined")
                    .help("write a share that stays, such as `minHealthyPercent: 50`"),
            );
        }
    }
}
