//! Who may use the Kubernetes API: entries, the rows of `aws-auth`, and the roles that people take.

use super::identities::{carried, settings, user_statements};
use crate::catalog::access::AccessPolicy;
use crate::cluster::Cluster;
use crate::domain::{Key, PrincipalKind};
use crate::ir::{Access, AuthRow, AuthSubject, Consumer, Deferred, Identity, Statement, Text};
use crate::source::{Address, Origin};
use crate::spec::{AccessEntry, DelegationRole, Effect, Given, Mechanism, Principal};

/// What Kubernetes calls a node that a role lets in; EKS writes the same rows for groups that it manages.
const NODE_NAME: &str = "system:node:{{EC2PrivateDNSName}}";
/// The groups by which Kubernetes knows nodes.
const NODE_GROUPS: [&str; 2] = ["system:bootstrappers", "system:nodes"];
/// What Kubernetes calls a machine of Fargate, and the groups by which it knows them (EKS writes this row with the first
/// profile).
const FARGATE_NAME: &str = "system:node:{{SessionName}}";
const FARGATE_GROUPS: [&str; 3] = ["system:bootstrappers", "system:nodes", "system:node-proxier"];
/// The group that may do everything, which is what the policy `cluster-admin` is in the ConfigMap.
const MASTERS: &str = "system:masters";

/// Who may use the API.
pub(super) fn entries(cluster: &Cluster) -> Vec<Access> {
    let entry = |(key, entry): (&Key, &AccessEntry)| Access {
        key: key.to_string(),
        principal: entry.principal.clone(),
        policy: entry.policy,
        namespaces: entry.namespaces.iter().map(ToString::to_string).collect(),
        groups: entry.groups.clone(),
        cluster_role: entry.cluster_role,
        username: entry.username.as_ref().map(ToString::to_string),
    };
    cluster.access.iter().map(entry).collect()
}

/// The rows of `aws-auth`, nodes first. They stand there in both modes that read the ConfigMap: whatever is in it was
/// written by EKS and by us, and what our rows leave out we would take away.
pub(super) fn config_map(cluster: &Cluster) -> Option<Vec<AuthRow>> {
    if !cluster.authentication.has_config_map() {
        return None;
    }
    let node = |subject: AuthSubject, at: &str| AuthRow {
        subject,
        username: NODE_NAME.to_owned(),
        groups: NODE_GROUPS.map(str::to_owned).into(),
        origin: Origin::Spec(Address::of(at)),
    };
    let mut groups = cluster.node_groups.values();
    let mut rows = Vec::new();
    if groups.clone().any(|group| group.written.self_managed.is_none()) {
        rows.push(node(AuthSubject::NodeRole, "spec.aws.nodeGroups"));
    }
    if groups.any(|group| group.written.self_managed.is_some()) {
        rows.push(node(AuthSubject::SelfManagedNodeRole, "spec.aws.nodeGroups"));
    }
    if cluster.karpenter.is_some() {
        rows.push(node(AuthSubject::KarpenterNodeRole, "spec.aws.karpenter"));
    }
    if !cluster.fargate.is_empty() {
        rows.push(AuthRow {
            username: FARGATE_NAME.to_owned(),
            groups: FARGATE_GROUPS.map(str::to_owned).into(),
            ..node(AuthSubject::FargateRole, "spec.aws.fargate")
        });
    }
    rows.extend(cluster.access.iter().filter_map(|(key, entry)| row(key, entry)));
    Some(rows)
}

/// An entry as a row; none where only an access policy says what the principal may do, which rows do not know.
fn row(key: &Key, entry: &AccessEntry) -> Option<AuthRow> {
    let mut groups = entry.groups.clone();
    if entry.policy == Some(AccessPolicy::ClusterAdmin) {
        groups.insert(0, MASTERS.to_owned());
    }
    if groups.is_empty() {
        return None;
    }
    let user = match &entry.principal {
        Principal::Known(arn) if arn.kind() == PrincipalKind::User => Some(arn),
        _ => None,
    };
    let derived = match user {
        Some(_) => key.to_string(),
        None => format!("{key}:{{{{SessionName}}}}"),
    };
    Some(AuthRow {
        subject: match user {
            Some(user) => AuthSubject::User(user.clone()),
            None => AuthSubject::Role(entry.principal.clone()),
        },
        username: entry.username.as_ref().map_or(derived, ToString::to_string),
        groups,
        origin: Origin::Spec(Address::of("spec.aws.access").key(key.as_str())),
    })
}

/// The roles that people take.
pub(super) fn roles(cluster: &Cluster) -> Vec<Identity> {
    cluster.roles.iter().map(|(key, written)| role(cluster, key, written)).collect()
}

fn role(cluster: &Cluster, key: &Key, written: &DelegationRole) -> Identity {
    let address = Address::of("spec.aws.roles").key(key.as_str());
    let mut statements: Vec<Statement> = assume(written, &address).into_iter().collect();
    statements.extend(user_statements(&written.statements, &address));
    Identity {
        key: key.to_string(),
        accounts: Vec::new(),
        mechanism: Mechanism::PodIdentity,
        managed_policies: carried(cluster, &written.managed_policies),
        statements,
        principals: written.trust.clone(),
        settings: settings(written.max_session, written.path.as_ref(), written.description.as_ref()),
        consumer: Consumer::People,
        origin: Origin::from(&address),
        address,
    }
}

/// The statement that lets a role take others.
fn assume(written: &DelegationRole, address: &Address) -> Option<Statement> {
    let resource = |role: &Given<crate::domain::RoleArn>| match role {
        Given::Known(arn) => Text::from(arn.as_str()),
        Given::Input(reference) => Text::deferred(Deferred::Input(reference.input.clone())),
    };
    (!written.assume.is_empty()).then(|| Statement {
        sid: "AssumeRoles".to_owned(),
        effect: Effect::Allow,
        actions: vec!["sts:AssumeRole".to_owned()],
        resources: written.assume.iter().map(resource).collect(),
        conditions: Vec::new(),
        origin: Origin::Spec(address.key("assume")),
    })
}
