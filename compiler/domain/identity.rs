//! Who may do what: ARNs, principals, policies, statement names.

use super::place::{Partition, account};
use super::word::{Shape, shown, words};

words! {
    /// The ARN of anything in AWS: `arn:partition:service:region:account:resource`.
    Arn(Partition) = "arn" by arn, like ["arn:aws:kms:us-east-1:123456789012:key/1234abcd"];

    /// The ARN of an IAM role or user, as an EKS access entry takes it: never a session, a group, or a pattern.
    PrincipalArn((Arn, PrincipalKind)) = "principal-arn" by principal, like ["arn:aws:iam::123456789012:role/admin"];

    /// The name of an IAM managed policy, without its path.
    PolicyName = "policy-name" by policy_name, like ["AmazonEKS_CNI_Policy"];

    /// The name of a statement in an IAM policy: letters and digits.
    Sid = "sid" by sid, like ["AllowQueueReads"];
}

/// What a principal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum PrincipalKind {
    /// An IAM role.
    Role,
    /// An IAM user.
    User,
}

impl Arn {
    /// The partition.
    pub fn partition(&self) -> Partition {
        self.parts
    }

    /// The service, such as `iam`.
    pub fn service(&self) -> &str {
        self.field(2)
    }

    /// The region; empty where the service has none.
    pub fn region(&self) -> &str {
        self.field(3)
    }

    /// The account; empty where the resource belongs to none, `aws` for resources of AWS itself.
    pub fn account(&self) -> &str {
        self.field(4)
    }

    /// Everything after the account; may contain colons.
    pub fn resource(&self) -> &str {
        self.field(5)
    }

    fn field(&self, index: usize) -> &str {
        self.text.splitn(6, ':').nth(index).unwrap_or_default()
    }
}

impl PrincipalArn {
    /// The ARN with its fields.
    pub fn arn(&self) -> &Arn {
        &self.parts.0
    }

    /// Whether it is a role or a user.
    pub fn kind(&self) -> PrincipalKind {
        self.parts.1
    }

    /// The number of the account that the principal belongs to.
    pub fn account(&self) -> &str {
        self.arn().account()
    }

    /// The name of the role or user, without its path.
    pub fn name(&self) -> &str {
        self.text.rsplit('/').next().unwrap_or_default()
    }
}

fn arn(text: &str) -> Result<Partition, String> {
    let name = shown(text);
    let fields: Vec<&str> = text.splitn(6, ':').collect();
    let [prefix, partition, service, region, account_field, resource] = fields.as_slice() else {
        return Err(format!(
            "{name} is no ARN; one has six fields: `arn:partition:service:region:account:resource`"
        ));
    };
    if *prefix != "arn" {
        return Err(format!("{name} does not start with `arn:`"));
    }
    let partition: Partition = partition
        .parse()
        .map_err(|_| format!("{} is no AWS partition; most accounts are in `aws`", shown(partition)))?;
    if let Some(odd) =
        text.chars().find(|c| c.is_whitespace() || c.is_control() || matches!(c, '"' | '\\' | '`'))
    {
        return Err(format!("{name} contains {}, which no ARN does", shown(&odd.to_string())));
    }
    for (field, value) in [("service", service), ("resource", resource)] {
        if value.is_empty() {
            return Err(format!("{name} has an empty {field}"));
        }
    }
    let plain = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-';
    if !service.chars().all(plain) || !region.chars().all(|c| plain(c) || c == '*') {
        return Err(format!(
            "{name} has a service or region with other signs than small letters, digits and `-`"
        ));
    }
    if !matches!(*account_field, "" | "aws" | "*") {
        account(account_field).map_err(|fault| format!("in {name}: {fault}"))?;
    }
    Ok(partition)
}

fn principal(text: &str) -> Result<(Arn, PrincipalKind), String> {
    let name = shown(text);
    let wanted = "write the ARN of an IAM role or user, such as `arn:aws:iam::123456789012:role/admin`";
    let arn: Arn = text.parse().map_err(|fault| format!("{fault}; {wanted}"))?;
    if text.contains(['*', '?', '$']) {
        return Err(format!("{name} is a pattern; an access entry names one role or user; {wanted}"));
    }
    if arn.service() == "sts" {
        return Err(session(&arn));
    }
    if arn.service() != "iam" {
        return Err(format!("{name} belongs to `{}`, not to IAM; {wanted}", arn.service()));
    }
    account(arn.account()).map_err(|fault| format!("in {name}: {fault}"))?;
    let (kind, path) = match arn.resource().split_once('/') {
        Some(("role", path)) => (PrincipalKind::Role, path),
        Some(("user", path)) => (PrincipalKind::User, path),
        Some(("group", _)) => {
            return Err(format!("{name} is a group, which can not be a principal; {wanted}"));
        }
        _ if arn.resource() == "root" => return Err(format!("{name} is a whole account; {wanted}")),
        _ => return Err(format!("{name} is neither a role nor a user; {wanted}")),
    };
    let known = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-/".contains(c);
    if path.is_empty() || path.split('/').any(str::is_empty) || !path.chars().all(known) {
        return Err(format!(
            "{name} has no valid name after `{}`; {wanted}",
            arn.resource().split('/').next().unwrap_or("role")
        ));
    }
    if kind == PrincipalKind::Role && path.starts_with("AWSReservedSSO_") {
        return Err(permission_set(&arn, path));
    }
    Ok((arn, kind))
}

/// The message for the role of a permission set without its path: the form that the `aws-auth` ConfigMap wanted.
fn permission_set(arn: &Arn, role: &str) -> String {
    let start = format!("arn:{}:iam::{}:role/", arn.partition(), arn.account());
    format!(
        "{} is the role of a permission set without its path, as the `aws-auth` ConfigMap took it; access entries and \
         trust policies compare the whole ARN, so it would match nobody; write \
         `{start}aws-reserved/sso.amazonaws.com/{role}`, with the region before the name where the identity center is \
         not in us-east-1: `aws iam get-role --role-name {role}` prints it",
        shown(arn.as_str())
    )
}

/// The message for the ARN of a session, which names the role behind it where that is possible.
fn session(arn: &Arn) -> String {
    let name = shown(arn.as_str());
    let role = arn.resource().strip_prefix("assumed-role/").and_then(|rest| rest.split('/').next());
    let Some(role) = role.filter(|role| !role.is_empty()) else {
        return format!("{name} is a session, which ends; write the ARN of the IAM role or user behind it");
    };
    let start = format!("arn:{}:iam::{}:role/", arn.partition(), arn.account());
    if role.starts_with("AWSReservedSSO_") {
        return format!(
            "{name} is a session of a role, and ends; write the role with its whole path, \
             `{start}aws-reserved/sso.amazonaws.com/…/{role}`: `aws iam get-role --role-name {role}` prints it"
        );
    }
    format!(
        "{name} is a session of a role, and ends; write the role itself: `{start}{role}` (with its path, if it has one)"
    )
}

fn policy_name(text: &str) -> Result<(), String> {
    if let Some((_, last)) = text.rsplit_once('/') {
        return Err(format!("{} has a path; write the name alone: {}", shown(text), shown(last)));
    }
    let rule = "a policy name has letters, digits and `_+=,.@-`, and at most 128 characters";
    let inner = |c: char| c.is_ascii_alphanumeric() || "_+=,.@-".contains(c);
    Shape { rule, most: 128, first: inner, inner, last: inner }.check(text)
}

fn sid(text: &str) -> Result<(), String> {
    let rule = "the name of a statement has letters and digits only, such as `AllowQueueReads`";
    let inner = |c: char| c.is_ascii_alphanumeric();
    Shape { rule, most: 128, first: inner, inner, last: inner }.check(text)
}
