//! Random things that run on a cluster, and how they get there.

use serde_json::{Value, json};

use super::{Maker, put};

impl Maker<'_, '_> {
    /// Add-ons and components: what exists as both is taken once.
    pub(super) fn running(&mut self, karpenter: bool) -> (Option<Value>, Option<Value>) {
        let (mut addons, mut components) = (json!({}), json!({}));
        for both in ["aws-ebs-csi-driver", "aws-efs-csi-driver", "snapshot-controller", "metrics-server"] {
            match self.draw.below(4) {
                1 => addons[both] = json!({}),
                2 => components[both] = self.using(json!({}), both),
                _ => {}
            }
        }
        put(&mut addons, "vpc-cni", self.maybe(30, |maker| {
            json!({ "version": *maker.draw.pick(&["default", "newest", "v1.20.4-eksbuild.1"]), "conflicts": "preserve",
                "mechanism": *maker.draw.pick(&["irsa", "pod-identity"]),
                "configuration": { "enableNetworkPolicy": "true", "env": { "WARM_ENI_TARGET": "1", "ADDITIONAL_ENI_TAGS": "${x} %{y}" } } })
        }));
        for name in [
            "aws-load-balancer-controller",
            "node-problem-detector",
            "nvidia-device-plugin",
            "external-secrets",
            "descheduler",
            "secrets-store-csi-driver-provider-aws",
        ] {
            put(&mut components, name, self.maybe(25, |maker| maker.using(json!({}), name)));
        }
        put(
            &mut components,
            "external-dns",
            self.maybe(25, |maker| {
                maker.using(
                    json!({ "zoneIds": ["Z0123456789ABCDEFGHIJ"], "domains": ["yes.example"] }),
                    "external-dns",
                )
            }),
        );
        put(
            &mut components,
            "envoy-gateway",
            self.maybe(25, |maker| {
                maker.using(
                    json!({ "gateway": { "hostname": "*.example.com" }, "sourceRanges": ["203.0.113.0/24"] }),
                    "envoy-gateway",
                )
            }),
        );
        put(
            &mut components,
            "cert-manager",
            self.maybe(25, |maker| {
                let params = *maker
                    .draw
                    .pick(&["{}", r#"{ "email": "ops@example.com", "solver": "route53", "zoneId": "Z1" }"#]);
                maker.using(serde_json::from_str(params).unwrap(), "cert-manager")
            }),
        );
        put(
            &mut components,
            "kube-prometheus-stack",
            self.maybe(20, |maker| {
                maker.using(
                    json!({ "storage": { "size": "50Gi" }, "retention": "10d" }),
                    "kube-prometheus-stack",
                )
            }),
        );
        put(
            &mut components,
            "cluster-autoscaler",
            if karpenter { None } else { self.maybe(25, |_| json!(null)) },
        );
        put(&mut components, "own", self.maybe(25, |_| {
            json!({ "helm": { "repository": "oci://ghcr.io/example/own", "chart": "own", "version": "1.2.3", "namespace": "own" },
                "values": { "on": "yes", "port": "0x1F", "script": "a\n  b\n", "shell": "${HOME} $$1 $x" } })
        }));
        let filled = |value: Value| value.as_object().is_some_and(|map| !map.is_empty()).then_some(value);
        (filled(addons), filled(components))
    }

    fn using(&mut self, params: Value, name: &str) -> Value {
        let mut used = json!({});
        if params.as_object().is_some_and(|params| !params.is_empty()) {
            used["params"] = params;
        }
        put(&mut used, "mechanism", self.maybe(20, |_| json!("irsa")));
        put(
            &mut used,
            "values",
            self.maybe(30, |_| json!({ "extra": { name: ["1e3", "~", "no", null, 7, "${z}"] } })),
        );
        used
    }

    pub(super) fn apps(&mut self) -> Value {
        let mut apps = json!({});
        for name in ["web", "jobs"].iter().take(1 + self.draw.below(2)) {
            let deployment = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\nspec:\n  template:\n    spec:\n      containers:\n        - { name: web, image: web }\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web }\n";
            self.files.insert(format!("clusters/{name}/deployment.yaml"), deployment.to_owned());
            if self.draw.chance(40) {
                let two = "apiVersion: v1\nkind: ConfigMap\nmetadata: { name: a }\ndata: { id: \"${account}\" }\n---\napiVersion: v1\nkind: Namespace\nmetadata: { name: web }\n";
                self.files.insert(format!("clusters/{name}/more/two.yml"), two.to_owned());
            } else if self.draw.chance(40) {
                let own = "resources: [ deployment.yaml ]\n";
                self.files.insert(format!("clusters/{name}/kustomization.yaml"), own.to_owned());
                self.files
                    .insert(format!("clusters/{name}/notes.txt"), "no manifest, no line break".to_owned());
            }
            let mut app = json!({ "source": *self.draw.pick(&[name.to_string(), format!("./{name}")]) });
            put(
                &mut app,
                "namespace",
                self.maybe(60, |maker| json!(maker.draw.pick(&["web", "default", "own-space"]))),
            );
            put(
                &mut app,
                "images",
                self.maybe(40, |_| json!({ "web": { "name": "registry.example.com/web", "tag": "1.10" } })),
            );
            put(&mut app, "patches", self.maybe(40, |_| {
                json!([{ "target": { "kind": "Deployment", "name": "web" }, "merge": { "spec": { "replicas": 3,
                    "template": { "metadata": { "annotations": { "x": "yes", "y": "it's ${HOME}" } } } } } }])
            }));
            apps[*name] = app;
        }
        apps
    }

    pub(super) fn identities(&mut self, namespace: &str) -> Value {
        let mut web = json!({ "serviceAccount": format!("{namespace}/web") });
        if self.draw.chance(30) {
            web["mechanism"] = json!("irsa");
            // An account that is named would have to name its role.
            web["serviceAccount"] = json!(format!("{namespace}/w*"));
        }
        if self.draw.chance(50) {
            web["managedPolicies"] = json!(["AmazonEBSCSIDriverPolicyV2"]);
        } else {
            web["statements"] = json!([{ "sid": "Reads", "actions": ["s3:Get*"], "resources": ["arn:aws:s3:::a/${aws:username}/*"],
                "conditions": { "StringLike": { "aws:PrincipalTag/x": ["a*", "b"], "s3:prefix": "c" } } }]);
        }
        json!({ "web": web })
    }

    pub(super) fn gitops(&mut self) -> Value {
        let ssh = self.draw.chance(50);
        let bootstrap = *self.draw.pick(&["operator", "terraform", "cli"]);
        let repository = if ssh {
            "ssh://git@github.com/demo/platform.git"
        } else {
            "https://git.example.com:8443/demo/platform"
        };
        let mut flux = json!({ "repository": repository, "bootstrap": bootstrap });
        put(
            &mut flux,
            "branch",
            self.maybe(40, |maker| match maker.draw.chance(50) {
                true => maker.given("branch", "branch"),
                false => json!("release/1.2"),
            }),
        );
        put(&mut flux, "path", self.maybe(30, |_| json!("clusters/out/kube")));
        if ssh || bootstrap == "terraform" || self.draw.chance(50) {
            flux["auth"] = match ssh {
                true => {
                    json!({ "ssh": { "privateKey": self.given("git_key", "string"), "knownHosts": self.given("git_hosts", "string") } })
                }
                false => json!({ "token": { "password": self.given("git_token", "string") } }),
            };
        }
        if bootstrap == "terraform" && self.draw.chance(50) {
            flux["signing"] = json!({ "keyRing": self.given("key_ring", "string"), "keyId": self.given("key_id", "string") });
        }
        let mut gitops = json!({ "flux": flux });
        put(&mut gitops, "layers", self.maybe(40, |_| {
            json!({ "apps": { "interval": "1m30s", "wait": false }, "controllers": { "timeout": "20m", "prune": false } })
        }));
        put(&mut gitops, "facts", self.maybe(40, |maker| {
            json!({ "account": { "output": "account_id" }, "bucket": "a\"b ${c}", "vpc": { "output": "vpc_id" },
                "who": maker.given("who", "string") })
        }));
        gitops
    }
}
