//! `oidc_providers.tf`: issuers of identities elsewhere, and the roles that those identities take.

use super::identities::role_with_policies;
use super::policy::{document, web_trust};
use super::terms::{account_id, items, resource, strings, to};
use crate::ir::{Infra, OidcProvider};
use crate::syntax::hcl::{Attribute, Block, Body, Expression, Key, Part};

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    for known in &infra.oidc_providers {
        if !known.exists {
            body.push(provider(known));
        }
        for role in &known.roles {
            let claim = |name: &str| Key::Name(format!("{}:{name}", known.issuer));
            let trust =
                web_trust("AllowForeignIdentity", arn(infra, known), claim, &known.audiences, &role.subjects);
            body.0.extend(items(role_with_policies(infra, &role.identity, document([trust]))));
        }
    }
    body
}

/// The label of a provider. The cluster's own is `main`.
fn label(provider: &OidcProvider) -> String {
    format!("foreign-{}", provider.key)
}

fn provider(provider: &OidcProvider) -> Block {
    let block = resource("aws_iam_openid_connect_provider", &label(provider))
        .origin(&provider.address)
        .attr("url", format!("https://{}", provider.issuer))
        .attr("client_id_list", strings(&provider.audiences));
    if provider.thumbprints.is_empty() {
        return block;
    }
    let thumbprints = Attribute::new("thumbprint_list", strings(&provider.thumbprints));
    block.item(thumbprints.origin(&provider.address.key("thumbprints")))
}

fn arn(infra: &Infra, provider: &OidcProvider) -> Expression {
    if !provider.exists {
        return to(&["aws_iam_openid_connect_provider", &label(provider), "arn"]);
    }
    Expression::template([
        Part::text(format!("arn:{}:iam::", infra.partition)),
        Part::value(account_id()),
        Part::text(format!(":oidc-provider/{}", provider.issuer)),
    ])
}
