//! Components and apps: what runs on the cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{ChartVersion, GroupKind, Key, Namespace, ObjectName, RelativePath};

use super::Mechanism;

/// How a component is used. Components come from the standard library, from a folder of your own (`source`), or
/// from a bare chart (`helm`).
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ComponentUse {
    /// `false` leaves the component out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub enabled: Option<bool>,
    /// The folder of a component of your own, relative to the file that says it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub source: Option<RelativePath>,
    /// A chart without a component folder.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub helm: Option<Helm>,
    /// The chart's version; the newest known one that fits the cluster without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub version: Option<ChartVersion>,
    /// The component's parameters; `clusterc components NAME` lists them.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub params: serde_json::Map<String, serde_json::Value>,
    /// Chart values, merged over those of the component.
    #[serde(default, skip_serializing_if = "serde_json::Map::is_empty")]
    pub values: serde_json::Map<String, serde_json::Value>,
    /// The node group that its pods run on, by name: they select its labels and tolerate its taints. Without it,
    /// system components run wherever the fixed nodes let them.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub runs_on: Option<Key>,
    /// How its service accounts get AWS permissions.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub mechanism: Option<Mechanism>,
}

/// A chart without a component folder.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Helm {
    /// The chart's whole OCI address (`oci://…/chart`), or the repository's `https://` address.
    #[schemars(regex(pattern = r"^(oci|https)://[A-Za-z0-9.-]+(:[0-9]+)?(/[A-Za-z0-9._~/-]*)?$"))]
    pub repository: String,
    /// The chart's name.
    #[schemars(regex(pattern = r"^[a-z0-9][a-z0-9._-]*$"))]
    pub chart: String,
    /// The exact version.
    pub version: ChartVersion,
    /// The namespace that it is installed in.
    pub namespace: Namespace,
    /// Kinds (`group/Kind`) of the CRDs that it brings, so that what uses them can be ordered after it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub provides: Vec<GroupKind>,
    /// Paths in its values that take a list of tolerations, so that it may run on the system nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tolerations: Vec<String>,
    /// Paths in its values that take a node selector, so that `runsOn` can choose its nodes.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub node_selectors: Vec<String>,
}

/// The user's own manifests.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct App {
    /// The folder of manifests, relative to the file that says it. It becomes the base; what follows is patched on top.
    pub source: RelativePath,
    /// The namespace that all its objects are put in. It is made unless it is one of Kubernetes' own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub namespace: Option<Namespace>,
    /// The layer that it is in: `apps`, or one that `gitops.layers` adds.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub layer: Option<Key>,
    /// Whether Flux replaces `${NAME}` in its manifests. `false` leaves every `${` as it is, as dashboards and scripts
    /// need it; the app is then a Flux Kustomization of its own.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub substitute: Option<bool>,
    /// New names, tags or digests of images, by the name in the manifests.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub images: BTreeMap<String, Image>,
    /// Changes to single objects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub patches: Vec<Patch>,
}

/// What an image becomes.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Image {
    /// Another name.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Another tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// A digest, instead of a tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(regex(pattern = r"^sha256:[0-9a-f]{64}$"))]
    pub digest: Option<String>,
}

/// A change to one object.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Patch {
    /// The object.
    pub target: PatchTarget,
    /// What is merged into it (a strategic merge patch without kind and name).
    pub merge: serde_json::Map<String, serde_json::Value>,
}

/// The object that a patch changes. Kind and name are needed: a patch that hits every object of a kind by
/// accident is a classic.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct PatchTarget {
    /// Its kind.
    #[schemars(regex(pattern = r"^[A-Z][A-Za-z0-9]*$"))]
    pub kind: String,
    /// Its name.
    pub name: ObjectName,
}
