//! Flow logs go to a bucket and are encrypted by a key.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::Arn;
use crate::source::Address;
use crate::spec::Given;

crate::diagnostic! {
    /// Where flow logs go, or what encrypts them, is named by an ARN of something else.
    ///
    /// Terraform plans it, and AWS refuses it in the middle of the apply.
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
    ///     network: { flowLogs: { s3: { arn: "arn:aws:iam::111122223333:role/logs" } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name a bucket, with a folder behind it if need be, and for `cloudWatch.key` a key of KMS:
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
    ///     network: { flowLogs: { s3: { arn: "arn:aws:s3:::demo-flow-logs/demo" } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NOT_A_FLOW_LOG_PLACE = E0360: "flow logs cannot go to, or be encrypted by, what an ARN names"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(logs) = &context.cluster.network.flow_logs else { return };
    let at = Address::of("spec.aws.network.flowLogs");
    let bucket = logs.s3.as_ref().map(|bucket| (&bucket.arn, at.key("s3").key("arn"), "s3", "bucket", ""));
    let key = logs.cloud_watch.as_ref().and_then(|group| group.key.as_ref());
    let key = key.map(|key| (key, at.key("cloudWatch").key("key"), "kms", "key of KMS", ":key/"));
    for (arn, address, service, what, part) in bucket.into_iter().chain(key) {
        let Given::Known(arn) = arn else { continue };
        if is(arn, service, part) {
            continue;
        }
        let example = match service {
            "s3" => "arn:aws:s3:::my-flow-logs/folder",
            _ => "arn:aws:kms:us-east-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
        };
        sink.report(
            NOT_A_FLOW_LOG_PLACE
                .at(context.spec.value(&address), format!("no {what}"))
                .title(format!("`{arn}` is no {what}"))
                .why("Terraform plans it, and AWS refuses it in the middle of the apply")
                .help(format!("write the ARN of a {what}, such as `{example}`")),
        );
    }
}

fn is(arn: &Arn, service: &str, part: &str) -> bool {
    arn.service() == service && arn.to_string().contains(part)
}
