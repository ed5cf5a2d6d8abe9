//! The address plan, the way to the API, the tags by which controllers find subnets, and who reaches whom.

pub mod address_outside_vpc;
pub mod address_overlap;
pub mod address_size;
pub mod api_open;
pub mod api_unreachable;
pub mod bastion_open;
pub mod certificates;
pub mod discovery;
pub mod known_groups;
pub mod missing_tier;
pub mod open_ports;
pub mod pod_addresses;
pub mod prefixes;
pub mod protection;
pub mod registries;
pub mod service_addresses;
pub mod vpc_ranges;
