//! Machines: instance types, processor architectures, ways of paying.

use super::word::{choices, shown, words};

words! {
    /// An EC2 instance type, written `family.size`.
    InstanceType = "instance-type" by instance_type, like ["m7g.large", "u7i-12tb.224xlarge"];
}

choices! {
    /// The processor architecture of a node.
    Architecture {
        /// Intel and AMD processors, 64 bits.
        Amd64 = "amd64",
        /// Arm processors, 64 bits, such as Graviton.
        Arm64 = "arm64",
    }

    /// How a machine is paid for.
    CapacityType {
        /// By the second at the list price; stays until it is stopped.
        OnDemand = "on-demand",
        /// Spare capacity at a lower price; AWS may take it back with two minutes' notice.
        Spot = "spot",
    }
}

impl Architecture {
    /// The word that AMI names and SSM parameters use: `x86_64` or `arm64`.
    pub const fn machine_word(self) -> &'static str {
        match self {
            Architecture::Amd64 => "x86_64",
            Architecture::Arm64 => "arm64",
        }
    }
}

impl CapacityType {
    /// The word of the EKS API (EKS API model, August 2026).
    pub const fn eks_word(self) -> &'static str {
        match self {
            CapacityType::OnDemand => "ON_DEMAND",
            CapacityType::Spot => "SPOT",
        }
    }
}

impl InstanceType {
    /// The part before the dot, such as `m7g`.
    pub fn family(&self) -> &str {
        self.text.split_once('.').map_or("", |(family, _)| family)
    }

    /// The part after the dot, such as `large`.
    pub fn size(&self) -> &str {
        self.text.split_once('.').map_or("", |(_, size)| size)
    }
}

fn instance_type(text: &str) -> Result<(), String> {
    let wrong = || format!("{} is no instance type; write family and size, such as `m7g.large`", shown(text));
    let plain = |part: &str| {
        part.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-')
    };
    let (family, size) = text.split_once('.').ok_or_else(wrong)?;
    let family_holds =
        family.starts_with(|c: char| c.is_ascii_lowercase()) && plain(family) && !family.ends_with('-');
    let size_holds =
        size.starts_with(|c: char| c.is_ascii_alphanumeric()) && plain(size) && !size.ends_with('-');
    (family_holds && size_holds && text.len() <= 40).then_some(()).ok_or_else(wrong)
}
