//! `outputs.tf`: what people and the next stack ask for.

use super::certificates;
use super::identities::uses_web_identity;
use super::terms::{cluster_name, input, path, to};
use crate::ir::{Identity, Infra, KarpenterInfra};
use crate::source::Origin;
use crate::spec::{Given, SubnetGroup};
use crate::syntax::hcl::{Block, Body, Entry, Expression, Part};

pub(super) fn body(infra: &Infra) -> Body {
    let mut command = vec![
        Part::text("aws eks update-kubeconfig --region "),
        Part::value(to(&["local", "region"])),
        Part::text(" --name "),
        Part::value(cluster_name()),
    ];
    if let Some(assumed) = &infra.assume_role {
        command.push(Part::text(" --role-arn "));
        command.push(match &assumed.role {
            Given::Known(arn) => Part::text(arn.to_string()),
            Given::Input(reference) => Part::value(input(&reference.input)),
        });
    }
    let command = Expression::template(command);
    let mut body = Body::new()
        .block(output("cluster_name", "The cluster.", cluster_name()))
        .block(output(
            "cluster_endpoint",
            "The address of the Kubernetes API.",
            to(&["aws_eks_cluster", "main", "endpoint"]),
        ))
        .block(output("kubeconfig_command", "Adds the cluster to your kubeconfig.", command))
        .block(output("vpc_id", "The VPC.", to(&["aws_vpc", "main", "id"])))
        .block(output(
            "oidc_issuer_url",
            "The issuer of service account tokens: what another cloud has to trust.",
            path("aws_eks_cluster.main.identity[0].oidc[0].issuer"),
        ));
    if infra.karpenter.is_some() {
        let role = to(&["aws_iam_role", KarpenterInfra::ROLE, "name"]);
        body.push(output("karpenter_node_role", "The role of Karpenter's nodes.", role));
    }
    if uses_web_identity(infra) {
        let issuer = to(&["local", "oidc_issuer"]);
        body.push(output("oidc_issuer", "The issuer of service account tokens, without https://.", issuer));
    }
    let roles = infra.oidc_providers.iter().flat_map(|provider| &provider.roles).map(|role| {
        let key = role.identity.key.as_str();
        Entry::new(key, to(&["aws_iam_role", key, "arn"])).origin(role.identity.origin.clone())
    });
    let roles: Vec<Entry> = roles.collect();
    if !roles.is_empty() {
        let about = "The roles that identities of other issuers take, by provider and role.";
        body.push(output("oidc_role_arns", about, Expression::object(roles)));
    }
    let roles: Vec<Entry> = infra.roles.iter().map(role).collect();
    if !roles.is_empty() {
        body.push(output("access_role_arns", "The roles that people take.", Expression::object(roles)));
    }
    network(infra, &mut body);
    body
}

fn role(role: &Identity) -> Entry {
    Entry::new(role.key.as_str(), to(&["aws_iam_role", &role.key, "arn"])).origin(role.origin.clone())
}

/// What is beside the cluster, for those who put something into it.
fn network(infra: &Infra, body: &mut Body) {
    let ids: Vec<Entry> = infra
        .security_groups
        .iter()
        .map(|group| {
            Entry::new(group.key.as_str(), to(&["aws_security_group", &group.key, "id"]))
                .origin(group.origin.clone())
        })
        .collect();
    if !ids.is_empty() {
        body.push(output(
            "security_group_ids",
            "The security groups of the spec, by name.",
            Expression::object(ids),
        ));
    }
    for group in &infra.network.subnet_groups {
        let (name, kind, about) = match group {
            SubnetGroup::Rds => ("database_subnet_group", "aws_db_subnet_group", "Where RDS puts databases."),
            SubnetGroup::Elasticache => {
                ("cache_subnet_group", "aws_elasticache_subnet_group", "Where ElastiCache puts caches.")
            }
        };
        body.push(output(name, about, to(&[kind, "database", "name"])));
    }
    let arns: Vec<Entry> = infra
        .certificates
        .iter()
        .map(|one| Entry::new(one.key.as_str(), certificates::arn(one)).origin(&one.address))
        .collect();
    if !arns.is_empty() {
        body.push(output(
            "certificate_arns",
            "The certificates of the spec, by name.",
            Expression::object(arns),
        ));
    }
    if infra.bastion.is_some() {
        let address = to(&["aws_instance", "bastion", "public_ip"]);
        body.push(output("bastion_address", "The public address of the bastion.", address));
        body.push(output(
            "bastion_id",
            "The bastion, for Session Manager.",
            to(&["aws_instance", "bastion", "id"]),
        ));
    }
}

fn output(name: &str, description: &str, value: Expression) -> Block {
    Block::new("output", [name])
        .origin(Origin::Rule("people and the gitops stack ask for it"))
        .attr("description", description)
        .attr("value", value)
}
