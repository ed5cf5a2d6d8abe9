//! An image of one's own has the version that is in it.

use crate::catalog::ami::OperatingSystem;
use crate::check::Context;
use crate::diagnostic::Sink;

crate::diagnostic! {
    /// A group names its image, and a version or a release beside it.
    ///
    /// The version of the kubelet is the one that is built into the image. EKS refuses a group with both; and if it did not,
    /// the spec would say something that nothing makes true.
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
    ///       workers: { instanceTypes: [ m7i.large ], image: { id: ami-0123456789abcdef0 }, version: "1.34" }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Keep the image, and its version in its name or parameter:
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
    ///       workers: { instanceTypes: [ m7i.large ], image: { ssm: /platform/images/eks-1.34 } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub VERSION_OF_OWN_IMAGE = E0224: "a version is written beside an image that has one"
}

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    for (name, group) in context.groups() {
        let written = &group.written;
        let by_canonical = written.image.is_none() && written.os == OperatingSystem::Ubuntu;
        if written.image.is_none() && !by_canonical {
            continue;
        }
        let image = group.address.key(if by_canonical { "os" } else { "image" });
        let fields = [
            ("version", written.version.is_some() && !by_canonical),
            ("amiRelease", written.ami_release.is_some()),
        ];
        for (field, _) in fields.into_iter().filter(|(_, is_written)| *is_written) {
            sink.report(
                VERSION_OF_OWN_IMAGE
                    .at(context.spec.key(&group.address.key(field)), "has no effect on the image")
                    .also(context.spec.key(&image), "the image is chosen here")
                    .title(format!("group `{name}` has `{field}` beside an image that EKS does not choose"))
                    .why("EKS refuses the group: what is in the image decides")
                    .help(match by_canonical {
                        true => "remove `amiRelease`; `image: { ssm: … }` with a serial number instead of `current` pins Canonical's image".to_owned(),
                        false => format!("remove `{field}`"),
                    }),
            );
        }
    }
}
