//! What the Terraform back end promises.

use super::sample::{isolated, minimal, platform, statement};
use super::terms::Stack;
use super::*;
use crate::ir::{
    Boundary, Deferred, Purchase, SelfManaged, ServiceAccount, SharedTag, Spread, Text, Upkeep, spread,
};
use crate::spec::{Bootstrap as Way, MixedInstances};
use crate::syntax::hcl::{Attribute, Expression};

const HEADER: &str = "Generated.";

fn all() -> Vec<Infra> {
    vec![minimal(), platform(Way::Operator), platform(Way::Terraform), platform(Way::Cli), isolated()]
}

fn file(infra: &Infra, name: &str) -> String {
    emit(infra, HEADER).remove(name).map(|printed| printed.text).unwrap_or_default()
}

fn printed(value: Expression) -> String {
    hcl::print(&Body::new().item(Attribute::new("x", value)), None).text
}

#[test]
fn every_line_knows_who_asked_for_it() {
    for infra in all() {
        for (name, printed) in emit(&infra, HEADER) {
            for (line, origin) in printed.text.lines().zip(&printed.lines).skip(1) {
                assert!(line.is_empty() || origin.is_some(), "{name}: {line}");
            }
        }
    }
}

#[test]
fn every_fixed_reference_is_well_formed() {
    let texts = all().into_iter().flat_map(|infra| emit(&infra, HEADER)).map(|(_, printed)| printed.text);
    assert!(texts.into_iter().all(|text| !text.contains("null")));
}

#[test]
fn the_same_infra_is_printed_the_same() {
    assert!(all().iter().all(|infra| emit(infra, HEADER) == emit(infra, HEADER)));
}

#[test]
fn short_statements_stay_in_the_role() {
    let statements = vec![statement("A", "*"), statement("B", "*")];
    assert!(matches!(spread(&statements), Spread::Inline(all) if all.len() == 2));
}

#[test]
fn long_statements_are_spread_in_order_over_policies_that_iam_accepts() {
    let resource = format!("arn:aws:s3:::{}", "b".repeat(1000));
    let statements: Vec<_> = (0..12).map(|index| statement(&format!("S{index:02}"), &resource)).collect();
    let Spread::Managed(parts) = spread(&statements) else { panic!("one policy would be too long") };
    let sids: Vec<&str> = parts.iter().flatten().map(|statement| statement.sid.as_str()).collect();
    assert!(parts.len() > 1 && sids.is_sorted() && sids.len() == 12);
    for part in parts {
        let text = printed(super::policy::statements(part));
        let dense: String = text.chars().filter(|c| !c.is_whitespace()).collect();
        assert!(dense.len() < 6_144, "{}", dense.len());
    }
}

#[test]
fn what_is_known_later_becomes_the_reference_of_its_stack() {
    let text = Text::of(&format!("arn:aws:iam::{}:x/${{aws:y}}", Deferred::AccountId.mark()));
    assert_eq!(
        printed(Stack::Cluster.text(&text)),
        "x = \"arn:aws:iam::${data.aws_caller_identity.current.account_id}:x/$${aws:y}\"\n"
    );
    let role = Text::deferred(Deferred::RoleArn("ebs-csi".to_owned()));
    assert_eq!(printed(Stack::Cluster.text(&role)), "x = aws_iam_role.ebs_csi.arn\n");
    assert_eq!(printed(Stack::GitOps.text(&role)), "x = data.aws_iam_role.ebs_csi.arn\n");
}

#[test]
fn only_used_inputs_become_variables() {
    let variables = file(&platform(Way::Operator), "cluster/variables.tf");
    assert!(variables.contains("variable \"operator_cidr\"") && !variables.contains("\"deploy_key\""));
    assert!(file(&platform(Way::Operator), "gitops/variables.tf").contains("variable \"deploy_key\""));
    assert!(!emit(&minimal(), HEADER).contains_key("cluster/variables.tf"));
}

#[test]
fn credentials_are_hidden_even_if_the_spec_does_not_say_so() {
    let variables = file(&platform(Way::Terraform), "gitops/variables.tf");
    let key = variables.split("variable \"deploy_key\"").nth(1).unwrap_or_default();
    assert!(key.split("\n}").next().is_some_and(|block| block.contains("sensitive = true")));
}

#[test]
fn nodes_wait_for_what_they_need() {
    let groups = file(&minimal(), "cluster/node_groups.tf");
    for needed in [
        "aws_eks_addon.vpc_cni,",
        "aws_eks_addon.kube_proxy,",
        "aws_route.private,",
        "aws_iam_role_policy_attachment.node_AmazonEKSWorkerNodePolicy,",
        "aws_vpc_security_group_ingress_rule.control_plane_from_node,",
    ] {
        assert!(groups.contains(needed), "{needed}");
    }
    assert!(file(&minimal(), "cluster/addons.tf").contains("depends_on = [aws_eks_node_group.system]"));
}

/// The first group of the small cluster, without EKS.
fn without_eks(purchase: Purchase) -> Infra {
    let mut infra = minimal();
    for group in &mut infra.node_groups {
        group.upkeep = Upkeep::SelfManaged(SelfManaged {
            purchase,
            warm_up: 120,
            refresh: None,
            ownership: SharedTag {
                key: "kubernetes.io/cluster/platform".to_owned(),
                value: "owned".to_owned(),
            },
        });
    }
    infra
}

#[test]
fn self_managed_nodes_are_let_in_before_they_come_and_carry_the_group_of_all_nodes() {
    let infra = without_eks(Purchase::OnDemand);
    let groups = file(&infra, "cluster/node_groups.tf");
    for needed in [
        "aws_eks_access_entry.self_managed_node,",
        "aws_iam_role_policy_attachment.self_managed_node_AmazonEKSWorkerNodePolicy,",
        "aws_eks_addon.vpc_cni,",
        "aws_route.private,",
        "vpc_security_group_ids = [aws_security_group.node.id]",
        "type          = \"EC2_LINUX\"",
        "http_tokens                 = \"required\"",
    ] {
        assert!(groups.contains(needed), "{needed}\n{groups}");
    }
    // The role that EKS lets in by itself is not there; it would refuse to hear of it twice.
    assert!(!groups.contains("aws_iam_role\" \"node\"") && !groups.contains("aws_eks_node_group"));
    assert!(file(&infra, "cluster/addons.tf").contains("depends_on = [aws_autoscaling_group.system]"));
}

#[test]
fn several_types_and_spot_take_a_policy_and_one_type_is_the_templates_own() {
    let dense = |purchase| {
        let mut infra = without_eks(purchase);
        for group in &mut infra.node_groups {
            group.instance_types.truncate(if matches!(purchase, Purchase::OneType) { 1 } else { 3 });
        }
        let text = file(&infra, "cluster/node_groups.tf");
        text.split_whitespace().collect::<Vec<_>>().join(" ")
    };
    let one = dense(Purchase::OneType);
    assert!(one.contains("instance_type = \"t4g.medium\"") && !one.contains("mixed_instances_policy"));
    let several = dense(Purchase::OnDemand);
    assert!(several.contains("on_demand_percentage_above_base_capacity = 100 }"));
    let mix = MixedInstances { on_demand_base: 2, on_demand_percent: 20, ..MixedInstances::default() };
    let spot = dense(Purchase::Spot(mix));
    assert!(spot.contains("on_demand_base_capacity = 2 on_demand_percentage_above_base_capacity = 20"));
    assert_eq!(spot.matches("override {").count(), 3);
}

#[test]
fn without_flux_there_is_no_second_stack() {
    assert!(emit(&minimal(), HEADER).keys().all(|path| path.starts_with("cluster/")));
    let mut by_hand = platform(Way::Cli);
    by_hand.facts.clear();
    assert!(emit(&by_hand, HEADER).keys().all(|path| path.starts_with("cluster/")));
}

#[test]
fn older_karpenters_get_no_rule_for_events_they_do_not_know() {
    let rule = "resource \"aws_cloudwatch_event_rule\"";
    assert_eq!(file(&platform(Way::Cli), "cluster/karpenter.tf").matches(rule).count(), 5);
    assert_eq!(file(&isolated(), "cluster/karpenter.tf").matches(rule).count(), 4);
}

#[test]
fn every_role_carries_the_boundary() {
    for mut infra in all() {
        infra.boundary =
            Some(Boundary::Existing(serde_json::from_value(serde_json::json!({ "input": "edge" })).unwrap()));
        let files = emit(&infra, HEADER);
        let text: String = files.values().map(|printed| printed.text.as_str()).collect();
        let roles = text.matches("resource \"aws_iam_role\"").count();
        let carried = text.lines().filter(|line| line.trim().starts_with("permissions_boundary ")).count();
        assert!(roles > 1 && roles == carried, "{roles} roles, {carried} with the boundary");
        assert!(!files.contains_key("cluster/boundary.tf") && text.contains("= var.edge\n"));
    }
}

#[test]
fn a_further_account_leaves_the_first_where_it_is() {
    let mut infra = platform(Way::Cli);
    let before = file(&infra, "cluster/identities.tf");
    infra.identities[0]
        .accounts
        .push(ServiceAccount { namespace: "web".to_owned(), name: "worker".to_owned() });
    let after = file(&infra, "cluster/identities.tf");
    let kept = before.lines().filter(|line| line.starts_with("resource ")).all(|line| after.contains(line));
    assert!(kept && after.contains("\"aws_eks_pod_identity_association\" \"karpenter_web_worker\""));
}
