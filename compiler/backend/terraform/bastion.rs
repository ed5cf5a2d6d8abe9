//! `bastion.tf`: the machine from which people reach nodes and the API.

use super::policy::{attachments, bounded, trust};
use super::security_groups::rules;
use super::terms::{data, items, list, name_tag, path, resource, spec, suffixed, to};
use crate::catalog::ami::bastion_parameter;
use crate::cluster::Tier;
use crate::ir::{BastionHost, GroupRef, Infra};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Expression};

const LABEL: &str = "bastion";
const AT: &str = "spec.aws.bastion";

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let Some(bastion) = &infra.bastion else { return body };
    body.push(security_group());
    body.0.extend(items(rules(infra, &GroupRef::Bastion)));
    body.push(bounded(infra, role()));
    body.0.extend(items(attachments(infra, LABEL, &bastion.managed_policies, &origin())));
    body.push(instance_profile());
    body.push(image(bastion));
    body.push(instance(infra, bastion));
    body
}

fn origin() -> Origin {
    spec(AT)
}

fn security_group() -> Block {
    resource("aws_security_group", LABEL)
        .origin(origin())
        .attr("name", suffixed(LABEL))
        .attr("description", "The bastion")
        .attr("vpc_id", to(&["aws_vpc", "main", "id"]))
        .blank()
        .attr("tags", name_tag(suffixed(LABEL)))
}

fn role() -> Block {
    resource("aws_iam_role", LABEL)
        .origin(origin())
        .attr("name", suffixed(LABEL))
        .attr("assume_role_policy", trust("AllowInstances", "ec2.amazonaws.com", &["sts:AssumeRole"]))
}

fn instance_profile() -> Block {
    resource("aws_iam_instance_profile", LABEL)
        .origin(origin())
        .attr("name", to(&["aws_iam_role", LABEL, "name"]))
        .attr("role", to(&["aws_iam_role", LABEL, "name"]))
}

fn image(bastion: &BastionHost) -> Block {
    data("aws_ssm_parameter", LABEL)
        .origin(spec(&format!("{AT}.instanceType")))
        .attr("name", bastion_parameter(bastion.arch))
}

fn instance(infra: &Infra, bastion: &BastionHost) -> Block {
    let kind = Attribute::new("instance_type", bastion.instance_type.to_string());
    let mut block = resource("aws_instance", LABEL)
        .origin(origin())
        .attr("ami", to(&["data", "aws_ssm_parameter", LABEL, "insecure_value"]))
        .item(kind.origin(spec(&format!("{AT}.instanceType"))))
        .attr("iam_instance_profile", to(&["aws_iam_instance_profile", LABEL, "name"]))
        .attr("subnet_id", to(&["aws_subnet", &bastion.subnet, "id"]))
        .attr("associate_public_ip_address", true)
        .attr("vpc_security_group_ids", list([to(&["aws_security_group", LABEL, "id"])]));
    if let Some(key) = &bastion.ssh_key {
        let key = Attribute::new("key_name", key.as_str());
        block = block.item(key.origin(spec(&format!("{AT}.ssh.key"))));
    }
    let metadata = Block::bare("metadata_options")
        .attr("http_endpoint", "enabled")
        .attr("http_tokens", "required")
        .attr("http_put_response_hop_limit", 1u32);
    let disk = Block::bare("root_block_device").attr("encrypted", true).attr("volume_type", "gp3");
    let lifecycle = Block::bare("lifecycle")
        .origin(Origin::Rule("a new image does not take people's machine away"))
        .item(
            Attribute::new("ignore_changes", list([path("ami")]))
                .comment("A new image takes nobody's machine away; to take it, replace the instance."),
        );
    block
        .blank()
        .attr("tags", name_tag(suffixed(LABEL)))
        .block(metadata)
        .block(disk)
        .block(lifecycle)
        .blank()
        .attr("depends_on", list(way_out(infra)))
}

/// Session Manager's agent gives up after a while without a way out.
fn way_out(infra: &Infra) -> Vec<Expression> {
    let tables = infra.network.route_tables.iter().filter(|table| table.tier == Tier::Public);
    tables.map(|table| to(&["aws_route", &table.key])).collect()
}
