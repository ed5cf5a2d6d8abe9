//! Access policies of EKS: what an access entry may do in the cluster (EKS user guide, December 2024).

use crate::domain::{Partition, choices};

choices! {
    /// What a principal may do in the cluster.
    AccessPolicy {
        /// Everything, in the whole cluster.
        ClusterAdmin = "cluster-admin",
        /// Everything inside namespaces, roles and bindings too.
        Admin = "admin",
        /// Changes to most things inside namespaces.
        Edit = "edit",
        /// Reading, but no secrets.
        View = "view",
        /// Reading everything, secrets too.
        AdminView = "admin-view",
    }

    /// A role of Kubernetes that groups are bound to.
    ClusterRole {
        /// Everything (Kubernetes' own role).
        ClusterAdmin = "cluster-admin",
        /// Everything inside namespaces, roles and bindings too (Kubernetes' own role).
        Admin = "admin",
        /// Changes to most things inside namespaces (Kubernetes' own role).
        Edit = "edit",
        /// Reading most things inside namespaces, but no secrets (Kubernetes' own role).
        View = "view",
        /// Reading everything everywhere, secrets and nodes too. The role is delivered with the binding.
        ViewAll = "view-all",
    }
}

impl ClusterRole {
    /// The name of the role in the cluster; those of Kubernetes are there (RBAC reference, Kubernetes 1.35).
    pub fn object_name(self) -> &'static str {
        match self {
            ClusterRole::ViewAll => "access-view-all",
            known => known.as_str(),
        }
    }
}

impl AccessPolicy {
    /// The name of the policy in EKS.
    pub const fn eks_name(self) -> &'static str {
        match self {
            AccessPolicy::ClusterAdmin => "AmazonEKSClusterAdminPolicy",
            AccessPolicy::Admin => "AmazonEKSAdminPolicy",
            AccessPolicy::Edit => "AmazonEKSEditPolicy",
            AccessPolicy::View => "AmazonEKSViewPolicy",
            AccessPolicy::AdminView => "AmazonEKSAdminViewPolicy",
        }
    }

    /// Whether it may be given for the whole cluster. `admin` is meant for namespaces: its cluster-wide form is
    /// `cluster-admin`.
    pub const fn may_be_cluster_wide(self) -> bool {
        !matches!(self, AccessPolicy::Admin)
    }

    /// Whether it may be given for some namespaces only.
    pub const fn may_be_namespaced(self) -> bool {
        !matches!(self, AccessPolicy::ClusterAdmin)
    }

    /// The ARN of the policy in a partition.
    pub fn arn(self, partition: Partition) -> String {
        format!("arn:{partition}:eks::aws:cluster-access-policy/{}", self.eks_name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Arn;

    #[test]
    fn every_policy_has_an_arn_and_a_scope() {
        for policy in AccessPolicy::ALL {
            assert!(policy.arn(Partition::Aws).parse::<Arn>().is_ok());
            assert!(policy.may_be_cluster_wide() || policy.may_be_namespaced());
            assert_eq!(policy.as_str().parse(), Ok(*policy));
        }
    }
}
