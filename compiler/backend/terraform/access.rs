//! `access.tf`: roles that people take, and who may use the Kubernetes API.

use super::identities::{principals_trust, role_with_policies};
use super::policy::document;
use super::terms::{Stack, cluster_name, items, resource, strings, to};
use crate::catalog::access::AccessPolicy;
use crate::ir::{Access, Infra};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body};

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    for role in &infra.roles {
        body.0.extend(items(role_with_policies(infra, role, document(principals_trust(role)))));
    }
    if !infra.authentication.has_entries() {
        return body;
    }
    for access in &infra.access {
        body.push(entry(access));
        if let Some(policy) = access.policy {
            body.push(association(infra, access, policy));
        }
    }
    body
}

fn at(access: &Access, below: &str) -> Origin {
    Origin::Spec(access.address().key(below))
}

fn entry(access: &Access) -> Block {
    let principal = Attribute::new("principal_arn", Stack::Cluster.principal(&access.principal));
    let mut block = resource("aws_eks_access_entry", &access.key)
        .origin(&access.address())
        .attr("cluster_name", cluster_name())
        .item(principal.origin(at(access, "principal")));
    if let Some(name) = &access.username {
        block = block.item(Attribute::new("user_name", name.as_str()).origin(at(access, "username")));
    }
    if access.groups.is_empty() {
        return block;
    }
    block.item(Attribute::new("kubernetes_groups", strings(&access.groups)).origin(at(access, "groups")))
}

fn association(infra: &Infra, access: &Access, policy: AccessPolicy) -> Block {
    let arn = format!("arn:{}:eks::aws:cluster-access-policy/{}", infra.partition, policy.eks_name());
    let scope = Block::bare("access_scope").origin(at(access, "namespaces"));
    let scope = match access.namespaces.is_empty() {
        true => scope.attr("type", "cluster"),
        false => scope.attr("type", "namespace").attr("namespaces", strings(&access.namespaces)),
    };
    resource("aws_eks_access_policy_association", &access.key)
        .origin(at(access, "policy"))
        .attr("cluster_name", cluster_name())
        .attr("principal_arn", to(&["aws_eks_access_entry", &access.key, "principal_arn"]))
        .attr("policy_arn", arn)
        .block(scope)
}
