//! Trusts and boundaries fit into one document.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{Boundary, Identity, Infra, MANAGED_LIMIT, policy_length};
use crate::source::Address;
use crate::spec::Mechanism;

crate::diagnostic! {
    /// A trust or a boundary is longer than IAM takes.
    ///
    /// A role's trust has at most 2,048 characters (a quota that AWS raises to 4,096 on request), and a boundary is one
    /// policy of at most 6,144. Terraform plans longer ones, and IAM refuses them in the middle of an apply. White space
    /// does not count.
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
    ///           deploy:
    ///             managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ]
    ///             subjects:
    ///               - "repo:demo/payments-service-with-a-long-name-00:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-01:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-02:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-03:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-04:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-05:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-06:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-07:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-08:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-09:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-10:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-11:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-12:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-13:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-14:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-15:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-16:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-17:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-18:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-19:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-20:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-21:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-22:ref:refs/heads/main"
    ///               - "repo:demo/payments-service-with-a-long-name-23:ref:refs/heads/main"
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Put what the names share into a pattern, or make two roles:
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
    ///           deploy: { subjects: [ "repo:demo/payments-service:ref:refs/heads/*" ], managedPolicies: [ AmazonEC2ContainerRegistryReadOnly ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub DOCUMENT_TOO_LONG = E0626: "a trust or a boundary is longer than IAM takes"
}

/// Characters of a role's trust (IAM quotas, the default).
const TRUST_LIMIT: usize = 2_048;
/// Characters of the issuer of an EKS cluster, at most.
const EKS_ISSUER: usize = 80;
/// Characters of a trust for web identities beside issuer, audiences and subjects.
const WEB_FRAME: usize = 290;
/// Characters of the statement for Pod Identity, with the frame of the document.
const POD_FRAME: usize = 190;
/// Characters of a document around its statements.
const FRAME: usize = 39;
/// Characters of the statement for principals beside those.
const PRINCIPALS_FRAME: usize = 95;
/// What stands around the name of a service account in a subject, with quotes and comma.
const SUBJECT: usize = "\"system:serviceaccount::\",".len();

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let infra = &context.ir.infra;
    let own = infra.identities.iter().chain(&infra.roles).map(|one| (one, own_trust(one)));
    for (identity, length) in own.chain(foreign_trusts(infra)).filter(|(_, length)| *length > TRUST_LIMIT) {
        sink.report(
            DOCUMENT_TOO_LONG
                .at(context.spec.key(&identity.address), format!("about {length} characters of trust"))
                .title(format!("the trust of the role `{}` is too long", identity.key))
                .why(format!("IAM takes at most {TRUST_LIMIT} characters"))
                .help("make two roles of it, or use a pattern for what the names share"),
        );
    }
    for operator in infra.foundation.iter().flat_map(|foundation| &foundation.operators) {
        let length = FRAME + PRINCIPALS_FRAME + operator.trust.iter().map(principal).sum::<usize>();
        if length > TRUST_LIMIT {
            sink.report(
                DOCUMENT_TOO_LONG
                    .at(context.spec.key(&operator.address), format!("about {length} characters of trust"))
                    .title(format!("the trust of operator `{}` is too long", operator.key))
                    .why(format!("IAM takes at most {TRUST_LIMIT} characters"))
                    .help("make two operators of it, or trust one role that all of them may take"),
            );
        }
    }
    let Some(Boundary::Own { statements, .. }) = &infra.boundary else { return };
    let length = policy_length(statements);
    if length > MANAGED_LIMIT {
        let address = Address::of("spec.aws.permissionsBoundary");
        sink.report(
            DOCUMENT_TOO_LONG
                .at(context.spec.key(&address), format!("{length} characters"))
                .title("the permissions boundary is too long")
                .why(format!("it is one policy, and IAM takes at most {MANAGED_LIMIT} characters"))
                .help("use patterns such as `ec2:Describe*` for actions that belong together"),
        );
    }
}

fn own_trust(identity: &Identity) -> usize {
    let accounts = identity.accounts.iter();
    let subjects = accounts.map(|one| SUBJECT + one.namespace.len() + one.name.len()).sum::<usize>();
    let own = match identity.mechanism {
        Mechanism::PodIdentity => POD_FRAME,
        Mechanism::Irsa => WEB_FRAME + 3 * EKS_ISSUER + subjects,
    };
    let principals: usize = identity.principals.iter().map(principal).sum();
    own + if principals > 0 { PRINCIPALS_FRAME + principals } else { 0 }
}

fn principal(arn: &crate::spec::Given<crate::domain::PrincipalArn>) -> usize {
    arn.known().map_or(MOST_OF_A_PRINCIPAL, |arn| arn.as_str().len()) + 3
}

/// Characters of a principal that is given later.
const MOST_OF_A_PRINCIPAL: usize = 128;

fn foreign_trusts(infra: &Infra) -> impl Iterator<Item = (&Identity, usize)> {
    infra.oidc_providers.iter().flat_map(|provider| {
        let quoted = |texts: &[String]| texts.iter().map(|text| text.len() + 3).sum::<usize>();
        let frame = WEB_FRAME + 3 * provider.issuer.len() + quoted(&provider.audiences);
        provider.roles.iter().map(move |role| (&role.identity, frame + quoted(&role.subjects)))
    })
}
