//! Patterns in trusts stay inside one namespace, one repository.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::Identity;
use crate::source::Address;

crate::diagnostic! {
    /// A role trusts identities that other people can make.
    ///
    /// A pattern that leaves the namespace of a service account open lets in whoever may create a namespace of that
    /// form; one that leaves the organisation or the repository open lets in the workflows of strangers. A pattern
    /// behind those (`repo:demo/platform:*`, `preview/*`) is no such hole.
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
    ///     oidcProviders:
    ///       github:
    ///         url: https://token.actions.githubusercontent.com
    ///         roles:
    ///           deploy: { subjects: [ "repo:demo/*" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the repository, and perhaps the branch:
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
    ///     oidcProviders:
    ///       github:
    ///         url: https://token.actions.githubusercontent.com
    ///         roles:
    ///           deploy: { subjects: [ "repo:demo/platform:ref:refs/heads/main" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub BROAD_TRUST = W0624: "a role trusts a wide pattern"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for identity in &context.ir.infra.identities {
        let at = identity.address.key("serviceAccount");
        for account in identity.accounts.iter().filter(|account| account.namespace.contains('*')) {
            report(context, identity, &at, &account.to_string(), sink);
        }
    }
    for role in context.ir.infra.oidc_providers.iter().flat_map(|provider| &provider.roles) {
        for (index, subject) in role.subjects.iter().enumerate().filter(|(_, subject)| is_wide(subject)) {
            let at = role.identity.address.key("subjects").index(index);
            report(context, &role.identity, &at, subject, sink);
        }
    }
}

/// Whether a pattern of subjects reaches over what one team owns.
fn is_wide(subject: &str) -> bool {
    let owner = match subject.strip_prefix("system:serviceaccount:").or(subject.strip_prefix("repo:")) {
        Some(rest) => rest.split(':').next().unwrap_or_default(),
        None => subject,
    };
    owner.contains(['*', '?'])
}

fn report(context: &Context<'_>, identity: &Identity, at: &Address, pattern: &str, sink: &mut Sink) {
    sink.report(
        BROAD_TRUST
            .at(context.spec.value(at), "leaves open whose identity it is")
            .title(format!("the role `{}` trusts `{pattern}`", identity.key))
            .why("whoever can make an identity of that form takes the role")
            .help("name the namespace or the repository; or allow W0624 with the reason"),
    );
}
