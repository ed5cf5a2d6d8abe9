//! Words for who is reached where: IPv6 networks, ports, prefix lists, names in the DNS.

use super::*;

#[test]
fn an_ipv6_network_has_one_spelling() {
    accepts::<Cidr6>(&["2001:db8::/32", "::/0", "2001:db8:0:1::/64"]);
    refuses::<Cidr6>(&[
        ("10.0.0.0/16", "no IPv6 network"),
        ("2001:db8::", "no IPv6 network"),
        ("2001:db8::1/64", "the network is `2001:db8::/64`"),
        ("2001:0db8::/32", "spelled `2001:db8::/32`"),
    ]);
}

#[test]
fn ports_are_one_or_a_range() {
    accepts::<Ports>(&["0", "443", "27017-27019", "0-65535"]);
    refuses::<Ports>(&[
        ("65536", "0 to 65535"),
        ("080", "no port"),
        ("90-80", "`80-90`"),
        ("80-80", "spelled `80`"),
        ("http", "no port"),
        ("-1", "no port"),
    ]);
    let range: Ports = word("27017-27019");
    assert_eq!((range.first(), range.last()), (27017, 27019));
}

#[test]
fn prefix_lists_are_named_by_their_id() {
    accepts::<PrefixListId>(&["pl-0a1b2c3d", "pl-0123456789abcdef0"]);
    refuses::<PrefixListId>(&[("0a1b2c3d", "`pl-0a1b2c3d`"), ("pl-xyz", "no prefix list")]);
}

#[test]
fn zones_hold_the_names_that_end_with_theirs() {
    accepts::<DomainName>(&["grafana.example.com", "*.example.com"]);
    refuses::<DomainName>(&[
        ("example", "two or more parts"),
        ("a.*.example.com", "not its first part"),
        ("Example.com", "small letters"),
        ("-a.example.com", "no domain name"),
    ]);
    accepts::<HostedZone>(&["example.com", "Z0123456789ABCDEFGHIJ"]);
    refuses::<HostedZone>(&[
        ("example.com.", "without the last dot"),
        ("*.example.com", "no `*`"),
        ("z1", "no hosted"),
    ]);
    let zone: HostedZone = word("example.com");
    for (name, inside) in
        [("example.com", true), ("*.example.com", true), ("a.example.com", true), ("an-example.com", false)]
    {
        assert_eq!(zone.may_hold(&word(name)), inside, "{name}");
    }
    assert!(word::<HostedZone>("Z0123456789ABCDEFGHIJ").may_hold(&word("anything.example.org")));
}
