//! Values that are known only when Terraform plans or after it has applied.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::domain::InputName;
use crate::syntax::marks::{self, Piece};

/// A value that is known later. Each back end has its own kind of reference for it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deferred {
    /// The account's id.
    AccountId,
    /// The region, where a back end has one place for it.
    Region,
    /// The cluster's name, where a back end has one place for it.
    ClusterName,
    /// The VPC's id.
    VpcId,
    /// The address of the Kubernetes API.
    ClusterEndpoint,
    /// The certificate of its authority, in base64.
    ClusterCertificate,
    /// The issuer of service account tokens, without `https://`.
    OidcIssuer,
    /// The ARN of Karpenter's interruption queue.
    QueueArn,
    /// The ARN of the role of Karpenter's nodes.
    NodeRoleArn,
    /// The ARN of the cluster's own key for disks.
    DiskKeyArn,
    /// The ARN of an identity's role, by the identity's key.
    RoleArn(String),
    /// The id of a security group, by its key.
    SecurityGroupId(String),
    /// The ARN of a certificate, by its key.
    CertificateArn(String),
    /// An input.
    Input(InputName),
}

impl Deferred {
    /// The name under which marks and facts know the value.
    pub fn name(&self) -> String {
        match self {
            Deferred::AccountId => "account_id".to_owned(),
            Deferred::Region => "region".to_owned(),
            Deferred::ClusterName => "cluster_name".to_owned(),
            Deferred::VpcId => "vpc_id".to_owned(),
            Deferred::ClusterEndpoint => "cluster_endpoint".to_owned(),
            Deferred::ClusterCertificate => "cluster_certificate".to_owned(),
            Deferred::OidcIssuer => "oidc_issuer".to_owned(),
            Deferred::QueueArn => "karpenter_queue_arn".to_owned(),
            Deferred::NodeRoleArn => "karpenter_node_role_arn".to_owned(),
            Deferred::DiskKeyArn => "disk_key_arn".to_owned(),
            Deferred::RoleArn(key) => format!("role_arn_{}", key.replace('-', "_")),
            Deferred::SecurityGroupId(key) => format!("security_group_id_{}", key.replace('-', "_")),
            Deferred::CertificateArn(key) => format!("certificate_arn_{}", key.replace('-', "_")),
            Deferred::Input(name) => format!("input_{name}"),
        }
    }

    /// The value as a mark inside a text.
    pub fn mark(&self) -> String {
        marks::mark(&match self {
            Deferred::RoleArn(key) => format!("role_arn:{key}"),
            Deferred::SecurityGroupId(key) => format!("security_group_id:{key}"),
            Deferred::CertificateArn(key) => format!("certificate_arn:{key}"),
            Deferred::Input(name) => format!("input:{name}"),
            other => other.name(),
        })
    }

    /// The value that a mark stands for.
    pub fn of_mark(name: &str) -> Option<Deferred> {
        if let Some(key) = name.strip_prefix("role_arn:") {
            return Some(Deferred::RoleArn(key.to_owned()));
        }
        if let Some(key) = name.strip_prefix("security_group_id:") {
            return Some(Deferred::SecurityGroupId(key.to_owned()));
        }
        if let Some(key) = name.strip_prefix("certificate_arn:") {
            return Some(Deferred::CertificateArn(key.to_owned()));
        }
        if let Some(input) = name.strip_prefix("input:") {
            return input.parse().ok().map(Deferred::Input);
        }
        [
            Deferred::AccountId,
            Deferred::Region,
            Deferred::ClusterName,
            Deferred::VpcId,
            Deferred::ClusterEndpoint,
            Deferred::ClusterCertificate,
            Deferred::OidcIssuer,
            Deferred::QueueArn,
            Deferred::NodeRoleArn,
            Deferred::DiskKeyArn,
        ]
        .into_iter()
        .find(|known| known.name() == name)
    }
}

/// A piece of a text.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Part {
    /// Text as it is.
    Literal(String),
    /// A value that is known later.
    Deferred(Deferred),
}

/// A text in which some parts are known later.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
pub struct Text(pub Vec<Part>);

impl Text {
    /// A text with marks, taken apart.
    pub fn of(marked: &str) -> Text {
        let part = |piece: Piece<'_>| match piece {
            Piece::Text(text) => Part::Literal(text.to_owned()),
            Piece::Mark(name) => match Deferred::of_mark(name) {
                Some(deferred) => Part::Deferred(deferred),
                None => Part::Literal(name.to_owned()),
            },
        };
        Text(marks::split(marked).into_iter().map(part).collect())
    }

    /// Only this value.
    pub fn deferred(value: Deferred) -> Text {
        Text(vec![Part::Deferred(value)])
    }

    /// The values in it that are known later.
    pub fn deferreds(&self) -> impl Iterator<Item = &Deferred> {
        self.0.iter().filter_map(|part| match part {
            Part::Deferred(value) => Some(value),
            Part::Literal(_) => None,
        })
    }

    /// The text, if all of it is known.
    pub fn known(&self) -> Option<String> {
        self.deferreds().next().is_none().then(|| self.to_string())
    }
}

impl fmt::Display for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for part in &self.0 {
            match part {
                Part::Literal(text) => write!(f, "{text}")?,
                Part::Deferred(value) => write!(f, "<{}>", value.name())?,
            }
        }
        Ok(())
    }
}

impl From<&str> for Text {
    fn from(text: &str) -> Text {
        Text::of(text)
    }
}

impl Serialize for Text {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}
