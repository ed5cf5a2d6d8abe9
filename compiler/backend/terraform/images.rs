//! Machine images that EKS does not choose: where Terraform finds them.

use super::terms::{data, given, strings, to};
use crate::domain::Architecture;
use crate::ir::{NodeGroup, OwnImage};
use crate::source::Origin;
use crate::syntax::hcl::{Block, Expression};

/// Where the spec asks for the image.
pub(super) fn origin(group: &NodeGroup) -> Origin {
    let by_system = group.image.as_ref().is_some_and(|image| is_of_system(group, image));
    Origin::Spec(group.address.key(if by_system { "os" } else { "image" }))
}

/// Whether the image follows from the system.
fn is_of_system(group: &NodeGroup, image: &OwnImage) -> bool {
    let OwnImage::Parameter(parameter) = image else { return false };
    parameter.starts_with("/aws/service/canonical/") && group.os.as_str() == "ubuntu"
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
        OwnImage::Parameter(_) => to(&["data", "aws_ssm_parameter", &label, "insecure_value"]),
        OwnImage::Name { .. } => to(&["data", "aws_ami", &label, "id"]),
    }
}

/// What finds the image, where it is not named by its id.
pub(super) fn data_source(group: &NodeGroup) -> Option<Block> {
    let label = label(group);
    match group.image.as_ref()? {
        OwnImage::Id(_) => None,
        OwnImage::Parameter(name) => {
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
