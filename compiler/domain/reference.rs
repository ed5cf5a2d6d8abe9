//! References to things kept elsewhere: buckets and secrets.

use super::word::{Shape, lower_digit_hyphen, lower_or_digit, shown, words};

words! {
    /// The name of an S3 bucket: 3 to 63 small letters, digits, `-` and `.`.
    BucketName = "bucket-name" by bucket, like ["acme-tf-state"];

    /// Where a secret is kept, never the secret itself: `env:NAME`, or an address such as `op://vault/item/field`,
    /// `aws-sm://name`, `vault://path`.
    SecretReference(String) = "secret-reference" by secret, like ["op://infra/platform/role", "env:OPERATOR_CIDR"];

    /// The name of a secret or parameter in AWS: letters, digits and `/_+=.@-`, at most 512 characters. Not an ARN: its
    /// end is different after each time that the secret is made.
    RemoteSecret = "remote-secret" by remote, like ["platform/grafana", "/platform/database"];

    /// A key of a Secret: letters, digits, `-`, `_` and `.`, at most 253 characters.
    SecretKeyName = "secret-key" by secret_key, like ["password", "tls.crt"];
}

impl SecretReference {
    /// The kind of keeper: the part before `:`, such as `op` or `env`.
    pub fn scheme(&self) -> &str {
        &self.parts
    }

    /// What the keeper is asked for: the part after `://`, or after `env:`.
    pub fn locator(&self) -> &str {
        self.text.split_once(':').map_or("", |(_, rest)| rest.strip_prefix("//").unwrap_or(rest))
    }
}

fn bucket(text: &str) -> Result<(), String> {
    let rule = "a bucket name has 3 to 63 small letters, digits, `-` and `.`, and starts and ends with a letter or digit";
    let inner = |c| lower_digit_hyphen(c) || c == '.';
    Shape { rule, most: 63, first: lower_or_digit, inner, last: lower_or_digit }.check(text)?;
    if text.len() < 3 {
        return Err(format!("{} is too short; {rule}", shown(text)));
    }
    if text.contains("..") || text.parse::<std::net::Ipv4Addr>().is_ok() {
        return Err(format!(
            "{} has two dots in a row or is an address, which S3 refuses; {rule}",
            shown(text)
        ));
    }
    let first = ["xn--", "sthree-", "amzn-s3-demo-"].into_iter().find(|start| text.starts_with(start));
    let last =
        ["-s3alias", "--ol-s3", ".mrap", "--x-s3", "--table-s3"].into_iter().find(|end| text.ends_with(end));
    match first.or(last) {
        Some(kept) => {
            Err(format!("{} has `{kept}`, which S3 keeps for itself; choose another name", shown(text)))
        }
        None => Ok(()),
    }
}

fn remote(text: &str) -> Result<(), String> {
    let rule = "the name of a secret in AWS has letters, digits and `/_+=.@-`, and at most 512 characters";
    if text.starts_with("arn:") {
        return Err(format!("{} is an ARN; write the secret's name alone", shown(text)));
    }
    let known = |c: char| c.is_ascii_alphanumeric() || "/_+=.@-".contains(c);
    Shape { rule, most: 512, first: known, inner: known, last: known }.check(text)
}

fn secret_key(text: &str) -> Result<(), String> {
    let rule = "a key of a Secret has letters, digits, `-`, `_` and `.`, and at most 253 characters";
    let known = |c: char| c.is_ascii_alphanumeric() || "-_.".contains(c);
    Shape { rule, most: 253, first: known, inner: known, last: known }.check(text)
}

fn secret(text: &str) -> Result<String, String> {
    // The text may be a secret that was put here by mistake, so no message repeats it.
    let wrong = "this is no reference to a secret; write where the secret is kept, such as `op://vault/item/field` or \
                 `env:NAME`";
    if text.chars().any(|c| c.is_control() || c == '"') || text.len() > 512 {
        return Err(wrong.to_owned());
    }
    if let Some(name) = text.strip_prefix("env:") {
        let known = |c: char| c.is_ascii_alphanumeric() || c == '_';
        let holds =
            name.starts_with(|c: char| c.is_ascii_alphabetic() || c == '_') && name.chars().all(known);
        let fault = "after `env:` stands the name of an environment variable: letters, digits and `_`, such as `env:TOKEN`";
        return if holds { Ok("env".to_owned()) } else { Err(fault.to_owned()) };
    }
    let (scheme, rest) = text.split_once("://").ok_or(wrong)?;
    let known = |c: char| lower_digit_hyphen(c) || c == '+';
    if !scheme.starts_with(|c: char| c.is_ascii_lowercase()) || !scheme.chars().all(known) || rest.is_empty()
    {
        return Err(wrong.to_owned());
    }
    if matches!(scheme, "http" | "https" | "file") {
        return Err(format!("`{scheme}://` is no keeper of secrets; {wrong}"));
    }
    Ok(scheme.to_owned())
}
