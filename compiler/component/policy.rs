//! `policy.yaml`: the IAM statements of a component's identity.

use semver::{Version, VersionReq};
use serde::Deserialize;
use serde_json::Value;

use super::{Scope, fill};
use crate::diagnostic::Sink;
use crate::domain::Sid;
use crate::source::{Address, Span};
use crate::spec::{Effect, OneOrMany};
use crate::syntax::yaml::Document;

crate::diagnostic! {
    /// A component's `policy.yaml` is not a list of IAM statements.
    ///
    /// An identity without its policy starts and is then refused by AWS, which shows only in the pod's log.
    ///
    /// ```yaml,file=components/hello/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: hello }
    /// spec:
    ///   summary: Says hello.
    ///   namespace: hello
    ///   serviceAccounts: [ { name: hello, identity: { policy: policy.yaml } } ]
    /// ```
    /// ```yaml,file=components/hello/policy.yaml
    /// statements:
    ///   - sid: Read
    ///     action: [ "s3:GetObject" ]
    ///     resources: [ "arn:aws:s3:::hello/*" ]
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// The key is `actions`:
    ///
    /// ```yaml,file=components/hello/policy.yaml
    /// statements:
    ///   - sid: Read
    ///     actions: [ "s3:GetObject" ]
    ///     resources: [ "arn:aws:s3:::hello/*" ]
    /// ```
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub MALFORMED_POLICY = E0403: "a component's policy is not a list of IAM statements"
}

crate::diagnostic! {
    /// No statement of a component's policy is for the version that is installed.
    ///
    /// Statements may say for which versions of the software they are. Where every one of them is for others, the
    /// identity would have no permissions at all.
    ///
    /// ```yaml,file=components/hello/component.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Component
    /// metadata: { name: hello }
    /// spec:
    ///   summary: Says hello.
    ///   chart: { source: oci://ghcr.io/example/charts/hello, name: hello, release: hello, crds: none }
    ///   versions: [ { version: "1.4.0", app: "2.0.1" } ]
    ///   namespace: hello
    ///   serviceAccounts: [ { name: hello, identity: { policy: policy.yaml } } ]
    /// ```
    /// ```yaml,file=components/hello/policy.yaml
    /// statements:
    ///   - sid: Read
    ///     versions: "<2.0.0"
    ///     actions: [ "s3:GetObject" ]
    ///     resources: [ "arn:aws:s3:::hello/*" ]
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Add what this version needs:
    ///
    /// ```yaml,file=components/hello/policy.yaml
    /// statements:
    ///   - sid: Read
    ///     versions: "<2.0.0"
    ///     actions: [ "s3:GetObject" ]
    ///     resources: [ "arn:aws:s3:::hello/*" ]
    ///   - sid: ReadVersions
    ///     versions: ">=2.0.0"
    ///     actions: [ "s3:GetObjectVersion" ]
    ///     resources: [ "arn:aws:s3:::hello/*" ]
    /// ```
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   components:
    ///     hello: { source: components/hello }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub POLICY_OF_OTHER_VERSIONS = E0638: "no statement of a component's policy is for its version"
}

/// A statement with its expressions filled in; texts may hold marks.
#[derive(Debug, Clone)]
pub struct PolicyStatement {
    /// Its name.
    pub sid: String,
    /// Whether it allows or denies.
    pub effect: Effect,
    /// Actions.
    pub actions: Vec<String>,
    /// Resources.
    pub resources: Vec<String>,
    /// Conditions: operator, key, values.
    pub conditions: Vec<(String, Vec<(String, OneOrMany)>)>,
    /// Where it is written.
    pub place: Span,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStatement {
    sid: String,
    #[serde(default)]
    versions: Option<VersionReq>,
    #[serde(default)]
    effect: Effect,
    actions: Vec<String>,
    resources: Vec<String>,
    #[serde(default)]
    conditions: indexmap::IndexMap<String, indexmap::IndexMap<String, OneOrMany>>,
}

const REFUSED: &str = "pods would start without the permission, and AWS would refuse what they ask for";
const FORM: &str =
    "a statement has `sid`, `actions`, `resources`, and may have `effect`, `conditions`, `versions`";

/// The statements that apply to `version` of the software; all of them where the version is not known, for a
/// permission too many is seen in a review, and one too few in the middle of the night.
pub fn statements(
    document: &Document,
    scope: &Scope,
    version: Option<&Version>,
    sink: &mut Sink,
) -> Vec<PolicyStatement> {
    let mut out = Vec::new();
    for filled in fill(document, scope, sink) {
        if filled.value.get("statements").is_none() && document.find(&Address::of("statements")).is_some() {
            continue; // Conditions dropped all of them.
        }
        let Some(Value::Array(written)) = filled.value.get("statements") else {
            sink.report(
                MALFORMED_POLICY
                    .at(document.nearest(&Address::root()), "expected `statements:` with a list")
                    .why(REFUSED)
                    .help(FORM),
            );
            continue;
        };
        let mut others: Option<Span> = None;
        let before = out.len();
        for (index, statement) in written.iter().enumerate() {
            // An item that is left out has no place of its own.
            let place = filled.places.get(&format!("/statements/{index}")).copied();
            let place = place.filter(|place| place.start < place.end);
            let place = place.unwrap_or_else(|| document.nearest(&Address::of("statements")));
            let read = serde_json::from_value::<WrittenStatement>(statement.clone());
            match read.map_err(|error| error.to_string()).and_then(sound) {
                Ok(statement) if applies(&statement, version) => out.push(finish(statement, place)),
                Ok(_) => others = others.or(Some(place)),
                Err(fault) => {
                    let sid = statement.get("sid").and_then(Value::as_str);
                    let name = sid.map_or_else(|| (index + 1).to_string(), |sid| format!("`{sid}`"));
                    sink.report(
                        MALFORMED_POLICY
                            .at(place, fault)
                            .title(format!("statement {name} of a component's policy cannot be read"))
                            .why(REFUSED)
                            .help(FORM),
                    );
                }
            }
        }
        if let (Some(place), Some(version), true) = (others, version, out.len() == before) {
            sink.report(
                POLICY_OF_OTHER_VERSIONS
                    .at(place, format!("not for {version}, and neither is any other"))
                    .title(format!("no statement of a component's policy is for version {version}"))
                    .why(REFUSED)
                    .help("widen `versions`, or add a statement for this version"),
            );
        }
    }
    out
}

/// What a back end writes as it is has to be known now: a name, actions, operators.
fn sound(statement: WrittenStatement) -> Result<WrittenStatement, String> {
    statement.sid.parse::<Sid>().map_err(|fault| fault.to_string())?;
    let plain =
        |text: &str, signs: &str| text.chars().all(|c| c.is_ascii_alphanumeric() || signs.contains(c));
    let is_action = |text: &&String| {
        let Some((service, name)) = text.split_once(':') else { return text.as_str() == "*" };
        !service.is_empty() && plain(service, "-") && !name.is_empty() && plain(name, "*?")
    };
    if let Some(odd) = statement.actions.iter().find(|action| !is_action(action)) {
        return Err(format!("`{}` is no action; write one such as `s3:GetObject`", odd.escape_debug()));
    }
    match statement.conditions.keys().find(|operator| !plain(operator, ":")) {
        Some(odd) => {
            Err(format!("`{}` is no operator; write one such as `StringEquals`", odd.escape_debug()))
        }
        None => Ok(statement),
    }
}

fn applies(statement: &WrittenStatement, version: Option<&Version>) -> bool {
    match (&statement.versions, version) {
        (Some(range), Some(version)) => range.matches(version),
        _ => true,
    }
}

fn finish(written: WrittenStatement, place: Span) -> PolicyStatement {
    let conditions =
        written.conditions.into_iter().map(|(operator, keys)| (operator, keys.into_iter().collect()));
    PolicyStatement {
        sid: written.sid,
        effect: written.effect,
        actions: written.actions,
        resources: written.resources,
        conditions: conditions.collect(),
        place,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::Finding;
    use crate::source::Sources;
    use crate::syntax::{marks, yaml};

    /// How many statements were read, and what was wrong.
    fn read(text: &str) -> (usize, Vec<Finding>) {
        let file = Sources::default().add("policy.yaml", text);
        let mut sink = Sink::default();
        let document = yaml::read(file, text, &mut sink).unwrap();
        let read = statements(&document, &Scope::new(serde_json::Map::new(), []), None, &mut sink);
        (read.len(), sink.into_sorted())
    }

    #[test]
    fn a_statement_that_is_left_out_is_reported_at_its_list() {
        let text = "statements:\n  - { sid: A, actions: [a:b], resources: [c] }\n  -\n";
        let (read, findings) = read(text);
        assert_eq!((read, findings.len()), (1, 1));
        assert_eq!(text.get(findings[0].primary.span.range()), Some("statements"));
    }

    #[test]
    fn what_is_known_only_later_is_no_name_action_or_operator() {
        let statement = |sid: &str, action: &str, operator: &str| {
            let conditions = indexmap::IndexMap::from([(operator.to_owned(), indexmap::IndexMap::new())]);
            let (actions, resources) = (vec![action.to_owned()], vec!["*".to_owned()]);
            sound(WrittenStatement {
                sid: sid.to_owned(),
                versions: None,
                effect: Effect::Allow,
                actions,
                resources,
                conditions,
            })
        };
        let later = marks::mark("account_id");
        assert!(statement("A", "s3:Get*", "ForAllValues:StringLike").is_ok());
        assert!(statement("A", "*", "Null").is_ok());
        assert!(statement(&later, "s3:Get*", "Null").is_err());
        assert!(statement("A", &later, "Null").is_err());
        assert!(statement("A", "s3:Get*", &later).is_err());
    }
}
