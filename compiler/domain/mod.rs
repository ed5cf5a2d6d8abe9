//! The words of the trade, valid by construction: a value of one of these types needs no second check.
//!
//! Each text type is declared by one line of the `words!` macro, which makes the type, its reader (`FromStr`), its
//! spelling (`Display`, serde), its JSON Schema and its row in `formats`, which `check_format` reads.

mod word;

mod amount;
mod dns;
mod fixed;
mod git;
mod grants;
mod identity;
mod labels;
mod machine;
mod names;
mod network;
mod place;
mod reference;
mod taint;
mod time;
mod version;

pub use amount::{PercentOrCount, Quantity, Share};
pub use dns::{DomainName, HostedZone, ZoneIs};
pub use git::{GitRef, GitScheme, GitUrl, RelativePath};
pub use grants::{
    IamPath, IssuerUrl, ManagedPolicy, PolicyArn, RESERVED_NAMES, RoleArn, ServiceAccountPattern,
    SessionName, Thumbprint, Username,
};
pub use identity::{Arn, PolicyName, PrincipalArn, PrincipalKind, Sid};
pub use labels::{LabelKey, LabelValue, TagKey, TagValue};
pub use machine::{
    AmiId, Architecture, CapacityType, DeviceName, InstanceType, SsmPath, SysctlName, SysctlValue,
};
pub use names::{
    ClusterName, GroupKind, InputName, Key, Namespace, NamespacePattern, ObjectName, ServiceAccountRef,
};
pub use network::{Cidr, Cidr6, Ports, PrefixListId};
pub use place::{AccountId, Partition, Region, ZoneName};
pub use reference::{BucketName, RemoteSecret, SecretKeyName, SecretReference};
pub use taint::{Taint, TaintEffect, Toleration, TolerationOperator};
pub use time::{Cron, ExpireAfter, GoDuration};
pub use version::{ChartVersion, KubernetesVersion};
pub use word::{Format, Malformed, nearest};

pub(crate) use fixed::fixed;
pub(crate) use word::{choices, none_of};

/// Every text format by its name in the JSON Schema, in the order of this floor's files.
pub fn formats() -> impl Iterator<Item = &'static Format> {
    let files = [
        names::FORMATS,
        labels::FORMATS,
        network::FORMATS,
        dns::FORMATS,
        place::FORMATS,
        identity::FORMATS,
        grants::FORMATS,
        version::FORMATS,
        amount::FORMATS,
        time::FORMATS,
        machine::FORMATS,
        git::FORMATS,
        reference::FORMATS,
    ];
    files.into_iter().flatten()
}

/// Checks `text` against the format of this name. A format that is not ours accepts every text.
///
/// # Errors
///
/// What is wrong with the text and what would be valid, in the user's words.
pub fn check_format(format: &str, text: &str) -> Result<(), String> {
    match formats().find(|known| known.name == format) {
        Some(known) => (known.check)(text).map_err(|malformed| malformed.to_string()),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests;
