//! Security groups: who may reach whom on which port.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Given;
use crate::domain::{Cidr, Cidr6, Key, Ports, PrefixListId};

/// A security group.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecurityGroup {
    /// What carries it. To change it later replaces the group.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1, max = 255), regex(pattern = r"^[A-Za-z0-9 ._:/()#,@\[\]+=&;{}!$*-]+$"))]
    pub description: Option<String>,
    /// Who may reach what carries it, by a name of your choice.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub ingress: BTreeMap<Key, IngressRule>,
    /// Whom it may reach, by a name of your choice; everybody without it, nobody if it is `{}`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub egress: Option<BTreeMap<Key, EgressRule>>,
}

/// Who may reach which ports. Without `tcp` and `udp`, all traffic is meant.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct IngressRule {
    /// Ports of TCP.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tcp: Vec<Ports>,
    /// Ports of UDP.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub udp: Vec<Ports>,
    /// Who.
    #[schemars(length(min = 1))]
    pub from: Vec<Peer>,
}

/// Who may be reached on which ports. Without `tcp` and `udp`, all traffic is meant.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct EgressRule {
    /// Ports of TCP.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tcp: Vec<Ports>,
    /// Ports of UDP.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub udp: Vec<Ports>,
    /// Who.
    #[schemars(length(min = 1))]
    pub to: Vec<Peer>,
}

/// The other side of a connection.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Peer {
    /// A part of the cluster, or a word for many addresses.
    Word(PeerWord),
    /// Addresses of IPv4.
    Range(RangePeer),
    /// Addresses of IPv6.
    Range6(Range6Peer),
    /// What carries a security group of this spec.
    Group(GroupPeer),
    /// The addresses in a prefix list.
    List(ListPeer),
}

/// A part of the cluster, or a word for many addresses.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum PeerWord {
    /// Everybody; also over IPv6 where the network has it.
    Internet,
    /// Every range of the VPC.
    Vpc,
    /// The nodes of all groups and pools, and the pods on them.
    Nodes,
    /// The control plane.
    ControlPlane,
    /// The bastion; a rule that names it is made only where there is one.
    Bastion,
    /// What carries the same group.
    #[serde(rename = "self")]
    Own,
}

/// Addresses of IPv4.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "`{ cidr: 10.0.0.0/8 }`")]
pub struct RangePeer {
    /// The network.
    pub cidr: Given<Cidr>,
}

/// Addresses of IPv6.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "`{ cidr6: 2001:db8::/32 }`")]
pub struct Range6Peer {
    /// The network.
    pub cidr6: Cidr6,
}

/// What carries a security group of this spec.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "`{ group: NAME }`")]
pub struct GroupPeer {
    /// Its name under `securityGroups`.
    pub group: Key,
}

/// The addresses in a prefix list.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[schemars(title = "`{ prefixList: pl-0a1b2c3d }`")]
pub struct ListPeer {
    /// Its id.
    pub prefix_list: PrefixListId,
}
