//! Which credentials end up in Terraform's state.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::{Bootstrap, InputRef};

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
    if flux.bootstrap == Bootstrap::Cli {
        return;
    }
    let auth = flux.auth.as_ref();
    let key = auth.and_then(|auth| auth.ssh.as_ref()).map(|ssh| (&ssh.private_key, "auth.ssh.privateKey"));
    let token =
        auth.and_then(|auth| auth.token.as_ref()).map(|token| (&token.password, "auth.token.password"));
    let ring = flux.signing.as_ref().map(|signing| (&signing.key_ring, "signing.keyRing"));
    let kept: Vec<(&InputRef, &str)> = [key, token, ring].into_iter().flatten().collect();
    let place = |field: &str| {
        let address =
            field.split('.').fold(Address::of("spec.gitops.flux"), |address, step| address.key(step));
        context.spec.value(&address)
    };
    let Some(((first, field), others)) = kept.split_first() else { return };
    let mut finding = CREDENTIAL_IN_STATE
        .at(place(field), format!("`{}` is kept in the state", first.input))
        .why(format!("whoever may read the bucket `{}` has the credential", context.cluster.state.bucket))
        .help("take `bootstrap: cli`, which keeps it out of Terraform")
        .help(format!(
            "or say what guards the bucket: `allow: [ {{ code: {}, reason: \"...\" }} ]`",
            CREDENTIAL_IN_STATE.id
        ));
    for (other, field) in others {
        finding = finding.also(place(field), format!("and so is `{}`", other.input));
    }
    sink.report(finding);
}
