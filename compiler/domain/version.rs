//! Versions of Kubernetes and of charts.

use super::word::{shown, words};

words! {
    /// A minor version of Kubernetes, such as `1.35`. EKS chooses the patch.
    KubernetesVersion(u32) = "kubernetes-version" by kubernetes, like ["1.35"];

    /// The exact version of a chart or controller: three numbers, with an optional `v` before them.
    ChartVersion(semver::Version) = "chart-version" by chart, like ["1.14.1", "v1.21.1"];
}

impl KubernetesVersion {
    /// The version `1.minor`.
    pub fn from_minor(minor: u32) -> KubernetesVersion {
        KubernetesVersion { parts: minor, text: format!("1.{minor}") }
    }

    /// The number after `1.`.
    pub fn minor(&self) -> u32 {
        self.parts
    }
}

impl ChartVersion {
    /// The version without its `v`.
    pub fn semver(&self) -> &semver::Version {
        &self.parts
    }
}

fn kubernetes(text: &str) -> Result<u32, String> {
    let name = shown(text);
    if let Some(rest) = text.strip_prefix('v') {
        return Err(match kubernetes(rest) {
            Ok(_) => format!("{name} is written without the `v`: `{rest}`"),
            Err(fault) => fault,
        });
    }
    let wrong =
        || format!("{name} is no Kubernetes version; write the minor version as text, such as `\"1.35\"`");
    let rest = text.strip_prefix("1.").ok_or_else(wrong)?;
    if let Some((minor, patch)) = rest.split_once('.') {
        let minor = number(minor).ok_or_else(wrong)?;
        let patch = patch.split(['-', '+']).next().and_then(number);
        return Err(match patch {
            Some(_) => format!("{name} names a patch, which EKS chooses by itself; write `\"1.{minor}\"`"),
            None => wrong(),
        });
    }
    number(rest).ok_or_else(wrong)
}

/// A number without sign or leading zeros, of at most four digits.
fn number(text: &str) -> Option<u32> {
    let plain = text.len() <= 4 && text.bytes().all(|byte| byte.is_ascii_digit());
    let padded = text.len() > 1 && text.starts_with('0');
    text.parse().ok().filter(|_| plain && !padded)
}

fn chart(text: &str) -> Result<semver::Version, String> {
    let plain = text.strip_prefix('v').unwrap_or(text);
    semver::Version::parse(plain).map_err(|_| {
        let name = shown(text);
        if plain.starts_with(['^', '~', '>', '<', '=', '*']) || plain.ends_with(['x', '*']) {
            return format!(
                "{name} is a range; name one version, such as `1.14.1`, so that two builds agree"
            );
        }
        match semver::Version::parse(&format!("{plain}.0")) {
            Ok(_) => format!("{name} has two numbers; name the exact version with three, such as `{text}.0`"),
            Err(_) => format!("{name} is no version; write three numbers, such as `1.14.1`"),
        }
    })
}
