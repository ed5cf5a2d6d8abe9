//! Machines: instance types, processor architectures, ways of paying.

use super::word::{choices, shown, words};

words! {
    /// An EC2 instance type, written `family.size`.
    InstanceType = "instance-type" by instance_type, like ["m7g.large", "u7i-12tb.224xlarge"];

    /// The id of a machine image: `ami-` and 8 or 17 hexadecimal digits.
    AmiId = "ami-id" by ami_id, like ["ami-0123456789abcdef0"];

    /// The name of an SSM parameter: parts of letters, digits, `.`, `-` and `_` behind a `/` each.
    SsmPath = "ssm-path" by ssm_path, like ["/platform/images/node"];

    /// The name under which a machine is given a disk: `/dev/sd` or `/dev/xvd` and a letter or two, a number behind
    /// `sd` where the image counts partitions (EC2, device names on Linux).
    DeviceName = "device-name" by device_name, like ["/dev/xvdf", "/dev/sda1"];

    /// The name of a parameter of the kernel, such as `vm.max_map_count`.
    SysctlName = "sysctl-name" by sysctl_name, like ["vm.max_map_count"];

    /// The value of a parameter of the kernel: numbers and words in one line.
    SysctlValue = "sysctl-value" by sysctl_value, or "number", like ["8192", "1024 65535"];
}

impl DeviceName {
    /// The disk that the name stands for. EC2 takes `sd` and `xvd` for the same, and `/dev/sda1` for `/dev/xvda`.
    pub fn disk(&self) -> String {
        let letters =
            self.text.trim_start_matches("/dev/").trim_start_matches("xvd").trim_start_matches("sd");
        match letters {
            "a1" => "a".to_owned(),
            other => other.to_owned(),
        }
    }
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

fn ami_id(text: &str) -> Result<(), String> {
    let digits = text.strip_prefix("ami-").unwrap_or_default();
    let hexadecimal = digits.bytes().all(|byte| byte.is_ascii_digit() || (b'a'..=b'f').contains(&byte));
    let holds = hexadecimal && matches!(digits.len(), 8 | 17);
    let wrong = || format!("{} is no image id; write one such as `ami-0123456789abcdef0`", shown(text));
    holds.then_some(()).ok_or_else(wrong)
}

fn ssm_path(text: &str) -> Result<(), String> {
    let wrong =
        || format!("{} is no parameter's name; write one such as `/platform/images/node`", shown(text));
    let plain = |part: &str| {
        !part.is_empty()
            && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_'))
    };
    let holds = text.strip_prefix('/').is_some_and(|rest| rest.split('/').all(plain));
    (holds && text.len() <= 1011).then_some(()).ok_or_else(wrong)
}

fn device_name(text: &str) -> Result<(), String> {
    let wrong = || format!("{} is no device; write one such as `/dev/xvdf` or `/dev/sda1`", shown(text));
    let letters =
        |rest: &str| (1..=2).contains(&rest.len()) && rest.bytes().all(|byte| byte.is_ascii_lowercase());
    let name = text.strip_prefix("/dev/").ok_or_else(wrong)?;
    let holds = match (name.strip_prefix("xvd"), name.strip_prefix("sd")) {
        (Some(rest), _) => letters(rest),
        (_, Some(rest)) => {
            let number = rest.trim_start_matches(|c: char| c.is_ascii_lowercase());
            let disk = rest.len() == number.len() + 1;
            disk && (number.is_empty() || number.parse().is_ok_and(|number: u8| (1..=15).contains(&number)))
        }
        _ => false,
    };
    holds.then_some(()).ok_or_else(wrong)
}

fn sysctl_name(text: &str) -> Result<(), String> {
    let wrong =
        || format!("{} is no parameter of the kernel; write one such as `vm.max_map_count`", shown(text));
    let plain = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_/".contains(&byte))
    };
    let holds = text.len() <= 256 && text.contains('.') && text.split('.').all(plain);
    holds.then_some(()).ok_or_else(wrong)
}

fn sysctl_value(text: &str) -> Result<(), String> {
    let wrong = || {
        format!(
            "{} is no value for the kernel; write numbers or words in one line, such as `8192`",
            shown(text)
        )
    };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b" -_.,:/|%".contains(&byte);
    let holds = !text.trim().is_empty() && text.len() <= 1024 && text.bytes().all(plain);
    holds.then_some(()).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_devices_that_are_one_disk_are_the_same_disk() {
        let disk = |name: &str| name.parse::<DeviceName>().unwrap().disk();
        assert_eq!(disk("/dev/sdf"), disk("/dev/xvdf"));
        assert_eq!(disk("/dev/sda1"), disk("/dev/xvda"));
        assert_ne!(disk("/dev/xvdba"), disk("/dev/xvdb"));
        for wrong in
            ["", "xvdf", "/dev/xvd", "/dev/xvdF", "/dev/sda16", "/dev/sdaa", "/dev/nvme1n1", "/dev/xvdabc"]
        {
            assert!(wrong.parse::<DeviceName>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn images_parameters_and_settings_of_the_kernel_are_read_as_they_are_written() {
        assert!("ami-05da66fc7a4319aa8".parse::<AmiId>().is_ok() && "ami-0123abcd".parse::<AmiId>().is_ok());
        assert!("ami-05DA66fc7a4319aa8".parse::<AmiId>().is_err() && "ami-1".parse::<AmiId>().is_err());
        assert!("/aws/service/a_b/1.35".parse::<SsmPath>().is_ok());
        assert!("a/b".parse::<SsmPath>().is_err() && "/a//b".parse::<SsmPath>().is_err());
        assert!("net.ipv4.ip_local_port_range".parse::<SysctlName>().is_ok());
        assert!("1024 65535".parse::<SysctlValue>().is_ok());
        assert!("a\nb".parse::<SysctlValue>().is_err() && "it's".parse::<SysctlValue>().is_err());
    }
}
