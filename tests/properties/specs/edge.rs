//! Random ways in and out of the network: IPv6, records of traffic, security groups, a bastion, certificates.

use serde_json::{Value, json};

use super::{Maker, put};

impl Maker<'_, '_> {
    /// What a network has besides its subnets.
    pub(super) fn traffic(&mut self, network: &mut Value) {
        put(network, "ipv6", self.maybe(25, Self::ipv6));
        put(network, "flowLogs", self.maybe(30, Self::flow_logs));
        put(network, "securityGroups", self.maybe(35, Self::security_groups));
        let named = network.get("securityGroups").is_some();
        put(network, "nodeRules", self.maybe(25, |maker| json!({ "probes": maker.rule("from", named) })));
        put(
            network,
            "controlPlaneRules",
            self.maybe(20, |maker| json!({ "webhooks-2": maker.rule("from", named) })),
        );
    }

    fn ipv6(&mut self) -> Value {
        let mut tiers = json!({});
        for (tier, index) in [("private", 4), ("public", 40), ("intra", 80)] {
            put(
                &mut tiers,
                tier,
                self.maybe(40, |maker| json!({ "index": index, "assignOnCreation": maker.draw.chance(50) })),
            );
        }
        if tiers == json!({}) { json!({}) } else { json!({ "tiers": tiers }) }
    }

    fn flow_logs(&mut self) -> Value {
        let mut logs = json!({});
        put(
            &mut logs,
            "cloudWatch",
            self.maybe(50, |maker| {
                let mut group = json!({ "retentionDays": *maker.draw.pick(&[1, 30, 365]) });
                put(&mut group, "key", maker.maybe(40, |maker| maker.given("flow_key", "arn")));
                group
            }),
        );
        put(
            &mut logs,
            "s3",
            self.maybe(50, |maker| match maker.draw.chance(50) {
                true => json!({ "arn": maker.given("flow_bucket", "arn") }),
                false => json!({ "arn": "arn:aws:s3:::flow-logs/of-it/" }),
            }),
        );
        put(
            &mut logs,
            "traffic",
            self.maybe(50, |maker| json!(maker.draw.pick(&["all", "accept", "reject"]))),
        );
        put(&mut logs, "aggregation", self.maybe(50, |maker| json!(maker.draw.pick(&[60, 600]))));
        logs
    }

    fn security_groups(&mut self) -> Value {
        let mut groups = json!({});
        for name in ["public", "internal-2"].iter().take(1 + self.draw.below(2)) {
            let mut group = json!({});
            put(&mut group, "description", self.maybe(50, |_| json!("of ${it} {and} [that]; $x *")));
            put(&mut group, "ingress", self.maybe(70, |maker| json!({ "first": maker.rule("from", true) })));
            put(
                &mut group,
                "egress",
                self.maybe(40, |maker| match maker.draw.chance(50) {
                    true => json!({}),
                    false => json!({ "out": maker.rule("to", true) }),
                }),
            );
            groups[*name] = group;
        }
        groups
    }

    /// A rule; `named` says whether a group called `public` exists.
    fn rule(&mut self, side: &str, named: bool) -> Value {
        let mut rule = json!({});
        put(
            &mut rule,
            "tcp",
            self.maybe(70, |maker| maker.draw.pick(&[json!([443]), json!(["27017-27019", 80])]).clone()),
        );
        put(&mut rule, "udp", self.maybe(20, |_| json!([53])));
        let range =
            if self.draw.chance(30) { json!({ "input": "peer_cidr" }) } else { json!("10.128.0.0/9") };
        let mut peers = vec![
            json!("vpc"),
            json!({ "cidr": range }),
            json!("nodes"),
            json!("control-plane"),
            json!("bastion"),
            json!({ "cidr6": "2001:db8::/32" }),
            json!({ "prefixList": "pl-0a1b2c3d" }),
        ];
        if named {
            peers.extend([json!({ "group": "public" })]);
        }
        let mut chosen = self.draw.some(&peers, 25);
        if chosen.is_empty() {
            chosen.push(peers[0].clone());
        }
        if chosen.iter().any(|peer| peer["cidr"].get("input").is_some()) {
            self.given("peer_cidr", "cidr");
        }
        rule[side] = json!(chosen);
        rule
    }

    /// The bastion, certificates, and whether all of it is protected.
    pub(super) fn edge(&mut self, aws: &mut Value) {
        let has_public = aws["network"]["nat"] != json!("none");
        if has_public {
            put(
                aws,
                "bastion",
                self.maybe(30, |maker| {
                    let mut bastion = json!({});
                    put(&mut bastion, "instanceType", maker.maybe(30, |_| json!("t3.micro")));
                    put(
                        &mut bastion,
                        "ssh",
                        maker.maybe(50, |maker| {
                            let range = match maker.draw.chance(50) {
                                true => maker.given("operator_cidr", "cidr"),
                                false => json!("203.0.113.7/32"),
                            };
                            json!({ "from": [range], "key": "it's \"my\" ${key}" })
                        }),
                    );
                    bastion
                }),
            );
        }
        put(
            aws,
            "certificates",
            self.maybe(30, |maker| {
                let mut certificate =
                    json!({ "domain": *maker.draw.pick(&["example.com", "*.example.com"]) });
                put(&mut certificate, "alternatives", maker.maybe(30, |_| json!(["www.example.com"])));
                put(
                    &mut certificate,
                    "zone",
                    maker
                        .maybe(60, |maker| json!(maker.draw.pick(&["example.com", "Z0123456789ABCDEFGHIJ"]))),
                );
                json!({ "site-1": certificate })
            }),
        );
        put(aws, "protect", self.maybe(20, |_| json!(true)));
    }
}
