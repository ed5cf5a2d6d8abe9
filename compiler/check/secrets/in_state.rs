//! Which credentials end up in Terraform's state.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::InputName;
use crate::source::Address;
use crate::spec::Bootstrap;

crate::diagnostic! {
    /// A credential is handed to a Terraform provider that keeps it in the state.
    ///
    /// Whoever may read the state bucket has the credential. Terraform hides it in its output, and nothing more.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { git_token: { type: string, sensitive: true } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux:
    ///       repository: https://github.com/demo/platform.git
    ///       auth: { token: { password: { input: git_token } } }
    /// ```
    ///
    /// Let `flux` make the Secret by hand, or accept it with the reason that guards the state:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { git_token: { type: string, sensitive: true } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux:
    ///       repository: https://github.com/demo/platform.git
    ///       bootstrap: cli
    ///       auth: { token: { password: { input: git_token } } }
    /// ```
    pub CREDENTIAL_IN_STATE = W0607: "a credential is kept in Terraform's state"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(flux) = context.cluster.gitops.as_ref().map(|gitops| &gitops.flux) else { return };
    let auth = flux.auth.as_ref();
    let key = auth.and_then(|auth| auth.ssh.as_ref()).map(|ssh| (&ssh.private_key, "auth.ssh.privateKey"));
    let token =
        auth.and_then(|auth| auth.token.as_ref()).map(|token| (&token.password, "auth.token.password"));
    let ring = flux.signing.as_ref().map(|signing| (&signing.key_ring, "signing.keyRing"));
    let of_flux = [key, token, ring].into_iter().flatten().filter(|_| flux.bootstrap != Bootstrap::Cli);
    let place = |field: &str| {
        field.split('.').fold(Address::of("spec.gitops.flux"), |address, step| address.key(step))
    };
    let handed = context.ir.infra.handed_secrets.iter().map(|secret| (&secret.input, secret.address.clone()));
    let kept: Vec<(&InputName, Address)> =
        of_flux.map(|(reference, field)| (&reference.input, place(field))).chain(handed).collect();
    let Some(((first, address), others)) = kept.split_first() else { return };
    let mut finding = CREDENTIAL_IN_STATE
        .at(context.spec.value(address), format!("`{first}` is kept in the state"))
        .why(format!("whoever may read the bucket `{}` has the credential", context.cluster.state.bucket));
    finding = match context.ir.infra.handed_secrets.is_empty() {
        true => finding.help("take `bootstrap: cli`, which keeps it out of Terraform"),
        false => finding.help("let `externalSecrets` make the Secret of a notification"),
    };
    finding = finding.help(format!(
        "or say what guards the bucket: `allow: [ {{ code: {}, reason: \"...\" }} ]`",
        CREDENTIAL_IN_STATE.id
    ));
    for (other, address) in others {
        finding = finding.also(context.spec.value(address), format!("and so is `{other}`"));
    }
    sink.report(finding);
}
