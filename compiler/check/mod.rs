//! Whether it can work: every rule looks at the whole meaning and reports what would fail later.

pub mod access;
mod claims;
pub mod addons;
mod derived;
mod labels;
pub mod fleet;
pub mod flux;
pub mod identity;
pub mod names;
pub mod network;
pub mod nodes;
pub mod schedule;
pub mod secrets;
pub mod storage;
pub mod versions;
mod workloads;

use std::collections::BTreeSet;

use crate::cluster::{Cluster, NodeGroup};
use crate::diagnostic::{Code, Sink};
use crate::domain::Key;
use crate::ir::{Ir, Object};
use crate::lower::manifests;
use crate::source::Sources;
use crate::spec::Spec;

/// What a rule may look at.
pub struct Context<'a> {
    /// What the user wrote, with the places.
    pub spec: &'a Spec,
    /// What the user meant.
    pub cluster: &'a Cluster,
    /// What has to exist.
    pub ir: &'a Ir,
    /// All files that were read.
    pub sources: &'a Sources,
}

/// A rule reports what it finds; it changes nothing and knows no other rule.
type Rule = fn(&Context<'_>, &mut Sink);

/// Every rule. The order does not matter: findings are sorted by place.
const RULES: &[Rule] = &[
    nodes::size::check,
    nodes::autoscaler::check,
    nodes::autoscaled::check,
    nodes::priorities::check,
    nodes::desired::check,
    nodes::disks::check,
    nodes::enclaves::check,
    nodes::placement::check,
    nodes::public::check,
    nodes::system::check,
    nodes::settings::check,
    nodes::user_data::check,
    nodes::kubelet_labels::check,
    nodes::pod_limit::check,
    nodes::managed_only::check,
    nodes::purchase::check,
    nodes::refresh::check,
    nodes::whole_image::check,
    nodes::zones::check,
    nodes::blocked_update::check,
    nodes::autoscaler_version::check,
    network::address_outside_vpc::check,
    network::address_overlap::check,
    network::address_size::check,
    network::pod_addresses::check,
    addons::cni_form::check,
    addons::cni_effect::check,
    network::service_addresses::check,
    network::api_open::check,
    network::api_unreachable::check,
    network::discovery::check,
    network::registries::check,
    network::bastion_open::check,
    network::certificates::check,
    network::flow_log_places::check,
    network::known_groups::check,
    network::missing_tier::check,
    network::open_ports::check,
    network::prefixes::check,
    network::protection::check,
    network::vpc_ranges::check,
    schedule::no_place::check,
    schedule::karpenter_spread::check,
    schedule::capacity::check,
    schedule::pool_class::check,
    schedule::pool_families::check,
    schedule::pool_requirements::check,
    schedule::gpu::check,
    schedule::fargate_identity::check,
    schedule::fargate_pods::check,
    schedule::fargate_daemons::check,
    storage::class::check,
    storage::zones::check,
    schedule::runs_on::check,
    access::no_admin::check,
    access::policy_scope::check,
    access::principal_twice::check,
    access::config_map::check,
    access::username::check,
    access::runner::check,
    access::cluster_role::check,
    access::unbound_group::check,
    access::same_people::check,
    access::unknown_role::check,
    access::first_nodes::check,
    access::operator_account::check,
    identity::service_account::check,
    identity::mechanism::check,
    identity::role_annotation::check,
    identity::managed_policy::check,
    identity::account_pattern::check,
    identity::boundary::check,
    identity::broad_trust::check,
    identity::document_length::check,
    identity::provider_twice::check,
    identity::tag_condition::check,
    identity::scaling_tags::check,
    identity::operator_trust::check,
    identity::operator_boundary::check,
    identity::empty_foundation::check,
    identity::operator_folder::check,
    flux::kinds::check,
    flux::variables::check,
    flux::numeric_variable::check,
    flux::known_hosts::check,
    flux::image_override::check,
    flux::owner::check,
    flux::replicas::check,
    flux::patch_target::check,
    flux::removed_api::check,
    flux::listing::check,
    flux::namespaces::check,
    flux::references::check,
    flux::credentials::check,
    flux::unused_fact::check,
    flux::selector_labels::check,
    flux::fixed_names::check,
    flux::circle::check,
    flux::layers::check,
    flux::same_name::check,
    flux::late_namespace::check,
    flux::object_size::check,
    flux::notifications::check,
    flux::secret_address::check,
    flux::external_secrets::check,
    versions::karpenter::check,
    versions::image::check,
    versions::kubernetes::check,
    versions::support::check,
    versions::group::check,
    versions::own_image::check,
    versions::flux::check,
    names::length::check,
    names::group_labels::check,
    names::collision::check,
    secrets::literal::check,
    secrets::in_state::check,
    secrets::unused_input::check,
];

/// Every diagnostic of this floor.
pub static CODES: &[&Code] = &[
    &nodes::size::SIZE_OUT_OF_ORDER,
    &nodes::autoscaler::NOTHING_TO_SCALE,
    &nodes::autoscaled::SCALING_CONTRADICTED,
    &nodes::desired::DESIRED_WITHOUT_EFFECT,
    &nodes::disks::DEVICE_TAKEN,
    &nodes::disks::NO_SUCH_DISK,
    &nodes::disks::NOT_ENCRYPTED,
    &nodes::enclaves::NO_ENCLAVE,
    &nodes::placement::NO_SUCH_PLACEMENT,
    &nodes::public::NO_PUBLIC_SUBNETS,
    &nodes::system::WRONG_SYSTEM,
    &nodes::system::NO_LOCAL_DISKS,
    &nodes::settings::SETTING_REFUSED,
    &nodes::user_data::USER_DATA_TOO_LONG,
    &nodes::kubelet_labels::LABEL_OF_KUBERNETES,
    &nodes::pod_limit::MORE_PODS_THAN_ADDRESSES,
    &nodes::managed_only::MANAGED_ONLY,
    &nodes::purchase::PURCHASE_CONTRADICTED,
    &nodes::refresh::REFRESH_TOO_WIDE,
    &nodes::refresh::REFRESH_TAKES_ALL,
    &nodes::whole_image::SYSTEM_NOT_SELF_MANAGED,
    &nodes::zones::ZONE_NOT_IN_NETWORK,
    &nodes::blocked_update::UPDATE_IS_BLOCKED,
    &nodes::autoscaler_version::AUTOSCALER_VERSION,
    &versions::group::GROUP_VERSION,
    &versions::own_image::VERSION_OF_OWN_IMAGE,
    &names::group_labels::LABEL_OR_TAINT_REFUSED,
    &identity::scaling_tags::TAG_ON_NO_GROUP,
    &network::address_outside_vpc::SUBNET_OUTSIDE_VPC,
    &network::address_overlap::ADDRESSES_OVERLAP,
    &network::address_size::NETWORK_SIZE,
    &network::pod_addresses::TOO_FEW_POD_ADDRESSES,
    &addons::cni_form::CNI_SETTING_REFUSED,
    &addons::cni_effect::CNI_SETTING_WITHOUT_EFFECT,
    &network::service_addresses::SERVICE_ADDRESSES,
    &network::api_open::API_OPEN_TO_ALL,
    &network::api_unreachable::API_UNREACHABLE,
    &network::discovery::DISCOVERY_TAGS,
    &schedule::no_place::NO_PLACE_TO_RUN,
    &schedule::no_place::KARPENTER_WITHOUT_NODES,
    &schedule::karpenter_spread::KARPENTER_NEEDS_TWO_NODES,
    &schedule::capacity::TOO_LITTLE_ROOM,
    &schedule::pool_class::UNKNOWN_CLASS,
    &schedule::pool_requirements::POOL_REQUIREMENT,
    &schedule::gpu::GPU_NOT_READY,
    &schedule::runs_on::CANNOT_CHOOSE_NODES,
    &schedule::runs_on::CHOSEN_NODES_MISSING,
    &access::no_admin::NO_ADMIN,
    &access::policy_scope::ACCESS_SCOPE,
    &access::principal_twice::PRINCIPAL_TWICE,
    &access::config_map::NO_ROW,
    &access::username::USER_WITHOUT_SESSION,
    &access::runner::RUNNER_WITHOUT_ACCESS,
    &access::cluster_role::CLUSTER_ROLE_BINDS_NOTHING,
    &access::unbound_group::UNBOUND_GROUP,
    &access::same_people::SAME_PEOPLE,
    &access::unknown_role::UNKNOWN_ROLE,
    &access::first_nodes::NODES_WAIT_FOR_ROWS,
    &access::operator_account::OPERATOR_WITHOUT_ACCOUNT,
    &identity::service_account::NO_SERVICE_ACCOUNT,
    &identity::mechanism::TWO_MECHANISMS,
    &identity::role_annotation::ROLE_NOT_NAMED,
    &identity::managed_policy::UNKNOWN_MANAGED_POLICY,
    &identity::account_pattern::PATTERN_WITHOUT_WEB_IDENTITY,
    &identity::boundary::BOUNDARY_REFUSES,
    &identity::broad_trust::BROAD_TRUST,
    &identity::document_length::DOCUMENT_TOO_LONG,
    &identity::provider_twice::ISSUER_TWICE,
    &identity::tag_condition::TAG_NEVER_MATCHES,
    &identity::operator_trust::SAME_TRUST,
    &identity::operator_boundary::UNBOUNDED_OPERATOR,
    &identity::empty_foundation::EMPTY_FOUNDATION,
    &identity::operator_folder::IN_OPERATORS_FOLDER,
    &flux::kinds::KIND_WITHOUT_PROVIDER,
    &flux::variables::UNKNOWN_VARIABLE,
    &flux::variables::VARIABLE_NOT_REPLACED,
    &flux::numeric_variable::TEXT_BECOMES_NUMBER,
    &flux::known_hosts::UNUSED_HOST_KEYS,
    &flux::image_override::UNUSED_IMAGE,
    &flux::owner::TWO_MAKERS,
    &flux::replicas::TWO_OWNERS_OF_COUNT,
    &flux::patch_target::PATCH_WITHOUT_TARGET,
    &flux::removed_api::REMOVED_API,
    &flux::listing::FILES_AND_LISTING_DIFFER,
    &flux::namespaces::NAMESPACE_WITHOUT_MAKER,
    &versions::karpenter::KARPENTER_VERSION,
    &versions::image::NO_IMAGE,
    &versions::kubernetes::KUBERNETES_UNKNOWN,
    &versions::support::PAST_STANDARD_SUPPORT,
    &versions::flux::FLUX_VERSION,
    &names::length::NAME_TOO_LONG,
    &names::collision::NAMES_COLLIDE,
    &secrets::literal::SECRET_WRITTEN_DOWN,
    &secrets::unused_input::UNUSED_INPUT,
    &flux::references::DANGLING_REFERENCE,
    &flux::credentials::REPOSITORY_UNREADABLE,
    &flux::unused_fact::UNUSED_FACT,
    &flux::circle::WAITS_FOR_ITSELF,
    &flux::layers::UNKNOWN_LAYER,
    &flux::layers::EMPTY_LAYER,
    &flux::same_name::KUSTOMIZATION_TWICE,
    &flux::late_namespace::NAMESPACE_TOO_LATE,
    &flux::object_size::OBJECT_TOO_LARGE,
    &flux::notifications::NOTIFICATION_WITHOUT_ADDRESS,
    &flux::notifications::NOTIFICATION_WITHOUT_SECRET,
    &flux::secret_address::SECRET_ADDRESS,
    &flux::external_secrets::SECRET_WITHOUT_NAMESPACE,
    &flux::external_secrets::SECRET_WITHOUT_STORE,
    &network::registries::REGISTRIES_OUT_OF_REACH,
    &secrets::in_state::CREDENTIAL_IN_STATE,
    &schedule::pool_families::MIXED_FAMILIES,
    &schedule::fargate_identity::POD_IDENTITY_ON_FARGATE,
    &schedule::fargate_pods::REFUSED_BY_FARGATE,
    &schedule::fargate_daemons::DAEMONS_WITHOUT_NODES,
    &storage::class::CLASS_DOES_NOT_SERVE,
    &storage::zones::VOLUME_IN_ANY_ZONE,
    &flux::selector_labels::LABELS_IN_SELECTORS,
    &flux::fixed_names::CHANGE_WITHOUT_RESTART,
    &nodes::priorities::PRIORITY_OF_NO_GROUP,
    &nodes::priorities::GROUP_WITHOUT_PRIORITY,
    &network::bastion_open::BASTION_OPEN_TO_ALL,
    &network::certificates::UNKNOWN_CERTIFICATE,
    &network::certificates::NOT_IN_ZONE,
    &network::flow_log_places::NOT_A_FLOW_LOG_PLACE,
    &network::known_groups::UNKNOWN_GROUP,
    &network::missing_tier::TIER_NOT_THERE,
    &network::open_ports::PORT_OPEN_TO_ALL,
    &network::prefixes::PREFIXES_COLLIDE,
    &network::protection::PROTECTED_AND_DELETED,
    &network::vpc_ranges::RANGES_DO_NOT_MIX,
    &network::vpc_ranges::MANY_RANGES,
];

/// Runs every rule.
pub fn check(context: &Context<'_>, sink: &mut Sink) {
    for rule in RULES {
        rule(context, sink);
    }
}

impl<'a> Context<'a> {
    /// The objects that components bring, layer by layer.
    fn objects(&self) -> impl Iterator<Item = &'a Object> {
        let layers = self.ir.delivery.iter().flat_map(|delivery| &delivery.layers);
        layers.flat_map(|layer| &layer.units).flat_map(|unit| &unit.objects)
    }

    /// The node groups as the spec writes them: each once, also one that is made in several zones.
    fn groups(&self) -> impl Iterator<Item = (&'a Key, &'a NodeGroup)> {
        let mut seen = BTreeSet::new();
        let groups = self.cluster.node_groups.values();
        groups.filter(move |group| seen.insert(&group.address)).map(|group| (&group.name, group))
    }

    /// The objects in the folders of apps.
    fn app_objects(&self) -> Vec<manifests::AppObject<'a>> {
        manifests::objects(self.cluster)
    }
}
