//! The script by which Ubuntu and Amazon Linux 2 join a cluster: `/etc/eks/bootstrap.sh` of their images (Canonical's and
//! Amazon's take the same options).

use std::collections::BTreeMap;

use serde_json::json;

use super::user_data::Join;
use crate::ir::Deferred;
use crate::spec::{Kubelet, Reserved};
use crate::syntax::shell::quoted;

/// The whole script. Everything that comes from the spec stands in single quotes.
pub(super) fn script(join: &Join<'_>, kubelet: Option<&Kubelet>) -> String {
    let mut options = vec![
        ("--apiserver-endpoint", Deferred::ClusterEndpoint.mark()),
        ("--b64-cluster-ca", Deferred::ClusterCertificate.mark()),
    ];
    options.extend(join.dns().map(|address| ("--dns-cluster-ip", address)));
    if kubelet.is_some_and(|kubelet| kubelet.max_pods.is_some()) {
        options.push(("--use-max-pods", "false".to_owned()));
    }
    let flags: Vec<String> =
        join.kubelet_flags().into_iter().chain(kubelet.into_iter().flat_map(flags)).collect();
    if !flags.is_empty() {
        options.push(("--kubelet-extra-args", flags.join(" ")));
    }
    let options: String =
        options.iter().map(|(name, value)| format!("  {name} {} \\\n", quoted(value))).collect();
    let cluster = quoted(&Deferred::ClusterName.mark());
    format!("#!/bin/bash\nset -o errexit\n/etc/eks/bootstrap.sh \\\n{options}  {cluster}\n")
}

/// Settings of the kubelet as arguments. Thresholds have none here: they hold a character that shells take for their
/// own, and the image's start script does not keep it from them.
fn flags(kubelet: &Kubelet) -> Vec<String> {
    let mut out = Vec::new();
    out.extend(kubelet.max_pods.map(|most| format!("--max-pods={most}")));
    out.extend(reserved("--kube-reserved", kubelet.kube_reserved.as_ref()));
    out.extend(reserved("--system-reserved", kubelet.system_reserved.as_ref()));
    if let Some(collection) = kubelet.image_gc {
        out.push(format!("--image-gc-high-threshold={}", collection.high_percent));
        out.push(format!("--image-gc-low-threshold={}", collection.low_percent));
    }
    out
}

fn reserved(flag: &str, amounts: Option<&Reserved>) -> Option<String> {
    let amounts: BTreeMap<String, String> = serde_json::from_value(json!(amounts?)).ok()?;
    let amounts: Vec<String> = amounts.iter().map(|(name, amount)| format!("{name}={amount}")).collect();
    (!amounts.is_empty()).then(|| format!("{flag}={}", amounts.join(",")))
}
