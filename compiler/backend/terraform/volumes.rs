//! Disks of machines, as launch templates name them, and `disks.tf`: the key of the cluster's own that encrypts them.

use super::policy::document;
use super::terms::{account_id, around_name, given, list, resource, strings, to};
use crate::ir::{Infra, KeyForDisks, Volume};
use crate::source::Origin;
use crate::spec::{DiskKey, DiskKeyWord};
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

const LABEL: &str = "disks";
/// What whoever starts a machine does with the key of its disks (EC2 Auto Scaling, key policy for encrypted volumes).
const USE: [&str; 5] =
    ["kms:Encrypt", "kms:Decrypt", "kms:ReEncrypt*", "kms:GenerateDataKey*", "kms:DescribeKey"];
/// The role by which EC2 Auto Scaling starts the machines of every group.
const AUTO_SCALING: &str = "role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling";

/// The disk of a launch template.
pub(super) fn mapping(volume: &Volume) -> Block {
    let mut ebs = Block::bare("ebs").attr("encrypted", volume.key != DiskKey::Word(DiskKeyWord::None));
    ebs = match &volume.key {
        DiskKey::Word(DiskKeyWord::Managed) => ebs.attr("kms_key_id", to(&["aws_kms_key", LABEL, "arn"])),
        DiskKey::Existing(arn) => ebs.attr("kms_key_id", given(arn)),
        DiskKey::Word(DiskKeyWord::Aws | DiskKeyWord::None) => ebs,
    };
    ebs = ebs.attr("volume_type", volume.kind.as_str()).attr("volume_size", volume.gibibytes());
    if let Some(iops) = volume.iops {
        ebs = ebs.attr("iops", iops);
    }
    if let Some(throughput) = volume.throughput {
        ebs = ebs.attr("throughput", throughput);
    }
    if volume.is_further {
        ebs = ebs.attr("delete_on_termination", true);
    }
    Block::bare("block_device_mappings")
        .origin(volume.origin.clone())
        .attr("device_name", volume.device.as_str())
        .block(ebs)
}

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    if let Some(key) = &infra.disk_key {
        body.push(own_key(infra, key));
        body.push(alias(key));
    }
    body
}

fn origin(key: &KeyForDisks) -> Origin {
    Origin::Spec(key.address.clone())
}

fn own_key(infra: &Infra, key: &KeyForDisks) -> Block {
    let why = "Roles are named by conditions: a policy that names one that is not there yet is refused.";
    resource("aws_kms_key", LABEL)
        .origin(origin(key))
        .attr("description", around_name("Disks of nodes of the EKS cluster ", ""))
        .attr("enable_key_rotation", true)
        .item(Attribute::new("policy", policy(infra)).comment(why))
}

fn alias(key: &KeyForDisks) -> Block {
    resource("aws_kms_alias", LABEL)
        .origin(origin(key))
        .attr("name", alias_name(key))
        .attr("target_key_id", to(&["aws_kms_key", LABEL, "key_id"]))
}

/// The alias by which the key is found.
pub(super) fn alias_name(key: &KeyForDisks) -> Expression {
    around_name("alias/eks/", &format!("/{}", key.alias))
}

fn policy(infra: &Infra) -> Expression {
    let account = |rest: &str| {
        let start = format!("arn:{}:iam::", infra.partition);
        Expression::template([Part::text(start), Part::value(account_id()), Part::text(format!(":{rest}"))])
    };
    let own = || Entry::new("kms:CallerAccount", account_id());
    let statement = |sid: &str, who: Expression, actions: &[&str], conditions: Vec<Entry>| {
        let mut entries = vec![
            Entry::new("Sid", sid),
            Entry::new("Effect", "Allow"),
            Entry::new("Principal", Expression::object([Entry::new("AWS", who)])),
            Entry::new("Action", if let [only] = actions { (*only).into() } else { strings(actions) }),
            Entry::new("Resource", "*"),
        ];
        if !conditions.is_empty() {
            entries.push(Entry::new("Condition", Expression::object(conditions)));
        }
        Expression::object(entries)
    };
    let equals = |entries: Vec<Entry>| Entry::new("StringEquals", Expression::object(entries));
    let suffix = if infra.partition == "aws-cn" { ".amazonaws.com.cn" } else { ".amazonaws.com" };
    let through =
        Expression::template([Part::text("ec2."), Part::value(to(&["local", "region"])), Part::text(suffix)]);
    let services = || {
        let roles = [account(AUTO_SCALING), to(&["aws_iam_role", "cluster", "arn"])];
        Entry::new("ArnEquals", Expression::object([Entry::new("aws:PrincipalArn", list(roles))]))
    };
    let grants = Entry::new("Bool", Expression::object([Entry::new("kms:GrantIsForAWSResource", "true")]));
    let with_grants: Vec<&str> = USE.into_iter().chain(["kms:CreateGrant"]).collect();
    document([
        statement("LeaveAccessToIAM", account("root"), &["kms:*"], vec![]),
        statement(
            "UseThroughEC2",
            "*".into(),
            &with_grants,
            vec![equals(vec![own(), Entry::new("kms:ViaService", through)])],
        ),
        statement("UseToStartMachines", "*".into(), &USE, vec![equals(vec![own()]), services()]),
        statement(
            "GrantToDisks",
            "*".into(),
            &["kms:CreateGrant"],
            vec![equals(vec![own()]), services(), grants],
        ),
    ])
}
