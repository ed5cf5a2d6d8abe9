//! Random specs that mean something.

mod foundation;
mod nodes;
mod running;

use std::collections::BTreeMap;

use clusterc::source::MemoryFiles;
use serde_json::{Map, Value, json};

use super::draw::Draw;

/// A spec and the files that it names.
pub(super) struct Made {
    pub(super) spec: Value,
    pub(super) files: MemoryFiles,
}

/// Makes a spec, and notes the inputs that it uses.
struct Maker<'d, 'n> {
    draw: &'d mut Draw<'n>,
    inputs: BTreeMap<&'static str, &'static str>,
    files: BTreeMap<String, String>,
}

/// A spec with its files.
pub(super) fn made(draw: &mut Draw<'_>) -> Made {
    let mut maker = Maker { draw, inputs: BTreeMap::new(), files: BTreeMap::new() };
    let mut spec = maker.spec();
    let inputs: Map<String, Value> =
        maker.inputs.clone().into_iter().map(|(name, kind)| (name.to_owned(), maker.input(kind))).collect();
    if !inputs.is_empty() {
        spec["spec"]["inputs"] = Value::Object(inputs);
    }
    Made { spec, files: MemoryFiles(maker.files) }
}

/// Puts a value under a key, if there is one.
fn put(into: &mut Value, key: &str, value: Option<Value>) {
    if let Some(value) = value {
        into[key] = value;
    }
}

impl Maker<'_, '_> {
    fn given(&mut self, name: &'static str, kind: &'static str) -> Value {
        self.inputs.insert(name, kind);
        json!({ "input": name })
    }

    fn maybe(&mut self, percent: usize, make: impl FnOnce(&mut Self) -> Value) -> Option<Value> {
        self.draw.chance(percent).then(|| make(self))
    }

    fn input(&mut self, kind: &str) -> Value {
        let mut input = json!({ "type": kind });
        put(
            &mut input,
            "description",
            self.maybe(50, |maker| {
                json!(maker.draw.pick(&[
                    "What it is for.",
                    "a | b \\| c",
                    "two\nlines",
                    "`code` <b>",
                    "$x ${y} %{z}"
                ]))
            }),
        );
        put(
            &mut input,
            "source",
            self.maybe(50, |maker| {
                json!(maker.draw.pick(&[
                    "op://infra/it's/x",
                    "env:SOME_NAME",
                    "vault://a/b#c",
                    "aws-sm://name"
                ]))
            }),
        );
        put(&mut input, "sensitive", self.maybe(30, |_| json!(true)));
        input
    }

    fn pairs(&mut self, from: &[(&str, &str)], percent: usize) -> Option<Value> {
        let pairs: Map<String, Value> = self
            .draw
            .some(from, percent)
            .into_iter()
            .map(|(key, value)| (key.to_owned(), json!(value)))
            .collect();
        (!pairs.is_empty()).then_some(Value::Object(pairs))
    }

    fn spec(&mut self) -> Value {
        let region =
            *self.draw.pick(&["eu-west-1", "us-east-1", "us-west-2", "ap-northeast-1", "cn-north-1"]);
        let name =
            *self.draw.pick(&["demo", "a", "prod-eu-1", "null", "a-name-that-is-as-long-as-names-get-here"]);
        let version = *self.draw.pick(&["1.35", "1.36", "1.34"]);
        let partition = if region.starts_with("cn-") { "aws-cn" } else { "aws" };
        let mut aws = json!({ "region": region, "state": { "s3": { "bucket": "demo-tf-state" } } });
        aws["access"] = self.access(partition);
        self.authentication(partition, &mut aws);
        let network = self.network(region);
        aws["network"] = network;
        put(
            &mut aws,
            "account",
            self.maybe(20, |maker| match maker.draw.chance(50) {
                true => maker.given("account", "account-id"),
                false => json!("111122223333"),
            }),
        );
        put(
            &mut aws,
            "endpoint",
            self.maybe(50, |maker| {
                let public = match maker.draw.below(3) {
                    0 => json!([]),
                    1 => json!(["203.0.113.0/24", "198.51.100.7/32"]),
                    _ => json!([maker.given("operator_cidr", "cidr"), "203.0.113.0/24"]),
                };
                json!({ "private": true, "public": public })
            }),
        );
        put(
            &mut aws,
            "encryption",
            self.maybe(30, |maker| {
                let existing = maker.given("kms_key", "arn");
                let user = format!("arn:{partition}:iam::111122223333:user/keys/{name}");
                let shared = json!({ "administrators": [user], "users": [maker.given("access_role", "iam-role-arn")] });
                json!({ "secrets": *maker.draw.pick(&[json!("none"), json!("managed"), existing, shared]) })
            }),
        );
        put(&mut aws, "logs", self.maybe(30, |maker| {
            json!({ "types": maker.draw.some(&["api", "audit", "scheduler"], 60), "retentionDays": *maker.draw.pick(&[1, 30, 3653]) })
        }));
        put(&mut aws, "nodeGroups", self.maybe(70, Self::node_groups));
        put(&mut aws, "karpenter", self.maybe(50, |maker| maker.karpenter(region)));
        put(
            &mut aws,
            "audit",
            self.maybe(20, |maker| {
                json!({ "cloudTrail": { "dataEvents": maker.draw.some(&["sqs", "s3", "lambda"], 50),
                "multiRegion": maker.draw.chance(50), "deleteWithCluster": maker.draw.chance(50) } })
            }),
        );
        let karpenter = aws.get("karpenter").is_some();
        let mut body = json!({ "kubernetes": { "version": version } });
        if self.draw.chance(20) {
            body["kubernetes"]["support"] = json!("extended");
        }
        let (addons, components) = self.running(karpenter);
        put(&mut aws, "addons", addons);
        put(&mut body, "components", components);
        put(&mut body, "apps", self.maybe(50, Self::apps));
        if body.get("apps").is_some() {
            let namespace =
                body["apps"]["web"].get("namespace").and_then(Value::as_str).unwrap_or("default").to_owned();
            put(&mut aws, "identities", self.maybe(50, |maker| maker.identities(&namespace)));
        }
        let delivers = karpenter || body.get("apps").is_some() || body.get("components").is_some();
        if delivers || self.draw.chance(70) {
            body["gitops"] = self.gitops();
        }
        put(&mut aws, "foundation", self.maybe(30, |maker| maker.foundation(partition)));
        put(&mut aws, "permissionsBoundary", self.maybe(20, Self::boundary));
        body["aws"] = aws;
        let mut metadata = json!({ "name": name });
        put(
            &mut metadata,
            "tags",
            self.pairs(&[("team", "data"), ("Environment", "dev: 1"), ("cost/center", "007")], 30),
        );
        json!({ "apiVersion": "clusterc.dev/v1alpha1", "kind": "Cluster", "metadata": metadata, "spec": body })
    }

    fn access(&mut self, partition: &str) -> Value {
        let role = |name: &str| json!(format!("arn:{partition}:iam::111122223333:role/{name}"));
        let mut access = json!({ "admins": { "principal": role("admins"), "policy": "cluster-admin" } });
        put(&mut access, "developers", self.maybe(40, |_| {
            json!({ "principal": role("team/developers"), "policy": "edit", "namespaces": ["web", "kube-public"] })
        }));
        put(&mut access, "readers", self.maybe(40, |maker| {
            json!({ "principal": maker.given("access_role", "iam-role-arn"), "groups": ["read:only", "it's \"them\""] })
        }));
        access
    }

    /// Where the entries are looked up, roles for people, and the role that Terraform acts as.
    fn authentication(&mut self, partition: &str, aws: &mut Value) {
        let mode = *self.draw.pick(&["api", "api", "api-and-config-map", "config-map"]);
        if mode != "api" {
            aws["authentication"] = json!(mode);
        }
        if mode == "config-map" && aws["access"].get("developers").is_some() {
            aws["access"]["developers"] = json!({ "principal": format!("arn:{partition}:iam::111122223333:user/a/b"), "groups": ["team:b"] });
        }
        if self.draw.chance(30) {
            aws["roles"] = json!({ "people": { "trust": [format!("arn:{partition}:iam::111122223333:user/ann")],
                "assume": [self.given("access_role", "iam-role-arn")], "path": "/people/", "maxSession": 3 } });
            aws["access"]["people"] = json!({ "principal": { "role": "people" }, "groups": ["a:b", "c"], "username": "x:{{SessionName}}" });
        }
        if self.draw.chance(30) {
            let role = self.given("runner", "iam-role-arn");
            aws["access"]["runner"] = json!({ "principal": role, "policy": "cluster-admin" });
            aws["assumeRole"] = json!({ "role": role, "session": "a@b" });
        }
    }

    fn network(&mut self, region: &str) -> Value {
        let mut network = json!({});
        let few = if region == "cn-north-1" { 2 } else { 3 };
        let letters = match region {
            "ap-northeast-1" => ["d", "a", "c"],
            "cn-north-1" => ["b", "a", "a"],
            _ => ["b", "a", "c"],
        };
        let named = |count: usize| {
            json!(letters[..count].iter().map(|at| format!("{region}{at}")).collect::<Vec<_>>())
        };
        let zones = [json!(2), json!(few), named(2), named(few)];
        put(
            &mut network,
            "zones",
            (few == 2 || self.draw.chance(50)).then(|| self.draw.pick(&zones).clone()),
        );
        let nat = *self.draw.pick(&["single", "per-zone", "none"]);
        network["nat"] = json!(nat);
        put(
            &mut network,
            "cidr",
            self.maybe(30, |maker| json!(maker.draw.pick(&["10.64.0.0/16", "192.168.0.0/17"]))),
        );
        put(
            &mut network,
            "tiers",
            self.maybe(40, |maker| {
                let mut tiers = json!({ "private": { "newbits": 3 + maker.draw.below(3) } });
                put(
                    &mut tiers,
                    "public",
                    (nat != "none").then(|| json!({ "newbits": 6 + maker.draw.below(3) })),
                );
                put(
                    &mut tiers,
                    "intra",
                    maker.maybe(50, |maker| json!({ "newbits": 8 + maker.draw.below(3) })),
                );
                put(
                    &mut tiers,
                    "database",
                    maker.maybe(50, |_| json!({ "newbits": 8, "tags": { "for": "data base" } })),
                );
                tiers
            }),
        );
        network
    }
}
