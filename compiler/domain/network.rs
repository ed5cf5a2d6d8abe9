//! Address ranges.

use std::net::Ipv4Addr;

use ipnet::Ipv4Net;

use super::word::{shown, words};

words! {
    /// An IPv4 network, written `address/length`, with no bits set after the prefix.
    Cidr(Ipv4Net) = "cidr" by cidr, like ["10.0.0.0/16", "203.0.113.7/32"];
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
