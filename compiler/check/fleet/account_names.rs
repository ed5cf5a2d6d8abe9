//! Clusters of one account do not derive the same names.

use super::{Member, pairs, same_account, same_cluster};
use crate::check::derived::{Derived, all};
use crate::diagnostic::Sink;

/// Sorts of names that an account has once, whatever the region.
const OF_THE_ACCOUNT: [&str; 2] = ["IAM role", "S3 bucket"];

crate::diagnostic! {
    /// Two clusters of one account derive the same name for a role or a bucket.
    ///
    /// IAM knows no regions, and no two buckets share a name: the second cluster fails to apply, or takes over the role of the
    /// first with its permissions. Accounts are compared where both specs say `spec.aws.account`; otherwise two clusters with
    /// one state bucket count as in one account.
    ///
    /// ```yaml,member=ireland/cluster.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-west-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-central-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Put what differs into the name:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo-central }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-central-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ACCOUNT_NAMES_COLLIDE = E0924: "clusters of one account derive the same name"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    for (later, earlier) in pairs(members) {
        if !same_account(later, earlier) || same_cluster(later, earlier) {
            continue;
        }
        let (new, old) = (global(later), global(earlier));
        let same = |one: &Derived| old.iter().find(|other| other.sort == one.sort && other.name == one.name);
        let both: Vec<(&Derived, &Derived)> = new.iter().filter_map(|one| Some((one, same(one)?))).collect();
        let Some((one, other)) = both.first() else { continue };
        let others = match both.len() - 1 {
            0 => String::new(),
            1 => ", and one more name".to_owned(),
            more => format!(", and {more} more names"),
        };
        let finding = ACCOUNT_NAMES_COLLIDE
            .at(later.value(&one.address), format!("derives the {} `{}`{others}", one.sort, one.name))
            .also(earlier.value(&other.address), "and so does this")
            .title(format!("two clusters of one account have the {} `{}`", one.sort, one.name))
            .why("the second fails to apply, or takes over the first with its permissions")
            .help("give one of the clusters another name: every derived name starts with it");
        sink.report(later.told(earlier.told(finding)));
    }
}

fn global(member: &Member<'_>) -> Vec<Derived> {
    let mut names = all(member.context.cluster, member.context.ir);
    names.retain(|name| OF_THE_ACCOUNT.contains(&name.sort));
    names
}
