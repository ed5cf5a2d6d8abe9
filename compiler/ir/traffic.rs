//! Who may reach whom: security groups beside that of the nodes, and their rules.

use serde::Serialize;

use crate::domain::{Cidr, Cidr6, Ports, PrefixListId};
use crate::source::Origin;
use crate::spec::Given;

/// A security group of the user's own.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OwnGroup {
    /// Its key in the spec.
    pub key: String,
    /// What carries it.
    pub description: String,
    /// Where the spec describes it.
    #[serde(skip)]
    pub origin: Origin,
}

/// One rule of a security group: one direction, one run of ports, one other side.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct TrafficRule {
    /// Its key: the group, the rule's name, the ports and the other side.
    pub key: String,
    /// The group that it belongs to.
    pub group: GroupRef,
    /// The direction.
    pub direction: Direction,
    /// The ports.
    pub traffic: Traffic,
    /// The other side.
    pub peer: Side,
    /// What it is for.
    pub description: String,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}

/// A security group.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum GroupRef {
    /// One of the user's own, by its key.
    Own(String),
    /// The one that nodes carry.
    Nodes,
    /// The one that EKS makes for the control plane's interfaces.
    ControlPlane,
    /// The bastion's.
    Bastion,
}

/// The direction of a connection, seen from what carries the group.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Direction {
    /// Towards it.
    Ingress,
    /// Away from it.
    Egress,
}

/// Protocol and ports.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Traffic {
    /// Everything.
    All,
    /// Ports of TCP.
    Tcp(Ports),
    /// Ports of UDP.
    Udp(Ports),
}

/// The other side of a connection.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Side {
    /// Addresses of IPv4.
    Range(Given<Cidr>),
    /// Addresses of IPv6.
    Range6(Cidr6),
    /// The VPC's own range.
    Vpc,
    /// A further range of the VPC.
    Secondary(Cidr),
    /// What carries a security group.
    Group(GroupRef),
    /// The addresses in a prefix list.
    List(PrefixListId),
}
