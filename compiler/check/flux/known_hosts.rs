//! The host's keys are given where something reads them.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::Bootstrap;

crate::diagnostic! {
    /// The Git host's keys are given, and nothing reads them.
    ///
    /// Only `bootstrap: operator` hands them to Flux. Flux' Terraform provider and its command line ask the host for its
    /// keys at the first connection and keep what it answers, so the keys in the spec protect from nobody.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs:
    ///     deploy_key: { type: string, sensitive: true }
    ///     known_hosts: { type: string }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux:
    ///       repository: ssh://git@github.com/demo/platform.git
    ///       bootstrap: terraform
    ///       auth: { ssh: { privateKey: { input: deploy_key }, knownHosts: { input: known_hosts } } }
    /// ```
    ///
    /// Leave `knownHosts` out, or let the operator bring Flux:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs:
    ///     deploy_key: { type: string, sensitive: true }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux:
    ///       repository: ssh://git@github.com/demo/platform.git
    ///       bootstrap: terraform
    ///       auth: { ssh: { privateKey: { input: deploy_key } } }
    /// ```
    pub UNUSED_HOST_KEYS = W0751: "the Git host's keys are not used"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(flux) = context.cluster.gitops.as_ref().map(|gitops| &gitops.flux) else { return };
    let ssh = flux.auth.as_ref().and_then(|auth| auth.ssh.as_ref());
    if flux.bootstrap == Bootstrap::Operator || ssh.is_none_or(|ssh| ssh.known_hosts.is_none()) {
        return;
    }
    let at = Address::of("spec.gitops.flux");
    sink.report(
        UNUSED_HOST_KEYS
            .at(context.spec.key(&at.key("auth").key("ssh").key("knownHosts")), "read by nobody")
            .also(context.spec.value(&at.key("bootstrap")), "brought in this way, Flux asks the host itself")
            .why("these keys look like protection from a false host, and are none")
            .help("leave `knownHosts` out, or write `bootstrap: operator`"),
    );
}
