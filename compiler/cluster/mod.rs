//! What the user meant: defaults applied, addresses carved, components pinned.

mod bastion;
mod components;
mod fargate;
mod network;
mod nodes;

use std::collections::BTreeMap;

use serde::Serialize;

use crate::component::Library;
use crate::diagnostic::Sink;
use crate::domain::{ClusterName, InputName, Key, KubernetesVersion, Partition, Region, TagKey, TagValue};
use crate::source::{Address, Files, Sources};
use crate::spec::{
    AccessEntry, Allowed, AssumedRole, Audit, Authentication, Certificate, DelegationRole, Endpoint,
    ExternalSecrets, Foundation, GitOps, Given, InputDeclaration, Logs, OidcProvider, PermissionsBoundary,
    S3State, SecretsKey, Spec, Support, WorkloadIdentity,
};

pub use bastion::Bastion;
pub use components::{AddonUse, AppSource, Component};
pub use fargate::{FargateProfile, Labels};
pub use network::{Network, Prefix, Subnet, Tier};
pub use nodes::{Karpenter, NodeClass, NodeGroup};

/// A cluster as it is meant. Serialised, it is what `clusterc show spec` prints.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Cluster {
    /// The name.
    pub name: ClusterName,
    /// Tags on everything.
    pub tags: BTreeMap<TagKey, TagValue>,
    /// Accepted warnings.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub allow: Vec<Allowed>,
    /// Inputs, by name.
    pub inputs: BTreeMap<InputName, InputDeclaration>,
    /// The Kubernetes version.
    pub version: KubernetesVersion,
    /// What happens when its support ends.
    pub support: Support,
    /// The region.
    pub region: Region,
    /// The partition, which follows from the region.
    pub partition: Partition,
    /// The account, if the spec names it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub account: Option<Given<crate::domain::AccountId>>,
    /// Where Terraform keeps its state.
    pub state: S3State,
    /// What comes before the cluster.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub foundation: Option<Foundation>,
    /// The network.
    pub network: Network,
    /// The way to the API.
    pub endpoint: Endpoint,
    /// Who may use the API.
    pub access: BTreeMap<Key, AccessEntry>,
    /// Where the cluster looks that up.
    #[serde(skip_serializing_if = "Cluster::is_default")]
    pub authentication: Authentication,
    /// Roles for people.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub roles: BTreeMap<Key, DelegationRole>,
    /// The role that Terraform acts as.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub assume_role: Option<AssumedRole>,
    /// The key for Secrets.
    pub secrets_key: SecretsKey,
    /// The control plane's logs.
    pub logs: Logs,
    /// Fixed groups of nodes.
    pub node_groups: BTreeMap<Key, NodeGroup>,
    /// What runs without a node.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub fargate: BTreeMap<Key, FargateProfile>,
    /// Nodes made on demand.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub karpenter: Option<Karpenter>,
    /// EKS add-ons.
    pub addons: BTreeMap<Key, AddonUse>,
    /// Identities of apps.
    pub identities: BTreeMap<Key, WorkloadIdentity>,
    /// What limits every role.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub permissions_boundary: Option<PermissionsBoundary>,
    /// Issuers of identities elsewhere.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub oidc_providers: BTreeMap<Key, OidcProvider>,
    /// The audit trail.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audit: Option<Audit>,
    /// The machine from which people reach nodes and the API.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bastion: Option<Bastion>,
    /// Certificates.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub certificates: BTreeMap<Key, Certificate>,
    /// Whether what cannot be made again is kept from being deleted.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub protect: bool,
    /// Components, by name.
    pub components: BTreeMap<Key, Component>,
    /// Apps, by name.
    pub apps: BTreeMap<Key, AppSource>,
    /// Secrets from AWS.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub external_secrets: Option<ExternalSecrets>,
    /// Delivery.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub gitops: Option<GitOps>,
}

/// What resolving may read.
pub struct World<'a> {
    /// The standard library.
    pub library: &'a Library,
    /// The user's files.
    pub files: &'a dyn Files,
    /// All files that were read.
    pub sources: &'a mut Sources,
    /// All findings.
    pub sink: &'a mut Sink,
}

/// What a spec means. `None` when faults leave no cluster to speak of; the sink says which.
pub fn resolve(spec: &Spec, world: &mut World<'_>) -> Option<Cluster> {
    let written = &spec.written.spec;
    let aws = &written.aws;
    let network = network::resolve(spec, world.sink);
    let node_groups = nodes::groups(spec, network.as_ref(), world.sink);
    let karpenter = nodes::karpenter(spec, world.sink);
    let components = components::components(spec, world);
    let addons = components::addons(spec, &components, world.sink);
    let apps = components::apps(spec, world);
    Some(Cluster {
        name: spec.written.metadata.name.clone(),
        tags: spec.written.metadata.tags.clone(),
        allow: written.allow.clone(),
        inputs: written.inputs.clone(),
        version: written.kubernetes.version.clone(),
        support: written.kubernetes.support,
        region: aws.region.clone(),
        partition: aws.region.partition(),
        account: aws.account.clone(),
        state: aws.state.s3.clone(),
        foundation: aws.foundation.clone(),
        network: network?,
        endpoint: aws.endpoint.clone(),
        access: aws.access.clone(),
        authentication: aws.authentication,
        roles: aws.roles.clone(),
        assume_role: aws.assume_role.clone(),
        secrets_key: aws.encryption.secrets.clone(),
        logs: aws.logs.clone(),
        node_groups,
        fargate: fargate::profiles(spec),
        karpenter,
        addons,
        identities: aws.identities.clone(),
        permissions_boundary: aws.permissions_boundary.clone(),
        oidc_providers: aws.oidc_providers.clone(),
        audit: aws.audit.clone(),
        bastion: bastion::resolve(spec, world.sink),
        certificates: aws.certificates.clone(),
        protect: aws.protect,
        components,
        apps,
        external_secrets: written.external_secrets.clone(),
        gitops: written.gitops.clone(),
    })
}

impl Cluster {
    /// Whether the private subnets have no way to the internet.
    pub fn is_isolated(&self) -> bool {
        self.network.is_isolated()
    }

    /// The node group of this name in the spec; of one that is made in several zones, the first.
    pub fn group(&self, name: &Key) -> Option<&NodeGroup> {
        let address = Cluster::aws("nodeGroups").key(name.as_str());
        self.node_groups.values().find(|group| group.address == address)
    }

    /// The address in the spec that decides a key of the resolved cluster; `None` for what follows from others.
    pub fn decided_by(key: &str) -> Option<Address> {
        Some(match key {
            "name" | "tags" => Address::of("metadata").key(key),
            "allow" | "inputs" | "components" | "apps" | "externalSecrets" | "gitops" => {
                Address::of("spec").key(key)
            }
            "version" | "support" => Address::of("spec.kubernetes").key(key),
            "state" => Address::of("spec.aws.state.s3"),
            "secretsKey" => Address::of("spec.aws.encryption.secrets"),
            "region"
            | "account"
            | "foundation"
            | "network"
            | "endpoint"
            | "access"
            | "authentication"
            | "roles"
            | "assumeRole"
            | "logs"
            | "nodeGroups"
            | "fargate"
            | "karpenter"
            | "addons"
            | "identities"
            | "permissionsBoundary"
            | "oidcProviders"
            | "audit"
            | "bastion"
            | "certificates"
            | "protect" => Cluster::aws(key),
            _ => return None,
        })
    }

    /// Whether the cluster looks up who may use its API where every new one does.
    fn is_default(authentication: &Authentication) -> bool {
        *authentication == Authentication::default()
    }

    /// The address of `spec.aws`.
    pub fn aws(below: &str) -> Address {
        Address::of("spec.aws").key(below)
    }
}

/// Diagnostics of this floor.
pub static CODES: &[&crate::diagnostic::Code] = &[
    &nodes::UNKNOWN_INSTANCE_TYPE,
    &nodes::MIXED_ARCHITECTURES,
    &nodes::NAMES_OF_ZONES,
    &network::codes::ZONES_DO_NOT_FIT,
    &network::codes::TIER_WITHOUT_SIZE,
    &network::codes::RANGES_PER_ZONE,
    &network::codes::SUBNETS_DO_NOT_FIT,
    &network::codes::TIER_MISSING,
    &components::codes::UNKNOWN_COMPONENT,
    &components::codes::COMPONENT_SOURCE_UNCLEAR,
    &components::codes::RETIRED_COMPONENT,
    &components::codes::CONFLICTING_COMPONENTS,
    &components::codes::KARPENTER_WITHOUT_POOLS,
    &components::codes::NOTHING_DELIVERS,
    &components::codes::PATH_NOT_FOUND,
    &components::codes::COMPONENT_VERSION_DOES_NOT_FIT,
    &components::codes::COMPONENT_VERSION_UNKNOWN,
];
