//! No credential is written down.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Span;
use crate::syntax::yaml::{Document, Kind, NodeId};

crate::diagnostic! {
    /// A text looks like a credential: a key of AWS, a token of GitHub, GitLab or Slack, a private key, a password.
    ///
    /// The spec, and everything that is made from it, is in Git, where a secret stays for ever and for everybody who
    /// can read the repository. Take it as stolen: revoke it, then write where it is kept.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { token: { type: string, sensitive: true, description: "was ghp_0123456789abcdefghijklmnopqrstuvwxyz" } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux:
    ///       repository: "https://github.com/demo/platform.git"
    ///       auth: { token: { password: { input: token } } }
    /// ```
    ///
    /// Say where the secret is kept; the runbook reads it from there when Terraform plans:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   inputs: { token: { type: string, sensitive: true, source: "op://infra/platform/github" } }
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux:
    ///       repository: "https://github.com/demo/platform.git"
    ///       auth: { token: { password: { input: token } } }
    /// ```
    pub SECRET_WRITTEN_DOWN = E0911: "a secret is written down"
}

/// Beginnings of tokens, how many characters follow at least, and what they are.
const TOKENS: [(&str, usize, &str); 16] = [
    ("AKIA", 16, "an access key of AWS"),
    ("ASIA", 16, "a temporary access key of AWS"),
    ("ghp_", 30, "a personal token of GitHub"),
    ("gho_", 30, "an OAuth token of GitHub"),
    ("ghs_", 30, "a server token of GitHub"),
    ("github_pat_", 30, "a personal token of GitHub"),
    ("glpat-", 20, "a personal token of GitLab"),
    ("gldt-", 20, "a deploy token of GitLab"),
    ("xoxb-", 20, "a bot token of Slack"),
    ("xoxp-", 20, "a user token of Slack"),
    ("xoxa-", 20, "a token of Slack"),
    ("AIza", 35, "an API key of Google"),
    ("sk_live_", 20, "a secret key of Stripe"),
    ("https://hooks.slack.com/services/", 8, "a webhook of Slack, whose address is its password"),
    ("https://discord.com/api/webhooks/", 8, "a webhook of Discord, whose address is its password"),
    ("https://hooks.slack.com/workflows/", 8, "a webhook of Slack, whose address is its password"),
];

/// Ends of keys whose values are secret.
const SECRET_KEYS: [&str; 6] = ["password", "passwd", "token", "secret", "apikey", "accesskey"];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    search(&context.spec.document, sink);
    for document in context.cluster.apps.values().flat_map(|app| app.documents.values()).flatten() {
        search(document, sink);
    }
}

fn search(document: &Document, sink: &mut Sink) {
    let mut open: Vec<(NodeId, &str)> = vec![(document.root(), "")];
    let mut seen: Vec<Span> = Vec::new();
    while let Some((node, key)) = open.pop() {
        match document.kind(node) {
            Kind::Seq(items) => open.extend(items.iter().map(|item| (*item, key))),
            Kind::Map(entries) => open.extend(entries.iter().map(|entry| (entry.value, entry.key.as_str()))),
            Kind::Scalar { text, .. } => {
                let place = document.span(node);
                if let (Some(what), false) = (credential(key, text), seen.contains(&place)) {
                    seen.push(place);
                    sink.report(
                        SECRET_WRITTEN_DOWN
                            .at(place, format!("looks like {what}"))
                            .secret()
                            .why("Git keeps it for ever, for everybody who can read the repository")
                            .help("revoke it: it has been written down")
                            .help("declare an input with `source: op://...` or `source: env:NAME`, and refer to it by `{ input: NAME }`")
                            .help("in manifests, let `external-secrets` fetch it"),
                    );
                }
            }
        }
    }
}

/// What kind of credential a text looks like. The text itself is never repeated.
fn credential(key: &str, text: &str) -> Option<&'static str> {
    let token = TOKENS.iter().find(|(start, least, _)| begins_token(text, start, *least));
    if let Some((_, _, what)) = token {
        return Some(what);
    }
    if text.contains("-----BEGIN ") && text.contains("PRIVATE KEY") {
        return Some("a private key");
    }
    if has_password_in_url(text) {
        return Some("a user and a password in an address");
    }
    let key: String =
        key.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let is_secret = SECRET_KEYS.iter().any(|end| key.ends_with(end));
    (is_secret && is_random(text)).then_some("a secret value")
}

/// Whether a token with this beginning stands in the text, at the start of a word.
fn begins_token(text: &str, start: &str, least: usize) -> bool {
    let is_inner = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    text.match_indices(start).any(|(at, _)| {
        let before = text.get(..at).and_then(|before| before.chars().next_back());
        let after = text.get(at + start.len()..).unwrap_or_default();
        let length = after.chars().take_while(|c| is_inner(*c)).count();
        before.is_none_or(|c| !c.is_ascii_alphanumeric()) && length >= least
    })
}

/// `scheme://user:password@host`, where the password is not a variable.
fn has_password_in_url(text: &str) -> bool {
    text.match_indices("://").any(|(at, _)| {
        let rest = text.get(at + 3..).unwrap_or_default();
        let authority = rest.split(|c: char| c == '/' || c.is_whitespace()).next().unwrap_or_default();
        let Some((login, _)) = authority.rsplit_once('@') else { return false };
        login
            .split_once(':')
            .is_some_and(|(_, password)| !password.is_empty() && !password.contains(['$', '{', '<']))
    })
}

/// Long base64 or hexadecimal text, with the mix of signs that names do not have.
fn is_random(text: &str) -> bool {
    let hexadecimal = text.len() >= 32 && text.chars().all(|c| c.is_ascii_hexdigit());
    let base64 = text.len() >= 20 && text.chars().all(|c| c.is_ascii_alphanumeric() || "+/=_".contains(c));
    let mixed = text.chars().any(|c| c.is_ascii_digit())
        && text.chars().any(|c| c.is_ascii_uppercase())
        && text.chars().any(|c| c.is_ascii_lowercase());
    hexadecimal || (base64 && mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn credentials_are_recognised() {
        assert!(credential("description", "was ghp_0123456789abcdefghijklmnopqrstuvwxyz").is_some());
        assert!(credential("key", "AKIAIOSFODNN7EXAMPLE").is_some());
        assert!(credential("address", "https://hooks.slack.com/services/T0123ABCD/B0123ABCD/x").is_some());
        assert!(credential("url", "https://ci:hunter2@example.com/x").is_some());
        assert!(credential("adminPassword", "Zx81Kq2LmN0pQr5TuV7w").is_some());
        assert!(credential("data", "-----BEGIN OPENSSH PRIVATE KEY-----\n").is_some());
    }

    #[test]
    fn names_and_references_are_left_alone() {
        for (key, text) in [
            ("existingSecret", "grafana-admin-credentials-eu-west-1"),
            ("source", "op://infra/platform/github"),
            ("repository", "https://github.com/demo/platform.git"),
            ("url", "https://ci:${PASSWORD}@example.com"),
            ("tokenSecret", "external-secrets"),
            ("name", "MAKIALONGERNAMEWITHKEYS0"),
        ] {
            assert_eq!(credential(key, text), None, "{text}");
        }
    }
}
