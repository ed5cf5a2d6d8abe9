//! EKS add-ons: what each brings, needs, and when it can start.
//!
//! Sources: EKS user guide (December 2024), reference module terraform-aws-modules/eks 21.19, IAM managed policies of
//! 2026-08-22. Requests of pods come from the projects' own manifests (CoreDNS, VPC CNI chart 1.12, EBS CSI chart of
//! 2024) and are `None` where none was read: a sum over them is a lower bound.

use Kind::{DaemonSet, Deployment};
use Moment::{AfterCompute, BeforeCompute};

/// Which address of the range of Services EKS gives to cluster DNS.
pub const CLUSTER_DNS: u32 = 10;

/// When an add-on can be installed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Moment {
    /// Before the first node, which needs it to become ready or takes its settings from it.
    BeforeCompute,
    /// After the first nodes: it waits until its pods run.
    AfterCompute,
}

/// What kind of workload pods belong to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// A number of pods anywhere.
    Deployment,
    /// One pod on each node.
    DaemonSet,
}

/// The taints that an add-on's pods put up with by themselves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tolerates {
    /// Every taint.
    Everything,
    /// The taint `CriticalAddonsOnly`, whatever its value and effect.
    CriticalAddonsOnly,
    /// None, or not known.
    Nothing,
}

/// Pods that an add-on brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Workload {
    /// The name of the workload.
    pub name: &'static str,
    /// What kind of workload it is.
    pub kind: Kind,
    /// Pods of a Deployment; 0 for a DaemonSet, which follows the nodes, and where the number is not known.
    pub replicas: u32,
    /// Processor that each pod requests, as a Kubernetes quantity.
    pub cpu: Option<&'static str>,
    /// Memory that each pod requests, as a Kubernetes quantity.
    pub memory: Option<&'static str>,
    /// Labels of its pods that a selector of a Fargate profile may name.
    pub labels: &'static [(&'static str, &'static str)],
    /// What its pods tolerate by themselves.
    pub tolerates: Tolerates,
    /// Where in `configuration_values` its tolerations are set, keys joined by dots; `None` where they can not be, or
    /// where no schema was read.
    pub tolerations_at: Option<&'static str>,
}

/// One add-on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Addon {
    /// The name in the EKS API.
    pub name: &'static str,
    /// The namespace that its objects live in.
    pub namespace: &'static str,
    /// The service account that uses AWS, or the main one.
    pub service_account: Option<&'static str>,
    /// The AWS managed policies of its role, by name. Empty where it needs none or one of its own.
    pub policies: &'static [&'static str],
    /// When it can be installed.
    pub moment: Moment,
    /// Kinds that it brings, as `group/Kind`.
    pub provides: &'static [&'static str],
    /// Its pods, where known.
    pub workloads: &'static [Workload],
}

impl Addon {
    /// Whether all of its known pods run on every node in spite of taints.
    pub fn tolerates_everything(&self) -> bool {
        !self.workloads.is_empty()
            && self.workloads.iter().all(|pods| pods.tolerates == Tolerates::Everything)
    }

    /// Whether tolerations of some of its pods can be set in `configuration_values`.
    pub fn takes_tolerations(&self) -> bool {
        self.workloads.iter().any(|pods| pods.tolerations_at.is_some())
    }
}

/// The add-on of this name.
pub fn find(name: &str) -> Option<&'static Addon> {
    ADDONS.iter().find(|addon| addon.name == name)
}

/// The known add-on whose name looks most like `text`, if one is so close that a slip of the pen explains it.
pub fn similar(text: &str) -> Option<&'static str> {
    crate::domain::nearest(text, ADDONS.iter().map(|addon| addon.name))
}

const fn everywhere(name: &'static str) -> Workload {
    Workload { kind: DaemonSet, tolerates: Tolerates::Everything, ..pods(name, 0) }
}

const fn pods(name: &'static str, replicas: u32) -> Workload {
    Workload {
        name,
        kind: Deployment,
        replicas,
        cpu: None,
        memory: None,
        labels: &[],
        tolerates: Tolerates::Nothing,
        tolerations_at: None,
    }
}

const fn addon(name: &'static str, moment: Moment) -> Addon {
    Addon {
        name,
        namespace: "kube-system",
        service_account: None,
        policies: &[],
        moment,
        provides: &[],
        workloads: &[],
    }
}

const VPC_CNI: Addon = Addon {
    service_account: Some("aws-node"),
    policies: &["AmazonEKS_CNI_Policy"],
    workloads: &[Workload { cpu: Some("25m"), ..everywhere("aws-node") }],
    ..addon("vpc-cni", BeforeCompute)
};

const KUBE_PROXY: Addon = Addon {
    service_account: Some("kube-proxy"),
    workloads: &[everywhere("kube-proxy")],
    ..addon("kube-proxy", BeforeCompute)
};

const POD_IDENTITY: Addon = Addon {
    service_account: Some("eks-pod-identity-agent"),
    workloads: &[everywhere("eks-pod-identity-agent")],
    ..addon("eks-pod-identity-agent", BeforeCompute)
};

const COREDNS: Addon = Addon {
    service_account: Some("coredns"),
    workloads: &[Workload {
        cpu: Some("100m"),
        memory: Some("70Mi"),
        labels: &[("eks.amazonaws.com/component", "coredns"), ("k8s-app", "kube-dns")],
        tolerates: Tolerates::CriticalAddonsOnly,
        tolerations_at: Some("tolerations"),
        ..pods("coredns", 2)
    }],
    ..addon("coredns", AfterCompute)
};

const EBS: Addon = Addon {
    service_account: Some("ebs-csi-controller-sa"),
    policies: &["AmazonEBSCSIDriverPolicyV2"],
    workloads: &[
        Workload {
            cpu: Some("10m"),
            memory: Some("40Mi"),
            labels: &[("app", "ebs-csi-controller")],
            tolerates: Tolerates::CriticalAddonsOnly,
            tolerations_at: Some("controller.tolerations"),
            ..pods("ebs-csi-controller", 2)
        },
        Workload {
            cpu: Some("10m"),
            memory: Some("40Mi"),
            tolerations_at: Some("node.tolerations"),
            ..everywhere("ebs-csi-node")
        },
    ],
    ..addon("aws-ebs-csi-driver", AfterCompute)
};

const EFS: Addon = Addon {
    service_account: Some("efs-csi-controller-sa"),
    policies: &["AmazonEFSCSIDriverPolicy"],
    workloads: &[
        Workload { tolerations_at: Some("controller.tolerations"), ..pods("efs-csi-controller", 2) },
        Workload { tolerations_at: Some("node.tolerations"), ..everywhere("efs-csi-node") },
    ],
    ..addon("aws-efs-csi-driver", AfterCompute)
};

const SNAPSHOTS: Addon = Addon {
    service_account: Some("snapshot-controller"),
    provides: &[
        "snapshot.storage.k8s.io/VolumeSnapshot",
        "snapshot.storage.k8s.io/VolumeSnapshotClass",
        "snapshot.storage.k8s.io/VolumeSnapshotContent",
    ],
    workloads: &[pods("snapshot-controller", 0)],
    ..addon("snapshot-controller", AfterCompute)
};

const CLOUDWATCH: Addon = Addon {
    namespace: "amazon-cloudwatch",
    service_account: Some("cloudwatch-agent"),
    policies: &["CloudWatchAgentServerPolicy", "AWSXrayWriteOnlyAccess"],
    ..addon("amazon-cloudwatch-observability", AfterCompute)
};

/// The add-ons whose facts are certain. EKS offers more; the names of its newest community add-ons were not verified
/// and are left out.
pub const ADDONS: &[Addon] = &[
    VPC_CNI,
    KUBE_PROXY,
    POD_IDENTITY,
    COREDNS,
    EBS,
    EFS,
    Addon {
        service_account: Some("s3-csi-driver-sa"),
        ..addon("aws-mountpoint-s3-csi-driver", AfterCompute)
    },
    Addon { service_account: Some("fsx-csi-controller-sa"), ..addon("aws-fsx-csi-driver", AfterCompute) },
    SNAPSHOTS,
    Addon {
        service_account: Some("eks-node-monitoring-agent"),
        ..addon("eks-node-monitoring-agent", AfterCompute)
    },
    Addon {
        service_account: Some("metrics-server"),
        workloads: &[pods("metrics-server", 0)],
        ..addon("metrics-server", AfterCompute)
    },
    CLOUDWATCH,
    Addon { namespace: "opentelemetry-operator-system", ..addon("adot", AfterCompute) },
    Addon { namespace: "amazon-guardduty", ..addon("aws-guardduty-agent", AfterCompute) },
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::catalog::policies;
    use crate::domain::{GroupKind, Key, Namespace, ObjectName, Quantity};

    #[test]
    fn every_row_is_well_formed() {
        for addon in ADDONS {
            assert!(addon.name.parse::<Key>().is_ok() && addon.namespace.parse::<Namespace>().is_ok());
            assert_eq!(find(addon.name), Some(addon));
            assert!(addon.service_account.is_none_or(|name| name.parse::<ObjectName>().is_ok()));
            assert!(addon.policies.iter().all(|name| policies::path(&name.parse().unwrap()).is_some()));
            assert!(addon.provides.iter().all(|kind| kind.parse::<GroupKind>().is_ok()));
            for pods in addon.workloads {
                assert!(
                    [pods.cpu, pods.memory]
                        .into_iter()
                        .flatten()
                        .all(|amount| amount.parse::<Quantity>().is_ok())
                );
                assert!(pods.kind == Deployment || pods.replicas == 0);
            }
        }
    }

    #[test]
    fn what_comes_before_nodes_runs_on_every_node() {
        let early = |addon: &&Addon| addon.moment == BeforeCompute;
        assert!(ADDONS.iter().filter(early).all(Addon::tolerates_everything));
        assert!(
            find("coredns").is_some_and(|addon| addon.takes_tolerations() && !addon.tolerates_everything())
        );
        assert_eq!(similar("core-dns"), Some("coredns"));
    }
}
