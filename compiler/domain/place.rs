//! Where things are: partitions, regions, zones, accounts.

use super::word::{choices, nearest, shown, words};

choices! {
    /// A partition of AWS: a world with its own accounts, endpoints and ARNs.
    Partition {
        /// The commercial regions.
        Aws = "aws",
        /// China.
        AwsChina = "aws-cn",
        /// The European sovereign cloud.
        AwsEurope = "aws-eusc",
        /// Isolated, United States (top secret).
        AwsIso = "aws-iso",
        /// Isolated, United States (secret).
        AwsIsoB = "aws-iso-b",
        /// Isolated, United Kingdom.
        AwsIsoE = "aws-iso-e",
        /// Isolated, United States (intelligence).
        AwsIsoF = "aws-iso-f",
        /// GovCloud, United States.
        AwsGovernment = "aws-us-gov",
    }
}

impl Partition {
    /// The domain under which its service endpoints lie (botocore 1.43.67, August 2026).
    pub const fn dns_suffix(self) -> &'static str {
        match self {
            Partition::Aws | Partition::AwsGovernment => "amazonaws.com",
            Partition::AwsChina => "amazonaws.com.cn",
            Partition::AwsEurope => "amazonaws.eu",
            Partition::AwsIso => "c2s.ic.gov",
            Partition::AwsIsoB => "sc2s.sgov.gov",
            Partition::AwsIsoE => "cloud.adc-e.uk",
            Partition::AwsIsoF => "csp.hci.ic.gov",
        }
    }

    /// Its regions, sorted (botocore 1.43.67, August 2026).
    pub const fn regions(self) -> &'static [&'static str] {
        match self {
            Partition::Aws => COMMERCIAL,
            Partition::AwsChina => &["cn-north-1", "cn-northwest-1"],
            Partition::AwsEurope => &["eusc-de-east-1"],
            Partition::AwsIso => &["us-iso-east-1", "us-iso-west-1"],
            Partition::AwsIsoB => &["us-isob-east-1", "us-isob-west-1"],
            Partition::AwsIsoE => &["eu-isoe-west-1"],
            Partition::AwsIsoF => &["us-isof-east-1", "us-isof-south-1"],
            Partition::AwsGovernment => &["us-gov-east-1", "us-gov-west-1"],
        }
    }
}

#[rustfmt::skip]
const COMMERCIAL: &[&str] = &[
    "af-south-1",
    "ap-east-1", "ap-east-2",
    "ap-northeast-1", "ap-northeast-2", "ap-northeast-3",
    "ap-south-1", "ap-south-2",
    "ap-southeast-1", "ap-southeast-2", "ap-southeast-3", "ap-southeast-4", "ap-southeast-5", "ap-southeast-6",
    "ap-southeast-7",
    "ca-central-1", "ca-west-1",
    "eu-central-1", "eu-central-2", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-2", "eu-west-3",
    "il-central-1", "me-central-1", "me-south-1", "mx-central-1", "sa-east-1",
    "us-east-1", "us-east-2", "us-west-1", "us-west-2",
];

words! {
    /// An AWS region.
    Region(Partition) = "region" by region, like ["us-east-1", "eu-central-1"];

    /// An availability zone: its region and one letter.
    ZoneName(Region) = "zone" by zone, like ["us-east-1a"];

    /// The number of an AWS account: 12 digits, as text, since it may start with 0.
    AccountId = "account-id" by account, like ["123456789012"];
}

impl Region {
    /// The partition that the region belongs to.
    pub fn partition(&self) -> Partition {
        self.parts
    }

    /// The zone of this region with `letter`; `None` unless it is one of `a` to `z`.
    pub fn zone(&self, letter: char) -> Option<ZoneName> {
        let name = || ZoneName { parts: self.clone(), text: format!("{self}{letter}") };
        letter.is_ascii_lowercase().then(name)
    }
}

impl ZoneName {
    /// The region that the zone lies in.
    pub fn region(&self) -> &Region {
        &self.parts
    }

    /// The letter of the zone.
    pub fn letter(&self) -> char {
        self.text.chars().next_back().unwrap_or('a')
    }
}

fn region(text: &str) -> Result<Partition, String> {
    let holds = |partition: &&Partition| partition.regions().contains(&text);
    if let Some(partition) = Partition::ALL.iter().find(holds) {
        return Ok(*partition);
    }
    let name = shown(text);
    let zone = text.strip_suffix(|c: char| c.is_ascii_lowercase()).filter(|rest| region(rest).is_ok());
    if let Some(rest) = zone {
        return Err(format!("{name} is a zone; its region is `{rest}`"));
    }
    let all = Partition::ALL.iter().flat_map(|partition| partition.regions().iter().copied());
    Err(match nearest(text, all) {
        Some(known) => format!("{name} is no AWS region; did you mean `{known}`?"),
        None => format!("{name} is no AWS region that this version knows; write one such as `us-east-1`"),
    })
}

fn zone(text: &str) -> Result<Region, String> {
    let name = shown(text);
    if text.parse::<Region>().is_ok() {
        return Err(format!("{name} is a region; a zone has a letter after it, such as `{}a`", text));
    }
    let Some(rest) = text.strip_suffix(|c: char| c.is_ascii_lowercase()) else {
        return Err(format!("{name} is no zone; write the region and one letter, such as `us-east-1a`"));
    };
    rest.parse().map_err(|_| {
        match nearest(rest, Partition::ALL.iter().flat_map(|all| all.regions().iter().copied())) {
            Some(known) => {
                format!("{name} is in no AWS region; did you mean `{}`?", text.replacen(rest, known, 1))
            }
            None => format!("{name} is no zone; write the region and one letter, such as `us-east-1a`"),
        }
    })
}

pub(super) fn account(text: &str) -> Result<(), String> {
    if text.len() == 12 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return Ok(());
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let plain = text.chars().all(|c| c.is_ascii_digit() || c == '-' || c == ' ');
    Err(match plain && digits.len() == 12 {
        true => format!("{} is written without signs between: `{digits}`", shown(text)),
        false => format!("{} is no account number; it has exactly 12 digits", shown(text)),
    })
}
