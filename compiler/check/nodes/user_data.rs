//! What machines read when they start is no longer than EC2 takes.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::Part;
use crate::source::Address;

crate::diagnostic! {
    /// The user data of a group or class is longer than EC2 takes.
    ///
    /// A machine reads at most 16384 bytes when it starts: scripts, settings of its system, and what tells it of the
    /// cluster, all together. EC2 refuses the rest. Here one script is written 80 times:
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
    ///       workers:
    ///         instanceTypes: [ m7i.large ]
    ///         userData:
    ///           [
    ///             &one "curl -fsS https://example.com/setup.sh | bash -s -- --team web --stage production",
    ///             *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one,
    ///             *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one,
    ///             *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one,
    ///             *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one,
    ///             *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one, *one,
    ///           ]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Let a short script fetch a long one:
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
    ///       workers: { instanceTypes: [ m7i.large ], userData: [ "curl -fsS https://example.com/setup.sh | bash" ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub USER_DATA_TOO_LONG = E0256: "what a machine reads when it starts is too long"
}

/// Bytes of user data, before they are encoded (EC2 user guide, user data).
const MOST: usize = 16384;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let mut made = context.ir.infra.node_groups.iter().filter(|made| made.address == group.address);
        let Some(data) = made.find_map(|made| made.user_data.as_ref()) else { continue };
        // What is known after the apply is left out: the text is at least as long as this.
        let known = data.text.0.iter().map(|part| match part {
            Part::Literal(text) => text.len(),
            Part::Deferred(_) => 0,
        });
        let field = if group.written.user_data.is_empty() { data.field } else { "userData" };
        report(context, &format!("group `{name}`"), known.sum(), &group.address.key(field), sink);
    }
    for (name, class) in context.cluster.karpenter.iter().flat_map(|karpenter| &karpenter.classes) {
        let scripts = class.written.user_data.iter().map(String::len);
        report(context, &format!("class `{name}`"), scripts.sum(), &class.address.key("userData"), sink);
    }
}

fn report(context: &Context<'_>, who: &str, length: usize, place: &Address, sink: &mut Sink) {
    if length <= MOST {
        return;
    }
    sink.report(
        USER_DATA_TOO_LONG
            .at(context.spec.key(place), "with all that the machine is told besides")
            .title(format!("the user data of {who} has at least {length} bytes of {MOST}"))
            .why("EC2 refuses it, and no machine starts")
            .help("put what is long into the image, or let a short script fetch it when the machine starts"),
    );
}
