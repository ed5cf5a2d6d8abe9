//! Machine images of node groups (EKS API model, 2026-08-07; EKS AMI release of 2026-07-24).

use crate::domain::{Architecture, KubernetesVersion, choices};

choices! {
    /// The operating system of a node.
    OperatingSystem {
        /// Amazon Linux 2023.
        Al2023 = "al2023",
        /// Bottlerocket.
        Bottlerocket = "bottlerocket",
        /// Ubuntu 24.04, as Canonical makes it for EKS.
        Ubuntu = "ubuntu",
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
        match self {
            OperatingSystem::Al2023 | OperatingSystem::Bottlerocket => true,
            // Canonical's first images of 24.04 were for 1.31 (Canonical, Ubuntu on AWS).
            OperatingSystem::Ubuntu => kubernetes.minor() >= 31,
            OperatingSystem::Al2 => kubernetes.minor() <= 32,
        }
    }

    /// The device that the system starts from.
    pub const fn root_device(self) -> &'static str {
        match self {
            OperatingSystem::Ubuntu => "/dev/sda1",
            OperatingSystem::Al2023 | OperatingSystem::Bottlerocket | OperatingSystem::Al2 => "/dev/xvda",
        }
    }

    /// The device that container images and pod data lie on: the root device, but a second one on Bottlerocket.
    pub const fn data_device(self) -> &'static str {
        match self {
            OperatingSystem::Bottlerocket => "/dev/xvdb",
            other => other.root_device(),
        }
    }

    /// The SSM parameter that names Canonical's newest image for EKS; `None` for systems whose images EKS itself knows.
    pub fn parameter(self, kubernetes: &KubernetesVersion, arch: Architecture) -> Option<String> {
        (self == OperatingSystem::Ubuntu).then(|| {
            format!(
                "/aws/service/canonical/ubuntu/eks/24.04/{kubernetes}/stable/current/{arch}/hvm/ebs-gp3/ami-id"
            )
        })
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

/// The public parameter in SSM that holds the id of an image: the recommended one for this Kubernetes, or a release
/// such as `1.35.2-20260724` (EKS user guide; Karpenter, its resolvers of aliases; August 2026). `None` where AWS makes
/// no such image, or has no parameter that a release could be found by.
pub fn parameter(
    system: OperatingSystem,
    arch: Architecture,
    driver: Driver,
    kubernetes: &KubernetesVersion,
    release: Option<&str>,
) -> Option<String> {
    if system == OperatingSystem::Ubuntu {
        return system.parameter(kubernetes, arch).filter(|_| release.is_none());
    }
    ami_type(system, arch, driver, false)?;
    let machine = match arch {
        Architecture::Amd64 => "x86_64",
        Architecture::Arm64 => "arm64",
    };
    match system {
        OperatingSystem::Al2023 => {
            let variant = match driver {
                Driver::None => "standard",
                driver => driver.as_str(),
            };
            let image = match release.map(|release| release.split_once('-').map_or(release, |(_, date)| date))
            {
                None => "recommended".to_owned(),
                Some(date) => format!("amazon-eks-node-al2023-{machine}-{variant}-{kubernetes}-v{date}"),
            };
            let folder = format!("/aws/service/eks/optimized-ami/{kubernetes}/amazon-linux-2023");
            Some(format!("{folder}/{machine}/{variant}/{image}/image_id"))
        }
        OperatingSystem::Bottlerocket => {
            let variant = match driver {
                Driver::None => String::new(),
                driver => format!("-{driver}"),
            };
            let release = release.unwrap_or("latest");
            Some(format!(
                "/aws/service/bottlerocket/aws-k8s-{kubernetes}{variant}/{machine}/{release}/image_id"
            ))
        }
        OperatingSystem::Al2 | OperatingSystem::Ubuntu => None,
    }
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
    fn each_image_has_the_parameter_that_aws_publishes() {
        use OperatingSystem::{Al2, Al2023, Bottlerocket};
        let name = |system, arch, driver, release| {
            parameter(system, arch, driver, &KubernetesVersion::from_minor(35), release).unwrap_or_default()
        };
        assert_eq!(
            name(Al2023, Architecture::Amd64, Driver::None, None),
            "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/x86_64/standard/recommended/image_id"
        );
        assert_eq!(
            name(Al2023, Architecture::Arm64, Driver::Nvidia, Some("1.35.2-20260724")),
            "/aws/service/eks/optimized-ami/1.35/amazon-linux-2023/arm64/nvidia/\
             amazon-eks-node-al2023-arm64-nvidia-1.35-v20260724/image_id"
        );
        assert_eq!(
            name(Bottlerocket, Architecture::Amd64, Driver::Nvidia, None),
            "/aws/service/bottlerocket/aws-k8s-1.35-nvidia/x86_64/latest/image_id"
        );
        assert_eq!(
            name(Bottlerocket, Architecture::Arm64, Driver::None, Some("1.50.0-a1b2c3d4")),
            "/aws/service/bottlerocket/aws-k8s-1.35/arm64/1.50.0-a1b2c3d4/image_id"
        );
        assert_eq!(name(Bottlerocket, Architecture::Amd64, Driver::Neuron, None), "");
        assert_eq!(name(Al2, Architecture::Amd64, Driver::None, None), "");
    }

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
