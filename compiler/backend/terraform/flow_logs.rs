//! `flow_logs.tf`: records of the traffic in the VPC.

use super::policy::{allow, bounded, document};
use super::terms::{account_id, around_name, given, items, name_tag, resource, spec, suffixed, to};
use crate::catalog::policies::{FLOW_LOG_ACTIONS, FLOW_LOG_LIST_ACTIONS};
use crate::ir::{FlowLogGroup, FlowLogs, Infra};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

const LABEL: &str = "flow_logs";
const SUFFIX: &str = "flow-logs";
const AT: &str = "spec.aws.network.flowLogs";

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let Some(logs) = &infra.network.flow_logs else { return body };
    if let Some(group) = &logs.log_group {
        body.push(log_group(group));
        body.0.extend(items([bounded(infra, role(infra)), role_policy()]));
        let log = flow_log(logs, LABEL)
            .attr("log_destination_type", "cloud-watch-logs")
            .attr("log_destination", to(&["aws_cloudwatch_log_group", LABEL, "arn"]))
            .attr("iam_role_arn", to(&["aws_iam_role", LABEL, "arn"]));
        body.push(named(log, SUFFIX));
    }
    if let Some(bucket) = &logs.bucket {
        let bucket = Attribute::new("log_destination", given(bucket)).origin(spec(&format!("{AT}.s3.arn")));
        let log = flow_log(logs, "flow_logs_s3").attr("log_destination_type", "s3").item(bucket);
        body.push(named(log, "flow-logs-s3"));
    }
    body
}

fn origin() -> Origin {
    spec(AT)
}

fn log_group(group: &FlowLogGroup) -> Block {
    let days = Attribute::new("retention_in_days", group.retention_days);
    let mut block = resource("aws_cloudwatch_log_group", LABEL)
        .origin(origin())
        .attr("name", around_name("/aws/vpc/", "/flow-logs"))
        .item(days.origin(spec(&format!("{AT}.cloudWatch.retentionDays"))));
    if let Some(key) = &group.key {
        let key = Attribute::new("kms_key_id", given(key));
        block = block.item(key.origin(spec(&format!("{AT}.cloudWatch.key"))));
    }
    block
}

/// The role trusts the service only when it acts for this account's own flow logs.
fn role(infra: &Infra) -> Block {
    let logs = Expression::template([
        Part::text(format!("arn:{}:ec2:", infra.partition)),
        Part::value(to(&["local", "region"])),
        Part::text(":"),
        Part::value(account_id()),
        Part::text(":vpc-flow-log/*"),
    ]);
    let account = Expression::object([Entry::new("aws:SourceAccount", account_id())]);
    let source = Expression::object([Entry::new("aws:SourceArn", logs)]);
    let condition = Expression::object([Entry::new("StringEquals", account), Entry::new("ArnLike", source)]);
    let service = Expression::object([Entry::new("Service", "vpc-flow-logs.amazonaws.com")]);
    let statement = Expression::object([
        Entry::new("Sid", "AllowFlowLogs"),
        Entry::new("Effect", "Allow"),
        Entry::new("Principal", service),
        Entry::new("Action", "sts:AssumeRole"),
        Entry::new("Condition", condition),
    ]);
    resource("aws_iam_role", LABEL)
        .origin(origin())
        .attr("name", suffixed(SUFFIX))
        .attr("assume_role_policy", document([statement]))
}

fn role_policy() -> Block {
    let streams = Expression::template([
        Part::value(to(&["aws_cloudwatch_log_group", LABEL, "arn"])),
        Part::text(":*"),
    ]);
    resource("aws_iam_role_policy", LABEL)
        .origin(origin())
        .attr("name", "logs")
        .attr("role", to(&["aws_iam_role", LABEL, "name"]))
        .attr(
            "policy",
            document([
                allow("WriteToLogGroup", &FLOW_LOG_ACTIONS, streams),
                allow("FindLogGroup", &FLOW_LOG_LIST_ACTIONS, "*".into()),
            ]),
        )
}

fn flow_log(logs: &FlowLogs, label: &str) -> Block {
    let traffic = Attribute::new("traffic_type", logs.traffic.ec2_word());
    let seconds = Attribute::new("max_aggregation_interval", logs.aggregation);
    resource("aws_flow_log", label)
        .origin(origin())
        .attr("vpc_id", to(&["aws_vpc", "main", "id"]))
        .item(traffic.origin(spec(&format!("{AT}.traffic"))))
        .item(seconds.origin(spec(&format!("{AT}.aggregation"))))
}

fn named(block: Block, suffix: &str) -> Block {
    block.blank().attr("tags", name_tag(suffixed(suffix)))
}
