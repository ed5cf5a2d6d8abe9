//! Settings of nodes can be written down for their system, and contradict nothing.

use serde_json::Value;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::source::Address;
use crate::spec::{Bottlerocket, Kubelet};
use crate::syntax::toml;

crate::diagnostic! {
    /// A setting of a node cannot be as it is written.
    ///
    /// EKS joins its own settings with those of a Bottlerocket group, and its reader knows only a part of TOML. What
    /// EKS or the compiler writes itself (labels, taints, the cluster) has one place in the spec, so that all who
    /// need it agree. A script is run by bash.
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
    ///     nodeGroups:
    ///       workers:
    ///         os: bottlerocket
    ///         instanceTypes: [ m7i.large ]
    ///         bottlerocket: { settings: { kubernetes: { node-labels: { team: data } } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
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
    ///     nodeGroups:
    ///       workers: { instanceTypes: [ m7i.large ], kubelet: { imageGc: { highPercent: 70, lowPercent: 80 } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
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
    ///     nodeGroups:
    ///       workers:
    ///         os: bottlerocket
    ///         instanceTypes: [ m7i.large ]
    ///         bottlerocket:
    ///           sysctls: { vm.max_map_count: 262144 }
    ///           settings: { kernel: { sysctl: { vm.max_map_count: "65530" } } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write each setting once, labels and taints of the group, and the lower number below the higher:
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
    ///     nodeGroups:
    ///       workers:
    ///         os: bottlerocket
    ///         instanceTypes: [ m7i.large ]
    ///         labels: { team: data }
    ///         kubelet: { imageGc: { highPercent: 80, lowPercent: 70 } }
    ///         bottlerocket: { hostContainers: { admin: { enabled: true } }, sysctls: { vm.max_map_count: 262144 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub SETTING_REFUSED = E0211: "a setting of a node cannot be as it is written"
}

/// Settings below `kubernetes` with another place in the spec, or that EKS writes.
const ELSEWHERE: [(&str, &str); 10] = [
    ("node-labels", "write `labels`"),
    ("node-taints", "write `taints`"),
    ("cluster-name", "leave it out, EKS writes it"),
    ("api-server", "leave it out, EKS writes it"),
    ("cluster-certificate", "leave it out, EKS writes it"),
    ("max-pods", "write `kubelet.maxPods`"),
    ("kube-reserved", "write `kubelet.kubeReserved`"),
    ("system-reserved", "write `kubelet.systemReserved`"),
    ("eviction-hard", "write `kubelet.evictionHard`"),
    ("image-gc-high-threshold-percent", "write `kubelet.imageGc`"),
];

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (_, group) in context.groups() {
        let written = &group.written;
        kubelet(context, &group.address, written.kubelet.as_ref(), sink);
        settings(context, &group.address, written.bottlerocket.as_ref(), sink);
        scripts(context, &group.address, &written.user_data, sink);
    }
    for class in context.cluster.karpenter.iter().flat_map(|karpenter| karpenter.classes.values()) {
        let written = &class.written;
        kubelet(context, &class.address, written.kubelet.as_ref(), sink);
        settings(context, &class.address, written.bottlerocket.as_ref(), sink);
        scripts(context, &class.address, &written.user_data, sink);
    }
}

fn kubelet(context: &Context<'_>, address: &Address, written: Option<&Kubelet>, sink: &mut Sink) {
    let Some(collection) = written.and_then(|kubelet| kubelet.image_gc) else { return };
    if collection.low_percent < collection.high_percent {
        return;
    }
    let at = |field: &str| context.spec.value(&address.key("kubelet").key("imageGc").key(field));
    sink.report(
        SETTING_REFUSED
            .at(at("lowPercent"), "deleting ends here")
            .also(at("highPercent"), "and begins here")
            .title("`lowPercent` is not below `highPercent`")
            .why("the kubelet refuses to start, and the node never joins")
            .help("write a lower `lowPercent`"),
    );
}

fn settings(context: &Context<'_>, address: &Address, written: Option<&Bottlerocket>, sink: &mut Sink) {
    let Some(written) = written else { return };
    let below = address.key("bottlerocket").key("settings");
    let refused = |address: &Address, title: String| {
        SETTING_REFUSED.at(context.spec.key(address), "cannot be as it is written").title(title)
    };
    if let Some((path, rule)) = toml::fault(&written.settings) {
        let place = path.iter().fold(below.clone(), |place, key| place.key(key));
        sink.report(
            refused(&place, format!("setting `{}` cannot be told to Bottlerocket", path.join(".")))
                .why("EKS cannot read it, and the node never joins")
                .help(rule),
        );
    }
    twice(context, address, written, sink);
    let kubernetes = written.settings.get("kubernetes").and_then(Value::as_object);
    for (name, help) in ELSEWHERE {
        if kubernetes.is_some_and(|kubernetes| kubernetes.contains_key(name)) {
            let place = below.key("kubernetes").key(name);
            sink.report(
                refused(&place, format!("`kubernetes.{name}` has another place"))
                    .why("written here, only the machine would know it: not EKS, not the autoscaler, not the rules")
                    .help(help),
            );
        }
    }
}

/// What has a field of its own is not written among all other settings, too.
fn twice(context: &Context<'_>, address: &Address, written: &Bottlerocket, sink: &mut Sink) {
    let typed = address.key("bottlerocket");
    let names = |field: &'static str, names: Vec<&str>, path: &'static [&'static str]| {
        let owned: Vec<String> = names.into_iter().map(str::to_owned).collect();
        (field, owned, path)
    };
    let all = [
        names(
            "bootstrapContainers",
            written.bootstrap_containers.keys().map(AsRef::as_ref).collect(),
            &["bootstrap-containers"],
        ),
        names(
            "hostContainers",
            written.host_containers.keys().map(AsRef::as_ref).collect(),
            &["host-containers"],
        ),
        names("sysctls", written.sysctls.keys().map(AsRef::as_ref).collect(), &["kernel", "sysctl"]),
    ];
    for (field, names, path) in all {
        let mut rest = Some(&written.settings);
        for step in path {
            rest = rest.and_then(|below| below.get(*step)).and_then(Value::as_object);
        }
        for name in names.iter().filter(|name| rest.is_some_and(|rest| rest.contains_key(*name))) {
            let at = path.iter().fold(typed.key("settings"), |at, step| at.key(step)).key(name);
            sink.report(
                SETTING_REFUSED
                    .at(context.spec.key(&at), "written here among all settings")
                    .also(context.spec.key(&typed.key(field).key(name)), format!("and here in `{field}`"))
                    .title(format!("`{name}` is written twice"))
                    .why("the machine gets one of the two, and no reader of the spec can tell which")
                    .help(format!("keep it in `{field}`")),
            );
        }
    }
}

fn scripts(context: &Context<'_>, address: &Address, scripts: &[String], sink: &mut Sink) {
    for (index, script) in scripts.iter().enumerate() {
        let Some(interpreter) = script.lines().next().and_then(|line| line.strip_prefix("#!")) else {
            continue;
        };
        if interpreter.trim_end().ends_with("sh") || interpreter.contains("bash") {
            continue;
        }
        sink.report(
            SETTING_REFUSED
                .at(context.spec.value(&address.key("userData").index(index)), "for another interpreter")
                .title(format!("a script of the user data is for `{}`", interpreter.trim()))
                .why("scripts are run by bash, each in a shell of its own")
                .help("call the interpreter from a shell script"),
        );
    }
}
