//! No two clusters write different text to one path.

use super::{Member, pairs, same_cluster};
use crate::diagnostic::Sink;
use crate::source::{Address, Span};

crate::diagnostic! {
    /// Two clusters of one output folder write different text to one path.
    ///
    /// The bases of apps lie in `kube/apps/base/APP`, where all clusters of a repository share them. With two sources for one
    /// name, whichever is built last would decide what both clusters run.
    ///
    /// ```yaml,file=apps/web-old/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { level: info }
    /// ```
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web }
    /// data: { level: debug }
    /// ```
    /// ```yaml,member=other.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: other }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: other-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   apps: { web: { source: apps/web-old } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
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
    /// Use one base, and `patches` for what differs; or two names:
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
    ///   apps: { web-new: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ONE_PATH = E0923: "two clusters write different text to one path"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    for (later, earlier) in pairs(members) {
        if later.out != earlier.out || same_cluster(later, earlier) {
            continue;
        }
        let (Some(new), Some(old)) = (later.files, earlier.files) else { continue };
        let mut told: Vec<Span> = Vec::new();
        for (path, text) in new {
            if old.get(path).is_none_or(|other| other.text == text.text) {
                continue;
            }
            let (asked, also) = (later.value(&asker(path)), earlier.value(&asker(path)));
            if told.contains(&asked) {
                continue;
            }
            told.push(asked);
            let finding = ONE_PATH
                .at(asked, format!("`{}` writes it from here", later.name()))
                .also(also, format!("`{}` writes it from here", earlier.name()))
                .title(format!(
                    "`{}` and `{}` write different text to `{path}`",
                    later.name(),
                    earlier.name()
                ))
                .why("whichever is built last would decide what both clusters run")
                .help("use one source and `patches` for what differs, two names, or two output folders");
            sink.report(later.told(earlier.told(finding)));
        }
    }
}

/// Where a spec asks for a path that clusters share.
fn asker(path: &str) -> Address {
    let app = path.strip_prefix("kube/apps/base/").and_then(|rest| rest.split('/').next());
    match app {
        Some(app) => Address::of("spec.apps").key(app).key("source"),
        None => Address::of("metadata.name"),
    }
}
