//! The resolved spec with the place that set each of its values.

use std::collections::BTreeMap;

use serde_json::{Value, json};

use crate::cluster::Cluster;
use crate::source::{Address, Origin, Segment, Sources};
use crate::spec::Spec;
use crate::syntax::yaml::{Kind, Notes, print};

/// Up to which column the places of long lines are aligned.
const WIDEST: usize = 72;

/// The YAML of a resolved cluster; each value is followed by the file and line that set it, or by `default`.
pub(super) fn annotated(cluster: &Cluster, spec: &Spec, sources: &Sources) -> String {
    let mut notes = Notes::default();
    let resolved = json!(cluster);
    let meant = Meant { cluster, resolved: &resolved };
    leaves(&resolved, &meant, &mut Vec::new(), &mut notes.origins);
    let printed = print(&resolved, &notes);
    let mut before = &None;
    let mut rows: Vec<(&str, Option<String>)> = Vec::new();
    for (line, origin) in printed.text.lines().zip(&printed.lines) {
        // The lines of a block belong to the one that opens it.
        let opens = origin != before;
        before = origin;
        let place = match origin {
            Some(Origin::Spec(address)) if opens => Some(setter(address, spec, sources)),
            _ => None,
        };
        rows.push((line, place));
    }
    let lengths = rows.iter().filter(|(_, place)| place.is_some()).map(|(line, _)| line.chars().count());
    let width = lengths.filter(|length| *length <= WIDEST).max().unwrap_or(0);
    let shown = rows.into_iter().map(|(line, place)| match place {
        Some(place) => format!("{line:<width$}  # {place}\n"),
        None => format!("{line}\n"),
    });
    shown.collect()
}

/// The cluster, as it is and as it is shown.
struct Meant<'a> {
    cluster: &'a Cluster,
    resolved: &'a Value,
}

/// Names each value by its JSON pointer, with the address in the spec that decides it.
fn leaves(value: &Value, cluster: &Meant<'_>, steps: &mut Vec<Segment>, out: &mut BTreeMap<String, Origin>) {
    match value {
        Value::Object(map) if !map.is_empty() => {
            for (key, below) in map {
                steps.push(Segment::Key(key.clone()));
                leaves(below, cluster, steps, out);
                steps.pop();
            }
        }
        Value::Array(items) if !items.is_empty() => {
            for (index, below) in items.iter().enumerate() {
                steps.push(Segment::Index(index));
                leaves(below, cluster, steps, out);
                steps.pop();
            }
        }
        _ => {
            let step = |step: &Segment| match step {
                Segment::Key(key) => format!("/{}", key.replace('~', "~0").replace('/', "~1")),
                Segment::Index(index) => format!("/{index}"),
            };
            let pointer = steps.iter().map(step).collect();
            out.insert(pointer, Origin::Spec(address(steps, cluster)));
        }
    }
}

/// Where the spec decides what stands at these steps of the resolved cluster.
fn address(steps: &[Segment], meant: &Meant<'_>) -> Address {
    let Some((Segment::Key(first), rest)) = steps.split_first() else { return Address::root() };
    let network = || Address::of("spec.aws.network");
    match (first.as_str(), rest) {
        ("network", [Segment::Key(key)]) if key == "serviceCidr" => {
            return Address::of("spec.aws.serviceCidr");
        }
        ("network", [Segment::Key(key)]) if key == "controlPlaneTier" => {
            return Address::of("spec.aws.endpoint.tier");
        }
        ("network", [Segment::Key(key), rest @ ..]) if key == "subnetGroups" => {
            return below(network().key("tiers").key("database").key("subnetGroups"), rest);
        }
        ("network", [Segment::Key(key), Segment::Index(index), Segment::Key(part), rest @ ..])
            if key == "subnets" =>
        {
            return below(subnet(*index, part, meant.resolved).unwrap_or_else(network), rest);
        }
        ("karpenter", [Segment::Key(key)]) if key == "nodeRole" || key == "queue" => {
            return Address::of("spec.aws.karpenter").key(&format!("{key}Name"));
        }
        // One entry may stand for a group in each zone.
        ("nodeGroups", [Segment::Key(name), rest @ ..]) => {
            let of_name = meant.cluster.node_groups.iter().find(|(key, _)| key.as_str() == name);
            if let Some((_, group)) = of_name {
                return below(group.address.clone(), rest);
            }
        }
        ("components", [Segment::Key(name), Segment::Key(part)]) if part == "name" => {
            return Address::of("spec.components").key(name);
        }
        _ => {}
    }
    below(Cluster::decided_by(first).unwrap_or_else(|| Address::root().key(first)), rest)
}

fn below(address: Address, steps: &[Segment]) -> Address {
    steps.iter().fold(address, |address, step| match step {
        Segment::Key(key) => address.key(key),
        Segment::Index(index) => address.index(*index),
    })
}

/// What decides a part of a subnet: its tier's ranges, the zones, or the tier itself.
fn subnet(index: usize, part: &str, cluster: &Value) -> Option<Address> {
    let subnets = cluster.pointer("/network/subnets")?.as_array()?;
    let tier = subnets.get(index)?.get("tier")?.as_str()?;
    let of_tier = |subnet: &&Value| subnet.get("tier").and_then(Value::as_str) == Some(tier);
    let nth = subnets.iter().take(index).filter(of_tier).count();
    let network = Address::of("spec.aws.network");
    let ipv6 = network.key("ipv6").key("tiers").key(tier);
    let tier = network.key("tiers").key(tier);
    Some(match part {
        "ipv6" => ipv6,
        "publicIps" => tier.key("publicIps"),
        "cidr" => tier.key("cidrs").index(nth),
        "zone" => network.key("zones").index(nth),
        "tags" => tier.key("tags"),
        _ => tier,
    })
}

/// The file and line that set what stands at an address, or `default`.
fn setter(address: &Address, spec: &Spec, sources: &Sources) -> String {
    let found = place(address, spec, sources).or_else(|| place(&elsewhere(address)?, spec, sources));
    found.unwrap_or_else(|| "default".to_owned())
}

/// The other key that can decide the same thing.
fn elsewhere(address: &Address) -> Option<Address> {
    let parent = address.parent()?;
    match address.segments() {
        [.., Segment::Key(tiers), _, Segment::Key(_), Segment::Index(_)] if tiers == "tiers" => {
            Some(parent.parent()?.key("newbits"))
        }
        [_, Segment::Key(components), _, Segment::Key(part)] if components == "components" => {
            Some(parent.key("helm").key(part))
        }
        _ => None,
    }
}

/// The file and line of the value at an address, or of the single value that it unfolds from.
fn place(address: &Address, spec: &Spec, sources: &Sources) -> Option<String> {
    let mut at = address.clone();
    let found = loop {
        if let Some(node) = spec.document.find(&at) {
            break node;
        }
        at = at.parent()?;
    };
    let is_whole = at == *address;
    let is_short =
        matches!(spec.document.kind(found), Kind::Scalar { .. }) && !spec.document.scalar(found).is_null();
    if !is_whole && !is_short {
        return None;
    }
    let span = if is_short { spec.value(&at) } else { spec.key(&at) };
    sources.show(span).rsplit_once(':').map(|(line, _)| line.to_owned())
}
