//! The address plan, the way to the API, and the tags by which controllers find subnets.

pub mod address_outside_vpc;
pub mod address_overlap;
pub mod address_size;
pub mod api_open;
pub mod api_unreachable;
pub mod discovery;
pub mod pod_addresses;
pub mod registries;
pub mod service_addresses;
