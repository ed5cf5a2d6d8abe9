//! Random secrets from AWS, notifications, and the order in which Flux applies.

use serde_json::{Value, json};

use super::{Maker, put};

impl Maker<'_, '_> {
    /// Secrets that are copied into the namespace of Flux, which is there by itself.
    pub(super) fn external_secrets(&mut self) -> Value {
        let mut secrets = json!({
            "hook": { "namespaces": ["flux-system"], "keys": { "address": { "from": "teams/hook" } } }
        });
        put(
            &mut secrets["hook"],
            "refresh",
            self.maybe(30, |maker| json!(maker.draw.pick(&["10m", "1h30m"]))),
        );
        put(
            &mut secrets["hook"]["keys"],
            "tls.crt",
            self.maybe(40, |_| json!({ "from": "a/b_c+d=e.f@g-h", "property": "it's ${x} \"y\"" })),
        );
        let mut all = json!({ "secrets": secrets });
        if self.draw.chance(40) {
            let service = *self.draw.pick(&["secrets-manager", "parameter-store"]);
            all["stores"] = json!({ "other": { "service": service, "region": "eu-central-1" } });
            let from = if service == "parameter-store" { "/other/thing" } else { "other/thing" };
            all["secrets"]["thing"] =
                json!({ "namespaces": ["default"], "store": "other", "keys": { "k": { "from": from } } });
        }
        all
    }

    /// Timing, order, who hears of failures.
    pub(super) fn telling(&mut self, gitops: &mut Value, body: &Value) {
        put(gitops, "granularity", self.maybe(30, |maker| json!(maker.draw.pick(&["component", "layer"]))));
        let own =
            body["apps"].as_object().is_some_and(|apps| apps.values().any(|app| app.get("layer").is_some()));
        if own {
            let after = *self.draw.pick(&["controllers", "configs", "apps"]);
            let mut layer = json!({ "after": after });
            put(&mut layer, "interval", self.maybe(50, |_| json!("7m")));
            put(&mut layer, "wait", self.maybe(50, |_| json!(false)));
            gitops["layers"]["late"] = layer;
        }
        let made = body.get("externalSecrets").is_some();
        put(gitops, "notifications", self.maybe(35, |maker| maker.notifications(made)));
        let system = body["aws"]["nodeGroups"]["system"].get("labels").is_some();
        if system && gitops["flux"]["bootstrap"] != json!("cli") {
            put(&mut gitops["flux"], "runsOn", self.maybe(25, |_| json!("system")));
        }
    }

    fn notifications(&mut self, made: bool) -> Value {
        let secret = match self.draw.below(if made { 3 } else { 2 }) {
            0 => json!({ "address": self.given("hook", "string") }),
            1 => json!({ "name": "by-hand" }),
            _ => json!({ "externalSecret": "hook" }),
        };
        let mut first =
            json!({ "provider": *self.draw.pick(&["slack", "msteams", "discord"]), "secret": secret });
        put(&mut first, "channel", self.maybe(50, |_| json!("#it's | ${x}")));
        put(&mut first, "severity", self.maybe(50, |_| json!("info")));
        put(&mut first, "summary", self.maybe(50, |_| json!("yes: ${HOME} $$1")));
        put(&mut first, "exclude", self.maybe(40, |_| json!(["^a.*\\${b}$", "c"])));
        put(
            &mut first,
            "sources",
            self.maybe(50, |maker| {
                let mut source =
                    json!({ "kind": *maker.draw.pick(&["HelmRelease", "Kustomization", "GitRepository"]) });
                put(&mut source, "namespace", maker.maybe(30, |_| json!("flux-system")));
                json!([source])
            }),
        );
        let mut all = json!({ "on-call": first });
        put(
            &mut all,
            "board",
            self.maybe(40, |maker| {
                json!({ "provider": "generic-hmac", "address": "https://alerts.example.com/x?a=b&c=d",
                "secret": { "token": maker.given("hook_token", "string") } })
            }),
        );
        all
    }
}
