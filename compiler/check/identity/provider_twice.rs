//! Each issuer is declared once.

use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// Two OIDC providers have the same issuer.
    ///
    /// IAM keeps one provider for each issuer and refuses a second. All roles for its identities belong to one entry,
    /// also those for other audiences.
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
    ///         roles: { deploy: { subjects: [ "repo:demo/web:*" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] } }
    ///       actions:
    ///         url: https://token.actions.githubusercontent.com
    ///         roles: { test: { subjects: [ "repo:demo/api:*" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Put the roles into one entry:
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
    ///           deploy: { subjects: [ "repo:demo/web:*" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] }
    ///           test: { subjects: [ "repo:demo/api:*" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub ISSUER_TWICE = E0625: "two OIDC providers have one issuer"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let providers = &context.ir.infra.oidc_providers;
    for (index, one) in providers.iter().enumerate() {
        let Some(earlier) = providers.iter().take(index).find(|earlier| earlier.issuer == one.issuer) else {
            continue;
        };
        sink.report(
            ISSUER_TWICE
                .at(context.spec.value(&one.address.key("url")), "the same issuer again")
                .also(
                    context.spec.value(&earlier.address.key("url")),
                    format!("is that of `{}`", earlier.key),
                )
                .title(format!("`{}` and `{}` have the same issuer", earlier.key, one.key))
                .why("IAM keeps one provider for each issuer and refuses the second")
                .help(format!("put the roles of `{}` under `{}`", one.key, earlier.key)),
        );
    }
}
