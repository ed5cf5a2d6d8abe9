//! AWS managed policies and the paths in their ARNs (AWS managed policy reference, 2026-08-22).

use crate::domain::{Partition, PolicyName};

/// Name and path of each policy, sorted by name. The path is empty or ends with `/`.
pub const POLICIES: &[(&str, &str)] = &[
    ("AWSSecretsManagerClientReadOnlyAccess", ""),
    ("AWSServiceRoleForAmazonEKSNodegroup", "aws-service-role/"),
    ("AWSXrayWriteOnlyAccess", ""),
    ("AmazonEBSCSIDriverEKSClusterScopedPolicy", ""),
    ("AmazonEBSCSIDriverPolicy", "service-role/"),
    ("AmazonEBSCSIDriverPolicyV2", ""),
    ("AmazonEC2ContainerRegistryPullOnly", ""),
    ("AmazonEC2ContainerRegistryReadOnly", ""),
    ("AmazonEFSCSIDriverPolicy", "service-role/"),
    ("AmazonEKSBlockStoragePolicy", ""),
    ("AmazonEKSBlockStoragePolicyV2", ""),
    ("AmazonEKSClusterPolicy", ""),
    ("AmazonEKSComputePolicy", ""),
    ("AmazonEKSFargatePodExecutionRolePolicy", ""),
    ("AmazonEKSForFargateServiceRolePolicy", "aws-service-role/"),
    ("AmazonEKSLoadBalancingPolicy", ""),
    ("AmazonEKSLocalOutpostClusterPolicy", ""),
    ("AmazonEKSNetworkingPolicy", ""),
    ("AmazonEKSServicePolicy", ""),
    ("AmazonEKSServiceRolePolicy", "aws-service-role/"),
    ("AmazonEKSVPCResourceController", ""),
    ("AmazonEKSWorkerNodeMinimalPolicy", ""),
    ("AmazonEKSWorkerNodePolicy", ""),
    ("AmazonEKS_CNI_Policy", ""),
    ("AmazonPrometheusRemoteWriteAccess", ""),
    ("AmazonS3FilesCSIDriverPolicy", "service-role/"),
    ("AmazonSSMManagedInstanceCore", ""),
    ("CloudWatchAgentServerPolicy", ""),
];

/// What the control plane's role carries.
pub const CLUSTER_ROLE: [&str; 1] = ["AmazonEKSClusterPolicy"];
/// What the control plane does with the key that wraps the data keys of Secrets.
pub const SECRETS_KEY_ACTIONS: [&str; 4] =
    ["kms:Encrypt", "kms:Decrypt", "kms:ListGrants", "kms:DescribeKey"];
/// What administrators of a key do with it: everything but use it (AWS KMS developer guide, default key policy).
pub const KEY_ADMINISTRATOR_ACTIONS: [&str; 15] = [
    "kms:Create*",
    "kms:Describe*",
    "kms:Enable*",
    "kms:List*",
    "kms:Put*",
    "kms:Update*",
    "kms:Revoke*",
    "kms:Disable*",
    "kms:Get*",
    "kms:Delete*",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:ScheduleKeyDeletion",
    "kms:CancelKeyDeletion",
    "kms:RotateKeyOnDemand",
];
/// What users of a key do with it (AWS KMS developer guide, default key policy).
pub const KEY_USER_ACTIONS: [&str; 5] =
    ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
/// What a trail does with its log group.
pub const TRAIL_LOG_ACTIONS: [&str; 2] = ["logs:CreateLogStream", "logs:PutLogEvents"];

/// What VPC flow logs do with their log group (VPC user guide, 2026; the group itself is made for them).
pub const FLOW_LOG_ACTIONS: [&str; 3] =
    ["logs:CreateLogStream", "logs:PutLogEvents", "logs:DescribeLogStreams"];
/// How VPC flow logs find the group: a list, which IAM grants on all groups or not at all.
pub const FLOW_LOG_LIST_ACTIONS: [&str; 1] = ["logs:DescribeLogGroups"];

/// The path of a policy: empty or such as `service-role/`; `None` for a policy that the table does not hold.
pub fn path(name: &PolicyName) -> Option<&'static str> {
    let at = POLICIES.binary_search_by_key(&name.as_str(), |row| row.0).ok()?;
    POLICIES.get(at).map(|row| row.1)
}

/// The ARN of a policy in a partition; `None` for a policy that the table does not hold.
pub fn arn(name: &PolicyName, partition: Partition) -> Option<String> {
    path(name).map(|path| format!("arn:{partition}:iam::aws:policy/{path}{name}"))
}

/// The known policy that looks most like `text`, if one is so close that a slip of the pen explains it.
pub fn similar(text: &str) -> Option<&'static str> {
    crate::domain::nearest(text, POLICIES.iter().map(|row| row.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::Arn;

    #[test]
    fn every_policy_is_a_name_with_an_arn() {
        assert!(POLICIES.windows(2).all(|pair| pair[0].0 < pair[1].0));
        for (name, path) in POLICIES {
            let name: PolicyName = name.parse().unwrap();
            assert!(path.is_empty() || path.ends_with('/'));
            assert!(arn(&name, Partition::AwsChina).unwrap().parse::<Arn>().is_ok());
        }
    }

    #[test]
    fn paths_are_kept() {
        let arn = |name: &str| arn(&name.parse().unwrap(), Partition::Aws);
        assert_eq!(
            arn("AmazonEBSCSIDriverPolicy").as_deref(),
            Some("arn:aws:iam::aws:policy/service-role/AmazonEBSCSIDriverPolicy")
        );
        assert_eq!(
            arn("AmazonEKS_CNI_Policy").as_deref(),
            Some("arn:aws:iam::aws:policy/AmazonEKS_CNI_Policy")
        );
        assert_eq!(arn("Unknown"), None);
    }
}
