//! `control_plane.tf`: the key for Secrets, the log group, the cluster's role, the cluster.

use super::network::subnet_ids;
use super::policy::{allow, attachment_references, attachments, bounded, document, one_or_many, trust};
use super::terms::{
    Stack, account_id, around_name, depends_on, given, items, keep, kept, list, name, path, resource, spec,
    strings, suffixed, to,
};
use crate::catalog::policies::{
    CLUSTER_ROLE, KEY_ADMINISTRATOR_ACTIONS, KEY_USER_ACTIONS, SECRETS_KEY_ACTIONS,
};
use crate::ir::{ControlPlane, Infra};
use crate::source::Origin;
use crate::spec::{Authentication, Principal, SecretsKey, SecretsKeyWord, SharedKey, Support};
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

const ROLE: &str = "cluster";
const ENCRYPTION: &str = "spec.aws.encryption.secrets";

pub(super) fn body(infra: &Infra) -> Body {
    let plane = &infra.control_plane;
    let mut body = Body::new();
    if let Some(key) = own_key(infra) {
        body.0.extend(items([keep(infra, key), alias()]));
    }
    if !plane.logs.is_empty() {
        body.push(log_group(plane));
    }
    body.push(bounded(infra, role()));
    body.0.extend(items(attachments(infra, ROLE, &managed_policies(), &role_origin())));
    if let Some(arn) = key_arn(plane) {
        body.push(key_policy(arn));
    }
    body.push(cluster(infra));
    body
}

/// The key that is made with the cluster, where one is.
fn own_key(infra: &Infra) -> Option<Block> {
    match &infra.control_plane.secrets_key {
        SecretsKey::Word(SecretsKeyWord::Managed) => Some(key()),
        SecretsKey::Shared(shared) => Some(match shared_key_policy(infra, shared) {
            Some(policy) => key().attr("policy", policy),
            None => key(),
        }),
        SecretsKey::Word(SecretsKeyWord::None) | SecretsKey::Existing(_) => None,
    }
}

/// The key's own policy. The account comes first: without it, whoever loses these roles loses the key.
fn shared_key_policy(infra: &Infra, shared: &SharedKey) -> Option<Expression> {
    let account = Expression::template([
        Part::text(format!("arn:{}:iam::", infra.partition)),
        Part::value(account_id()),
        Part::text(":root"),
    ]);
    let people = |sid: &str, field: &str, principals: &[Principal], actions: &[&str]| {
        let arns = one_or_many(principals.iter().map(|principal| Stack::Cluster.principal(principal)));
        let statement = key_statement(sid, arns, actions);
        let origin = spec(&format!("{ENCRYPTION}.{field}"));
        let entries = statement.into_iter().map(|entry| entry.origin(origin.clone()));
        (!principals.is_empty()).then(|| Expression::object(entries))
    };
    let administrators =
        people("AllowAdministrators", "administrators", &shared.administrators, &KEY_ADMINISTRATOR_ACTIONS);
    let users = people("AllowUsers", "users", &shared.users, &KEY_USER_ACTIONS);
    let named: Vec<Expression> = administrators.into_iter().chain(users).collect();
    let root = Expression::object(key_statement("KeepTheAccountInControl", account, &["kms:*"]));
    (!named.is_empty()).then(|| document(std::iter::once(root).chain(named)))
}

fn key_statement(sid: &str, principals: Expression, actions: &[&str]) -> Vec<Entry> {
    vec![
        Entry::new("Sid", sid),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", Expression::object([Entry::new("AWS", principals)])),
        Entry::new("Action", one_or_many(actions.iter().map(|action| Expression::string(*action)))),
        Entry::new("Resource", "*"),
    ]
}

fn key_arn(plane: &ControlPlane) -> Option<Expression> {
    match &plane.secrets_key {
        SecretsKey::Word(SecretsKeyWord::Managed) | SecretsKey::Shared(_) => {
            Some(to(&["aws_kms_key", "secrets", "arn"]))
        }
        SecretsKey::Word(SecretsKeyWord::None) => None,
        SecretsKey::Existing(arn) => Some(given(arn)),
    }
}

fn key() -> Block {
    resource("aws_kms_key", "secrets")
        .origin(spec(ENCRYPTION))
        .attr("description", around_name("Secrets of the EKS cluster ", ""))
        .attr("enable_key_rotation", true)
}

fn alias() -> Block {
    resource("aws_kms_alias", "secrets")
        .origin(spec(ENCRYPTION))
        .attr("name", around_name("alias/eks/", ""))
        .attr("target_key_id", to(&["aws_kms_key", "secrets", "key_id"]))
}

fn log_group(plane: &ControlPlane) -> Block {
    let days =
        Attribute::new("retention_in_days", plane.log_days).origin(spec("spec.aws.logs.retentionDays"));
    resource("aws_cloudwatch_log_group", "control_plane")
        .origin(spec("spec.aws.logs.types"))
        .comment("The name is fixed by EKS, which would make the group itself, and keep logs for ever.")
        .attr("name", around_name("/aws/eks/", "/cluster"))
        .item(days)
}

fn role_origin() -> Origin {
    Origin::Rule("the control plane acts in the account by a role")
}

fn managed_policies() -> Vec<String> {
    CLUSTER_ROLE.map(str::to_owned).into()
}

fn role() -> Block {
    resource("aws_iam_role", ROLE).origin(role_origin()).attr("name", suffixed(ROLE)).attr(
        "assume_role_policy",
        trust("AllowControlPlane", "eks.amazonaws.com", &["sts:AssumeRole", "sts:TagSession"]),
    )
}

fn key_policy(arn: Expression) -> Block {
    resource("aws_iam_role_policy", "cluster_secrets")
        .origin(spec(ENCRYPTION))
        .attr("name", "secrets")
        .attr("role", to(&["aws_iam_role", ROLE, "name"]))
        .attr("policy", document([allow("WrapDataKeysOfSecrets", &SECRETS_KEY_ACTIONS, arn)]))
}

fn cluster(infra: &Infra) -> Block {
    let plane = &infra.control_plane;
    let version = Attribute::new("version", plane.version.as_str()).origin(spec("spec.kubernetes.version"));
    let mut block = resource("aws_eks_cluster", "main")
        .origin(spec("metadata.name"))
        .attr("name", name())
        .item(version)
        .attr("role_arn", to(&["aws_iam_role", ROLE, "arn"]))
        .blank()
        .item(Attribute::new("bootstrap_self_managed_addons", false).origin(spec("spec.aws.addons")));
    if infra.protect {
        let protection = Attribute::new("deletion_protection", true);
        block = block.item(protection.origin(spec("spec.aws.protect")));
    }
    if !plane.logs.is_empty() {
        let types = strings(plane.logs.iter().map(|log| log.as_str()));
        block = block
            .item(Attribute::new("enabled_cluster_log_types", types).origin(spec("spec.aws.logs.types")));
    }
    block = block.block(access_config(infra));
    if let Some(arn) = key_arn(plane) {
        let provider = Block::bare("provider").attr("key_arn", arn);
        let config = Block::bare("encryption_config").origin(spec(ENCRYPTION));
        block = block.block(config.attr("resources", strings(["secrets"])).block(provider));
    }
    block =
        block.block(services(plane)).block(upgrades(plane)).block(vpc_config(infra)).block(lifecycle(infra));
    depends_on(block, before_cluster(plane))
}

/// Who may come in. With the ConfigMap alone EKS makes a cluster only if its maker may, too.
fn access_config(infra: &Infra) -> Block {
    let mode = Attribute::new("authentication_mode", infra.authentication.eks_word());
    let mode = match infra.authentication {
        Authentication::Api => mode,
        Authentication::ApiAndConfigMap | Authentication::ConfigMap => {
            mode.origin(spec("spec.aws.authentication"))
        }
    };
    Block::bare("access_config")
        .origin(spec("spec.aws.access"))
        .item(mode)
        .attr("bootstrap_cluster_creator_admin_permissions", !infra.authentication.has_entries())
}

fn services(plane: &ControlPlane) -> Block {
    Block::bare("kubernetes_network_config")
        .origin(spec("spec.aws.serviceCidr"))
        .attr("service_ipv4_cidr", plane.service_cidr.to_string())
}

fn upgrades(plane: &ControlPlane) -> Block {
    let support = match plane.support {
        Support::Standard => "STANDARD",
        Support::Extended => "EXTENDED",
    };
    Block::bare("upgrade_policy").origin(spec("spec.kubernetes.support")).attr("support_type", support)
}

fn vpc_config(infra: &Infra) -> Block {
    let plane = &infra.control_plane;
    let subnets = Attribute::new("subnet_ids", subnet_ids(&infra.network, plane.tier));
    let public = !plane.public.is_empty();
    let mut block = Block::bare("vpc_config")
        .origin(spec("spec.aws.endpoint"))
        .item(subnets.origin(&plane.tier.address()))
        .attr("endpoint_private_access", plane.private)
        .attr("endpoint_public_access", public);
    if public {
        block = block.attr("public_access_cidrs", list(plane.public.iter().map(given)));
    }
    block
}

/// EKS reads both only when it makes the cluster; to change one later would replace the cluster.
fn lifecycle(infra: &Infra) -> Block {
    let read_once = [
        path("access_config[0].bootstrap_cluster_creator_admin_permissions"),
        to(&["bootstrap_self_managed_addons"]),
    ];
    let mut block = Block::bare("lifecycle")
        .origin(Origin::Rule("what EKS reads only at creation must not replace the cluster later"));
    if let Some(kept) = kept(infra) {
        block = block.item(kept);
    }
    block.item(
        Attribute::new("ignore_changes", list(read_once))
            .comment("EKS reads these only when it makes the cluster."),
    )
}

fn before_cluster(plane: &ControlPlane) -> Vec<Expression> {
    let mut before = attachment_references(ROLE, &managed_policies());
    if key_arn(plane).is_some() {
        before.push(to(&["aws_iam_role_policy", "cluster_secrets"]));
    }
    if !plane.logs.is_empty() {
        before.push(to(&["aws_cloudwatch_log_group", "control_plane"]));
    }
    before
}
