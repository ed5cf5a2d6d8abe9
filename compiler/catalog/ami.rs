//! Machine images of managed node groups (EKS API model, 2026-08-07; EKS AMI release of 2026-07-24).

use crate::domain::{Architecture, KubernetesVersion, choices};

choices! {
    /// The operating system of a node.
    OperatingSystem {
        /// Amazon Linux 2023.
        Al2023 = "al2023",
        /// Bottlerocket.
        Bottlerocket = "bottlerocket",
        /// Amazon Linux 2, whose images end with Kubernetes 1.32.
        Al2 = "al2",
    }

    /// The accelerator that an image has drivers for.
    Driver {
        /// None.
        None = "none",
        /// Graphics processors of NVIDIA.
        Nvidia = "nvidia",
        /// Inferentia and Trainium.
        Neuron = "neuron",
    }
}

impl OperatingSystem {
    /// Whether images of this system are made for this Kubernetes.
    pub fn exists_for(self, kubernetes: &KubernetesVersion) -> bool {
        self != OperatingSystem::Al2 || kubernetes.minor() <= 32
    }

    /// The device that the system starts from.
    pub const fn root_device(self) -> &'static str {
        "/dev/xvda"
    }

    /// The device that container images and pod data lie on: the root device, but a second one on Bottlerocket.
    pub const fn data_device(self) -> &'static str {
        match self {
            OperatingSystem::Bottlerocket => "/dev/xvdb",
            OperatingSystem::Al2023 | OperatingSystem::Al2 => "/dev/xvda",
        }
    }
}

/// One kind of image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Image {
    /// The operating system.
    pub system: OperatingSystem,
    /// The processor architecture.
    pub arch: Architecture,
    /// The accelerator it has drivers for.
    pub driver: Driver,
    /// Whether its cryptography is validated by FIPS 140.
    pub fips: bool,
    /// The word of the EKS API.
    pub ami_type: &'static str,
}

const fn row(
    system: OperatingSystem,
    arch: Architecture,
    driver: Driver,
    fips: bool,
    ami_type: &'static str,
) -> Image {
    Image { system, arch, driver, fips, ami_type }
}

/// Every kind of Linux image.
pub const IMAGES: &[Image] = {
    use Architecture::{Amd64, Arm64};
    use Driver::{Neuron, None, Nvidia};
    use OperatingSystem::{Al2, Al2023, Bottlerocket};
    &[
        row(Al2023, Amd64, None, false, "AL2023_x86_64_STANDARD"),
        row(Al2023, Arm64, None, false, "AL2023_ARM_64_STANDARD"),
        row(Al2023, Amd64, Nvidia, false, "AL2023_x86_64_NVIDIA"),
        row(Al2023, Arm64, Nvidia, false, "AL2023_ARM_64_NVIDIA"),
        row(Al2023, Amd64, Neuron, false, "AL2023_x86_64_NEURON"),
        row(Bottlerocket, Amd64, None, false, "BOTTLEROCKET_x86_64"),
        row(Bottlerocket, Arm64, None, false, "BOTTLEROCKET_ARM_64"),
        row(Bottlerocket, Amd64, None, true, "BOTTLEROCKET_x86_64_FIPS"),
        row(Bottlerocket, Arm64, None, true, "BOTTLEROCKET_ARM_64_FIPS"),
        row(Bottlerocket, Amd64, Nvidia, false, "BOTTLEROCKET_x86_64_NVIDIA"),
        row(Bottlerocket, Arm64, Nvidia, false, "BOTTLEROCKET_ARM_64_NVIDIA"),
        row(Bottlerocket, Amd64, Nvidia, true, "BOTTLEROCKET_x86_64_NVIDIA_FIPS"),
        row(Bottlerocket, Arm64, Nvidia, true, "BOTTLEROCKET_ARM_64_NVIDIA_FIPS"),
        row(Al2, Amd64, None, false, "AL2_x86_64"),
        row(Al2, Arm64, None, false, "AL2_ARM_64"),
        row(Al2, Amd64, Nvidia, false, "AL2_x86_64_GPU"),
    ]
};

/// The word of the EKS API for an image; `None` where AWS makes no such image.
pub fn ami_type(
    system: OperatingSystem,
    arch: Architecture,
    driver: Driver,
    fips: bool,
) -> Option<&'static str> {
    let fits =
        |image: &&Image| (image.system, image.arch, image.driver, image.fips) == (system, arch, driver, fips);
    IMAGES.iter().find(fits).map(|image| image.ami_type)
}

/// The public parameter of Systems Manager that holds the newest image of Amazon Linux 2023 (AL2023 user guide, 2026).
pub const fn bastion_parameter(arch: Architecture) -> &'static str {
    match arch {
        Architecture::Amd64 => "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-x86_64",
        Architecture::Arm64 => "/aws/service/ami-amazon-linux-latest/al2023-ami-kernel-default-arm64",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_row_is_found_by_what_it_says() {
        for image in IMAGES {
            assert_eq!(ami_type(image.system, image.arch, image.driver, image.fips), Some(image.ami_type));
        }
        assert_eq!(ami_type(OperatingSystem::Al2023, Architecture::Amd64, Driver::None, true), None);
    }

    #[test]
    fn amazon_linux_2_ends_with_1_32() {
        assert!(OperatingSystem::Al2.exists_for(&KubernetesVersion::from_minor(32)));
        assert!(!OperatingSystem::Al2.exists_for(&KubernetesVersion::from_minor(33)));
    }
}
