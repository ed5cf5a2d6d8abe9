//! The infra graph: what Terraform makes. Each node has a key that is stable under changes elsewhere, typed
//! references to other nodes, and the part of the spec that asked for it.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    Access, Acting, AuthRow, BastionHost, Boundary, Certificate, FargateProfile, FlowLogs, Foundation,
    HandedSecret, Identity, KeyForDisks, NodeGroup, OidcProvider, OwnGroup, Text, TrafficRule,
};
use crate::catalog::logs::LogType;
use crate::cluster::{Prefix, Tier};
use crate::domain::{AccountId, Cidr, InputName, ZoneName};
use crate::source::{Address, Origin};
use crate::spec::{
    Authentication, DataEvents, Given, InputDeclaration, S3State, SecretsKey, SubnetGroup, Support,
};

/// Terraform's side of a cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Infra {
    /// The cluster's name.
    pub name: String,
    /// The region.
    pub region: String,
    /// The partition, such as `aws`.
    pub partition: String,
    /// The account, if it is known or an input.
    pub account: Option<Given<AccountId>>,
    /// Tags on everything.
    pub tags: BTreeMap<String, String>,
    /// Where the state is kept.
    pub state: S3State,
    /// What comes before the cluster.
    pub foundation: Option<Foundation>,
    /// All declared inputs.
    pub inputs: BTreeMap<InputName, InputDeclaration>,
    /// The network.
    pub network: Network,
    /// The one group that nodes carry.
    pub node_security_group: SecurityGroup,
    /// The control plane.
    pub control_plane: ControlPlane,
    /// The role that nodes of managed groups take.
    pub node_role: Role,
    /// The role that nodes of self-managed groups take. EKS lets the role of a managed group in by itself, and refuses
    /// to be told so once more; hence each sort has its own, and a group of the other sort may come at any time.
    pub self_managed_role: Role,
    /// Groups of nodes, managed and self-managed.
    pub node_groups: Vec<NodeGroup>,
    /// The key of the cluster's own for disks.
    pub disk_key: Option<KeyForDisks>,
    /// Fargate profiles, in the order in which they are made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub fargate: Vec<FargateProfile>,
    /// Roles for service accounts.
    pub identities: Vec<Identity>,
    /// Issuers of identities elsewhere.
    pub oidc_providers: Vec<OidcProvider>,
    /// What limits every role.
    pub boundary: Option<Boundary>,
    /// Who may use the API.
    pub access: Vec<Access>,
    /// Where the cluster looks that up.
    pub authentication: Authentication,
    /// The rows of the ConfigMap `aws-auth`, where it counts.
    pub aws_auth: Option<Vec<AuthRow>>,
    /// Roles for people.
    pub roles: Vec<Identity>,
    /// The role that Terraform acts as.
    pub assume_role: Option<Acting>,
    /// Add-ons.
    pub addons: Vec<Addon>,
    /// What surrounds Karpenter.
    pub karpenter: Option<KarpenterInfra>,
    /// The audit trail.
    pub trail: Option<Trail>,
    /// Security groups of the user's own.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security_groups: Vec<OwnGroup>,
    /// Rules of security groups, beside those that the nodes need to work.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub traffic_rules: Vec<TrafficRule>,
    /// The machine from which people reach nodes and the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bastion: Option<BastionHost>,
    /// Certificates.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub certificates: Vec<Certificate>,
    /// Whether what cannot be made again is kept from being deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// How Flux gets into the cluster.
    pub bootstrap: Option<Bootstrap>,
    /// Values for manifests, written by the `gitops` stack.
    pub facts: Vec<FactValue>,
    /// Secrets for Flux that hold inputs.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub handed_secrets: Vec<HandedSecret>,
}

impl Infra {
    /// Whether EKS keeps the nodes of any group.
    pub fn has_managed_groups(&self) -> bool {
        self.node_groups.iter().any(|group| group.managed().is_some())
    }

    /// Whether any group is self-managed.
    pub fn has_self_managed_groups(&self) -> bool {
        self.node_groups.iter().any(|group| group.self_managed().is_some())
    }

    /// Every role with permissions that the spec asks for: of service accounts, of identities elsewhere, of people.
    pub fn all_identities(&self) -> impl Iterator<Item = &Identity> {
        self.identities.iter().chain(self.foreign_roles()).chain(&self.roles)
    }

    /// The roles that identities of other issuers take.
    pub fn foreign_roles(&self) -> impl Iterator<Item = &Identity> {
        self.oidc_providers.iter().flat_map(|provider| &provider.roles).map(|role| &role.identity)
    }

    /// Whether Terraform puts Flux, or something for Flux, into the cluster.
    pub fn terraform_brings_flux(&self) -> bool {
        let by_hand = |it: &Bootstrap| it.way == crate::spec::Bootstrap::Cli && !self.hands_over();
        self.bootstrap.as_ref().is_some_and(|bootstrap| !by_hand(bootstrap))
    }

    /// Whether there is a stack `gitops`: with what Terraform puts into the cluster.
    pub fn has_gitops_stack(&self) -> bool {
        self.terraform_brings_flux() || self.aws_auth.is_some()
    }

    /// Whether the `gitops` stack hands something to the cluster beside Flux.
    pub fn hands_over(&self) -> bool {
        !self.facts.is_empty() || !self.handed_secrets.is_empty()
    }
}

/// A tag that both halves must agree on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SharedTag {
    /// The key.
    pub key: String,
    /// The value.
    pub value: String,
}

/// The VPC and all in it.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Network {
    /// Its range.
    pub cidr: Cidr,
    /// Its further ranges.
    pub secondary_cidrs: Vec<Cidr>,
    /// Subnets, tier by tier.
    pub subnets: Vec<Subnet>,
    /// NAT gateways.
    pub nat_gateways: Vec<NatGateway>,
    /// Route tables.
    pub route_tables: Vec<RouteTable>,
    /// VPC endpoints, in an isolated network.
    pub endpoints: Vec<VpcEndpoint>,
    /// Whether it has IPv6 beside IPv4.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub ipv6: bool,
    /// Services that know the subnets of databases as a group.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subnet_groups: Vec<SubnetGroup>,
    /// Records of its traffic.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub flow_logs: Option<FlowLogs>,
}

/// A subnet.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Subnet {
    /// Its key: tier and zone.
    pub key: String,
    /// Its tier.
    pub tier: Tier,
    /// Its zone.
    pub zone: ZoneName,
    /// Its range.
    pub cidr: Cidr,
    /// Its tags, the derived ones included.
    pub tags: BTreeMap<String, String>,
    /// Whether machines in it get public IPv4 addresses unasked.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub public_ips: bool,
    /// Its IPv6 network.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ipv6: Option<Prefix>,
    /// The key of its route table.
    pub route_table: String,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}

/// A NAT gateway.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct NatGateway {
    /// Its key: `main`, or its zone.
    pub key: String,
    /// The key of the public subnet that it is in.
    pub subnet: String,
}

/// A route table.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RouteTable {
    /// Its key: the tier, with the zone where each zone has its own.
    pub key: String,
    /// The tier that it serves.
    pub tier: Tier,
    /// Its way out.
    pub way_out: WayOut,
}

/// The default route of a table.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum WayOut {
    /// To the internet.
    Internet,
    /// Through the NAT gateway with this key.
    Nat(String),
    /// None.
    Nowhere,
}

/// A VPC endpoint.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct VpcEndpoint {
    /// The service, as in `com.amazonaws.REGION.SERVICE`.
    pub service: String,
    /// Gateway or interface.
    pub is_gateway: bool,
    /// Who needs it.
    pub why: String,
}

/// The security group that nodes carry.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SecurityGroup {
    /// Its tags.
    pub tags: BTreeMap<String, String>,
    /// Ports that the control plane reaches on the nodes.
    pub from_control_plane: Vec<OpenPort>,
}

/// Ports that the control plane reaches on every node, whatever runs there, and what for.
pub const NODE_PORTS: [(u16, &str); 2] =
    [(443, "API server to extension APIs"), (10250, "API server to kubelet and webhooks")];

/// A port that the control plane reaches on the nodes.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct OpenPort {
    /// The number.
    pub port: u16,
    /// What answers there.
    pub why: String,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}

/// The EKS control plane.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ControlPlane {
    /// The minor version.
    pub version: String,
    /// What happens when its support ends.
    pub support: Support,
    /// The tier that its interfaces are in.
    pub tier: Tier,
    /// Whether the API is reachable from the VPC.
    pub private: bool,
    /// Who reaches it from the internet.
    pub public: Vec<Given<Cidr>>,
    /// The range of Service addresses.
    pub service_cidr: Cidr,
    /// The key for Secrets.
    pub secrets_key: SecretsKey,
    /// Which logs are kept.
    pub logs: Vec<LogType>,
    /// For how many days.
    pub log_days: u32,
}

/// A role with managed policies.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Role {
    /// The suffix of its name after the cluster's.
    pub suffix: String,
    /// Names of AWS managed policies.
    pub managed_policies: Vec<String>,
}

/// When an add-on is made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum Moment {
    /// Before the first node joins.
    BeforeNodes,
    /// When nodes are there to run it.
    AfterNodes,
}

/// An EKS add-on.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Addon {
    /// EKS' name.
    pub name: String,
    /// `default`, `newest` or an exact version.
    pub version: String,
    /// Its settings.
    pub configuration: serde_json::Map<String, serde_json::Value>,
    /// Whether settings changed in the cluster are overwritten on update.
    pub overwrite: bool,
    /// When it is made.
    pub moment: Moment,
    /// The key of its identity.
    pub identity: Option<String>,
    /// Whether its pods run on the tainted system nodes.
    pub tolerates: Vec<crate::domain::Toleration>,
    /// Where the spec asks for it.
    #[serde(skip)]
    pub address: Address,
}

/// What surrounds Karpenter.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct KarpenterInfra {
    /// The name of the interruption queue.
    pub queue: String,
    /// The name of the role of its nodes.
    pub node_role: String,
    /// Whether nodes get an instance profile that Terraform makes, because IAM cannot be reached from the VPC.
    pub instance_profile: bool,
    /// Managed policies of the node role.
    pub managed_policies: Vec<String>,
    /// The tag that its classes select by.
    pub discovery: SharedTag,
    /// Whether any pool may buy Spot.
    pub buys_spot: bool,
    /// The version of the controller.
    pub version: semver::Version,
}

impl KarpenterInfra {
    /// The key of the role of its nodes.
    pub const ROLE: &'static str = "karpenter_node";
}

/// The audit trail.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Trail {
    /// Data events that it records.
    pub data_events: Vec<DataEvents>,
    /// Whether it records all regions.
    pub multi_region: bool,
    /// Days that the log group keeps events.
    pub retention_days: u32,
    /// Whether the bucket goes with its content.
    pub delete_with_cluster: bool,
}

/// How Flux gets into the cluster.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Bootstrap {
    /// The way.
    pub way: crate::spec::Bootstrap,
    /// Flux' minor version.
    pub version: String,
    /// The repository.
    pub repository: String,
    /// The branch.
    pub branch: Given<String>,
    /// The folder that Flux reads, from the repository's root.
    pub path: String,
    /// Credentials.
    pub auth: Option<crate::spec::GitAuth>,
    /// Who commits are by.
    pub author: Option<crate::spec::Author>,
    /// Signing of commits.
    pub signing: Option<crate::spec::Signing>,
    /// Labels of the nodes that the spec chooses for Flux' pods; empty where it does not.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub selector: BTreeMap<String, String>,
    /// Keys of taints that Flux' pods tolerate.
    pub toleration_keys: Vec<String>,
}

/// A value for manifests.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct FactValue {
    /// The variable's name.
    pub name: String,
    /// Whether the value carries quotes of its own, so that it stays text where it stands alone.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub quoted: bool,
    /// Its value.
    pub value: Text,
    /// Who asked for it.
    #[serde(skip)]
    pub origin: Origin,
}
