//! Flux can read the repository: the credentials are there, and they fit the address.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::GitScheme;
use crate::source::Address;
use crate::spec::Bootstrap;

crate::diagnostic! {
    /// The credentials for the repository are missing, incomplete, or of another kind than its address.
    ///
    /// Flux starts, cannot read the repository, and the cluster stays empty; the reason stands only in the status of
    /// a GitRepository object.
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
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "ssh://git@github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give a deploy key by inputs, or an `https://` address (public, or with `auth.token`):
    ///
    /// ```yaml,passes
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
    ///       auth: { ssh: { privateKey: { input: deploy_key }, knownHosts: { input: known_hosts } } }
    /// ```
    pub REPOSITORY_UNREADABLE = E0710: "Flux cannot read the repository"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(gitops) = &context.cluster.gitops else { return };
    let flux = &gitops.flux;
    let at = Address::of("spec.gitops.flux");
    let repository = context.spec.value(&at.key("repository"));
    let auth = flux.auth.as_ref();
    let ssh = auth.and_then(|auth| auth.ssh.as_ref());
    let token = auth.and_then(|auth| auth.token.as_ref());
    let why = "Flux starts, cannot read the repository, and the cluster stays empty";
    match flux.repository.scheme() {
        GitScheme::Ssh => {
            if let Some(_token) = token {
                sink.report(
                    REPOSITORY_UNREADABLE
                        .at(
                            context.spec.key(&at.key("auth").key("token")),
                            "a token is for `https://` addresses",
                        )
                        .also(repository, "read over SSH")
                        .why(why)
                        .help("give `auth.ssh`, or write the address with `https://`"),
                );
            } else if ssh.is_none() && flux.bootstrap != Bootstrap::Cli {
                sink.report(
                    REPOSITORY_UNREADABLE
                        .at(repository, "read over SSH, and no key is given")
                        .why(why)
                        .help("add `auth: { ssh: { privateKey: { input: deploy_key }, knownHosts: { input: known_hosts } } }`")
                        .help("or write the address with `https://`"),
                );
            }
            if let Some(ssh) = ssh
                && ssh.known_hosts.is_none()
                && flux.bootstrap == Bootstrap::Operator
            {
                sink.report(
                    REPOSITORY_UNREADABLE
                        .at(context.spec.key(&at.key("auth").key("ssh")), "without `knownHosts`")
                        .title("Flux cannot tell whether it reads from the right host")
                        .why("Flux refuses a host whose key it does not know")
                        .help("add `knownHosts: { input: known_hosts }`, the output of `ssh-keyscan HOST`"),
                );
            }
        }
        GitScheme::Https => {
            if ssh.is_some() {
                sink.report(
                    REPOSITORY_UNREADABLE
                        .at(context.spec.key(&at.key("auth").key("ssh")), "a key is for `ssh://` addresses")
                        .also(repository, "read over HTTPS")
                        .why(why)
                        .help("give `auth.token`, or write the address with `ssh://`"),
                );
            }
        }
    }
}
