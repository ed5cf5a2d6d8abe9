//! The bastion is not open to the whole internet.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;

crate::diagnostic! {
    /// SSH of the bastion answers to every address on the internet.
    ///
    /// From the bastion the nodes and the API are one step away.
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
    ///     bastion: { ssh: { from: [ 0.0.0.0/0 ], key: operators } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the addresses that need it, give them when Terraform plans, or leave `ssh` out: Session Manager needs no open port.
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
    ///     bastion: { ssh: { from: [ 203.0.113.0/24 ], key: operators } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub BASTION_OPEN_TO_ALL = E0338: "the bastion is open to the whole internet"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let address = Address::of("spec.aws.bastion.ssh.from");
    let ssh = context.cluster.bastion.iter().flat_map(|bastion| &bastion.written.ssh);
    for (index, range) in ssh.flat_map(|ssh| &ssh.from).enumerate() {
        // Two halves are the whole, so a /1 is no better.
        let Some(range) = range.known().filter(|range| range.prefix_len() <= 1) else { continue };
        sink.report(
            BASTION_OPEN_TO_ALL
                .at(context.spec.value(&address.index(index)), format!("{range} is everybody"))
                .why("from the bastion the nodes and the API are one step away")
                .help("name the networks that need it, such as `203.0.113.0/24`, or `{ input: NAME }`")
                .help("or leave `ssh` out: Session Manager needs no open port"),
        );
    }
}
