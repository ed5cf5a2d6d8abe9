//! `addons.tf`: EKS add-ons, those that nodes need first.

use super::identities::ready;
use super::node_groups::reference;
use super::terms::{Stack, cluster_name, data, depends_on, json, resource, to};
use crate::ir::{Addon, Identity, Infra, Moment};
use crate::source::Origin;
use crate::spec::Mechanism;
use crate::syntax::hcl::{Attribute, Block, Body, Expression};

pub(super) fn body(infra: &Infra) -> Body {
    let after = infra.addons.iter().filter(|addon| addon.moment == Moment::AfterNodes);
    let mut body = Body::new();
    for addon in before_nodes(infra).chain(after) {
        if is_looked_up(addon) {
            body.push(version(addon));
        }
        body.push(block(infra, addon));
    }
    body
}

/// The add-ons that are there before the first node.
pub(super) fn before_nodes(infra: &Infra) -> impl Iterator<Item = &Addon> {
    infra.addons.iter().filter(|addon| addon.moment == Moment::BeforeNodes)
}

fn is_looked_up(addon: &Addon) -> bool {
    matches!(addon.version.as_str(), "default" | "newest")
}

fn at(addon: &Addon, below: &str) -> Origin {
    Origin::Spec(addon.address.key(below))
}

fn version(addon: &Addon) -> Block {
    let block = data("aws_eks_addon_version", &addon.name)
        .origin(at(addon, "version"))
        .attr("addon_name", addon.name.as_str())
        .attr("kubernetes_version", to(&["aws_eks_cluster", "main", "version"]));
    if addon.version == "newest" { block.attr("most_recent", true) } else { block }
}

fn block(infra: &Infra, addon: &Addon) -> Block {
    let version = match is_looked_up(addon) {
        true => to(&["data", "aws_eks_addon_version", &addon.name, "version"]),
        false => addon.version.as_str().into(),
    };
    let on_update = if addon.overwrite { "OVERWRITE" } else { "PRESERVE" };
    let identity = infra.identities.iter().find(|identity| Some(&identity.key) == addon.identity.as_ref());
    let mut block = resource("aws_eks_addon", &addon.name)
        .origin(&addon.address)
        .attr("cluster_name", cluster_name())
        .attr("addon_name", addon.name.as_str())
        .item(Attribute::new("addon_version", version).origin(at(addon, "version")))
        .attr("resolve_conflicts_on_create", "OVERWRITE")
        .item(Attribute::new("resolve_conflicts_on_update", on_update).origin(at(addon, "conflicts")));
    if let Some(identity) = identity.filter(|identity| identity.mechanism == Mechanism::Irsa) {
        let arn = to(&["aws_iam_role", &identity.key, "arn"]);
        block = block.item(Attribute::new("service_account_role_arn", arn).origin(identity.origin.clone()));
    }
    if !addon.configuration.is_empty() {
        let values = json(Stack::Cluster.object(&addon.configuration));
        block = block
            .blank()
            .item(Attribute::new("configuration_values", values).origin(at(addon, "configuration")));
    }
    depends_on(block, needed(infra, addon, identity))
}

fn needed(infra: &Infra, addon: &Addon, identity: Option<&Identity>) -> Vec<Expression> {
    let mut needed = identity.map(ready).unwrap_or_default();
    if addon.moment == Moment::AfterNodes {
        needed.extend(infra.node_groups.iter().map(reference));
        needed.extend(infra.fargate.iter().map(|profile| to(&["aws_eks_fargate_profile", &profile.key])));
    }
    needed
}
