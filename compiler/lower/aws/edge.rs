//! The edge: the bastion, certificates, records of traffic.

use super::network;
use crate::cluster::{Cluster, Tier};
use crate::domain::DomainName;
use crate::ir::{BastionHost, Certificate, FlowLogGroup, FlowLogs};
use crate::source::Address;

/// The bastion. Sessions by Session Manager need no open port.
pub(super) fn bastion(cluster: &Cluster) -> Option<BastionHost> {
    let bastion = cluster.bastion.as_ref()?;
    let subnet = cluster.network.tier(Tier::Public).next()?;
    Some(BastionHost {
        instance_type: bastion.written.instance_type.clone(),
        arch: bastion.arch,
        subnet: network::key(Tier::Public, &subnet.zone),
        ssh_key: bastion.written.ssh.as_ref().map(|ssh| ssh.key.clone()),
        managed_policies: vec!["AmazonSSMManagedInstanceCore".to_owned()],
    })
}

pub(super) fn certificates(cluster: &Cluster) -> Vec<Certificate> {
    let lower = |(key, written): (&crate::domain::Key, &crate::spec::Certificate)| {
        let mut proved: Vec<String> = Vec::new();
        let names = std::iter::once(&written.domain).chain(&written.alternatives);
        for base in names.map(DomainName::base) {
            if !proved.iter().any(|known| known == base) {
                proved.push(base.to_owned());
            }
        }
        Certificate {
            key: key.to_string(),
            domain: written.domain.clone(),
            alternatives: written.alternatives.clone(),
            proved,
            zone: written.zone.clone(),
            address: Address::of("spec.aws.certificates").key(key.as_str()),
        }
    };
    cluster.certificates.iter().map(lower).collect()
}

pub(super) fn flow_logs(cluster: &Cluster) -> Option<FlowLogs> {
    let written = cluster.network.flow_logs.as_ref()?;
    Some(FlowLogs {
        traffic: written.traffic,
        aggregation: written.aggregation.0,
        log_group: written
            .log_group()
            .map(|group| FlowLogGroup { retention_days: group.retention_days.0, key: group.key }),
        bucket: written.s3.as_ref().map(|bucket| bucket.arn.clone()),
    })
}
