//! The self-managed groups in `node_groups.tf`: their role and its way into the cluster, auto scaling groups.

use super::addons::before_nodes;
use super::network::ways_out;
use super::node_security::rules;
use super::policy::{attachment_references, attachments, bounded};
use super::terms::{cluster_name, items, list, path, resource, spec, strings, suffixed, to};
use crate::ir::{Infra, NodeGroup, Purchase, SelfManaged};
use crate::source::Origin;
use crate::spec::{MixedInstances, Rolling};
use crate::syntax::hcl::{Attribute, Block, Entry, Expression, Item, Key, Part};

/// The label of the role of all self-managed nodes.
pub(super) const ROLE: &str = SelfManaged::ROLE;

fn role_origin() -> Origin {
    spec("spec.aws.nodeGroups")
}

fn at(group: &NodeGroup, below: &str) -> Origin {
    Origin::Spec(group.address.key(below))
}

fn at_own(group: &NodeGroup, below: &str) -> Origin {
    Origin::Spec(group.address.key("selfManaged").key(below))
}

/// The role of all self-managed nodes, its profile and its way into the cluster.
pub(super) fn role(infra: &Infra) -> Vec<Item> {
    if !infra.has_self_managed_groups() {
        return Vec::new();
    }
    let role = resource("aws_iam_role", ROLE)
        .origin(role_origin())
        .attr("name", suffixed(&infra.self_managed_role.suffix))
        .attr("assume_role_policy", to(&["local", "trust_ec2"]));
    let profile = resource("aws_iam_instance_profile", ROLE)
        .origin(role_origin())
        .attr("name", to(&["aws_iam_role", ROLE, "name"]))
        .attr("role", to(&["aws_iam_role", ROLE, "name"]));
    let entry = resource("aws_eks_access_entry", ROLE)
        .origin(role_origin())
        .comment("EKS lets nodes in by itself only where it manages them.")
        .attr("cluster_name", cluster_name())
        .attr("principal_arn", to(&["aws_iam_role", ROLE, "arn"]))
        .attr("type", "EC2_LINUX");
    let mut blocks = vec![bounded(infra, role)];
    blocks.extend(attachments(infra, ROLE, &infra.self_managed_role.managed_policies, &role_origin()));
    blocks.push(profile);
    // Where access entries do not count, the ConfigMap lets these nodes in.
    if infra.authentication.has_entries() {
        blocks.push(entry);
    }
    items(blocks).collect()
}

/// What EKS would add to the launch template of a managed group.
pub(super) fn completed(template: Block, group: &NodeGroup, own: &SelfManaged) -> Block {
    match (own.purchase, group.instance_types.first()) {
        (Purchase::OneType, Some(only)) => template
            .item(Attribute::new("instance_type", only.to_string()).origin(at(group, "instanceTypes"))),
        _ => template,
    }
}

/// The profile by which the machines take their role.
pub(super) fn profile() -> Block {
    Block::bare("iam_instance_profile").attr("arn", to(&["aws_iam_instance_profile", ROLE, "arn"]))
}

pub(super) fn scaling_group(infra: &Infra, group: &NodeGroup, own: &SelfManaged) -> Block {
    let size = group.size;
    let attribute =
        |key: &str, value: Expression, below: &str| Attribute::new(key, value).origin(at(group, below));
    let subnets = group.subnets.iter().map(|key| to(&["aws_subnet", key, "id"]));
    let mut block = resource("aws_autoscaling_group", &group.key)
        .origin(&group.address)
        .attr("name", suffixed(&group.key))
        .item(attribute("vpc_zone_identifier", list(subnets), "subnets"))
        .blank()
        .item(attribute("min_size", size.min.into(), "size"))
        .item(attribute("max_size", size.max.into(), "size"));
    if let Some(desired) = size.desired {
        block = block.item(attribute("desired_capacity", desired.into(), "size"));
    }
    block =
        block.item(Attribute::new("default_instance_warmup", own.warm_up).origin(at_own(group, "warmUp")));
    if group.is_autoscaled() {
        let why = "Whoever scales the group chooses the nodes that go.";
        block =
            block.item(attribute("suspended_processes", strings(["AZRebalance"]), "autoscaled").comment(why));
    }
    if let Purchase::Spot(MixedInstances { rebalance: true, .. }) = own.purchase {
        let rebalance = Attribute::new("capacity_rebalance", true);
        block = block.item(rebalance.origin(at_own(group, "mixedInstances")));
    }
    block = block.block(purchase(group, own));
    if let Some(rolling) = own.refresh {
        block = block.block(refresh(group, rolling));
    }
    let why = "Nodes need all this to join, and to leave in peace.";
    let needed = Attribute::new("depends_on", list(needed(infra, group))).comment(why);
    let mut block = tags(block, infra, group, own);
    if size.desired.is_some() {
        block = block.block(first_size());
    }
    block.blank().item(needed)
}

/// A first size is one: whoever scales the group afterwards is not undone by the next apply.
fn first_size() -> Block {
    Block::bare("lifecycle")
        .origin(Origin::Rule("a group's size belongs to whoever scales it"))
        .attr("ignore_changes", list([path("desired_capacity")]))
}

/// One instance type is the template's own; several, and Spot, take a policy.
fn purchase(group: &NodeGroup, own: &SelfManaged) -> Block {
    let version = to(&["aws_launch_template", &group.key, "latest_version"]);
    let id = to(&["aws_launch_template", &group.key, "id"]);
    let distribution = Block::bare("instances_distribution");
    let distribution = match own.purchase {
        Purchase::OneType => {
            return Block::bare("launch_template").attr("id", id).attr("version", version);
        }
        Purchase::OnDemand => distribution
            .origin(at(group, "capacity"))
            .attr("on_demand_allocation_strategy", "prioritized")
            .attr("on_demand_percentage_above_base_capacity", 100u32),
        Purchase::Spot(mix) => distribution
            .origin(at_own(group, "mixedInstances"))
            .attr("on_demand_allocation_strategy", "prioritized")
            .attr("on_demand_base_capacity", mix.on_demand_base)
            .attr("on_demand_percentage_above_base_capacity", u32::from(mix.on_demand_percent))
            .attr("spot_allocation_strategy", mix.spot_strategy.as_str()),
    };
    let specification =
        Block::bare("launch_template_specification").attr("launch_template_id", id).attr("version", version);
    let mut template = Block::bare("launch_template").block(specification);
    for (index, name) in group.instance_types.iter().enumerate() {
        let origin = Origin::Spec(group.address.key("instanceTypes").index(index));
        template =
            template.block(Block::bare("override").origin(origin).attr("instance_type", name.to_string()));
    }
    Block::bare("mixed_instances_policy").block(distribution).block(template)
}

/// A new version of the launch template starts it.
fn refresh(group: &NodeGroup, rolling: Rolling) -> Block {
    let mut preferences = Block::bare("preferences")
        .attr("min_healthy_percentage", u32::from(rolling.min_healthy_percent))
        .attr("max_healthy_percentage", u32::from(rolling.most()));
    if rolling.rollback {
        preferences = preferences.attr("auto_rollback", true);
    }
    Block::bare("instance_refresh")
        .origin(at_own(group, "refresh"))
        .comment("A change of the launch template replaces the nodes. Their pods are not drained first.")
        .attr("strategy", "Rolling")
        .block(preferences)
}

/// The tag that nodes are known to be the cluster's by, and those of the group alone: the provider's tags do not reach
/// a scaling group, and what is made from it has them from the launch template.
fn tags(block: Block, infra: &Infra, group: &NodeGroup, own: &SelfManaged) -> Block {
    let tag = |key: Expression, value: Expression, propagate: bool| {
        Block::bare("tag").attr("key", key).attr("value", value).attr("propagate_at_launch", propagate)
    };
    let key = named(infra, &own.ownership.key);
    let owned = tag(Expression::template(key), own.ownership.value.as_str().into(), true);
    let block = block.block(owned.origin(Origin::Rule("the cluster knows its nodes by this tag")));
    let entries = group.scaling_tags.iter().map(|tag| {
        Entry::new(Key::Template(named(infra, &tag.key)), tag.value.clone()).origin(tag.origin.clone())
    });
    let scaling = Expression::object(entries);
    let all = match (infra.tags.is_empty(), group.scaling_tags.is_empty()) {
        (true, true) => return block,
        (true, false) => scaling,
        (false, true) => to(&["local", "tags"]),
        (false, false) => Expression::call("merge", [to(&["local", "tags"]), scaling]),
    };
    let content = tag(path("tag.key"), path("tag.value"), false);
    let content = Block { kind: "content".to_owned(), ..content };
    block.block(Block::new("dynamic", ["tag"]).attr("for_each", all).block(content))
}

/// The key of a tag, with the cluster's name as Terraform knows it.
fn named(infra: &Infra, key: &str) -> Vec<Part> {
    let by_convention =
        |before: &&str| ["k8s.io/cluster-autoscaler/", "kubernetes.io/cluster/"].contains(before);
    match key.strip_suffix(&infra.name).filter(by_convention) {
        Some(before) => vec![Part::text(before), Part::value(super::terms::name())],
        None => vec![Part::text(key)],
    }
}

/// What nodes need to join, and to leave in peace.
fn needed(infra: &Infra, group: &NodeGroup) -> Vec<Expression> {
    let mut needed = attachment_references(ROLE, &infra.self_managed_role.managed_policies);
    needed.extend(infra.authentication.has_entries().then(|| to(&["aws_eks_access_entry", ROLE])));
    needed.extend(before_nodes(infra).map(|addon| to(&["aws_eks_addon", &addon.name])));
    needed.extend(rules(&infra.node_security_group));
    needed.extend(ways_out(&infra.network, group.tier));
    needed
}
