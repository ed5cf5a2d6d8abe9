//! What a machine reads when it starts: kubelet settings in the words of its system, scripts that cannot stop it.

use serde_json::{Map, Value, json};

use super::bottlerocket;
use crate::catalog::ami::OperatingSystem;
use crate::ir::UserData;
use crate::spec::{Bottlerocket, Kubelet, LocalStorage};
use crate::syntax::{toml, yaml};

/// What is written about the start of a node.
pub(super) struct Start<'a> {
    /// The system.
    pub(super) os: OperatingSystem,
    /// The kubelet, unless somebody else tells it.
    pub(super) kubelet: Option<&'a Kubelet>,
    /// Settings of Bottlerocket.
    pub(super) bottlerocket: Option<&'a Bottlerocket>,
    /// Scripts.
    pub(super) scripts: &'a [String],
    /// Disks in the machine.
    pub(super) local_storage: Option<LocalStorage>,
}

/// The user data of a node; `None` when nothing is written about its start.
pub(super) fn user_data(start: &Start<'_>) -> Option<UserData> {
    let text = match start.os {
        OperatingSystem::Bottlerocket => settings(start)?,
        // Options for Amazon Linux 2 are an error of their own (the rule about systems).
        OperatingSystem::Al2023 | OperatingSystem::Al2 => multipart(start)?,
    };
    let field = match start {
        Start { kubelet: Some(_), .. } => "kubelet",
        Start { bottlerocket: Some(_), .. } => "bottlerocket",
        Start { local_storage: Some(_), .. } => "localStorage",
        _ => "userData",
    };
    Some(UserData { text, field })
}

/// The kubelet's settings, in the words of KubeletConfiguration, which are those of an EC2NodeClass, too.
pub(super) fn kubelet(kubelet: &Kubelet) -> Map<String, Value> {
    let collection = kubelet.image_gc;
    let fields = [
        ("maxPods", json!(kubelet.max_pods)),
        ("kubeReserved", json!(kubelet.kube_reserved)),
        ("systemReserved", json!(kubelet.system_reserved)),
        ("evictionHard", json!(kubelet.eviction_hard)),
        ("imageGCHighThresholdPercent", json!(collection.map(|one| one.high_percent))),
        ("imageGCLowThresholdPercent", json!(collection.map(|one| one.low_percent))),
    ];
    let written = fields.into_iter().filter(|(_, value)| !value.is_null());
    written.map(|(key, value)| (key.to_owned(), value)).collect()
}

/// Bottlerocket has the same settings under names of its own, and wants percentages as text.
fn settings(start: &Start<'_>) -> Option<String> {
    let mut settings = start.bottlerocket.map(bottlerocket::tree).unwrap_or_default();
    for (name, value) in start.kubelet.map(kubelet).unwrap_or_default() {
        let (name, value) = match name.as_str() {
            "maxPods" => ("max-pods", value),
            "kubeReserved" => ("kube-reserved", value),
            "systemReserved" => ("system-reserved", value),
            "evictionHard" => ("eviction-hard", value),
            "imageGCHighThresholdPercent" => ("image-gc-high-threshold-percent", json!(value.to_string())),
            _ => ("image-gc-low-threshold-percent", json!(value.to_string())),
        };
        let below = settings.entry("kubernetes").or_insert_with(|| json!({}));
        if let Value::Object(below) = below {
            below.insert(name.to_owned(), value);
        }
    }
    (!settings.is_empty()).then(|| toml::print("settings", &settings))
}

fn multipart(start: &Start<'_>) -> Option<String> {
    let config = start.kubelet.map(kubelet).unwrap_or_default();
    let mut spec = Map::new();
    if !config.is_empty() {
        spec.insert("kubelet".to_owned(), json!({ "config": config }));
    }
    if start.local_storage == Some(LocalStorage::Raid0) {
        spec.insert("instance".to_owned(), json!({ "localStorage": { "strategy": "RAID0" } }));
    }
    let mut parts = Vec::new();
    if !spec.is_empty() {
        let node = json!({ "apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec });
        parts.push(("application/node.eks.aws", yaml::print(&node, &yaml::Notes::default()).text));
    }
    let scripts = start.scripts.iter().enumerate();
    parts.extend(
        scripts.map(|(index, script)| ("text/x-shellscript; charset=\"utf-8\"", alone(index + 1, script))),
    );
    if parts.is_empty() {
        return None;
    }
    let mut boundary = "part".to_owned();
    while parts.iter().any(|(_, text)| text.contains(&format!("--{boundary}"))) {
        boundary.push('x');
    }
    let mut out = format!("MIME-Version: 1.0\nContent-Type: multipart/mixed; boundary=\"{boundary}\"\n\n");
    for (kind, text) in parts {
        out.push_str(&format!("--{boundary}\nContent-Type: {kind}\n\n{text}\n"));
    }
    out.push_str(&format!("--{boundary}--\n"));
    Some(out)
}

/// A script in a shell of its own: neither `exit` nor a failure in it ends the node's start.
fn alone(number: usize, script: &str) -> String {
    let script = script.trim_end();
    format!(
        "#!/bin/bash\n(\n{script}\n)\nstatus=$?\n\
         [ \"$status\" -eq 0 ] || echo \"script {number} of the user data ended with $status\" >&2\nexit 0\n"
    )
}
