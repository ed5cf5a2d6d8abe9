//! Fargate profiles. Their pods are in the private subnets: EKS takes no others.

use super::network;
use crate::cluster::{self, Cluster, Tier};
use crate::domain::Key;
use crate::ir::{FargateProfile, FargateSelector};

pub(super) fn profiles(cluster: &Cluster) -> Vec<FargateProfile> {
    let tier = Tier::Private;
    let profile = |(key, profile): (&Key, &cluster::FargateProfile)| FargateProfile {
        key: key.to_string(),
        selectors: profile
            .written
            .selectors
            .iter()
            .map(|selector| FargateSelector {
                namespace: selector.namespace.to_string(),
                labels: selector.labels.clone(),
            })
            .collect(),
        subnets: cluster.network.tier(tier).map(|subnet| network::key(tier, &subnet.zone)).collect(),
        tier,
        address: profile.address.clone(),
    };
    cluster.fargate.iter().map(profile).collect()
}
