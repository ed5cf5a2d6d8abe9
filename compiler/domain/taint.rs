//! Taints and tolerations: which nodes refuse which pods.

use std::fmt;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::labels::{LabelKey, LabelValue};
use super::word::choices;

choices! {
    /// What a taint does to a pod that does not tolerate it.
    TaintEffect {
        /// The pod is not placed on the node.
        NoSchedule = "NoSchedule",
        /// The pod is placed elsewhere if there is another place.
        PreferNoSchedule = "PreferNoSchedule",
        /// The pod is not placed on the node, and leaves it if it runs there.
        NoExecute = "NoExecute",
    }

    /// How a toleration compares its value with the value of a taint.
    TolerationOperator {
        /// The values are the same text.
        Equal = "Equal",
        /// Any value will do.
        Exists = "Exists",
    }
}

impl TaintEffect {
    /// The word of the EKS API for it, which is not the word of Kubernetes (EKS API model, August 2026).
    pub const fn eks_word(self) -> &'static str {
        match self {
            TaintEffect::NoSchedule => "NO_SCHEDULE",
            TaintEffect::PreferNoSchedule => "PREFER_NO_SCHEDULE",
            TaintEffect::NoExecute => "NO_EXECUTE",
        }
    }

    /// Whether the effect keeps a pod from a node for certain, not only by preference.
    pub const fn is_hard(self) -> bool {
        !matches!(self, TaintEffect::PreferNoSchedule)
    }
}

/// A mark on a node that keeps pods away unless they tolerate it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Taint {
    /// The key, which a toleration names.
    pub key: LabelKey,
    /// The value; left out, it is the empty text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<LabelValue>,
    /// What it does.
    pub effect: TaintEffect,
}

impl Taint {
    /// The value as Kubernetes compares it: the empty text where none is written.
    pub fn value_text(&self) -> &str {
        self.value.as_ref().map_or("", LabelValue::as_str)
    }
}

impl fmt::Display for Taint {
    /// The form of `kubectl taint` and kubelet arguments: `key=value:Effect`, or `key:Effect` without a value.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.value_text() {
            "" => write!(f, "{}:{}", self.key, self.effect),
            value => write!(f, "{}={value}:{}", self.key, self.effect),
        }
    }
}

/// Leave of a pod to run on nodes with certain taints.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
pub struct Toleration {
    /// The key of the taint; left out together with operator `Exists`, every key is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub key: Option<LabelKey>,
    /// How values are compared; left out, `Equal`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub operator: Option<TolerationOperator>,
    /// The value of the taint, for operator `Equal`; left out, the empty text.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub value: Option<LabelValue>,
    /// The effect of the taint; left out, every effect is meant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub effect: Option<TaintEffect>,
    /// How many seconds the pod stays on a node after a `NoExecute` taint was put on it; left out, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub toleration_seconds: Option<i64>,
}

impl Toleration {
    /// The toleration of every taint.
    pub fn everything() -> Toleration {
        Toleration { operator: Some(TolerationOperator::Exists), ..Toleration::default() }
    }

    /// The toleration of exactly this taint, as short as Kubernetes takes it.
    pub fn of(taint: &Taint) -> Toleration {
        let bare = taint.value_text().is_empty();
        Toleration {
            key: Some(taint.key.clone()),
            operator: bare.then_some(TolerationOperator::Exists),
            value: taint.value.clone().filter(|_| !bare),
            effect: Some(taint.effect),
            toleration_seconds: None,
        }
    }

    /// Whether a pod with this toleration may run in spite of `taint`, by the rules of the scheduler.
    pub fn tolerates(&self, taint: &Taint) -> bool {
        if self.effect.is_some_and(|effect| effect != taint.effect) {
            return false;
        }
        if self.key.as_ref().is_some_and(|key| *key != taint.key) {
            return false;
        }
        match self.operator.unwrap_or(TolerationOperator::Equal) {
            TolerationOperator::Exists => true,
            // Without a key only `Exists` is accepted by the API server, so the pod would never exist.
            TolerationOperator::Equal => self.key.is_some() && self.value_text() == taint.value_text(),
        }
    }

    /// Why the API server would refuse a pod with this toleration, if it would.
    pub fn fault(&self) -> Option<&'static str> {
        let exists = self.operator == Some(TolerationOperator::Exists);
        if self.key.is_none() && !exists {
            return Some("a toleration without a key needs `operator: Exists`");
        }
        if exists && !self.value_text().is_empty() {
            return Some("a toleration with `operator: Exists` has no value");
        }
        if self.toleration_seconds.is_some() && self.effect != Some(TaintEffect::NoExecute) {
            return Some("`tolerationSeconds` needs `effect: NoExecute`");
        }
        None
    }

    fn value_text(&self) -> &str {
        self.value.as_ref().map_or("", LabelValue::as_str)
    }
}

impl fmt::Display for Toleration {
    /// A short form for messages: `key=value:Effect`, with `*` for what is left open.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let key = self.key.as_ref().map_or("*", LabelKey::as_str);
        let effect = self.effect.map_or("*", TaintEffect::as_str);
        match (self.operator, self.value_text()) {
            (Some(TolerationOperator::Exists), _) | (_, "") => write!(f, "{key}:{effect}"),
            (_, value) => write!(f, "{key}={value}:{effect}"),
        }
    }
}
