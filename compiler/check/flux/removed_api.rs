//! No object has an API version that is no longer served.

use crate::catalog::{flux, removals};
use crate::check::Context;
use crate::diagnostic::{Finding, Sink};
use crate::source::{Origin, Span};

crate::diagnostic! {
    /// An object has an API version that Kubernetes, Flux or a component of this version no longer serves.
    ///
    /// The API server answers `no matches for kind`, and the whole layer of the object is stuck.
    ///
    /// ```yaml,file=apps/web/cron.yaml
    /// apiVersion: batch/v1beta1
    /// kind: CronJob
    /// metadata: { name: web }
    /// spec: { schedule: "0 3 * * *" }
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Write the version that is served:
    ///
    /// ```yaml,file=apps/web/cron.yaml
    /// apiVersion: batch/v1
    /// kind: CronJob
    /// metadata: { name: web }
    /// spec: { schedule: "0 3 * * *" }
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
    ///   apps: { web: { source: apps/web } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub REMOVED_API = E0707: "an API version is no longer served"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let units =
        context.ir.delivery.iter().flat_map(|delivery| &delivery.layers).flat_map(|layer| &layer.units);
    for (unit, object) in units.flat_map(|unit| unit.objects.iter().map(move |object| (unit, object))) {
        let place = match &object.origin {
            Origin::Component { span, .. } => *span,
            _ => context.spec.key(&unit.address),
        };
        let user = format!("`{}` of component `{}`", object.name(), unit.name);
        sink_one(fault(context, object.text("/apiVersion"), object.kind(), &user, place), sink);
    }
    for object in context.app_objects() {
        let user = format!("`{}` of app `{}`", object.name(), object.app);
        let place = object.place("apiVersion");
        sink_one(fault(context, object.api_version(), object.kind(), &user, place), sink);
    }
}

fn sink_one(finding: Option<Finding>, sink: &mut Sink) {
    if let Some(finding) = finding {
        sink.report(finding);
    }
}

fn fault(context: &Context<'_>, api_version: &str, kind: &str, user: &str, place: Span) -> Option<Finding> {
    let (by, instead) =
        of_flux(context, api_version, kind).or_else(|| of_others(context, api_version, kind))?;
    let finding = REMOVED_API
        .at(place, format!("not served since {by}"))
        .title(format!("{user} has an API version that is no longer served"))
        .why("the API server answers `no matches for kind`, and the object's whole layer is stuck");
    Some(match instead {
        Some(instead) => {
            finding.help(format!("write `apiVersion: {instead}`, and adapt the fields that changed"))
        }
        None => finding.help("there is no successor; remove the object"),
    })
}

fn of_flux(context: &Context<'_>, api_version: &str, kind: &str) -> Option<(String, Option<String>)> {
    let installed = &context.cluster.gitops.as_ref()?.flux.version;
    let (_, since) = flux::REMOVED.iter().find(|(removed, _)| *removed == api_version)?;
    let is_gone = removals::minor(installed)? >= removals::minor(since)?;
    is_gone.then(|| (format!("Flux {since}"), flux::api_version(kind).map(str::to_owned)))
}

fn of_others(context: &Context<'_>, api_version: &str, kind: &str) -> Option<(String, Option<String>)> {
    let row = removals::find(api_version, kind)?;
    let (who, installed) = match row.component {
        "kubernetes" => ("Kubernetes", context.cluster.version.to_string()),
        name => {
            let component =
                context.cluster.components.values().find(|component| component.name.as_str() == name)?;
            (name, component.app.clone())
        }
    };
    let is_gone = removals::minor(&installed)? >= removals::minor(row.removed_in)?;
    is_gone.then(|| (format!("{who} {}", row.removed_in), row.instead.map(str::to_owned)))
}
