//! EC2 instance types: what each holds. Source and columns stand at the top of `instances.tsv`.

use std::cmp::Ordering;

use crate::domain::{Architecture, InstanceType, nearest};

static TABLE: &str = include_str!("instances.tsv");

/// One instance type. What is `None` is not known: types without processors are in the address limits only.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instance {
    /// The type, such as `m7g.large`.
    pub name: &'static str,
    /// The part before the dot, such as `m7g`.
    pub family: &'static str,
    /// The letters that the family starts with, such as `m`.
    pub category: &'static str,
    /// The generation, such as 7.
    pub generation: Option<u32>,
    /// The processor architecture.
    pub arch: Option<Architecture>,
    /// Who made the processor: `intel`, `amd` or `aws`.
    pub cpu_vendor: Option<&'static str>,
    /// Virtual processors.
    pub vcpu: Option<u32>,
    /// Memory in MiB.
    pub memory_mib: Option<u64>,
    /// `nitro`, `xen` or `baremetal`.
    pub hypervisor: Option<&'static str>,
    /// Disks in the machine, GiB in all; 0 without.
    pub local_nvme_gib: u64,
    /// Network interfaces on the default network card.
    pub enis: Option<u32>,
    /// IPv4 addresses on each interface.
    pub ipv4_per_eni: Option<u32>,
    /// Pods without prefix delegation.
    pub max_pods: Option<u32>,
    /// Pods with prefix delegation, capped as AWS advises; `None` where prefixes can not be delegated.
    pub max_pods_prefix: Option<u32>,
    /// Graphics processors.
    pub gpu: Option<Accelerator>,
    /// Other accelerators, such as Inferentia and Trainium.
    pub accelerator: Option<Accelerator>,
    /// Price by the hour on demand in us-east-1, in millionths of a dollar.
    pub microdollars_per_hour: Option<u64>,
}

/// Accelerators of one kind in a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Accelerator {
    /// The model, such as `a10g`.
    pub name: &'static str,
    /// How many; 0 where the machine has a part of one.
    pub count: u32,
    /// Who made it: `nvidia`, `amd`, `aws`, `qualcomm`.
    pub manufacturer: &'static str,
    /// Memory of each in MiB, where known.
    pub memory_mib: Option<u64>,
}

impl Instance {
    /// Whether prefixes of addresses can be delegated to it (Nitro machines, bare metal among them).
    pub fn delegates_prefixes(&self) -> bool {
        self.max_pods_prefix.is_some()
    }
}

/// The row of a type; `None` for a type that the table does not hold.
pub fn find(instance_type: &InstanceType) -> Option<Instance> {
    line_of(instance_type.as_str()).and_then(read)
}

/// Every type, sorted by name. Each row is read when it is reached.
pub fn all() -> impl Iterator<Item = Instance> {
    lines().filter_map(read)
}

/// The types of a family (`m7g`) or of a whole category (`m`). Other rows are not read.
pub fn of_family(word: &str) -> impl Iterator<Item = Instance> {
    let belongs = move |line: &&'static str| {
        let family = family(line.split('\t').next().unwrap_or_default());
        family == word || category(family) == word
    };
    lines().filter(belongs).filter_map(read)
}

/// Every family, such as `m7g`, sorted.
pub fn families() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    names().map(family).filter(move |family| std::mem::replace(&mut last, family) != *family)
}

/// Every category, such as `m`, sorted.
pub fn categories() -> impl Iterator<Item = &'static str> {
    let mut last = "";
    families().map(category).filter(move |category| std::mem::replace(&mut last, category) != *category)
}

/// The known type that looks most like `text`, if one is so close that a slip of the pen explains it.
pub fn similar(text: &str) -> Option<String> {
    nearest(text, names()).map(str::to_owned)
}

fn lines() -> impl Iterator<Item = &'static str> {
    TABLE.lines().skip_while(|line| line.starts_with('#'))
}

fn names() -> impl Iterator<Item = &'static str> {
    lines().filter_map(|line| line.split('\t').next())
}

fn family(name: &'static str) -> &'static str {
    name.split_once('.').map_or(name, |(family, _)| family)
}

fn category(family: &'static str) -> &'static str {
    let end = family.find(|c: char| !c.is_ascii_lowercase()).unwrap_or(family.len());
    family.get(..end).unwrap_or(family)
}

/// Binary search over the bytes of the table: halves fall somewhere in a line and are moved to its ends.
fn line_of(name: &str) -> Option<&'static str> {
    let mut rest = TABLE;
    while !rest.is_empty() {
        let middle = rest.floor_char_boundary(rest.len() / 2);
        let (before, after) = rest.split_at_checked(middle)?;
        let start = before.rfind('\n').map_or(0, |at| at + 1);
        let end = after.find('\n').map_or(rest.len(), |at| middle + at);
        let line = rest.get(start..end)?;
        match line.split('\t').next()?.cmp(name) {
            Ordering::Equal => return Some(line),
            Ordering::Greater => rest = rest.get(..start)?,
            Ordering::Less => rest = rest.get(end + 1..).unwrap_or_default(),
        }
    }
    None
}

fn read(line: &'static str) -> Option<Instance> {
    let fields: [&'static str; 20] = split(line)?;
    let [
        name,
        arch,
        vcpu,
        memory,
        generation,
        hypervisor,
        vendor,
        nvme,
        enis,
        ipv4,
        pods,
        pods_prefix,
        rest @ ..,
    ] = fields;
    let [gpu, gpu_count, gpu_vendor, gpu_memory, other, other_count, other_vendor, price] = rest;
    let text = |field: &'static str| Some(field).filter(|field| !field.is_empty());
    let small = |field: &str| field.parse::<u32>().ok();
    let large = |field: &str| field.parse::<u64>().ok();
    let accelerator = |name, count, manufacturer, memory: &str| {
        Some(Accelerator { name: text(name)?, count: small(count)?, manufacturer, memory_mib: large(memory) })
    };
    Some(Instance {
        name,
        family: family(name),
        category: category(family(name)),
        generation: small(generation),
        arch: arch.parse().ok(),
        cpu_vendor: text(vendor),
        vcpu: small(vcpu),
        memory_mib: large(memory),
        hypervisor: text(hypervisor),
        local_nvme_gib: large(nvme).unwrap_or(0),
        enis: small(enis),
        ipv4_per_eni: small(ipv4),
        max_pods: small(pods),
        max_pods_prefix: small(pods_prefix),
        gpu: accelerator(gpu, gpu_count, gpu_vendor, gpu_memory),
        accelerator: accelerator(other, other_count, other_vendor, ""),
        microdollars_per_hour: large(price),
    })
}

fn split<const COUNT: usize>(line: &'static str) -> Option<[&'static str; COUNT]> {
    let mut fields = line.split('\t');
    let mut split = [""; COUNT];
    for field in &mut split {
        *field = fields.next()?;
    }
    fields.next().is_none().then_some(split)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_well_formed_in_order_and_found_again() {
        let names: Vec<&str> = names().collect();
        assert_eq!(names.len(), 1409);
        assert!(names.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(all().count(), names.len());
        for row in all() {
            let word: InstanceType = row.name.parse().unwrap();
            assert_eq!(find(&word), Some(row));
            assert_eq!((word.family(), row.vcpu.is_some()), (row.family, row.memory_mib.is_some()));
            assert_eq!(row.arch.is_some(), row.vcpu.is_some(), "{}", row.name);
            assert!(row.vcpu.is_some() || row.max_pods.is_some(), "{}", row.name);
        }
    }

    #[test]
    fn rows_say_what_the_tables_say() {
        let row = find(&"g5.12xlarge".parse().unwrap()).unwrap();
        assert_eq!(
            (row.arch, row.vcpu, row.memory_mib),
            (Some(Architecture::Amd64), Some(48), Some(196_608))
        );
        assert_eq!((row.max_pods, row.max_pods_prefix), (Some(737), Some(250)));
        let gpu = Accelerator { name: "a10g", count: 4, manufacturer: "nvidia", memory_mib: Some(22_888) };
        assert_eq!((row.gpu, row.accelerator), (Some(gpu), None));
        let old = find(&"i3.large".parse().unwrap()).unwrap();
        assert_eq!((old.hypervisor, old.delegates_prefixes()), (Some("xen"), false));
        assert_eq!(find(&"m7g.tiny".parse().unwrap()), None);
        assert_eq!(find(&"zz9.huge".parse().unwrap()), None);
        assert_eq!(find(&"a0.x".parse().unwrap()), None);
    }

    #[test]
    fn families_and_categories_come_once_each() {
        let families: Vec<_> = families().collect();
        assert!(families.contains(&"m7g") && families.contains(&"c7i-flex"));
        let mut unique = families.clone();
        unique.sort_unstable();
        unique.dedup();
        assert_eq!(families.len(), unique.len());
        let categories: Vec<_> = categories().collect();
        assert!(categories.windows(2).all(|pair| pair[0] < pair[1]), "{categories:?}");
        assert!(["m", "c", "r", "t", "inf", "trn", "hpc"].iter().all(|known| categories.contains(known)));
    }

    #[test]
    fn slips_of_the_pen_find_the_type() {
        assert_eq!(similar("m7g.larg").as_deref(), Some("m7g.large"));
        assert_eq!(similar("t4.medium").as_deref(), Some("t4g.medium"));
        assert_eq!(similar("something.else"), None);
    }
}
