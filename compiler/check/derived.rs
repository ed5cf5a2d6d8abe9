//! Every name in AWS that is derived from the cluster's name, with the limit of its service.

use crate::catalog::karpenter::events;
use crate::catalog::limits;
use crate::cluster::Cluster;
use crate::ir::{
    Boundary, Consumer, Direction, FargateProfile, Identity, Ir, PlacementGroup, Spread, spread,
};
use crate::source::{Address, Origin};
use crate::spec::SubnetGroup;
use crate::syntax::hcl::identifier;

/// A derived name.
pub(in crate::check) struct Derived {
    /// What carries it, in the user's words.
    pub(in crate::check) what: String,
    /// Where names of this sort must differ.
    pub(in crate::check) sort: &'static str,
    /// The name; characters that are known later are shown as `0`.
    pub(in crate::check) name: String,
    /// How much of it does not come from the cluster's name.
    pub(in crate::check) own: usize,
    /// The longest that AWS takes.
    pub(in crate::check) limit: usize,
    /// Where the spec asks for it.
    pub(in crate::check) address: Address,
}

impl Derived {
    /// Whether the rest of the name is a key of the user's own.
    pub(in crate::check) fn has_your_key(&self) -> bool {
        let address = self.address.to_string();
        [
            "spec.aws.identities.",
            "spec.aws.oidcProviders.",
            "spec.aws.nodeGroups.",
            "spec.aws.roles.",
            "spec.aws.foundation.operators.",
            "spec.aws.network.securityGroups.",
        ]
        .iter()
        .any(|start| address.starts_with(start))
    }
}

const ROLE: &str = "IAM role";
const POLICY: &str = "IAM policy";

/// All derived names of a cluster: exactly those that its Terraform gives to what has a name of its own in AWS.
pub(in crate::check) fn all(cluster: &Cluster, ir: &Ir) -> Vec<Derived> {
    let names = Names { cluster: cluster.name.as_str(), ir };
    let mut out = names.roles();
    out.extend(names.policies());
    out.extend(names.karpenter());
    out.extend(names.groups());
    out.extend(names.control_plane());
    out.extend(names.trail());
    out.extend(names.operators());
    out.extend(names.network());
    out.extend(names.bastion());
    out
}

struct Names<'a> {
    cluster: &'a str,
    ir: &'a Ir,
}

impl Names<'_> {
    fn named(&self, what: &str, sort: &'static str, name: String, limit: usize, address: Address) -> Derived {
        let shared = if name.contains(self.cluster) { self.cluster.len() } else { 0 };
        Derived { what: what.to_owned(), sort, own: name.len() - shared, name, limit, address }
    }

    fn role(&self, what: &str, suffix: &str, address: Address) -> Derived {
        self.named(what, ROLE, format!("{}-{suffix}", self.cluster), limits::IAM_ROLE, address)
    }

    fn roles(&self) -> Vec<Derived> {
        let infra = &self.ir.infra;
        let mut out = vec![self.role("the control plane's role", "cluster", Address::of("metadata.name"))];
        let at = || Address::of("spec.aws.nodeGroups");
        if infra.has_managed_groups() {
            out.push(self.role("the nodes' role", &infra.node_role.suffix, at()));
        }
        if infra.has_self_managed_groups() {
            let suffix = &infra.self_managed_role.suffix;
            out.push(self.role("the role of self-managed nodes", suffix, at()));
            let (what, name) = ("the profile of self-managed nodes", format!("{}-{suffix}", self.cluster));
            out.push(self.named(what, "instance profile", name, limits::INSTANCE_PROFILE, at()));
        }
        if !infra.fargate.is_empty() {
            let at = Address::of("spec.aws.fargate");
            out.push(self.role("the role of Fargate profiles", FargateProfile::ROLE, at));
        }
        for identity in infra.all_identities() {
            out.push(self.role(&called("role", identity), &identity.key, identity.address.clone()));
        }
        out
    }

    fn policies(&self) -> Vec<Derived> {
        let infra = &self.ir.infra;
        let policy = |what: &str, suffix: &str, address: Address| {
            self.named(what, POLICY, format!("{}-{suffix}", self.cluster), limits::IAM_POLICY, address)
        };
        let mut out = Vec::new();
        for identity in infra.all_identities() {
            let Spread::Managed(parts) = spread(&identity.statements) else { continue };
            for part in 1..=parts.len() {
                let suffix = format!("{}-{part}", identity.key);
                out.push(policy(&called("policy", identity), &suffix, identity.address.clone()));
            }
        }
        if matches!(infra.boundary, Some(Boundary::Own { .. })) {
            let at = Address::of("spec.aws.permissionsBoundary");
            out.push(policy("the permissions boundary", "boundary", at));
        }
        out
    }

    fn karpenter(&self) -> Vec<Derived> {
        let Some(karpenter) = &self.ir.infra.karpenter else { return Vec::new() };
        let at = Address::of("spec.aws.karpenter");
        let (role, queue) = (karpenter.node_role.clone(), karpenter.queue.clone());
        let what = "the role of Karpenter's nodes";
        let mut out = vec![
            self.named(what, ROLE, role.clone(), limits::IAM_ROLE, at.key("nodeRoleName")),
            self.named("Karpenter's queue", "SQS queue", queue, limits::SQS_QUEUE, at.key("queueName")),
        ];
        if karpenter.instance_profile {
            let what = "the instance profile of Karpenter's nodes";
            let limit = limits::INSTANCE_PROFILE;
            out.push(self.named(what, "instance profile", role, limit, at.key("nodeRoleName")));
        }
        for event in events(&karpenter.version) {
            let rule = format!("{}-karpenter-{}", self.cluster, event.key);
            let limit = limits::EVENT_RULE;
            out.push(self.named("Karpenter's event rules", "event rule", rule, limit, at.clone()));
        }
        out
    }

    fn groups(&self) -> Vec<Derived> {
        let template = |group: &crate::ir::NodeGroup| {
            let what = format!("the launch template of group `{}`", group.key);
            let name = format!("{}-{}", self.cluster, group.key);
            self.named(&what, "launch template", name, limits::LAUNCH_TEMPLATE, group.address.clone())
        };
        let placement = |group: &crate::ir::NodeGroup| {
            let Some(PlacementGroup::Made(strategy, _)) = group.placement.as_ref()?.group else {
                return None;
            };
            let what = format!("the placement group of group `{}`", group.key);
            let name = format!("{}-{}-{}", self.cluster, group.key, strategy.word());
            Some(self.named(&what, "placement group", name, limits::PLACEMENT_GROUP, group.address.clone()))
        };
        let groups = &self.ir.infra.node_groups;
        groups.iter().map(template).chain(groups.iter().filter_map(placement)).collect()
    }

    fn control_plane(&self) -> Vec<Derived> {
        if self.ir.infra.control_plane.logs.is_empty() {
            return Vec::new();
        }
        let name = format!("/aws/eks/{}/cluster", self.cluster);
        let at = Address::of("spec.aws.logs");
        vec![self.named("the log group", "log group", name, limits::LOG_GROUP, at)]
    }

    fn operators(&self) -> Vec<Derived> {
        let Some(foundation) = &self.ir.infra.foundation else { return Vec::new() };
        let role = |operator: &crate::ir::Operator| {
            let what = format!("the role of operator `{}`", operator.key);
            self.named(&what, ROLE, operator.role.clone(), limits::IAM_ROLE, operator.address.clone())
        };
        let policy = |policy: crate::ir::OperatorPolicy| {
            let name = format!("{}-{}", self.cluster, policy.suffix());
            let at = Address::of("spec.aws.foundation.operators");
            self.named("a policy of operators", POLICY, name, limits::IAM_POLICY, at)
        };
        let roles = foundation.operators.iter().map(role);
        roles.chain(foundation.policies().into_iter().map(policy)).collect()
    }

    fn trail(&self) -> Vec<Derived> {
        if self.ir.infra.trail.is_none() {
            return Vec::new();
        }
        let at = || Address::of("spec.aws.audit.cloudTrail");
        let cluster = self.cluster;
        let bucket = format!("cloudtrail-{cluster}-000000000000");
        let group = format!("/aws/cloudtrail/{cluster}");
        vec![
            self.named("the trail's bucket", "S3 bucket", bucket, limits::S3_BUCKET, at()),
            self.role("the trail's role", "cloudtrail", at()),
            self.named("the trail's log group", "log group", group, limits::LOG_GROUP, at()),
            self.named("the trail", "trail", cluster.to_owned(), limits::CLOUD_TRAIL, at()),
        ]
    }
}

impl Names<'_> {
    /// Security groups, groups of subnets, and records of traffic.
    fn network(&self) -> Vec<Derived> {
        let infra = &self.ir.infra;
        let group = |what: &str, key: &str, address: Address| {
            let name = format!("{}-{key}", self.cluster);
            self.named(what, "security group", name, limits::SECURITY_GROUP, address)
        };
        let mut out = vec![group("the nodes' security group", "node", Address::of("spec.aws.nodeGroups"))];
        if infra.network.endpoints.iter().any(|endpoint| !endpoint.is_gateway) {
            let at = Address::of("spec.aws.network.nat");
            out.push(group("the security group of VPC endpoints", "endpoints", at));
        }
        if infra.bastion.is_some() {
            out.push(group("the bastion's security group", "bastion", Address::of("spec.aws.bastion")));
        }
        for own in &infra.security_groups {
            out.push(group(&format!("security group `{}`", own.key), &own.key, place(&own.origin)));
        }
        for service in &infra.network.subnet_groups {
            let sort = match service {
                SubnetGroup::Rds => "database subnet group",
                SubnetGroup::Elasticache => "cache subnet group",
            };
            let at = Address::of("spec.aws.network.tiers.database.subnetGroups");
            let name = format!("{}-database", self.cluster);
            out.push(self.named("the group of database subnets", sort, name, limits::SUBNET_GROUP, at));
        }
        if infra.network.flow_logs.as_ref().is_some_and(|logs| logs.log_group.is_some()) {
            let at = Address::of("spec.aws.network.flowLogs");
            let name = format!("/aws/vpc/{}/flow-logs", self.cluster);
            out.push(self.role("the flow logs' role", "flow-logs", at.clone()));
            out.push(self.named("the flow logs' log group", "log group", name, limits::LOG_GROUP, at));
        }
        out
    }

    fn bastion(&self) -> Vec<Derived> {
        if self.ir.infra.bastion.is_none() {
            return Vec::new();
        }
        let at = Address::of("spec.aws.bastion");
        let name = format!("{}-bastion", self.cluster);
        let limit = limits::INSTANCE_PROFILE;
        let profile =
            self.named("the bastion's instance profile", "instance profile", name, limit, at.clone());
        vec![self.role("the bastion's role", "bastion", at), profile]
    }
}

/// What Terraform calls things whose names are made of several of the user's: two of them may come out the same.
pub(in crate::check) fn addresses(cluster: &Cluster, ir: &Ir) -> Vec<Derived> {
    let names = Names { cluster: cluster.name.as_str(), ir };
    let address = |what: String, sort: &'static str, label: &str, at: Address| {
        names.named(&what, sort, identifier(label), usize::MAX, at)
    };
    let rules = ir.infra.traffic_rules.iter().map(|rule| {
        let sort = match rule.direction {
            Direction::Ingress => "Terraform name of an ingress rule",
            Direction::Egress => "Terraform name of an egress rule",
        };
        let at = place(&rule.origin);
        address(format!("`{at}`"), sort, &rule.key, at)
    });
    let certificates = ir.infra.certificates.iter().filter(|one| one.zone.is_some());
    let proofs =
        certificates.flat_map(|one| one.proved.iter().map(move |name| (one, name))).map(|(one, name)| {
            let label = format!("{}-{name}", one.key);
            address(
                format!("the proof of `{name}`"),
                "Terraform name of a record",
                &label,
                one.address.clone(),
            )
        });
    rules.chain(proofs).collect()
}

fn place(origin: &Origin) -> Address {
    match origin {
        Origin::Spec(address) => address.clone(),
        _ => Address::of("spec.aws.network"),
    }
}

fn called(what: &str, identity: &Identity) -> String {
    match &identity.consumer {
        Consumer::Component(name) => format!("the {what} of component `{name}`"),
        Consumer::Addon(name) => format!("the {what} of add-on `{name}`"),
        Consumer::App => format!("the {what} of identity `{}`", identity.key),
        Consumer::Foreign(issuer) => format!("the {what} `{}` of issuer `{issuer}`", identity.key),
        Consumer::People => format!("the {what} of role `{}`", identity.key),
    }
}
