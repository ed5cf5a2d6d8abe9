//! How long names may be, and how many things may be together (API references of the AWS services, as known in 2026).

/// Names of IAM roles.
pub const IAM_ROLE: usize = 64;
/// Names of IAM policies.
pub const IAM_POLICY: usize = 128;
/// Names of instance profiles.
pub const INSTANCE_PROFILE: usize = 128;
/// Names of SQS queues, the ending `.fifo` counted.
pub const SQS_QUEUE: usize = 80;
/// Names of EventBridge rules.
pub const EVENT_RULE: usize = 64;
/// Names of EKS clusters (EKS API model, August 2026). The compiler itself allows 63.
pub const EKS_CLUSTER: usize = 100;
/// Names of EKS node groups.
pub const EKS_NODE_GROUP: usize = 63;
/// Names of KMS aliases, the prefix `alias/` counted.
pub const KMS_ALIAS: usize = 256;
/// Names of log groups.
pub const LOG_GROUP: usize = 512;
/// Names of S3 buckets.
pub const S3_BUCKET: usize = 63;
/// Names of CloudTrail trails.
pub const CLOUD_TRAIL: usize = 128;
/// Names of launch templates.
pub const LAUNCH_TEMPLATE: usize = 128;
/// Names of placement groups.
pub const PLACEMENT_GROUP: usize = 255;
/// Names of security groups.
pub const SECURITY_GROUP: usize = 255;
/// Names of groups of subnets of RDS and ElastiCache.
pub const SUBNET_GROUP: usize = 255;
/// Tags on one resource.
pub const TAGS_PER_RESOURCE: usize = 50;
/// Taints of one managed node group (EKS API model, August 2026).
pub const NODE_GROUP_TAINTS: usize = 50;
/// Instance types of one managed node group (EKS API model, August 2026).
pub const NODE_GROUP_INSTANCE_TYPES: usize = 20;
/// Selectors of one Fargate profile (EKS API model, August 2026).
pub const FARGATE_SELECTORS: usize = 5;
/// Characters of a label key of a managed node group, its prefix counted (EKS API model, August 2026).
pub const NODE_GROUP_LABEL_KEY: usize = 63;
/// Names of Helm releases (Helm).
pub const HELM_RELEASE: usize = 53;
/// Bytes of the data of one ConfigMap or Secret (Kubernetes 1.35).
pub const CONFIG_MAP_DATA: usize = 1 << 20;
/// Bytes of one object: the largest request that etcd takes unless told otherwise, 1.5 MiB.
pub const OBJECT: usize = 3 << 19;
