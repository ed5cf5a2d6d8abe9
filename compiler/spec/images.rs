//! Machine images of one's own.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Given;
use crate::domain::{AmiId, SsmPath};

/// The machine image of a group, instead of the one that AWS makes for the system.
///
/// EKS does not complete what such a machine reads when it starts, so the compiler writes all of it, in the words of the
/// group's `os`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum NodeImage {
    /// One image.
    Id(ImageById),
    /// The image that a parameter names.
    Parameter(ImageByParameter),
    /// The newest image with a name.
    Name(ImageByName),
}

/// One image.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "an image by its id")]
pub struct ImageById {
    /// Its id, which is another one in each region.
    pub id: Given<AmiId>,
}

/// The image that a parameter of SSM names.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "an image by a parameter")]
pub struct ImageByParameter {
    /// The name of the parameter. Terraform reads it in each plan: another image in it replaces the nodes.
    pub ssm: SsmPath,
}

/// The newest image with a name.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "an image by its name")]
pub struct ImageByName {
    /// Its name, in which `*` stands for any text. Terraform takes the newest one in each plan: a newer image replaces
    /// the nodes.
    #[schemars(length(min = 3, max = 128), regex(pattern = r"^[A-Za-z0-9 ()\[\]./'@_*?-]+$"))]
    pub name: String,
    /// Whose images are searched. Anybody may publish an image with any name.
    pub owner: ImageOwner,
}

/// Whose image it is: an account's id, `self` or `amazon`.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct ImageOwner(
    #[schemars(regex(pattern = r"^(self|amazon|[0-9]{12})$"), example = &"099720109477")] pub String,
);
