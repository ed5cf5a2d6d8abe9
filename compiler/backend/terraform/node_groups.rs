//! `node_groups.tf`: the security group of nodes, the roles of nodes, and for each group a launch template and the group.

use super::addons::before_nodes;
use super::images;
use super::network::ways_out;
use super::node_security::{self, group_id, rules};
use super::policy::{attachment_references, attachments, bounded, trust};
use super::self_managed;
use super::terms::{Stack, cluster_name, items, list, name_tag, path, resource, spec, strings, suffixed, to};
use super::volumes;
use crate::cluster::Tier;
use crate::domain::{PercentOrCount, Share, Taint};
use crate::ir::{Infra, MachinePlacement, Managed, NodeGroup, PlacementGroup, Upkeep};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Reference, identifier};

const ROLE: &str = "node";

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = node_security::body(infra);
    if infra.node_groups.is_empty() {
        return body;
    }
    body.push(Block::bare("locals").origin(role_origin()).attr("trust_ec2", ec2_trust()));
    if infra.has_managed_groups() {
        body.0.extend(items(role(infra)));
    }
    body.0.extend(self_managed::role(infra));
    for group in &infra.node_groups {
        body.0.extend(items(images::data_source(group)));
        body.0.extend(items(user_data(group)));
        body.0.extend(items(placement_group(group)));
        body.push(launch_template(infra, group));
        match &group.upkeep {
            Upkeep::Managed(managed) => {
                body.push(node_group(infra, group, managed));
                body.0.extend(items(scaling_tags(group)));
            }
            Upkeep::SelfManaged(own) => body.push(self_managed::scaling_group(infra, group, own)),
        }
    }
    body
}

/// The group as others refer to it.
pub(super) fn reference(group: &NodeGroup) -> Expression {
    match group.upkeep {
        Upkeep::Managed(_) => to(&["aws_eks_node_group", &group.key]),
        Upkeep::SelfManaged(_) => to(&["aws_autoscaling_group", &group.key]),
    }
}

fn role(infra: &Infra) -> Vec<Block> {
    let role = resource("aws_iam_role", ROLE)
        .origin(role_origin())
        .attr("name", suffixed(&infra.node_role.suffix))
        .attr("assume_role_policy", to(&["local", "trust_ec2"]));
    let attachments = attachments(infra, ROLE, &infra.node_role.managed_policies, &role_origin());
    std::iter::once(bounded(infra, role)).chain(attachments).collect()
}

/// The trust of roles that instances take.
pub(super) fn ec2_trust() -> Expression {
    trust("AllowInstances", "ec2.amazonaws.com", &["sts:AssumeRole"])
}

fn role_origin() -> Origin {
    spec("spec.aws.nodeGroups")
}

fn at(group: &NodeGroup, below: &str) -> Origin {
    Origin::Spec(group.address.key(below))
}

fn launch_template(infra: &Infra, group: &NodeGroup) -> Block {
    let mut block = resource("aws_launch_template", &group.key)
        .origin(&group.address)
        .attr("name", suffixed(&group.key))
        .attr("update_default_version", true);
    if let Some(image) = &group.image {
        block =
            block.item(Attribute::new("image_id", images::id(group, image)).origin(images::origin(group)));
    }
    if let Some(own) = group.self_managed() {
        block = self_managed::completed(block, group, own);
    }
    if group.tier != Tier::Public {
        let carried = Attribute::new("vpc_security_group_ids", list([group_id()]));
        block = block.item(match group.self_managed() {
            Some(_) => carried
                .comment("The group that managed nodes carry, too, so that pods on both reach each other."),
            None => carried,
        });
    }
    if let Some(name) = &group.ssh_key {
        block = block.item(Attribute::new("key_name", name).origin(at(group, "sshKey")));
    }
    if let Some(optimized) = group.ebs_optimized {
        block = block.item(Attribute::new("ebs_optimized", optimized).origin(at(group, "ebsOptimized")));
    }
    if let Some(data) = &group.user_data {
        let text = Expression::call("base64encode", [to(&["local", &user_data_name(group)])]);
        block = block.item(Attribute::new("user_data", text).origin(at(group, data.field)));
    }
    if group.self_managed().is_some() {
        block = block.block(self_managed::profile());
    }
    if group.tier == Tier::Public {
        // A template that asks for an address has to name the security group in the same place.
        block = block.block(
            Block::bare("network_interfaces")
                .origin(at(group, "subnets"))
                .attr("associate_public_ip_address", true)
                .attr("delete_on_termination", true)
                .attr("security_groups", list([group_id()])),
        );
    }
    for volume in &group.volumes {
        block = block.block(volumes::mapping(volume));
    }
    block = block.block(metadata(group));
    if let Some(placement) = &group.placement {
        block = block.block(placed(group, placement));
    }
    if group.enclave {
        block =
            block.block(Block::bare("enclave_options").origin(at(group, "enclave")).attr("enabled", true));
    }
    if group.monitoring {
        block = block.block(Block::bare("monitoring").origin(at(group, "monitoring")).attr("enabled", true));
    }
    for kind in ["instance", "volume"] {
        block = block.block(tag_specification(infra, group, kind));
    }
    block
}

fn metadata(group: &NodeGroup) -> Block {
    let block = Block::bare("metadata_options")
        .origin(at(group, "metadata"))
        .attr("http_endpoint", "enabled")
        .attr("http_tokens", "required")
        .attr("http_put_response_hop_limit", u32::from(group.metadata.hop_limit));
    if group.metadata.ipv6 { block.attr("http_protocol_ipv6", "enabled") } else { block }
}

fn placed(group: &NodeGroup, placement: &MachinePlacement) -> Block {
    let mut block = Block::bare("placement").origin(at(group, "placement"));
    block = match &placement.group {
        Some(PlacementGroup::Made(..)) => {
            block.attr("group_name", to(&["aws_placement_group", &group.key, "name"]))
        }
        Some(PlacementGroup::Existing(name)) => block.attr("group_name", name.as_str()),
        None => block,
    };
    if placement.dedicated { block.attr("tenancy", "dedicated") } else { block }
}

/// Its strategy is part of the name: another strategy makes another group, while machines are still in the old one.
fn placement_group(group: &NodeGroup) -> Option<Block> {
    let Some(PlacementGroup::Made(strategy, partitions)) = group.placement.as_ref()?.group else {
        return None;
    };
    let mut block = resource("aws_placement_group", &group.key)
        .origin(at(group, "placement"))
        .attr("name", suffixed(&format!("{}-{}", group.key, strategy.word())))
        .attr("strategy", strategy.word());
    if let Some(partitions) = partitions {
        block = block.attr("partition_count", u32::from(partitions));
    }
    let before = Block::bare("lifecycle").attr("create_before_destroy", true);
    Some(block.block(before))
}

fn user_data_name(group: &NodeGroup) -> String {
    identifier(&format!("user_data_{}", group.key))
}

/// A name of its own keeps the text readable.
fn user_data(group: &NodeGroup) -> Option<Block> {
    let data = group.user_data.as_ref()?;
    Some(
        Block::bare("locals")
            .origin(at(group, data.field))
            .attr(user_data_name(group), Stack::Cluster.text(&data.text)),
    )
}

/// Tags of the provider reach the template, but not what is made from it.
fn tag_specification(infra: &Infra, group: &NodeGroup, kind: &str) -> Block {
    let own = name_tag(suffixed(&group.key));
    let tags = match infra.tags.is_empty() {
        true => own,
        false => Expression::call("merge", [to(&["local", "tags"]), own]),
    };
    Block::bare("tag_specifications").attr("resource_type", kind).attr("tags", tags)
}

fn node_group(infra: &Infra, group: &NodeGroup, managed: &Managed) -> Block {
    let attribute =
        |key: &str, value: Expression, below: &str| Attribute::new(key, value).origin(at(group, below));
    let prefix =
        Attribute::new("node_group_name_prefix", NodeGroup::name_prefix(&group.key, group.generation));
    let prefix = if group.generation.is_some() { prefix.origin(at(group, "generation")) } else { prefix };
    let subnets = group.subnets.iter().map(|key| to(&["aws_subnet", key, "id"]));
    let mut block = resource("aws_eks_node_group", &group.key)
        .origin(&group.address)
        .attr("cluster_name", cluster_name())
        .item(prefix)
        .attr("node_role_arn", to(&["aws_iam_role", ROLE, "arn"]))
        .item(attribute("subnet_ids", list(subnets), "subnets"));
    let version = match &managed.version {
        Some(version) => version.as_str().into(),
        None => to(&["aws_eks_cluster", "main", "version"]),
    };
    // EKS refuses these words beside a template that names an image.
    if group.image.is_none() {
        block = block.item(attribute("version", version, "version"));
    }
    if let Some(release) = &managed.release {
        block = block.item(attribute("release_version", release.into(), "amiRelease"));
    }
    if managed.force_update {
        block = block.item(attribute("force_update_version", true.into(), "forceUpdate"));
    }
    block = block.blank();
    if group.image.is_none() {
        block = block.item(attribute("ami_type", managed.ami_type.as_str().into(), "os"));
    }
    block = block
        .item(attribute("capacity_type", group.capacity.eks_word().into(), "capacity"))
        .item(attribute("instance_types", strings(&group.instance_types), "instanceTypes"));
    if !group.labels.is_empty() {
        let labels = group.labels.iter().map(|(key, value)| Entry::new(key.to_string(), value.to_string()));
        block = block.blank().item(attribute("labels", Expression::object(labels), "labels"));
    }
    block = block.block(template_of(group)).block(scaling(group)).block(update(group, managed));
    for (index, taint) in group.taints.iter().enumerate() {
        block = block.block(taint_block(taint).origin(&group.address.key("taints").index(index)));
    }
    if let Some(timeout) = &managed.update_timeout {
        let timeouts = Block::bare("timeouts").origin(at(group, "updateTimeout"));
        block = block.block(timeouts.attr("update", timeout.as_str()));
    }
    let why = "Nodes need all this to join, and to leave in peace.";
    let needed = Attribute::new("depends_on", list(needed(infra, group))).comment(why);
    block.block(lifecycle()).blank().item(needed)
}

/// EKS puts no tag of a node group on its auto scaling group, so each is put there by itself.
fn scaling_tags(group: &NodeGroup) -> Option<Block> {
    let first = group.scaling_tags.first()?;
    let entries = group
        .scaling_tags
        .iter()
        .map(|tag| Entry::new(tag.key.clone(), tag.value.clone()).origin(tag.origin.clone()));
    let label = identifier(&group.key);
    let scaling_group =
        Reference::new(&format!("aws_eks_node_group.{label}.resources[0].autoscaling_groups[0].name"));
    let tag = Block::bare("tag")
        .attr("key", path("each.key"))
        .attr("value", path("each.value"))
        .attr("propagate_at_launch", false);
    Some(
        resource("aws_autoscaling_group_tag", &group.key)
            .origin(first.origin.clone())
            .comment("What cluster-autoscaler expects of a node while the group has none.")
            .attr("for_each", Expression::object(entries))
            .blank()
            .attr("autoscaling_group_name", scaling_group.map_or(Expression::Null, Expression::from))
            .block(tag.origin(first.origin.clone())),
    )
}

fn template_of(group: &NodeGroup) -> Block {
    Block::bare("launch_template")
        .attr("id", to(&["aws_launch_template", &group.key, "id"]))
        .attr("version", to(&["aws_launch_template", &group.key, "latest_version"]))
}

fn scaling(group: &NodeGroup) -> Block {
    let size = group.size;
    Block::bare("scaling_config")
        .origin(at(group, "size"))
        .attr("min_size", size.min)
        .attr("max_size", size.max)
        .attr("desired_size", size.desired.unwrap_or(size.min))
}

fn update(group: &NodeGroup, managed: &Managed) -> Block {
    let block = Block::bare("update_config").origin(at(group, "maxUnavailable"));
    match managed.max_unavailable.parse().map(|share: PercentOrCount| share.share()) {
        Ok(Share::Percent(percent)) => block.attr("max_unavailable_percentage", u32::from(percent)),
        Ok(Share::Count(count)) => block.attr("max_unavailable", count),
        Err(_) => block.attr("max_unavailable", 1u32),
    }
}

fn taint_block(taint: &Taint) -> Block {
    let block = Block::bare("taint").attr("key", taint.key.to_string());
    let block = match &taint.value {
        Some(value) if !value.is_empty() => block.attr("value", value.to_string()),
        _ => block,
    };
    block.attr("effect", taint.effect.eks_word())
}

/// Many changes replace a group: the new one takes the pods over before the old one goes, so names are prefixes.
fn lifecycle() -> Block {
    Block::bare("lifecycle")
        .origin(Origin::Rule(
            "a group that is replaced hands its pods over; its size belongs to whoever scales it",
        ))
        .attr("create_before_destroy", true)
        .attr("ignore_changes", list([path("scaling_config[0].desired_size")]))
}

/// What nodes need to join, and to leave in peace.
fn needed(infra: &Infra, group: &NodeGroup) -> Vec<Expression> {
    let mut needed = attachment_references(ROLE, &infra.node_role.managed_policies);
    needed.extend(before_nodes(infra).map(|addon| to(&["aws_eks_addon", &addon.name])));
    needed.extend(rules(&infra.node_security_group));
    needed.extend(ways_out(&infra.network, group.tier));
    needed
}
