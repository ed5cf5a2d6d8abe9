//! What roles are made of: policies by name or ARN, paths of names, issuers, and who may take a role.

use super::identity::{Arn, PolicyName, PrincipalArn, PrincipalKind};
use super::place::account;
use super::word::{lower_digit_hyphen, shown, words};

words! {
    /// The ARN of an IAM policy: AWS' own, or one of an account.
    PolicyArn(Arn) = "policy-arn" by policy_arn, like ["arn:aws:iam::111122223333:policy/boundary/developers"];

    /// A policy that a role carries: the name of an AWS managed policy, or the whole ARN of any policy.
    ManagedPolicy(Option<PolicyArn>) = "managed-policy" by managed_policy,
        like ["AmazonEKS_CNI_Policy", "arn:aws:iam::aws:policy/ReadOnlyAccess"];

    /// The ARN of an IAM role, with its path.
    RoleArn(PrincipalArn) = "role-arn" by role_arn, like ["arn:aws:iam::123456789012:role/admin"];

    /// The name of a session of a role: letters, digits and `_+=,.@-`, two to 64 of them.
    SessionName = "session-name" by session_name, like ["terraform"];

    /// What Kubernetes calls a principal. `{{SessionName}}` stands for the name of a role's session.
    Username = "kubernetes-username" by username, like ["admin:{{SessionName}}"];

    /// The folder of an IAM role or policy, with a `/` at both ends.
    IamPath = "iam-path" by iam_path, like ["/platform/"];

    /// A Kubernetes service account as `namespace/name`. `*` stands for any characters in one of the two.
    ServiceAccountPattern((String, String)) = "service-account-pattern" by service_account_pattern,
        like ["kube-system/karpenter", "preview-*/web"];

    /// The address of an OpenID Connect issuer: `https://`, a host, and perhaps a path.
    IssuerUrl = "issuer-url" by issuer_url, like ["https://token.actions.githubusercontent.com"];

    /// The SHA-1 thumbprint of a certificate: 40 hexadecimal digits, as IAM keeps it.
    Thumbprint = "thumbprint" by thumbprint, like ["08745487e891c19e3078c1f2a07e452950ef36f6"];
}

impl PolicyArn {
    /// The ARN with its fields.
    pub fn arn(&self) -> &Arn {
        &self.parts
    }
}

impl ManagedPolicy {
    /// The ARN, where it is written.
    pub fn arn(&self) -> Option<&Arn> {
        self.parts.as_ref().map(PolicyArn::arn)
    }

    /// The name, where no ARN is written.
    pub fn name(&self) -> Option<PolicyName> {
        if self.parts.is_some() { None } else { self.text.parse().ok() }
    }
}

impl RoleArn {
    /// The role as any other principal.
    pub fn principal(&self) -> &PrincipalArn {
        &self.parts
    }
}

impl Username {
    /// Whether it names the session of a role.
    pub fn names_session(&self) -> bool {
        self.text.contains(SESSION)
    }
}

impl ServiceAccountPattern {
    /// The namespace, or a pattern of namespaces.
    pub fn namespace(&self) -> &str {
        &self.parts.0
    }

    /// The name, or a pattern of names.
    pub fn name(&self) -> &str {
        &self.parts.1
    }

    /// Whether more than one service account may be meant.
    pub fn is_pattern(&self) -> bool {
        self.text.contains('*')
    }
}

impl IssuerUrl {
    /// The issuer without `https://`, as IAM's condition keys name it.
    pub fn issuer(&self) -> &str {
        self.text.trim_start_matches("https://")
    }
}

fn role_arn(text: &str) -> Result<PrincipalArn, String> {
    let principal: PrincipalArn = text.parse().map_err(|fault: super::Malformed| fault.to_string())?;
    match principal.kind() {
        PrincipalKind::Role => Ok(principal),
        PrincipalKind::User => {
            Err(format!("{} is a user, which nobody can take; write the ARN of a role", shown(text)))
        }
    }
}

fn session_name(text: &str) -> Result<(), String> {
    let known = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    if (2..=64).contains(&text.len()) && text.chars().all(known) {
        return Ok(());
    }
    Err(format!("{} is no name of a session; write 2 to 64 letters, digits and `_+=,.@-`", shown(text)))
}

/// What EKS puts the name of a session in place of.
const SESSION: &str = "{{SessionName}}";
/// Beginnings of user and group names that EKS keeps for itself (EKS user guide, December 2024).
pub const RESERVED_NAMES: [&str; 5] = ["system:", "eks:", "aws:", "amazon:", "iam:"];

fn username(text: &str) -> Result<(), String> {
    let name = shown(text);
    if let Some(kept) = RESERVED_NAMES.iter().find(|start| text.starts_with(**start)) {
        return Err(format!("{name} begins with `{kept}`, which EKS keeps for itself"));
    }
    let plain = |text: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || "_+=,.@:/-".contains(c));
    let fits = match text.split_once(SESSION) {
        Some((before, after)) => before.contains(':') && plain(before) && plain(after),
        None => plain(text),
    };
    if fits && !text.is_empty() && text.len() <= 128 {
        return Ok(());
    }
    Err(format!(
        "{name} is no user name; write letters, digits and `_+=,.@:/-`, and `{SESSION}` once and behind a colon, such \
         as `admin:{SESSION}`"
    ))
}

fn policy_arn(text: &str) -> Result<Arn, String> {
    let wanted = "write the ARN of an IAM policy, such as `arn:aws:iam::123456789012:policy/team/reader`";
    let arn: Arn = text.parse().map_err(|fault| format!("{fault}; {wanted}"))?;
    let name = shown(text);
    if arn.service() != "iam" {
        return Err(format!("{name} belongs to `{}`, not to IAM; {wanted}", arn.service()));
    }
    let Some(path) = arn.resource().strip_prefix("policy/") else {
        let kind = arn.resource().split('/').next().unwrap_or_default();
        return Err(format!("{name} is a {kind}, not a policy; {wanted}"));
    };
    if arn.account() != "aws" {
        account(arn.account()).map_err(|fault| format!("in {name}: {fault}"))?;
    }
    let known = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    if path.split('/').any(str::is_empty) || !path.chars().all(known) {
        return Err(format!("{name} has no valid name after `policy/`; {wanted}"));
    }
    Ok(arn)
}

fn managed_policy(text: &str) -> Result<Option<PolicyArn>, String> {
    if text.starts_with("arn:") {
        return text.parse().map(Some).map_err(|fault: super::Malformed| fault.to_string());
    }
    match text.parse::<PolicyName>() {
        Ok(_) => Ok(None),
        Err(fault) => Err(fault.to_string()),
    }
}

fn iam_path(text: &str) -> Result<(), String> {
    let rule = "a path starts and ends with `/`, such as `/platform/`, and has at most 512 characters";
    let known = |c: char| c.is_ascii_graphic() && !matches!(c, '"' | '\\' | '$' | '%' | '*');
    let inner = text.strip_prefix('/').and_then(|rest| rest.strip_suffix('/'));
    match inner {
        Some(inner)
            if text.len() <= 512 && inner.chars().all(known) && !inner.split('/').any(str::is_empty) =>
        {
            Ok(())
        }
        _ => Err(format!("{} is no path of IAM; {rule}", shown(text))),
    }
}

fn service_account_pattern(text: &str) -> Result<(String, String), String> {
    let Some((namespace, name)) = text.split_once('/') else {
        return Err(format!("{} names no namespace; write `namespace/name`", shown(text)));
    };
    let known = |c: char| lower_digit_hyphen(c) || c == '.' || c == '*';
    for (part, most, what) in [(namespace, 63, "namespace"), (name, 253, "name")] {
        let ends = part.starts_with(['-', '.']) || part.ends_with(['-', '.']);
        if part.is_empty() || part.len() > most || ends || !part.chars().all(known) {
            return Err(format!(
                "{} has no valid {what}; write small letters, digits and `-`, or `*` for any characters, such as \
                 `preview-*/web`",
                shown(text)
            ));
        }
    }
    Ok((namespace.to_owned(), name.to_owned()))
}

fn issuer_url(text: &str) -> Result<(), String> {
    let wanted =
        "write the issuer as its tokens name it, such as `https://token.actions.githubusercontent.com`";
    let Some(rest) = text.strip_prefix("https://") else {
        return Err(format!("{} does not start with `https://`; {wanted}", shown(text)));
    };
    let known = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    let host = rest.split('/').next().unwrap_or_default();
    if host.is_empty() || text.len() > 255 || rest.ends_with('/') || !rest.chars().all(known) {
        return Err(format!(
            "{} has no host, a port, a query, a `/` at the end, or more than 255 characters; {wanted}",
            shown(text)
        ));
    }
    Ok(())
}

fn thumbprint(text: &str) -> Result<(), String> {
    let known = |c: char| c.is_ascii_digit() || ('a'..='f').contains(&c);
    if text.len() == 40 && text.chars().all(known) {
        return Ok(());
    }
    Err(format!("{} is no thumbprint; write 40 digits and small letters a to f, without colons", shown(text)))
}
