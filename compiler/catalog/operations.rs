//! Which actions of IAM Terraform needs for each kind of thing. Source and columns stand at the top of `operations.tsv`.

static TABLE: &str = include_str!("operations.tsv");

/// What Terraform does with a kind of thing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operations {
    /// The kind, such as `aws_vpc`, or `data.aws_vpc` for a data source.
    pub kind: &'static str,
    plan: &'static str,
    apply: &'static str,
    destroy: &'static str,
    linked: &'static str,
}

impl Operations {
    /// Actions that read it: a plan takes them, and everything else begins with a plan.
    pub fn plan(self) -> impl Iterator<Item = &'static str> {
        words(self.plan)
    }

    /// Actions that make and change it.
    pub fn apply(self) -> impl Iterator<Item = &'static str> {
        words(self.apply)
    }

    /// Actions that take it away.
    pub fn destroy(self) -> impl Iterator<Item = &'static str> {
        words(self.destroy)
    }

    /// Services that want a role of their own in the account when the first such thing is made.
    pub fn linked(self) -> impl Iterator<Item = &'static str> {
        words(self.linked)
    }
}

fn words(column: &'static str) -> impl Iterator<Item = &'static str> {
    column.split(' ').filter(|word| *word != "-")
}

/// All kinds that the table holds.
pub fn all() -> impl Iterator<Item = Operations> {
    TABLE.lines().filter(|line| !line.starts_with('#')).filter_map(|line| {
        let mut columns = line.split('\t');
        let row = Operations {
            kind: columns.next()?,
            plan: columns.next()?,
            apply: columns.next()?,
            destroy: columns.next()?,
            linked: columns.next()?,
        };
        columns.next().is_none().then_some(row)
    })
}

/// The row of a kind; `None` for one that the table does not hold.
pub fn of(kind: &str) -> Option<Operations> {
    all().find(|row| row.kind == kind)
}

/// What an action of IAM works on. Only what can be named by its ARN is told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Target {
    /// Anything: the action takes no ARN, or one that nobody can foretell.
    Any,
    /// The EKS cluster and what belongs to it.
    Cluster,
    /// Roles.
    Role,
    /// Managed policies.
    Policy,
    /// Instance profiles.
    InstanceProfile,
    /// Issuers of identities.
    OidcProvider,
    /// S3 buckets and the objects in them.
    Bucket,
    /// SQS queues.
    Queue,
    /// Event rules.
    Rule,
    /// Log groups.
    LogGroup,
    /// Trails.
    Trail,
}

/// What an action that changes something works on (service authorization reference, August 2026).
pub fn target(action: &str) -> Target {
    let (service, name) = action.split_once(':').unwrap_or((action, ""));
    match service {
        // Making a cluster takes no ARN.
        "eks" if name != "CreateCluster" => Target::Cluster,
        "s3" => Target::Bucket,
        "sqs" => Target::Queue,
        "events" => Target::Rule,
        "logs" if !name.ends_with("Delivery") => Target::LogGroup,
        "cloudtrail" => Target::Trail,
        "iam" if name.contains("InstanceProfile") => Target::InstanceProfile,
        "iam" if name.contains("OpenIDConnectProvider") => Target::OidcProvider,
        "iam" if name.contains("Role") => Target::Role,
        "iam" if name.contains("Policy") => Target::Policy,
        _ => Target::Any,
    }
}

/// Actions that IAM can hold to one boundary: of the role that is made, or that they change (service authorization
/// reference, August 2026).
pub const HELD_TO_BOUNDARY: [&str; 7] = [
    "iam:AttachRolePolicy",
    "iam:CreateRole",
    "iam:DeleteRolePolicy",
    "iam:DetachRolePolicy",
    "iam:PutRolePermissionsBoundary",
    "iam:PutRolePolicy",
    "iam:UpdateAssumeRolePolicy",
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_row_is_whole_and_sorted() {
        let lines = TABLE.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(all().count(), lines);
        let kinds: Vec<(bool, &str)> = all().map(|row| (!row.kind.starts_with("data."), row.kind)).collect();
        assert!(kinds.windows(2).all(|pair| pair[0] < pair[1]));
        for row in all() {
            for column in [row.plan, row.apply, row.destroy] {
                let actions: Vec<&str> = words(column).collect();
                assert!(actions.windows(2).all(|pair| pair[0] < pair[1]), "{}: {column}", row.kind);
                let known = |action: &&str| {
                    action.split_once(':').is_some_and(|(service, name)| {
                        service.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit())
                            && name.starts_with(|c: char| c.is_ascii_uppercase())
                            && name.chars().all(|c| c.is_ascii_alphanumeric())
                    })
                };
                assert!(actions.iter().all(known), "{}: {column}", row.kind);
            }
            assert!(row.linked().all(|service| service.ends_with(".amazonaws.com")), "{}", row.kind);
        }
    }

    #[test]
    fn a_plan_only_reads() {
        let reads = |action: &str| {
            let name = action.split(':').nth(1).unwrap_or_default();
            ["Describe", "Get", "List"].iter().any(|verb| name.starts_with(verb))
        };
        for row in all() {
            assert!(row.plan().all(reads), "{}", row.kind);
            assert!(!row.apply().any(reads), "{}", row.kind);
        }
    }

    #[test]
    fn what_can_be_held_to_a_boundary_works_on_roles() {
        assert!(HELD_TO_BOUNDARY.iter().all(|action| target(action) == Target::Role));
    }
}
