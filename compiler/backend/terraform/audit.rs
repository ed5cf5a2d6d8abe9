//! `audit.tf`: the account's API calls, in a bucket and a log group.

use super::policy::{allow, bounded, document, trust};
use super::terms::{account_id, around_name, items, keep, list, name, resource, spec, strings, suffixed, to};
use crate::catalog::policies::TRAIL_LOG_ACTIONS;
use crate::ir::{Infra, Trail};
use crate::source::Origin;
use crate::spec::DataEvents;
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

const ROLE: &str = "cloudtrail";
const TRAIL: &str = "spec.aws.audit.cloudTrail";

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let Some(trail) = &infra.trail else { return body };
    body.push(locals(infra));
    body.push(keep(infra, bucket(trail)));
    body.0.extend(items(bucket_settings()));
    body.push(bucket_policy());
    body.push(log_group(trail));
    body.0.extend(items([bounded(infra, role()), role_policy()]));
    body.push(cloud_trail(trail));
    body
}

fn origin() -> Origin {
    spec(TRAIL)
}

fn bucket_arn() -> Expression {
    to(&["aws_s3_bucket", ROLE, "arn"])
}

fn below_bucket(folder: impl IntoIterator<Item = Part>) -> Expression {
    Expression::template([Part::value(bucket_arn()), Part::text("/")].into_iter().chain(folder))
}

fn locals(infra: &Infra) -> Block {
    let arn = Expression::template([
        Part::text(format!("arn:{}:cloudtrail:", infra.partition)),
        Part::value(to(&["local", "region"])),
        Part::text(":"),
        Part::value(account_id()),
        Part::text(":trail/"),
        Part::value(name()),
    ]);
    let why = "Spelled out: the trail needs the bucket's policy, which names the trail.";
    Block::bare("locals").origin(origin()).item(Attribute::new("trail_arn", arn).comment(why))
}

fn bucket(trail: &Trail) -> Block {
    let name = [Part::text("cloudtrail-"), Part::value(name()), Part::text("-"), Part::value(account_id())];
    resource("aws_s3_bucket", ROLE).origin(origin()).attr("bucket", Expression::template(name)).item(
        Attribute::new("force_destroy", trail.delete_with_cluster)
            .origin(spec(&format!("{TRAIL}.deleteWithCluster"))),
    )
}

fn setting(kind: &str) -> Block {
    resource(&format!("aws_s3_bucket_{kind}"), ROLE)
        .origin(origin())
        .attr("bucket", to(&["aws_s3_bucket", ROLE, "id"]))
}

fn bucket_settings() -> [Block; 4] {
    let by_default = Block::bare("apply_server_side_encryption_by_default").attr("sse_algorithm", "AES256");
    [
        setting("public_access_block")
            .attr("block_public_acls", true)
            .attr("block_public_policy", true)
            .attr("ignore_public_acls", true)
            .attr("restrict_public_buckets", true),
        setting("ownership_controls")
            .block(Block::bare("rule").attr("object_ownership", "BucketOwnerEnforced")),
        setting("versioning").block(Block::bare("versioning_configuration").attr("status", "Enabled")),
        setting("server_side_encryption_configuration").block(Block::bare("rule").block(by_default)),
    ]
}

fn bucket_policy() -> Block {
    let service = || Expression::object([Entry::new("Service", "cloudtrail.amazonaws.com")]);
    let source = || Entry::new("aws:SourceArn", to(&["local", "trail_arn"]));
    let when = |operator: &str, keys: Vec<Entry>| {
        Entry::new("Condition", Expression::object([Entry::new(operator, Expression::object(keys))]))
    };
    let head = |sid: &str, effect: &str, principal: Expression| {
        vec![Entry::new("Sid", sid), Entry::new("Effect", effect), Entry::new("Principal", principal)]
    };
    let mut check = head("AWSCloudTrailAclCheck", "Allow", service());
    check.push(Entry::new("Action", "s3:GetBucketAcl"));
    check.push(Entry::new("Resource", bucket_arn()));
    check.push(when("StringEquals", vec![source()]));
    let folder = [Part::text("AWSLogs/"), Part::value(account_id()), Part::text("/*")];
    let mut write = head("AWSCloudTrailWrite", "Allow", service());
    write.push(Entry::new("Action", "s3:PutObject"));
    write.push(Entry::new("Resource", below_bucket(folder)));
    write.push(when("StringEquals", vec![Entry::new("s3:x-amz-acl", "bucket-owner-full-control"), source()]));
    let mut deny = head("DenyHTTP", "Deny", "*".into());
    deny.push(Entry::new("Action", "s3:*"));
    deny.push(Entry::new("Resource", list([bucket_arn(), below_bucket([Part::text("*")])])));
    deny.push(when("Bool", vec![Entry::new("aws:SecureTransport", "false")]));
    // The two settings change the same bucket; S3 refuses to do both at once.
    setting("policy")
        .attr("policy", document([check, write, deny].map(Expression::Object)))
        .blank()
        .attr("depends_on", list([to(&["aws_s3_bucket_public_access_block", ROLE])]))
}

fn log_group(trail: &Trail) -> Block {
    let days = Attribute::new("retention_in_days", trail.retention_days);
    resource("aws_cloudwatch_log_group", ROLE)
        .origin(origin())
        .attr("name", around_name("/aws/cloudtrail/", ""))
        .item(days.origin(spec(&format!("{TRAIL}.retentionDays"))))
}

fn role() -> Block {
    resource("aws_iam_role", ROLE)
        .origin(origin())
        .attr("name", suffixed(ROLE))
        .attr("assume_role_policy", trust("AllowCloudTrail", "cloudtrail.amazonaws.com", &["sts:AssumeRole"]))
}

fn role_policy() -> Block {
    let streams = Expression::template([
        Part::value(to(&["aws_cloudwatch_log_group", ROLE, "arn"])),
        Part::text(":log-stream:"),
        Part::value(account_id()),
        Part::text("_CloudTrail_"),
        Part::value(to(&["local", "region"])),
        Part::text("*"),
    ]);
    let statement = allow("WriteToLogGroup", &TRAIL_LOG_ACTIONS, streams);
    resource("aws_iam_role_policy", ROLE)
        .origin(origin())
        .attr("name", "logs")
        .attr("role", to(&["aws_iam_role", ROLE, "name"]))
        .attr("policy", document([statement]))
}

fn cloud_trail(trail: &Trail) -> Block {
    let group =
        Expression::template([Part::value(to(&["aws_cloudwatch_log_group", ROLE, "arn"])), Part::text(":*")]);
    let regions = Attribute::new("is_multi_region_trail", trail.multi_region);
    let mut block = resource("aws_cloudtrail", "main")
        .origin(origin())
        .attr("name", name())
        .attr("s3_bucket_name", to(&["aws_s3_bucket", ROLE, "id"]))
        .attr("cloud_watch_logs_group_arn", group)
        .attr("cloud_watch_logs_role_arn", to(&["aws_iam_role", ROLE, "arn"]))
        .attr("enable_log_file_validation", true)
        .attr("include_global_service_events", true)
        .item(regions.origin(spec(&format!("{TRAIL}.multiRegion"))));
    if !trail.data_events.is_empty() {
        let management = selector("Management events", vec![equals("eventCategory", "Management")]);
        let data = trail.data_events.iter().map(|events| data_selector(*events));
        for selector in std::iter::once(management).chain(data) {
            block = block.block(selector.origin(spec(&format!("{TRAIL}.dataEvents"))));
        }
    }
    let before = [to(&["aws_s3_bucket_policy", ROLE]), to(&["aws_iam_role_policy", ROLE])];
    block.blank().attr("depends_on", list(before))
}

fn selector(name: &str, fields: Vec<Block>) -> Block {
    let block = Block::bare("advanced_event_selector").attr("name", name);
    fields.into_iter().fold(block, Block::block)
}

fn equals(field: &str, value: &str) -> Block {
    Block::bare("field_selector").attr("field", field).attr("equals", strings([value]))
}

fn data_selector(events: DataEvents) -> Block {
    let (name, kind) = match events {
        DataEvents::Sqs => ("Messages of queues", "AWS::SQS::Queue"),
        DataEvents::S3 => ("Objects in buckets", "AWS::S3::Object"),
        DataEvents::Lambda => ("Calls of functions", "AWS::Lambda::Function"),
    };
    let mut fields = vec![equals("eventCategory", "Data"), equals("resources.type", kind)];
    if events == DataEvents::S3 {
        let own = Block::bare("field_selector")
            .comment("Not the trail's own writing, which would be recorded for ever.")
            .attr("field", "resources.ARN")
            .attr("not_starts_with", list([below_bucket([])]));
        fields.push(own);
    }
    selector(name, fields)
}
