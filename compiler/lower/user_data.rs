//! What a machine reads when it starts: the cluster that it joins, kubelet settings in the words of its system, scripts
//! that cannot stop it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::{bootstrap_script, bottlerocket};
use crate::catalog::addons;
use crate::catalog::ami::OperatingSystem;
use crate::cluster::Cluster;
use crate::domain::{Cidr, LabelKey, LabelValue, Taint};
use crate::ir::{Deferred, Text, UserData};
use crate::spec::{Bottlerocket, Kubelet, LocalStorage};
use crate::syntax::{base64, toml, yaml};

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
    /// The cluster, where nobody else tells the node of it.
    pub(super) join: Option<Join<'a>>,
}

impl Start<'_> {
    /// What is written for Bottlerocket's own setting of this name, below `kubernetes`.
    fn written_setting(&self, name: &str) -> Option<&Value> {
        self.bottlerocket?.settings.get("kubernetes")?.get(name)
    }
}

/// What a node has to be told that EKS does not complete: which cluster to join, and as what it registers itself.
pub(super) struct Join<'a> {
    /// The range of Service addresses.
    service_cidr: &'a Cidr,
    /// Labels of the node.
    labels: &'a BTreeMap<LabelKey, LabelValue>,
    /// Taints of the node.
    taints: &'a [Taint],
}

impl<'a> Join<'a> {
    /// A node of this cluster with these labels and taints.
    pub(super) fn new(
        cluster: &'a Cluster,
        labels: &'a BTreeMap<LabelKey, LabelValue>,
        taints: &'a [Taint],
    ) -> Join<'a> {
        Join { service_cidr: &cluster.network.service_cidr, labels, taints }
    }

    /// The cluster as nodeadm is told of it (EKS AMI, NodeConfig `node.eks.aws/v1alpha1`). All four are required.
    fn node_config(&self) -> Value {
        json!({
            "name": Deferred::ClusterName.mark(),
            "apiServerEndpoint": Deferred::ClusterEndpoint.mark(),
            "certificateAuthority": Deferred::ClusterCertificate.mark(),
            "cidr": self.service_cidr,
        })
    }

    /// Labels and taints as arguments of the kubelet, which registers its node with them.
    pub(super) fn kubelet_flags(&self) -> Vec<String> {
        let labels: Vec<String> = self.labels.iter().map(|(key, value)| format!("{key}={value}")).collect();
        let taints: Vec<String> = self.taints.iter().map(ToString::to_string).collect();
        let flags = [("--node-labels", labels), ("--register-with-taints", taints)];
        let some = flags.into_iter().filter(|(_, all)| !all.is_empty());
        some.map(|(flag, all)| format!("{flag}={}", all.join(","))).collect()
    }

    /// The address of cluster DNS.
    pub(super) fn dns(&self) -> Option<String> {
        self.service_cidr.host(addons::CLUSTER_DNS).map(|address| address.to_string())
    }

    /// All of it in the words of Bottlerocket: a taint is `value:effect` below its key (Bottlerocket, settings of
    /// `kubernetes`, August 2026).
    fn settings(&self) -> Map<String, Value> {
        let mut taints: BTreeMap<&LabelKey, Vec<String>> = BTreeMap::new();
        for taint in self.taints {
            taints.entry(&taint.key).or_default().push(format!("{}:{}", taint.value_text(), taint.effect));
        }
        let dns = self.dns();
        let mut settings = Map::new();
        for (name, value) in [
            ("cluster-name", json!(Deferred::ClusterName.mark())),
            ("api-server", json!(Deferred::ClusterEndpoint.mark())),
            ("cluster-certificate", json!(Deferred::ClusterCertificate.mark())),
            ("cluster-dns-ip", json!(dns)),
            ("node-labels", json!(self.labels)),
            ("node-taints", json!(taints)),
        ] {
            if !value.is_null() && value.as_object().is_none_or(|table| !table.is_empty()) {
                settings.insert(name.to_owned(), value);
            }
        }
        settings
    }
}

/// The user data of a node; `None` when nothing is written about its start and somebody else tells it of the cluster.
pub(super) fn user_data(start: &Start<'_>) -> Option<UserData> {
    let text = match start.os {
        OperatingSystem::Bottlerocket => settings(start)?,
        OperatingSystem::Al2023 => multipart(node_config(start), start.scripts, None)?,
        OperatingSystem::Ubuntu | OperatingSystem::Al2 => {
            let join = start.join.as_ref().map(|join| bootstrap_script::script(join, start.kubelet));
            multipart(None, start.scripts, join)?
        }
    };
    let field = match start {
        Start { kubelet: Some(_), .. } => "kubelet",
        Start { bottlerocket: Some(_), .. } => "bottlerocket",
        Start { local_storage: Some(_), .. } => "localStorage",
        Start { scripts: [_, ..], .. } => "userData",
        _ => "os",
    };
    Some(UserData { text: Text::of(&text), field })
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
        put(&mut settings, name, value);
    }
    for (name, value) in start.join.iter().flat_map(Join::settings) {
        // Another address of cluster DNS may be written, such as that of a cache on the node.
        if start.written_setting(&name).is_none() {
            put(&mut settings, &name, value);
        }
    }
    (!settings.is_empty()).then(|| toml::print("settings", &settings))
}

/// Puts a setting below `kubernetes`.
fn put(settings: &mut Map<String, Value>, name: &str, value: Value) {
    if let Value::Object(below) = settings.entry("kubernetes").or_insert_with(|| json!({})) {
        below.insert(name.to_owned(), value);
    }
}

/// What nodeadm is told; `None` when there is nothing to tell.
fn node_config(start: &Start<'_>) -> Option<String> {
    let mut spec = Map::new();
    if let Some(join) = &start.join {
        spec.insert("cluster".to_owned(), join.node_config());
    }
    let mut kubelet_part = Map::new();
    let config = start.kubelet.map(kubelet).unwrap_or_default();
    if !config.is_empty() {
        kubelet_part.insert("config".to_owned(), Value::Object(config));
    }
    let flags = start.join.as_ref().map(Join::kubelet_flags).unwrap_or_default();
    if !flags.is_empty() {
        kubelet_part.insert("flags".to_owned(), json!(flags));
    }
    if !kubelet_part.is_empty() {
        spec.insert("kubelet".to_owned(), Value::Object(kubelet_part));
    }
    if start.local_storage == Some(LocalStorage::Raid0) {
        spec.insert("instance".to_owned(), json!({ "localStorage": { "strategy": "RAID0" } }));
    }
    if spec.is_empty() {
        return None;
    }
    let node = json!({ "apiVersion": "node.eks.aws/v1alpha1", "kind": "NodeConfig", "spec": spec });
    Some(yaml::print(&node, &yaml::Notes::default()).text)
}

/// Configuration of the node, the user's scripts, and the script that makes it join: a part for each, run in this
/// order. `None` without any.
fn multipart(config: Option<String>, scripts: &[String], join: Option<String>) -> Option<String> {
    const SCRIPT: &str = "text/x-shellscript; charset=\"utf-8\"";
    let config = config.map(|text| ("application/node.eks.aws", text));
    let scripts = scripts.iter().enumerate().filter(|(_, script)| does_something(script));
    let scripts = scripts.map(|(index, script)| (SCRIPT, alone(index + 1, script)));
    let parts: Vec<_> = config.into_iter().chain(scripts).chain(join.map(|text| (SCRIPT, text))).collect();
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

/// Whether a script has more than comments. Bash takes parentheses around nothing for a mistake.
fn does_something(script: &str) -> bool {
    script.lines().map(str::trim).any(|line| !line.is_empty() && !line.starts_with('#'))
}

/// A script in a shell of its own: neither `exit` nor a failure in it ends the node's start. One with characters beyond
/// ASCII is told in base64: cloud-init reads a part without an encoding as Latin-1, and whoever completes the user data
/// (EKS, Karpenter) does not keep a part's encoding.
fn alone(number: usize, script: &str) -> String {
    let script = match script.trim_end() {
        plain if plain.is_ascii() => plain.to_owned(),
        other => format!("eval \"$(base64 --decode <<< '{}')\"", base64::encoded(other.as_bytes())),
    };
    format!(
        "#!/bin/bash\n(\n{script}\n)\nstatus=$?\n\
         [ \"$status\" -eq 0 ] || echo \"script {number} of the user data ended with $status\" >&2\nexit 0\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::fixed;

    fn told(os: OperatingSystem) -> String {
        let labels =
            BTreeMap::from([(fixed("team"), fixed("web")), (fixed("example.com/disk"), fixed("fast"))]);
        let taint = |text: &str| serde_json::from_str::<Taint>(text).unwrap();
        let taints = [
            taint(r#"{ "key": "only", "value": "web", "effect": "NoSchedule" }"#),
            taint(r#"{ "key": "only", "effect": "NoExecute" }"#),
        ];
        let join = Join { service_cidr: &fixed("172.20.0.0/16"), labels: &labels, taints: &taints };
        let start = Start {
            os,
            kubelet: None,
            bottlerocket: None,
            scripts: &[],
            local_storage: None,
            join: Some(join),
        };
        user_data(&start).map(|data| data.text.to_string()).unwrap_or_default()
    }

    #[test]
    fn a_script_of_comments_is_left_out() {
        assert_eq!(multipart(None, &[String::new(), "#!/bin/bash\n# later".to_owned()], None), None);
    }

    #[test]
    fn a_script_stays_as_it_is_unless_cloud_init_would_spoil_it() {
        assert!(alone(1, "echo $HOME\n").contains("(\necho $HOME\n)\n"));
        let told = alone(1, "echo é\n");
        assert!(told.is_ascii(), "{told}");
        assert!(told.contains("(\neval \"$(base64 --decode <<< 'ZWNobyDDqQ==')\"\n)\n"), "{told}");
    }

    #[test]
    fn amazon_linux_is_told_the_cluster_and_what_to_register_as() {
        let text = told(OperatingSystem::Al2023);
        let config = "apiVersion: node.eks.aws/v1alpha1\nkind: NodeConfig\nspec:\n  cluster:\n    \
                      name: \"<cluster_name>\"\n    apiServerEndpoint: \"<cluster_endpoint>\"\n    \
                      certificateAuthority: \"<cluster_certificate>\"\n    cidr: 172.20.0.0/16\n  kubelet:\n    flags:\n      \
                      - --node-labels=example.com/disk=fast,team=web\n      \
                      - --register-with-taints=only=web:NoSchedule,only:NoExecute\n";
        assert!(text.contains(config), "{text}");
    }

    #[test]
    fn ubuntu_is_told_the_cluster_and_what_to_register_as() {
        let text = told(OperatingSystem::Ubuntu);
        let script = "/etc/eks/bootstrap.sh \\\n  --apiserver-endpoint '<cluster_endpoint>' \\\n  \
                      --b64-cluster-ca '<cluster_certificate>' \\\n  --dns-cluster-ip '172.20.0.10' \\\n  \
                      --kubelet-extra-args '--node-labels=example.com/disk=fast,team=web \
                      --register-with-taints=only=web:NoSchedule,only:NoExecute' \\\n  '<cluster_name>'\n";
        assert!(text.contains(script), "{text}");
    }

    #[test]
    fn bottlerocket_is_told_the_cluster_and_what_to_register_as() {
        assert_eq!(
            told(OperatingSystem::Bottlerocket),
            "[settings.kubernetes]\napi-server = \"<cluster_endpoint>\"\n\
             cluster-certificate = \"<cluster_certificate>\"\ncluster-dns-ip = \"172.20.0.10\"\n\
             cluster-name = \"<cluster_name>\"\n\n\
             [settings.kubernetes.node-labels]\n\"example.com/disk\" = \"fast\"\nteam = \"web\"\n\n\
             [settings.kubernetes.node-taints]\nonly = [\"web:NoSchedule\", \":NoExecute\"]\n"
        );
    }
}
