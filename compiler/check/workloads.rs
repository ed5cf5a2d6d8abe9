//! Pods that the manifests of apps ask for, with what is known of them.

use serde_json::Value;

use super::manifests::AppObject;
use crate::cluster::Labels;
use crate::domain::Toleration;
use crate::ir::NodeGroup;
use crate::source::{Address, Span};

/// Pods of one object of an app.
pub(super) struct Workload<'a> {
    /// The object.
    pub(super) object: &'a AppObject<'a>,
    /// Labels of its pods.
    pub(super) labels: Labels,
    /// The pods' own part of the object.
    pub(super) pod: &'a Value,
    template: Address,
}

impl Workload<'_> {
    /// What users call it.
    pub(super) fn name(&self) -> String {
        format!("{} `{}`", self.object.kind(), self.object.name())
    }

    /// The place of a part of the pod, given from its `spec`.
    pub(super) fn place(&self, below: &[Step<'_>]) -> Span {
        let address = below.iter().fold(self.template.key("spec"), |at, step| match step {
            Step::Key(key) => at.key(key),
            Step::Index(index) => at.index(*index),
        });
        self.object.at(&address)
    }

    /// What its pods tolerate.
    pub(super) fn tolerations(&self) -> Vec<Toleration> {
        let list = self.pod.get("tolerations").cloned();
        list.and_then(|list| serde_json::from_value(list).ok()).unwrap_or_default()
    }

    /// Labels that a node must have.
    pub(super) fn node_labels(&self) -> Labels {
        texts(self.pod.get("nodeSelector"))
    }
}

/// A step into a pod's `spec`.
pub(super) enum Step<'a> {
    /// Into a mapping.
    Key(&'a str),
    /// Into a list.
    Index(usize),
}

/// The pods of all objects that make some.
pub(super) fn workloads<'a>(objects: &'a [AppObject<'a>]) -> impl Iterator<Item = Workload<'a>> {
    objects.iter().filter_map(|object| {
        let template = match (object.group(), object.kind()) {
            ("apps", "Deployment" | "StatefulSet" | "DaemonSet" | "ReplicaSet") | ("batch", "Job") => {
                "spec.template"
            }
            ("batch", "CronJob") => "spec.jobTemplate.spec.template",
            ("", "Pod") => "",
            _ => return None,
        };
        let pointer =
            if template.is_empty() { String::new() } else { format!("/{}", template.replace('.', "/")) };
        let labels = texts(object.field(&format!("{pointer}/metadata/labels")));
        let pod = object.field(&format!("{pointer}/spec"))?;
        let template = if template.is_empty() { Address::root() } else { Address::of(template) };
        Some(Workload { object, labels, pod, template })
    })
}

/// Whether nodes of a group take pods that tolerate this much and select these labels.
pub(super) fn accepts(group: &NodeGroup, tolerations: &[Toleration], node_labels: &Labels) -> bool {
    let tolerated = group
        .taints
        .iter()
        .all(|taint| !taint.effect.is_hard() || tolerations.iter().any(|one| one.tolerates(taint)));
    let has = |(key, value): (&String, &String)| {
        let own = group.labels.iter().find(|(label, _)| label.as_str() == key);
        // Other labels come with the machine.
        own.is_none_or(|(_, label)| label.as_str() == value)
    };
    tolerated && node_labels.iter().all(has)
}

fn texts(map: Option<&Value>) -> Labels {
    let pairs = map.and_then(Value::as_object).into_iter().flatten();
    pairs.filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned()))).collect()
}
