//! `state_bucket.tf`: the bucket that keeps the states of all stacks.

use super::policy::document;
use super::terms::{around_name, given, items, list, resource, spec, to};
use crate::ir::{Foundation, Infra};
use crate::source::Origin;
use crate::spec::{StateBucket, StateKey, StateKeyWord};
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

const LABEL: &str = "state";
const AT: &str = "spec.aws.foundation.stateBucket";
/// Days after which S3 forgets parts of uploads that nobody finished.
const UNFINISHED_DAYS: u32 = 7;

pub(super) fn body(infra: &Infra, foundation: &Foundation) -> Body {
    let Some(bucket) = &foundation.state_bucket else { return Body::new() };
    let mut body = Body::new();
    body.0.extend(items(key(bucket)));
    let name = Attribute::new("bucket", infra.state.bucket.to_string());
    body.push(kept(
        resource("aws_s3_bucket", LABEL)
            .origin(origin())
            .comment("The states of this stack and of all others: see the backend of each.")
            .item(name.origin(spec("spec.aws.state.s3.bucket"))),
    ));
    body.0.extend(items(settings(bucket)));
    body.push(policy());
    body
}

/// The alias of the key that the foundation makes for the states, after `alias/`.
pub(super) const KEY_ALIAS_SUFFIX: &str = "-state";

fn origin() -> Origin {
    spec(AT)
}

/// A resource that Terraform refuses to destroy.
fn kept(block: Block) -> Block {
    let why = Origin::Rule("without its state, Terraform knows nothing of what it made");
    block.blank().block(Block::bare("lifecycle").origin(why).attr("prevent_destroy", true))
}

fn key(bucket: &StateBucket) -> Vec<Block> {
    if !matches!(bucket.key, StateKey::Word(StateKeyWord::Managed)) {
        return Vec::new();
    }
    let origin = spec(&format!("{AT}.key"));
    let key = resource("aws_kms_key", LABEL)
        .origin(origin.clone())
        .attr("description", around_name("Terraform's states, made for ", ""))
        .attr("enable_key_rotation", true);
    let alias = resource("aws_kms_alias", LABEL)
        .origin(origin)
        .attr("name", around_name("alias/", KEY_ALIAS_SUFFIX))
        .attr("target_key_id", to(&["aws_kms_key", LABEL, "key_id"]));
    vec![kept(key), alias]
}

fn setting(kind: &str) -> Block {
    resource(&format!("aws_s3_bucket_{kind}"), LABEL)
        .origin(origin())
        .attr("bucket", to(&["aws_s3_bucket", LABEL, "id"]))
}

fn settings(bucket: &StateBucket) -> [Block; 5] {
    [
        setting("versioning").block(Block::bare("versioning_configuration").attr("status", "Enabled")),
        setting("server_side_encryption_configuration").block(encryption(bucket)),
        setting("public_access_block")
            .attr("block_public_acls", true)
            .attr("block_public_policy", true)
            .attr("ignore_public_acls", true)
            .attr("restrict_public_buckets", true),
        setting("ownership_controls")
            .block(Block::bare("rule").attr("object_ownership", "BucketOwnerEnforced")),
        old_versions(bucket),
    ]
}

fn encryption(bucket: &StateBucket) -> Block {
    let by_default =
        Block::bare("apply_server_side_encryption_by_default").origin(spec(&format!("{AT}.key")));
    let key = match &bucket.key {
        StateKey::Word(StateKeyWord::S3) => {
            return Block::bare("rule").block(by_default.attr("sse_algorithm", "AES256"));
        }
        StateKey::Word(StateKeyWord::Managed) => to(&["aws_kms_key", LABEL, "arn"]),
        StateKey::Existing(arn) => given(arn),
    };
    Block::bare("rule")
        .attr("bucket_key_enabled", true)
        .block(by_default.attr("sse_algorithm", "aws:kms").attr("kms_master_key_id", key))
}

fn old_versions(bucket: &StateBucket) -> Block {
    let days = Attribute::new("noncurrent_days", u32::from(bucket.keep_old_versions));
    let rule = Block::bare("rule")
        .attr("id", "old-versions")
        .attr("status", "Enabled")
        .block(Block::bare("filter"))
        .block(
            Block::bare("noncurrent_version_expiration")
                .item(days.origin(spec(&format!("{AT}.keepOldVersions")))),
        )
        .block(
            Block::bare("expiration")
                .comment("What is left of locks: a marker that hides nothing any more.")
                .attr("expired_object_delete_marker", true),
        )
        .block(
            Block::bare("abort_incomplete_multipart_upload").attr("days_after_initiation", UNFINISHED_DAYS),
        );
    setting("lifecycle_configuration")
        .block(rule)
        .blank()
        .attr("depends_on", list([to(&["aws_s3_bucket_versioning", LABEL])]))
}

fn policy() -> Block {
    let arn = || to(&["aws_s3_bucket", LABEL, "arn"]);
    let objects = Expression::template([Part::value(arn()), Part::text("/*")]);
    let plain = Expression::object([Entry::new("aws:SecureTransport", "false")]);
    let deny = Expression::object([
        Entry::new("Sid", "DenyHTTP"),
        Entry::new("Effect", "Deny"),
        Entry::new("Principal", "*"),
        Entry::new("Action", "s3:*"),
        Entry::new("Resource", list([arn(), objects])),
        Entry::new("Condition", Expression::object([Entry::new("Bool", plain)])),
    ]);
    // The two settings change the same bucket; S3 refuses to do both at once.
    setting("policy")
        .attr("policy", document([deny]))
        .blank()
        .attr("depends_on", list([to(&["aws_s3_bucket_public_access_block", LABEL])]))
}
