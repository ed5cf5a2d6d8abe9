//! VPC endpoints that a cluster without a way to the internet needs (EKS user guide and best practices, May 2026).

/// How an endpoint is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum EndpointKind {
    /// By network interfaces in the subnets, behind a security group.
    Interface,
    /// By an entry in the route tables.
    Gateway,
}

/// When an endpoint is needed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum NeededFor {
    /// Every private cluster.
    Cluster,
    /// EKS Pod Identity.
    PodIdentity,
    /// Load balancers made from inside the cluster.
    LoadBalancers,
    /// cluster-autoscaler and groups of machines.
    Autoscaling,
    /// Karpenter's queue of interruptions.
    KarpenterInterruption,
    /// Logs sent to CloudWatch.
    Logs,
    /// Karpenter's and node groups' look-ups of images.
    Parameters,
    /// Sessions on nodes by Session Manager, together with [`NeededFor::Parameters`].
    Sessions,
    /// Volumes and secrets under keys of one's own.
    Keys,
    /// Shared file systems of EFS.
    FileSystems,
    /// Secrets that pods mount from Secrets Manager.
    MountedSecrets,
    /// Traces sent to X-Ray.
    Traces,
}

/// One endpoint service.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Endpoint {
    /// The last part of the service name, after `com.amazonaws.REGION.`.
    pub service: &'static str,
    /// How it is reached.
    pub kind: EndpointKind,
    /// When it is needed.
    pub needed_for: NeededFor,
}

const fn interface(service: &'static str, needed_for: NeededFor) -> Endpoint {
    Endpoint { service, kind: EndpointKind::Interface, needed_for }
}

/// The endpoints, sorted by service. IAM and the price list have none.
pub const ENDPOINTS: &[Endpoint] = &[
    interface("autoscaling", NeededFor::Autoscaling),
    interface("ec2", NeededFor::Cluster),
    interface("ec2messages", NeededFor::Sessions),
    interface("ecr.api", NeededFor::Cluster),
    interface("ecr.dkr", NeededFor::Cluster),
    interface("eks", NeededFor::Cluster),
    interface("eks-auth", NeededFor::PodIdentity),
    interface("elasticfilesystem", NeededFor::FileSystems),
    interface("elasticloadbalancing", NeededFor::LoadBalancers),
    interface("kms", NeededFor::Keys),
    interface("logs", NeededFor::Logs),
    Endpoint { service: "s3", kind: EndpointKind::Gateway, needed_for: NeededFor::Cluster },
    interface("secretsmanager", NeededFor::MountedSecrets),
    interface("sqs", NeededFor::KarpenterInterruption),
    interface("ssm", NeededFor::Parameters),
    interface("ssmmessages", NeededFor::Sessions),
    interface("sts", NeededFor::Cluster),
    interface("xray", NeededFor::Traces),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn services_are_sorted_and_only_s3_is_a_gateway() {
        assert!(ENDPOINTS.windows(2).all(|pair| pair[0].service < pair[1].service));
        let gateways = ENDPOINTS.iter().filter(|endpoint| endpoint.kind == EndpointKind::Gateway);
        assert!(gateways.map(|endpoint| endpoint.service).eq(["s3"]));
    }
}
