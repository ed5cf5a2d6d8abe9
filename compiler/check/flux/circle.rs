//! Nothing waits for itself.

use std::collections::BTreeMap;

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::ir::{Delivery, FluxKustomization};

crate::diagnostic! {
    /// Flux Kustomizations wait for each other.
    ///
    /// Each of them starts when the other is ready, so none ever starts. Flux does not report it: both just say that a
    /// dependency is not ready.
    ///
    /// ```yaml,file=apps/web/namespace.yaml
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata: { name: web }
    /// ```
    /// ```yaml,file=apps/web/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: web, namespace: jobs }
    /// data: { greeting: hello }
    /// ```
    /// ```yaml,file=apps/jobs/namespace.yaml
    /// apiVersion: v1
    /// kind: Namespace
    /// metadata: { name: jobs }
    /// ```
    /// ```yaml,file=apps/jobs/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: jobs, namespace: web }
    /// data: { greeting: hello }
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
    ///   apps: { web: { source: apps/web }, jobs: { source: apps/jobs } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     granularity: component
    /// ```
    ///
    /// Let one of them bring what both need, or make them one app. Here each stays in its own namespace:
    ///
    /// ```yaml,file=apps/jobs/config.yaml
    /// apiVersion: v1
    /// kind: ConfigMap
    /// metadata: { name: jobs, namespace: jobs }
    /// data: { greeting: hello }
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
    ///   apps: { web: { source: apps/web }, jobs: { source: apps/jobs } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     granularity: component
    /// ```
    pub WAITS_FOR_ITSELF = E0713: "parts of the delivery wait for each other"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let Some(delivery) = &context.ir.delivery else { return };
    let mut told: Vec<&str> = Vec::new();
    for first in &delivery.kustomizations {
        let Some(circle) = circle(delivery, first) else { continue };
        if circle.iter().any(|one| told.contains(&one.name.as_str())) {
            continue;
        }
        told.extend(circle.iter().map(|one| one.name.as_str()));
        let next = |index: usize| circle.get(index + 1).or(circle.first()).copied();
        let word = |one: &FluxKustomization, index: usize| {
            let after = next(index).map_or("", |next| next.name.as_str());
            let why = one.after.iter().find(|before| before.name == after).map(|before| before.why.clone());
            format!("`{}` waits for `{after}` ({})", one.name, why.unwrap_or_default())
        };
        let place = |one: &FluxKustomization| context.spec.key(&one.address);
        let names: Vec<String> = circle.iter().map(|one| format!("`{}`", one.name)).collect();
        let mut finding = WAITS_FOR_ITSELF
            .at(place(first), word(first, 0))
            .title(format!("{} wait for each other", names.join(" and ")))
            .why("each starts when the other is ready, so none of them ever starts, and Flux does not say so")
            .help("let one of them bring what both need, make them one, or change `after`");
        for (index, one) in circle.iter().enumerate().skip(1) {
            finding = finding.also(place(one), word(one, index));
        }
        sink.report(finding);
    }
}

/// The shortest circle that leads back to where it starts.
fn circle<'a>(delivery: &'a Delivery, first: &'a FluxKustomization) -> Option<Vec<&'a FluxKustomization>> {
    let mut came_from: BTreeMap<&str, &FluxKustomization> = BTreeMap::new();
    let mut open = std::collections::VecDeque::from([first]);
    while let Some(at) = open.pop_front() {
        for before in &at.after {
            if before.name == first.name {
                let mut out = vec![at];
                let mut step = at;
                while step.name != first.name {
                    step = came_from.get(step.name.as_str())?;
                    out.push(step);
                }
                out.reverse();
                return Some(out);
            }
            let next = delivery.kustomizations.iter().find(|one| one.name == before.name);
            if let Some(next) = next.filter(|next| !came_from.contains_key(next.name.as_str())) {
                came_from.insert(&next.name, at);
                open.push_back(next);
            }
        }
    }
    None
}
