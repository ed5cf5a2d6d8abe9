//! Settings of the network add-on have the form that EKS takes.

use serde_json::Value;

use super::env::Env;
use crate::catalog::cni::{self, Form};
use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A setting of the add-on `vpc-cni` has a form that is refused.
    ///
    /// EKS takes texts, also for numbers and for `true` and `false`, and compares them with the add-on's own schema. With
    /// another form the add-on cannot be made, and without it no node becomes ready.
    ///
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
    ///     addons:
    ///       vpc-cni: { configuration: { env: { ENABLE_PREFIX_DELEGATION: true, MAX_ENI: many } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
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
    ///     addons:
    ///       vpc-cni: { configuration: { env: { ENABLE_PREFIX_DELEGATION: "true", MAX_ENI: "3" } } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub CNI_SETTING_REFUSED = E0420: "a setting of the network add-on has a form that is refused"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(env) = Env::of(context) else { return };
    for (name, value, address) in env.each() {
        let form = cni::form(name).unwrap_or(Form::Text);
        let Some(label) = fault(value, form) else { continue };
        let place = context.spec.value(&address);
        let finding = CNI_SETTING_REFUSED
            .at(place, label)
            .title(format!("the network add-on's `{name}` has a form that is refused"))
            .why("EKS refuses the add-on, and without it no node becomes ready");
        sink.report(match value {
            Value::Bool(_) | Value::Number(_) => {
                let text = format!("\"{value}\"");
                finding.help(format!("write `{text}`")).fix(place, text)
            }
            _ => finding.help(match form {
                Form::Flag => "write `\"true\"` or `\"false\"`",
                Form::Number => "write a whole number in quotes, such as `\"5\"`",
                Form::Text => "write a text; one that holds JSON is a text, too",
            }),
        });
    }
}

/// What is wrong with a value, if anything.
fn fault(value: &Value, form: Form) -> Option<&'static str> {
    let Some(text) = value.as_str() else { return Some("not a text") };
    match form {
        Form::Flag => (!matches!(text, "true" | "false")).then_some("neither `true` nor `false`"),
        Form::Number => text.parse::<i64>().is_err().then_some("not a whole number"),
        Form::Text => None,
    }
}
