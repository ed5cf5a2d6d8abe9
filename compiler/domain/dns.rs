//! Names in the DNS, and the zones that they are kept in.

use super::names::object_name;
use super::word::{shown, words};

words! {
    /// A name in the DNS, of at least two parts, in small letters; `*.` before it stands for every name right below.
    DomainName = "domain-name" by domain, like ["grafana.example.com", "*.example.com"];

    /// A hosted zone of Route 53: its name, or its id.
    HostedZone(ZoneIs) = "hosted-zone" by zone, like ["example.com", "Z0123456789ABCDEFGHIJ"];
}

/// How a hosted zone is called.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ZoneIs {
    /// By its id.
    Id,
    /// By its name.
    Name,
}

impl DomainName {
    /// The name that ownership is proved for: without the `*.`.
    pub fn base(&self) -> &str {
        self.text.strip_prefix("*.").unwrap_or(&self.text)
    }
}

impl HostedZone {
    /// How the zone is called.
    pub fn is(&self) -> ZoneIs {
        self.parts
    }

    /// Whether records of a name belong into this zone; a zone that is called by its id may hold any.
    pub fn may_hold(&self, domain: &DomainName) -> bool {
        let base = domain.base();
        self.parts == ZoneIs::Id
            || base
                .strip_suffix(self.text.as_str())
                .is_some_and(|rest| rest.is_empty() || rest.ends_with('.'))
    }
}

fn domain(text: &str) -> Result<(), String> {
    let base = text.strip_prefix("*.").unwrap_or(text);
    if base.contains('*') {
        return Err(format!("{} has a `*` that is not its first part; write `*.example.com`", shown(text)));
    }
    object_name(base).map_err(|_| {
        format!(
            "{} is no domain name; write one such as `grafana.example.com`, in small letters",
            shown(text)
        )
    })?;
    if !base.contains('.') || base.split('.').any(|part| part.len() > 63) {
        return Err(format!(
            "{} is no domain name of two or more parts, such as `grafana.example.com`",
            shown(text)
        ));
    }
    Ok(())
}

fn zone(text: &str) -> Result<ZoneIs, String> {
    let id = |text: &str| {
        text.len() <= 32
            && text.starts_with('Z')
            && text.bytes().all(|b| b.is_ascii_uppercase() || b.is_ascii_digit())
    };
    if id(text) {
        return Ok(ZoneIs::Id);
    }
    if text.starts_with('*') {
        return Err(format!("{} is no zone; a zone has no `*`", shown(text)));
    }
    match text.strip_suffix('.') {
        Some(plain) => Err(format!("{} is written without the last dot: `{plain}`", shown(text))),
        None => domain(text).map(|()| ZoneIs::Name).map_err(|_| {
            format!("{} is no hosted zone; write its name, such as `example.com`, or its id", shown(text))
        }),
    }
}
