//! Certificates can be proved, and variables name those that exist.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{Key, nearest};
use crate::source::Address;
use crate::spec::Fact;

crate::diagnostic! {
    /// A variable for manifests names a certificate that is not under `certificates`.
    ///
    /// There is no ARN to put into the manifests.
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
    ///     certificates: { web: { domain: web.example.com } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { arn: { certificate: wbe } }
    /// ```
    ///
    /// Name one that is there:
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
    ///     certificates: { web: { domain: web.example.com } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops:
    ///     flux: { repository: "https://github.com/demo/platform.git" }
    ///     facts: { arn: { certificate: web } }
    /// ```
    pub UNKNOWN_CERTIFICATE = E0339: "a certificate is named that the spec does not have"
}

crate::diagnostic! {
    /// The proof of a name is written into a hosted zone that does not hold that name.
    ///
    /// Nobody looks for it there: Terraform waits for the certificate until it gives up.
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
    ///     certificates: { web: { domain: web.example.com, zone: example.org } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Name the zone that the name ends with:
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
    ///     certificates: { web: { domain: web.example.com, zone: example.com } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NOT_IN_ZONE = E0341: "a certificate's name does not belong into its zone"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    proofs(context, sink);
    for (name, fact) in context.cluster.gitops.iter().flat_map(|gitops| &gitops.facts) {
        let Fact::Certificate(wanted) = fact else { continue };
        let known = &context.cluster.certificates;
        if known.contains_key(&wanted.certificate) {
            continue;
        }
        let at = Address::of("spec.gitops.facts").key(name.as_str()).key("certificate");
        let place = context.spec.value(&at);
        let finding = UNKNOWN_CERTIFICATE
            .at(place, "not under `spec.aws.certificates`")
            .title(format!("there is no certificate `{}`", wanted.certificate))
            .why("there is no ARN to put into the manifests");
        sink.report(match nearest(wanted.certificate.as_str(), known.keys().map(Key::as_str)) {
            Some(near) => finding.help(format!("did you mean `{near}`?")).fix(place, near),
            None => finding.help("add it to `spec.aws.certificates`, or name another"),
        });
    }
}

fn proofs(context: &Context<'_>, sink: &mut Sink) {
    for (name, certificate) in &context.cluster.certificates {
        let Some(zone) = &certificate.zone else { continue };
        let at = Address::of("spec.aws.certificates").key(name.as_str());
        let further = certificate.alternatives.iter().enumerate();
        let further = further.map(|(index, domain)| (domain, at.key("alternatives").index(index)));
        for (domain, address) in std::iter::once((&certificate.domain, at.key("domain"))).chain(further) {
            if zone.may_hold(domain) {
                continue;
            }
            sink.report(
                NOT_IN_ZONE
                    .at(context.spec.value(&address), format!("does not end with `.{zone}`"))
                    .also(context.spec.value(&at.key("zone")), "the zone that its proof is written to")
                    .title(format!("`{domain}` does not belong into the zone `{zone}`"))
                    .why("nobody looks for the proof there, and Terraform waits until it gives up")
                    .help("name the zone that the name ends with, or make a certificate of its own for the name"),
            );
        }
    }
}
