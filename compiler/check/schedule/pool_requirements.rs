//! Requirements and labels of pools are ones that Karpenter accepts.

use crate::catalog::karpenter::{REFUSED_KEYS, REQUIREMENT_KEYS, RESTRICTED_DOMAINS};
use crate::check::Context;
use crate::cluster::Karpenter;
use crate::diagnostic::Sink;
use crate::domain::{LabelKey, nearest};
use crate::source::Address;
use crate::spec::{Operator, Requirement};

crate::diagnostic! {
    /// A pool's requirement or label is one that Karpenter refuses, or that no instance can meet.
    ///
    /// The API server refuses some of these and blocks the layer with them. A misspelt key is worse: it counts as a
    /// label of your own that no machine has, so the pool never makes a node.
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
    ///     karpenter:
    ///       pools:
    ///         default:
    ///           requirements: [ { key: karpenter.k8s.aws/instance-cpus, operator: Gt, values: [ "3" ] } ]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write one of Karpenter's keys. `Gt` and `Lt` take one whole number, `In` at least one value:
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
    ///     karpenter:
    ///       pools:
    ///         default:
    ///           requirements: [ { key: karpenter.k8s.aws/instance-cpu, operator: Gt, values: [ "3" ] } ]
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub POOL_REQUIREMENT = E0506: "a pool asks for what Karpenter refuses"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(karpenter) = &context.cluster.karpenter else { return };
    for (name, pool) in &karpenter.pools {
        let address = Karpenter::pool_address(name);
        let pool_name = name.as_str();
        for (index, requirement) in pool.requirements.iter().enumerate() {
            let at = address.key("requirements").index(index);
            key(context, pool_name, &requirement.key, &at.key("key"), sink);
            values(context, pool_name, requirement, &at, sink);
        }
        for label in pool.labels.keys() {
            key(context, pool_name, label, &address.key("labels").key(label.as_str()), sink);
        }
    }
}

fn key(context: &Context<'_>, pool: &str, key: &LabelKey, at: &Address, sink: &mut Sink) {
    let word = key.as_str();
    // A label is a key of the spec, a requirement's key is a value.
    let is_label =
        at.segments().iter().any(|step| matches!(step, crate::source::Segment::Key(key) if key == "labels"));
    let place = if is_label { context.spec.key(at) } else { context.spec.value(at) };
    let report =
        |label: &str, title: String, why: &str| POOL_REQUIREMENT.at(place, label).title(title).why(why);
    if REFUSED_KEYS.contains(&word) {
        sink.report(
            report(
                "Karpenter sets this itself",
                format!("pool `{pool}` asks for `{word}`"),
                "the API server refuses the pool, and its whole layer is stuck",
            )
            .help("remove it, or use a label of your own"),
        );
        return;
    }
    if REQUIREMENT_KEYS.contains(&word) {
        return;
    }
    let near = nearest(word, REQUIREMENT_KEYS.iter().copied());
    let domain = key.prefix().unwrap_or_default();
    let is_restricted = |known: &&&str| domain == **known || domain.ends_with(&format!(".{known}"));
    if let Some(restricted) = RESTRICTED_DOMAINS.iter().find(is_restricted) {
        let finding = report(
            "not one of Karpenter's keys",
            format!("pool `{pool}` asks for the unknown key `{word}`"),
            "the API server refuses the pool, and its whole layer is stuck",
        );
        sink.report(match near {
            Some(near) => finding.help(format!("did you mean `{near}`?")),
            None => finding.help(format!("use a key outside `{restricted}` for labels of your own")),
        });
    } else if let Some(near) =
        near.filter(|near| near.split_once('/').map(|(prefix, _)| prefix) == key.prefix())
    {
        sink.report(
            report(
                "no machine has this label",
                format!("pool `{pool}` asks for the unknown key `{word}`"),
                "it counts as a label of your own that no machine has, so the pool never makes a node",
            )
            .help(format!("did you mean `{near}`?")),
        );
    }
}

fn values(context: &Context<'_>, pool: &str, requirement: &Requirement, at: &Address, sink: &mut Sink) {
    let values = &requirement.values;
    let fault = match requirement.operator {
        Operator::In | Operator::NotIn if values.is_empty() => Some("needs at least one value"),
        Operator::Gt | Operator::Lt => {
            let is_number = matches!(values.as_slice(), [one] if one.parse::<u32>().is_ok());
            (!is_number).then_some("needs exactly one whole number")
        }
        Operator::Exists | Operator::DoesNotExist if !values.is_empty() => Some("takes no values"),
        _ => None,
    };
    let too_few = |least: &u8| requirement.operator == Operator::In && values.len() < usize::from(*least);
    let label = match (fault, requirement.min_values.filter(too_few)) {
        (Some(fault), _) => format!("`{:?}` {fault}", requirement.operator),
        (None, Some(least)) => format!("`minValues` is {least}, and {} are listed", values.len()),
        (None, None) => return,
    };
    sink.report(
        POOL_REQUIREMENT
            .at(context.spec.value(&at.key("operator")), label)
            .title(format!("the requirement `{}` of pool `{pool}` cannot be met", requirement.key))
            .why("the API server refuses the pool, and its whole layer is stuck")
            .help("`In` takes values, `Gt` and `Lt` one whole number such as `[ \"3\" ]`, `Exists` none"),
    );
}
