//! Address ranges and ports.

use std::net::Ipv4Addr;

use ipnet::{Ipv4Net, Ipv6Net};

use super::word::{shown, words};

words! {
    /// An IPv4 network, written `address/length`, with no bits set after the prefix.
    Cidr(Ipv4Net) = "cidr" by cidr, like ["10.0.0.0/16", "203.0.113.7/32"];

    /// An IPv6 network, written `address/length`, with no bits set after the prefix.
    Cidr6(Ipv6Net) = "cidr6" by cidr6, like ["2001:db8::/32", "::/0"];

    /// A port, or a range of them, written `first-last`.
    Ports((u16, u16)) = "ports" by ports, or "integer", like ["443", "27017-27019"];

    /// The id of a prefix list.
    PrefixListId = "prefix-list-id" by prefix_list, like ["pl-0a1b2c3d"];
}

impl Cidr6 {
    /// Length of the prefix, 0 to 128.
    pub fn prefix_len(&self) -> u8 {
        self.parts.prefix_len()
    }
}

impl Ports {
    /// The lowest port.
    pub fn first(&self) -> u16 {
        self.parts.0
    }

    /// The highest port; the lowest itself where there is only one.
    pub fn last(&self) -> u16 {
        self.parts.1
    }
}

impl Cidr {
    /// The network.
    pub fn net(&self) -> Ipv4Net {
        self.parts
    }

    /// Length of the prefix, 0 to 32.
    pub fn prefix_len(&self) -> u8 {
        self.parts.prefix_len()
    }

    /// How many addresses the network holds, the reserved ones counted.
    pub fn addresses(&self) -> u64 {
        1 << (32 - self.prefix_len().min(32))
    }

    /// Whether `other` lies inside this network.
    pub fn contains(&self, other: &Cidr) -> bool {
        self.parts.contains(&other.parts)
    }

    /// Whether the two networks share an address.
    pub fn overlaps(&self, other: &Cidr) -> bool {
        self.contains(other) || other.contains(self)
    }

    /// The subnet number `index` (from 0) of those that are `newbits` longer, as Terraform's `cidrsubnet` counts.
    /// `None` if there is no such subnet.
    pub fn subnet(&self, newbits: u8, index: u32) -> Option<Cidr> {
        let length = self.prefix_len().checked_add(newbits).filter(|length| *length <= 32)?;
        if u64::from(index) >= 1 << newbits {
            return None;
        }
        let offset = u64::from(index) << (32 - length);
        let first = u64::from(u32::from(self.parts.network())).checked_add(offset)?;
        let first = Ipv4Addr::from(u32::try_from(first).ok()?);
        Ipv4Net::new(first, length).ok().map(Cidr::from)
    }

    /// The address number `index` (from 0) of the network, as Terraform's `cidrhost` counts; `None` past its end.
    pub fn host(&self, index: u32) -> Option<Ipv4Addr> {
        let inside = u64::from(index) < self.addresses();
        u32::from(self.parts.network()).checked_add(index).filter(|_| inside).map(Ipv4Addr::from)
    }
}

impl From<Ipv4Net> for Cidr {
    /// The network of the address, its host bits cleared.
    fn from(net: Ipv4Net) -> Cidr {
        let net = net.trunc();
        Cidr { parts: net, text: net.to_string() }
    }
}

fn cidr(text: &str) -> Result<Ipv4Net, String> {
    if text.contains(':') {
        return Err(format!("{} is IPv6; write an IPv4 network such as `10.0.0.0/16`", shown(text)));
    }
    if let Ok(address) = text.parse::<Ipv4Addr>() {
        return Err(format!("{} has no prefix length; one address alone is `{address}/32`", shown(text)));
    }
    let wrong = |_| format!("{} is no IPv4 network; write one such as `10.0.0.0/16`", shown(text));
    let net: Ipv4Net = text.parse().map_err(wrong)?;
    if net.addr() != net.network() {
        return Err(format!(
            "{} has bits set after its prefix; the network is `{}`",
            shown(text),
            net.trunc()
        ));
    }
    // A length such as `08` reads as 8, but Terraform and AWS would see another text than ours.
    if net.to_string() != text {
        return Err(format!("{} is spelled `{net}`", shown(text)));
    }
    Ok(net)
}

fn cidr6(text: &str) -> Result<Ipv6Net, String> {
    let wrong = |_| format!("{} is no IPv6 network; write one such as `2001:db8::/32`", shown(text));
    let net: Ipv6Net = text.parse().map_err(wrong)?;
    if net.addr() != net.network() {
        return Err(format!(
            "{} has bits set after its prefix; the network is `{}`",
            shown(text),
            net.trunc()
        ));
    }
    // One network has one spelling, as Terraform would otherwise see a change where there is none.
    if net.to_string() != text {
        return Err(format!("{} is spelled `{net}`", shown(text)));
    }
    Ok(net)
}

fn ports(text: &str) -> Result<(u16, u16), String> {
    let rule = "a port is a number from 0 to 65535, and a range is written `27017-27019`";
    let port = |text: &str| -> Option<u16> {
        let number: u16 = text.parse().ok()?;
        (number.to_string() == text).then_some(number)
    };
    let read = match text.split_once('-') {
        None => port(text).map(|one| (one, one)),
        Some((first, last)) => port(first).zip(port(last)),
    };
    match read {
        None => Err(format!("{} is no port; {rule}", shown(text))),
        Some((first, last)) if first > last => {
            Err(format!("{} ends before it starts; write `{last}-{first}`", shown(text)))
        }
        Some((first, last)) if first == last && text.contains('-') => {
            Err(format!("{} is a single port, spelled `{first}`", shown(text)))
        }
        Some(range) => Ok(range),
    }
}

fn prefix_list(text: &str) -> Result<(), String> {
    let id = text.strip_prefix("pl-").filter(|id| matches!(id.len(), 8 | 17));
    match id {
        Some(id) if id.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f')) => Ok(()),
        _ => Err(format!("{} is no prefix list; write its id, such as `pl-0a1b2c3d`", shown(text))),
    }
}
