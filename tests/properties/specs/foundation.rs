//! Random foundations.

use serde_json::{Value, json};

use super::{Maker, put};

impl Maker<'_, '_> {
    /// A foundation that is never empty.
    pub(super) fn foundation(&mut self, partition: &str) -> Value {
        let key = self.given("state_key", "arn");
        let keys = [json!("s3"), json!("managed"), key];
        let bucket = json!({ "key": self.draw.pick(&keys).clone(), "keepOldVersions": 30 });
        let mut foundation = json!({ "stateBucket": bucket });
        if foundation["stateBucket"]["key"].is_string() {
            self.inputs.remove("state_key");
        }
        let operators = self.maybe(70, |maker| {
            let may = *maker.draw.pick(&["plan", "apply", "destroy"]);
            let user = format!("arn:{partition}:iam::111122223333:user/ada");
            let mut first = json!({ "may": may, "trust": [user], "description": "a | b <!-- `c`" });
            put(&mut first, "roleName", maker.maybe(40, |_| json!("Infra=Admin@home,x.y")));
            json!({ "first": first, "viewer": { "may": "plan", "trust": [maker.given("access_role", "iam-role-arn")] } })
        });
        put(&mut foundation, "operators", operators);
        foundation
    }

    /// A boundary that exists, or one that allows everything.
    pub(super) fn boundary(&mut self) -> Value {
        let all = json!({ "statements": [{ "sid": "All", "actions": ["*"], "resources": ["*"] }], "path": "/boundary/" });
        if self.draw.chance(50) { all } else { self.given("boundary", "arn") }
    }
}
