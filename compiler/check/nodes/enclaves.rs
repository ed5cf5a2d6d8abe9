//! Enclaves can be started on the machines of a group that asks for them.

use crate::catalog::instances::{self, Instance};
use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::Architecture;

crate::diagnostic! {
    /// A group asks for Nitro enclaves, and one of its types has none.
    ///
    /// An enclave takes whole processor cores from a machine of the Nitro system: Intel and AMD types need at least four
    /// virtual processors, Graviton types two. Burstable types, bare metal and older ones have no enclaves (AWS Nitro Enclaves
    /// user guide). EC2 refuses to start such a machine.
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
    ///       workers: { instanceTypes: [ m7i.large ], enclave: true }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a larger type, or remove `enclave`:
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
    ///       workers: { instanceTypes: [ m6i.xlarge ], enclave: true }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NO_ENCLAVE = E0222: "an instance type cannot start enclaves"
}

/// Families without enclaves whatever their size, as far as is certain (AWS Nitro Enclaves user guide, requirements: the
/// burstable ones and `a1` in each copy of it, the others from general knowledge). The guide's list changes with new types; one
/// that is not here passes.
const WITHOUT: [&str; 9] = ["a1", "g4ad", "t2", "t3", "t3a", "t4g", "trn1", "trn1n", "vt1"];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups().filter(|(_, group)| group.written.enclave) {
        for (index, written) in group.written.instance_types.iter().enumerate() {
            let Some(reason) = instances::find(written).and_then(|row| refusal(&row)) else { continue };
            sink.report(
                NO_ENCLAVE
                    .at(context.spec.value(&group.address.key("instanceTypes").index(index)), reason)
                    .also(context.spec.key(&group.address.key("enclave")), "asks for enclaves")
                    .title(format!("instance type `{written}` of group `{name}` cannot start enclaves"))
                    .why("EC2 refuses to start the machine, and the group stays without nodes")
                    .help("take a type such as `m6i.xlarge` or `m6g.large`, or remove `enclave`"),
            );
        }
    }
}

/// Why a type has no enclaves.
fn refusal(row: &Instance) -> Option<String> {
    if row.hypervisor.is_some_and(|hypervisor| hypervisor != "nitro") {
        return Some("not a virtual machine of the Nitro system".to_owned());
    }
    if WITHOUT.contains(&row.family) {
        return Some("no type of this family has enclaves".to_owned());
    }
    let least = if row.arch == Some(Architecture::Arm64) { 2 } else { 4 };
    let count = row.vcpu.filter(|count| *count < least)?;
    Some(format!("{count} virtual processors, and {least} are needed"))
}
