//! Security groups of the user's own, and every rule that the spec asks for.

use crate::cluster::{Cluster, Tier};
use crate::domain::{Key, Ports, fixed};
use crate::ir::{Direction, GroupRef, NODE_PORTS, OwnGroup, SecurityGroup, Side, Traffic, TrafficRule};
use crate::source::{Address, Origin};
use crate::spec::{self, Given, Peer, PeerWord};

/// The ports of SSH and of the Kubernetes API.
const SSH: &str = "22";
const API: &str = "443";

pub(super) fn groups(cluster: &Cluster) -> Vec<OwnGroup> {
    let group = |(key, written): (&Key, &spec::SecurityGroup)| OwnGroup {
        key: key.to_string(),
        description: written.description.clone().unwrap_or_else(|| format!("What carries {key}")),
        origin: Origin::Spec(group_address(key)),
    };
    cluster.network.security_groups.iter().map(group).collect()
}

fn group_address(key: &Key) -> Address {
    Address::of("spec.aws.network.securityGroups").key(key.as_str())
}

/// All rules. `nodes` is the group of the nodes, with the rules that it has anyway.
pub(super) fn rules(cluster: &Cluster, nodes: &SecurityGroup) -> Vec<TrafficRule> {
    let network = &cluster.network;
    let wanted = nodes.from_control_plane.iter().map(|open| open.port);
    let from_control_plane = NODE_PORTS.iter().map(|(port, _)| *port).chain(wanted).collect();
    let mut rules = Rules { cluster, from_control_plane, out: Vec::new() };
    for (key, written) in &network.security_groups {
        let group = || GroupRef::Own(key.to_string());
        let address = group_address(key);
        for (name, rule) in &written.ingress {
            let at = address.key("ingress").key(name.as_str());
            let ports = (rule.tcp.as_slice(), rule.udp.as_slice());
            rules.add(Direction::Ingress, &group(), name.as_str(), ports, &rule.from, &at);
        }
        match &written.egress {
            None => rules.everywhere(&group(), &address),
            Some(egress) => {
                for (name, rule) in egress {
                    let at = address.key("egress").key(name.as_str());
                    let ports = (rule.tcp.as_slice(), rule.udp.as_slice());
                    rules.add(Direction::Egress, &group(), name.as_str(), ports, &rule.to, &at);
                }
            }
        }
    }
    for (written, group, below) in [
        (&network.node_rules, GroupRef::Nodes, "nodeRules"),
        (&network.control_plane_rules, GroupRef::ControlPlane, "controlPlaneRules"),
    ] {
        for (name, rule) in written {
            let at = Address::of("spec.aws.network").key(below).key(name.as_str());
            let ports = (rule.tcp.as_slice(), rule.udp.as_slice());
            rules.add(Direction::Ingress, &group, name.as_str(), ports, &rule.from, &at);
        }
    }
    rules.bastion();
    rules.out
}

struct Rules<'a> {
    cluster: &'a Cluster,
    /// Ports of the nodes that the control plane reaches anyway.
    from_control_plane: Vec<u16>,
    out: Vec<TrafficRule>,
}

impl Rules<'_> {
    /// One rule of the spec: a rule of the group for each run of ports and each other side.
    fn add(
        &mut self,
        direction: Direction,
        group: &GroupRef,
        name: &str,
        (tcp, udp): (&[Ports], &[Ports]),
        peers: &[Peer],
        at: &Address,
    ) {
        let mut traffic: Vec<Traffic> = tcp.iter().cloned().map(Traffic::Tcp).collect();
        traffic.extend(udp.iter().cloned().map(Traffic::Udp));
        if traffic.is_empty() {
            traffic.push(Traffic::All);
        }
        let sides: Vec<Side> = peers.iter().flat_map(|peer| self.sides(peer, group)).collect();
        for traffic in &traffic {
            for side in &sides {
                self.one(direction, group, name, traffic, side.clone(), Origin::Spec(at.clone()));
            }
        }
    }

    /// Pushes a rule, unless it is there already: EC2 refuses the second of two that allow the same.
    fn one(
        &mut self,
        direction: Direction,
        group: &GroupRef,
        name: &str,
        traffic: &Traffic,
        peer: Side,
        origin: Origin,
    ) {
        let word = if direction == Direction::Ingress { "from" } else { "to" };
        let rule = TrafficRule {
            key: format!(
                "{}-{name}-{}-{word}-{}",
                group_word(group),
                traffic_word(traffic),
                side_word(&peer, group)
            ),
            group: group.clone(),
            direction,
            traffic: traffic.clone(),
            description: format!("{name} {word} {}", side_text(&peer, group)),
            peer,
            origin,
        };
        let same = |one: &TrafficRule| {
            one.direction == direction
                && one.group == rule.group
                && one.traffic == rule.traffic
                && one.peer == rule.peer
        };
        if !self.out.iter().any(same) && !self.is_derived(&rule) {
            self.out.push(rule);
        }
    }

    /// Whether the cluster has the rule anyway.
    fn is_derived(&self, rule: &TrafficRule) -> bool {
        let Side::Group(side) = &rule.peer else { return false };
        match (&rule.group, side, &rule.traffic) {
            _ if rule.direction == Direction::Egress => false,
            (GroupRef::Nodes, GroupRef::Nodes, Traffic::All) => true,
            (GroupRef::ControlPlane, GroupRef::Nodes, Traffic::Tcp(ports)) => *ports == fixed(API),
            (GroupRef::Nodes, GroupRef::ControlPlane, Traffic::Tcp(ports)) => {
                let one = Some(ports.first()).filter(|first| *first == ports.last());
                one.is_some_and(|port| self.from_control_plane.contains(&port))
            }
            _ => false,
        }
    }

    /// A group that says nothing of egress reaches everybody.
    fn everywhere(&mut self, group: &GroupRef, at: &Address) {
        for side in self.internet() {
            self.one(Direction::Egress, group, "out", &Traffic::All, side, Origin::Spec(at.clone()));
        }
    }

    /// People come in by SSH where it is open; from the bastion they reach the nodes and the API.
    fn bastion(&mut self) {
        let Some(bastion) = &self.cluster.bastion else { return };
        if !self.cluster.network.has(Tier::Public) {
            return;
        }
        let at = Address::of("spec.aws.bastion");
        let ssh = Traffic::Tcp(fixed(SSH));
        for range in bastion.written.ssh.iter().flat_map(|ssh| &ssh.from) {
            let from = Origin::Spec(at.key("ssh").key("from"));
            let side = Side::Range(range.clone());
            self.one(Direction::Ingress, &GroupRef::Bastion, "ssh", &ssh, side, from);
        }
        self.everywhere(&GroupRef::Bastion, &at);
        for (group, name, traffic) in
            [(GroupRef::Nodes, "ssh", ssh), (GroupRef::ControlPlane, "api", Traffic::Tcp(fixed(API)))]
        {
            let side = Side::Group(GroupRef::Bastion);
            self.one(Direction::Ingress, &group, name, &traffic, side, Origin::Spec(at.clone()));
        }
    }

    fn internet(&self) -> Vec<Side> {
        let mut sides = vec![Side::Range(Given::Known(fixed("0.0.0.0/0")))];
        if self.cluster.network.ipv6.is_some() {
            sides.push(Side::Range6(fixed("::/0")));
        }
        sides
    }

    /// What a peer stands for in this cluster; nothing for the bastion where there is none.
    fn sides(&self, peer: &Peer, own: &GroupRef) -> Vec<Side> {
        let network = &self.cluster.network;
        match peer {
            Peer::Range(range) => vec![Side::Range(range.cidr.clone())],
            Peer::Range6(range) => vec![Side::Range6(range.cidr6.clone())],
            Peer::Group(group) => vec![Side::Group(GroupRef::Own(group.group.to_string()))],
            Peer::List(list) => vec![Side::List(list.prefix_list.clone())],
            Peer::Word(word) => match word {
                PeerWord::Internet => self.internet(),
                PeerWord::Vpc => {
                    let further = network.secondary_cidrs.iter().cloned().map(Side::Secondary);
                    std::iter::once(Side::Vpc).chain(further).collect()
                }
                PeerWord::Nodes => vec![Side::Group(GroupRef::Nodes)],
                PeerWord::ControlPlane => vec![Side::Group(GroupRef::ControlPlane)],
                PeerWord::Own => vec![Side::Group(own.clone())],
                PeerWord::Bastion if self.cluster.bastion.is_some() => vec![Side::Group(GroupRef::Bastion)],
                PeerWord::Bastion => Vec::new(),
            },
        }
    }
}

fn group_word(group: &GroupRef) -> &str {
    match group {
        GroupRef::Own(key) => key,
        GroupRef::Nodes => "node",
        GroupRef::ControlPlane => "control-plane",
        GroupRef::Bastion => "bastion",
    }
}

fn traffic_word(traffic: &Traffic) -> String {
    match traffic {
        Traffic::All => "all".to_owned(),
        Traffic::Tcp(ports) => format!("tcp-{ports}"),
        Traffic::Udp(ports) => format!("udp-{ports}"),
    }
}

fn side_word(side: &Side, own: &GroupRef) -> String {
    match side {
        Side::Range(Given::Known(cidr)) if cidr.prefix_len() == 0 => "internet".to_owned(),
        Side::Range6(cidr) if cidr.prefix_len() == 0 => "internet-ipv6".to_owned(),
        Side::Group(group) if group == own => "self".to_owned(),
        Side::Group(GroupRef::Nodes) => "nodes".to_owned(),
        Side::Range(Given::Known(cidr)) => cidr.to_string(),
        Side::Range(Given::Input(input)) => format!("input-{input}"),
        Side::Range6(cidr) => format!("ipv6-{cidr}"),
        Side::Vpc => "vpc".to_owned(),
        Side::Secondary(cidr) => format!("vpc-{cidr}"),
        Side::Group(GroupRef::Own(key)) => format!("group-{key}"),
        Side::Group(group) => group_word(group).to_owned(),
        Side::List(list) => list.to_string(),
    }
}

fn side_text(side: &Side, own: &GroupRef) -> String {
    match side {
        Side::Group(group) if group == own => "itself".to_owned(),
        Side::Range(Given::Known(cidr)) if cidr.prefix_len() == 0 => "everybody".to_owned(),
        Side::Range6(cidr) if cidr.prefix_len() == 0 => "everybody, over IPv6".to_owned(),
        Side::Range(Given::Known(cidr)) | Side::Secondary(cidr) => cidr.to_string(),
        Side::Range(Given::Input(input)) => input.to_string(),
        Side::Range6(cidr) => cidr.to_string(),
        Side::Vpc => "the VPC".to_owned(),
        Side::Group(GroupRef::Own(key)) => format!("the group {key}"),
        Side::Group(GroupRef::Nodes) => "the nodes".to_owned(),
        Side::Group(GroupRef::ControlPlane) => "the control plane".to_owned(),
        Side::Group(GroupRef::Bastion) => "the bastion".to_owned(),
        Side::List(list) => list.to_string(),
    }
}
