//! Only the ports of the web are open to the whole internet.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::Ports;
use crate::source::Address;
use crate::spec::{IngressRule, Peer, PeerWord};

crate::diagnostic! {
    /// A rule lets every address on the internet in: on other ports than 80 and 443, or to the nodes or the control plane.
    ///
    /// Such ports are found and tried within minutes.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { securityGroups: { cache: { ingress: { redis: { tcp: [ 6379 ], from: [ internet ] } } } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name who needs the port. Ports 80 and 443 of a group of your own may be open:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network:
    ///       securityGroups:
    ///         web: { ingress: { web: { tcp: [ 80, 443 ], from: [ internet ] } } }
    ///         cache: { ingress: { redis: { tcp: [ 6379 ], from: [ nodes ] } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub PORT_OPEN_TO_ALL = W0336: "a port is open to the whole internet"
}

/// HTTP, HTTPS.
const WEB: [u16; 2] = [80, 443];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let at = Address::of("spec.aws.network");
    for (group, written) in &network.security_groups {
        let own = at.key("securityGroups").key(group.as_str()).key("ingress");
        for (name, rule) in written.ingress.iter().filter(|(_, rule)| !is_web(rule)) {
            report(context, &format!("group `{group}`"), rule, &own.key(name.as_str()), sink);
        }
    }
    for (rules, below, what) in [
        (&network.node_rules, "nodeRules", "the nodes"),
        (&network.control_plane_rules, "controlPlaneRules", "the control plane"),
    ] {
        for (name, rule) in rules {
            report(context, what, rule, &at.key(below).key(name.as_str()), sink);
        }
    }
}

/// Whether only ports of the web are open; 443 of UDP is HTTP/3.
fn is_web(rule: &IngressRule) -> bool {
    let one_of =
        |ports: &Ports, known: &[u16]| ports.first() == ports.last() && known.contains(&ports.first());
    let some = !rule.tcp.is_empty() || !rule.udp.is_empty();
    some && rule.tcp.iter().all(|ports| one_of(ports, &WEB))
        && rule.udp.iter().all(|ports| one_of(ports, &[443]))
}

fn report(context: &Context<'_>, what: &str, rule: &IngressRule, at: &Address, sink: &mut Sink) {
    for (index, _) in rule.from.iter().enumerate().filter(|(_, peer)| is_everybody(peer)) {
        sink.report(
            PORT_OPEN_TO_ALL
                .at(context.spec.value(&at.key("from").index(index)), "everybody")
                .title(format!("{} of {what} {} open to the whole internet", ports(rule), verb(rule)))
                .why("open ports are found and tried within minutes")
                .help("name the networks or groups that need it, such as `{ cidr: 203.0.113.0/24 }`"),
        );
    }
}

/// Two halves are the whole, so a /1 is no better.
fn is_everybody(peer: &Peer) -> bool {
    match peer {
        Peer::Word(word) => *word == PeerWord::Internet,
        Peer::Range(range) => range.cidr.known().is_some_and(|range| range.prefix_len() <= 1),
        Peer::Range6(range) => range.cidr6.prefix_len() <= 1,
        Peer::Group(_) | Peer::List(_) => false,
    }
}

fn all(rule: &IngressRule) -> Vec<String> {
    let tcp = rule.tcp.iter().map(|ports| format!("{ports}/tcp"));
    tcp.chain(rule.udp.iter().map(|ports| format!("{ports}/udp"))).collect()
}

fn ports(rule: &IngressRule) -> String {
    let all = all(rule);
    match all.len() {
        0 => "every port".to_owned(),
        1 => format!("port {}", all.join("")),
        _ => format!("ports {}", all.join(", ")),
    }
}

fn verb(rule: &IngressRule) -> &'static str {
    if all(rule).len() > 1 { "are" } else { "is" }
}
