//! Machine images that EKS does not choose: where Terraform finds them.

use super::terms::{data, given, strings, to};
use crate::domain::Architecture;
use crate::ir::{NodeGroup, OwnImage};
use crate::source::Origin;
use crate::syntax::hcl::{Block, Expression};

/// Where the spec asks for the image: by itself, or by the release of the system's.
pub(super) fn origin(group: &NodeGroup) -> Origin {
    Origin::Spec(group.address.key(match &group.image {
        Some(OwnImage::Public(_)) if group.self_managed().is_some() => "amiRelease",
        Some(OwnImage::Public(_)) => "os",
        _ => "image",
    }))
}

fn label(group: &NodeGroup) -> String {
    format!("image-{}", group.key)
}

/// The image's id.
pub(super) fn id(group: &NodeGroup, image: &OwnImage) -> Expression {
    let label = label(group);
    match image {
        OwnImage::Id(id) => given(id),
        // The other attribute with the value is hidden in plans, as if it were a secret.
        OwnImage::Parameter(_) | OwnImage::Public(_) => {
            to(&["data", "aws_ssm_parameter", &label, "insecure_value"])
        }
        OwnImage::Name { .. } => to(&["data", "aws_ami", &label, "id"]),
    }
}

/// What finds the image, where it is not named by its id.
pub(super) fn data_source(group: &NodeGroup) -> Option<Block> {
    let label = label(group);
    match group.image.as_ref()? {
        OwnImage::Id(_) => None,
        OwnImage::Parameter(name) | OwnImage::Public(name) => {
            Some(data("aws_ssm_parameter", &label).origin(origin(group)).attr("name", name.as_str()))
        }
        OwnImage::Name { name, owner } => {
            let filter = |name: &str, value: &str| {
                Block::bare("filter").attr("name", name).attr("values", strings([value]))
            };
            let found = data("aws_ami", &label)
                .origin(origin(group))
                .attr("most_recent", true)
                .attr("owners", strings([owner]));
            Some(found.block(filter("name", name)).block(filter("architecture", arch(group.arch))))
        }
    }
}

/// EC2's word for the architecture of an image.
fn arch(arch: Architecture) -> &'static str {
    arch.machine_word()
}
