//! Random nodes: fixed groups, and what Karpenter may make.

use serde_json::{Value, json};

use super::{Maker, put};

const ARM: [&str; 5] = ["m7g.large", "m6g.large", "c7g.xlarge", "t4g.large", "r7g.xlarge"];
const AMD: [&str; 5] = ["m7i.large", "m6i.large", "t3.large", "c6i.xlarge", "r6i.large"];
const TAINTS: [(&str, &str); 4] =
    [("dedicated", "ci"), ("nvidia.com/gpu", "true"), ("example.com/only", "007"), ("spot", "")];
const LABELS: [(&str, &str); 5] =
    [("team", "data"), ("example.com/tier", "1e3"), ("on", "yes"), ("ratio", "0x1F"), ("empty", "")];

impl Maker<'_, '_> {
    fn taints(&mut self) -> Option<Value> {
        let effect = *self.draw.pick(&["NoSchedule", "NoExecute", "PreferNoSchedule"]);
        let taint = |(key, value): (&str, &str)| match value {
            "" => json!({ "key": key, "effect": effect }),
            value => json!({ "key": key, "value": value, "effect": effect }),
        };
        let taints: Vec<Value> = self.draw.some(&TAINTS, 25).into_iter().map(taint).collect();
        (!taints.is_empty()).then(|| json!(taints))
    }

    fn disk(&mut self) -> Option<Value> {
        self.maybe(30, |maker| {
            let mut disk = json!({ "size": *maker.draw.pick(&["50Gi", "100Gi", "30Gi"]) });
            if maker.draw.chance(50) {
                disk["iops"] = json!(4000);
                disk["throughput"] = json!(250);
            }
            disk
        })
    }

    fn self_managed(&mut self) -> Option<Value> {
        self.maybe(30, |maker| {
            let mut own = json!({});
            put(&mut own, "warmUp", maker.maybe(30, |_| json!("1m30s")));
            let refreshes = [json!("off"), json!({}), json!({ "minHealthyPercent": 50, "rollback": true })];
            put(&mut own, "refresh", maker.maybe(50, |maker| maker.draw.pick(&refreshes).clone()));
            own
        })
    }

    pub(super) fn node_groups(&mut self) -> Value {
        let mut groups = json!({});
        let names = ["system", "general", "gpu-2"];
        for (index, name) in names.iter().take(1 + self.draw.below(3)).enumerate() {
            let arm = self.draw.chance(50);
            let mut types = self.draw.some(if arm { &ARM } else { &AMD }, 40);
            if types.is_empty() {
                types.push(if arm { ARM[0] } else { AMD[0] });
            }
            let mut group =
                json!({ "instanceTypes": types, "size": { "min": 2 + self.draw.below(3), "max": 6 } });
            put(
                &mut group,
                "os",
                self.maybe(50, |maker| json!(maker.draw.pick(&["bottlerocket", "al2023"]))),
            );
            put(&mut group, "arch", self.maybe(30, |_| json!(if arm { "arm64" } else { "amd64" })));
            put(&mut group, "capacity", self.maybe(30, |_| json!("spot")));
            put(&mut group, "disk", self.disk());
            put(&mut group, "labels", self.pairs(&LABELS, 20));
            let own = self.self_managed();
            if own.is_none() {
                put(
                    &mut group,
                    "maxUnavailable",
                    self.maybe(30, |maker| maker.draw.pick(&[json!(1), json!("33%")]).clone()),
                );
            }
            put(&mut group, "selfManaged", own);
            put(&mut group, "metadata", self.maybe(20, |_| json!({ "hopLimit": 2 })));
            let critical = json!([{ "key": "CriticalAddonsOnly", "effect": "NoSchedule" }]);
            put(&mut group, "taints", if index > 0 { self.taints() } else { self.maybe(30, |_| critical) });
            groups[*name] = group;
        }
        groups
    }

    pub(super) fn karpenter(&mut self, region: &str) -> Value {
        let mut karpenter = json!({ "pools": {} });
        put(&mut karpenter, "nodeRoleName", self.maybe(20, |_| json!("Own+role=name,x.@_-")));
        put(&mut karpenter, "queueName", self.maybe(20, |_| json!("own_queue-1")));
        if self.draw.chance(50) {
            let mut class = json!({ "os": *self.draw.pick(&["bottlerocket", "al2023"]) });
            put(&mut class, "disk", self.disk());
            put(&mut class, "tags", self.pairs(&[("a b", "c=d"), ("made-by", "karpenter @ 1")], 50));
            put(&mut class, "instanceStore", self.maybe(30, |_| json!(true)));
            karpenter["classes"] = json!({ "fast": class });
        }
        for name in ["general", "on", "gpu"].iter().take(1 + self.draw.below(3)) {
            let mut pool = json!({});
            put(
                &mut pool,
                "class",
                (karpenter.get("classes").is_some() && self.draw.chance(50)).then(|| json!("fast")),
            );
            match self.draw.below(3) {
                0 => pool["families"] = json!(["c", "m"]),
                1 => {
                    pool["families"] = json!(["m7g", "r6g"]);
                    pool["arch"] = json!(["arm64"]);
                }
                _ => pool["instanceTypes"] = json!(["m7i.large", "c6i.xlarge"]),
            }
            put(&mut pool, "capacity", self.maybe(50, |_| json!(["spot", "on-demand"])));
            put(&mut pool, "zones", self.maybe(10, |_| json!([format!("{region}a")])));
            put(&mut pool, "labels", self.pairs(&LABELS, 20));
            put(&mut pool, "taints", self.taints());
            put(
                &mut pool,
                "limits",
                self.maybe(70, |_| json!({ "cpu": 100, "memory": "100Gi", "nvidia.com/gpu": "1k" })),
            );
            put(
                &mut pool,
                "expireAfter",
                self.maybe(40, |maker| json!(maker.draw.pick(&["Never", "720h", "1h30m"]))),
            );
            put(&mut pool, "weight", self.maybe(30, |_| json!(10)));
            put(&mut pool, "disruption", self.maybe(40, |_| {
                json!({ "consolidate": "when-empty", "after": "30s", "budgets": [{ "nodes": "10%" },
                    { "nodes": "0", "schedule": "0 8 * * mon-fri", "duration": "8h", "reasons": ["Drifted"] }] })
            }));
            put(&mut pool, "requirements", self.maybe(30, |_| {
                json!([{ "key": "karpenter.k8s.aws/instance-cpu", "operator": "Lt", "values": ["33"] }])
            }));
            karpenter["pools"][*name] = pool;
        }
        karpenter
    }
}
