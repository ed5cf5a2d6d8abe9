//! What each policy of operators allows: derived from the kinds of things in the stacks, and from the state's place.

use std::collections::{BTreeMap, BTreeSet};

use super::super::boundary;
use super::super::emitted::Emitted;
use super::super::roots::state_key;
use crate::catalog::operations::{self, HELD_TO_BOUNDARY, Operations, Target, target};
use crate::ir::{Deferred, FOUNDATION_FOLDER, Foundation, Infra, OperatorPolicy, Part, Statement, Text};
use crate::source::Origin;
use crate::spec::{Effect, StateKey, StateKeyWord};

/// The statements of a policy.
pub(super) fn of(
    which: OperatorPolicy,
    infra: &Infra,
    foundation: &Foundation,
    emitted: &Emitted,
) -> Vec<Statement> {
    let stacks = Stacks { infra, foundation, emitted };
    match which {
        OperatorPolicy::Plan => [stacks.read(), stacks.read_state()].concat(),
        OperatorPolicy::ApplyEc2 => stacks.change("Change", is_ec2, |row| row.apply().collect()),
        OperatorPolicy::ApplyIam => stacks.iam(),
        OperatorPolicy::ApplyServices => {
            let mut all =
                stacks.change("Change", |it| !is_ec2(it) && !is_iam(it), |row| row.apply().collect());
            all.push(stacks.write_state());
            all
        }
        OperatorPolicy::Destroy => stacks.change("Delete", |it| !is_iam(it), |row| row.destroy().collect()),
        OperatorPolicy::DestroyIam => stacks.change("Delete", is_iam, |row| row.destroy().collect()),
    }
}

fn is_ec2(action: &str) -> bool {
    action.starts_with("ec2:") || action.starts_with("autoscaling:")
}

fn is_iam(action: &str) -> bool {
    action.starts_with("iam:")
}

/// What the policies are derived from.
struct Stacks<'a> {
    infra: &'a Infra,
    foundation: &'a Foundation,
    emitted: &'a Emitted,
}

/// Actions of one statement: of one service, on one sort of things, within the boundary or not.
type Group = (String, Target, bool);

impl Stacks<'_> {
    fn rows(&self) -> impl Iterator<Item = Operations> + '_ {
        self.emitted.kinds.iter().filter_map(|kind| operations::of(kind))
    }

    /// Reading is allowed everywhere: what Terraform looks for may not be there yet, and lists name nothing.
    fn read(&self) -> Vec<Statement> {
        let mut services: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for action in self.rows().flat_map(Operations::plan) {
            services.entry(service(action)).or_default().insert(action);
        }
        let statement = |(service, actions): (&str, BTreeSet<&str>)| {
            allow(format!("Read{}", word(service)), actions, vec![Text::of("*")])
        };
        services.into_iter().map(statement).collect()
    }

    /// The chosen actions of all kinds, one statement for each service and each sort of things that it works on.
    fn change(
        &self,
        verb: &str,
        chosen: impl Fn(&str) -> bool,
        of: impl Fn(Operations) -> Vec<&'static str>,
    ) -> Vec<Statement> {
        let boundary = boundary::arn(self.infra);
        let mut groups: BTreeMap<Group, BTreeSet<&str>> = BTreeMap::new();
        let actions = self.rows().flat_map(of);
        for action in actions.filter(|action| chosen(action) && *action != PASS_ROLE) {
            let held = boundary.is_some() && HELD_TO_BOUNDARY.contains(&action);
            groups.entry((service(action).to_owned(), target(action), held)).or_default().insert(action);
        }
        let statement = |((service, target, held), actions): (Group, BTreeSet<&str>)| {
            let within = if held { "WithinBoundary" } else { "" };
            let sid = format!("{verb}{}{}{within}", word(&service), noun(target));
            let mut statement = allow(sid, actions, self.arns(target));
            if let Some(boundary) = boundary.as_ref().filter(|_| held) {
                let key = (Text::of("iam:PermissionsBoundary"), vec![boundary.clone()]);
                statement.conditions = vec![("StringEquals".to_owned(), vec![key])];
            }
            statement
        };
        groups.into_iter().map(statement).collect()
    }

    /// Roles and policies of the cluster, roles handed to services, and what nobody may touch.
    fn iam(&self) -> Vec<Statement> {
        let mut all = self.change("Change", is_iam, |row| row.apply().collect());
        if self.rows().flat_map(Operations::apply).any(|action| action == PASS_ROLE) {
            all.push(allow("HandRolesToServices".to_owned(), [PASS_ROLE], self.arns(Target::Role)));
        }
        let linked: BTreeSet<&str> = self.rows().flat_map(Operations::linked).collect();
        if !linked.is_empty() {
            let roles = self.iam_arn("role/aws-service-role/*");
            let mut statement =
                allow("MakeServiceLinkedRoles".to_owned(), ["iam:CreateServiceLinkedRole"], vec![roles]);
            let services = linked.into_iter().map(Text::of).collect();
            statement.conditions =
                vec![("StringEquals".to_owned(), vec![(Text::of("iam:AWSServiceName"), services)])];
            all.push(statement);
        }
        all.push(self.keep_foundation());
        all.extend(self.keep_state_key());
        all
    }

    /// Wide patterns: whatever changes a role or a policy, also what IAM learns later.
    fn keep_foundation(&self) -> Statement {
        let changes = [
            "Add", "Attach", "Create", "Delete", "Detach", "Pass", "Put", "Remove", "Set", "Tag", "Untag",
            "Update",
        ];
        let actions: Vec<String> = changes.iter().map(|verb| format!("iam:{verb}*")).collect();
        let mut resources: Vec<Text> = boundary::arn(self.infra).into_iter().collect();
        for kind in ["policy", "role"] {
            resources.push(self.iam_arn(&format!("{kind}{FOUNDATION_FOLDER}*")));
        }
        let mut statement = allow("KeepTheFoundation".to_owned(), [], resources);
        statement.actions = actions;
        statement.effect = Effect::Deny;
        statement
    }

    /// Keys have no names; the one of the states is known by its alias.
    fn keep_state_key(&self) -> Option<Statement> {
        let made = self.made_key_alias()?;
        let changes = ["kms:Delete*", "kms:Disable*", "kms:Put*", "kms:ScheduleKeyDeletion", "kms:Update*"];
        let mut statement = allow("KeepTheStateKey".to_owned(), changes, vec![Text::of("*")]);
        statement.effect = Effect::Deny;
        statement.conditions = vec![by_alias(made)];
        Some(statement)
    }

    /// The alias of the key that the foundation makes for the states.
    fn made_key_alias(&self) -> Option<Text> {
        let bucket = self.foundation.state_bucket.as_ref()?;
        let suffix = super::super::state_bucket::KEY_ALIAS_SUFFIX;
        matches!(bucket.key, StateKey::Word(StateKeyWord::Managed))
            .then(|| Text::of(&format!("alias/{}{suffix}", Deferred::ClusterName.mark())))
    }

    /// The states of the stacks that operators apply, found, read and locked. A lock is a file beside the state.
    fn read_state(&self) -> Vec<Statement> {
        let bucket = Text::of(&self.bucket_arn());
        let mut all = vec![
            allow("FindTheState".to_owned(), ["s3:ListBucket"], vec![bucket]),
            allow("ReadTheState".to_owned(), ["s3:GetObject"], self.states("")),
            allow(
                "LockTheState".to_owned(),
                ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                self.states(".tflock"),
            ),
        ];
        let uses = ["kms:Decrypt", "kms:GenerateDataKey"];
        let key = self.foundation.state_bucket.as_ref().map(|bucket| &bucket.key);
        if let Some(alias) = self.made_key_alias() {
            let mut statement = allow("UseTheStateKey".to_owned(), uses, vec![Text::of("*")]);
            statement.conditions = vec![by_alias(alias)];
            all.push(statement);
        } else if let Some(StateKey::Existing(arn)) = key {
            let arn = match arn {
                crate::spec::Given::Known(arn) => Text::of(arn.as_str()),
                crate::spec::Given::Input(input) => Text::deferred(Deferred::Input(input.input.clone())),
            };
            all.push(allow("UseTheStateKey".to_owned(), uses, vec![arn]));
        }
        all
    }

    fn write_state(&self) -> Statement {
        allow("WriteTheState".to_owned(), ["s3:PutObject"], self.states(""))
    }

    fn bucket_arn(&self) -> String {
        format!("arn:{}:s3:::{}", self.infra.partition, self.infra.state.bucket)
    }

    fn states(&self, ending: &str) -> Vec<Text> {
        let state =
            |stack| Text::of(&format!("{}/{}{ending}", self.bucket_arn(), state_key(self.infra, stack)));
        ["cluster", "gitops"].map(state).into()
    }

    fn iam_arn(&self, resource: &str) -> Text {
        let account = Deferred::AccountId.mark();
        Text::of(&format!("arn:{}:iam::{account}:{resource}", self.infra.partition))
    }

    fn regional_arn(&self, service: &str, resource: &str) -> Text {
        let (partition, region) = (&self.infra.partition, &self.infra.region);
        let account = Deferred::AccountId.mark();
        Text::of(&format!("arn:{partition}:{service}:{region}:{account}:{resource}"))
    }

    /// The ARNs of what the stacks hold of a sort.
    fn arns(&self, target: Target) -> Vec<Text> {
        let name = Deferred::ClusterName.mark();
        match target {
            Target::Any => vec![Text::of("*")],
            Target::Cluster => vec![
                self.regional_arn("eks", &format!("*/{name}/*")),
                self.regional_arn("eks", &format!("cluster/{name}")),
            ],
            Target::Role => self.in_folders(target, "role"),
            Target::Policy => self.in_folders(target, "policy"),
            Target::InstanceProfile => self.in_folders(target, "instance-profile"),
            Target::OidcProvider => vec![self.iam_arn("oidc-provider/*")],
            Target::Bucket => {
                let start = Text::of(&format!("arn:{}:s3:::", self.infra.partition));
                let buckets = self.named(target, &start, "");
                let objects = self.named(target, &start, "/*");
                [buckets, objects].concat()
            }
            Target::Queue => self.named(target, &self.regional_arn("sqs", ""), ""),
            Target::Rule => self.named(target, &self.regional_arn("events", "rule/"), ""),
            Target::LogGroup => self.named(target, &self.regional_arn("logs", "log-group:"), "*"),
            Target::Trail => self.named(target, &self.regional_arn("cloudtrail", "trail/"), ""),
        }
    }

    /// Names of IAM, also below any folder where anything has one.
    fn in_folders(&self, target: Target, kind: &str) -> Vec<Text> {
        let mut all = self.named(target, &self.iam_arn(&format!("{kind}/")), "");
        if self.emitted.has_folders {
            all.extend(self.named(target, &self.iam_arn(&format!("{kind}/*/")), ""));
        }
        all
    }

    /// `start`, each name, and `end`; the rest that a pattern stands for needs no second `*`.
    fn named(&self, target: Target, start: &Text, end: &str) -> Vec<Text> {
        let names = self.emitted.names.get(&target).into_iter().flatten();
        let arn = |name: &Text| {
            let ends =
                matches!(name.0.last(), Some(Part::Literal(text)) if text.ends_with('*')) && end == "*";
            let end = (!end.is_empty() && !ends).then(|| Part::Literal(end.to_owned()));
            joined(start.0.iter().chain(&name.0).cloned().chain(end))
        };
        let found: Vec<Text> = names.map(arn).collect();
        match found.is_empty() {
            true => vec![joined(start.0.iter().cloned().chain([Part::Literal("*".to_owned())]))],
            false => found,
        }
    }
}

const PASS_ROLE: &str = "iam:PassRole";

/// A text of parts, with neighbouring words made one.
fn joined(parts: impl Iterator<Item = Part>) -> Text {
    let mut out: Vec<Part> = Vec::new();
    for part in parts {
        match (out.last_mut(), part) {
            (Some(Part::Literal(before)), Part::Literal(text)) => before.push_str(&text),
            (_, part) => out.push(part),
        }
    }
    Text(out)
}

fn by_alias(alias: Text) -> (String, Vec<(Text, Vec<Text>)>) {
    ("ForAnyValue:StringEquals".to_owned(), vec![(Text::of("kms:ResourceAliases"), vec![alias])])
}

fn service(action: &str) -> &str {
    action.split(':').next().unwrap_or_default()
}

/// A service as a word in the name of a statement.
fn word(service: &str) -> String {
    let mut letters = service.chars();
    letters.next().map(|first| first.to_ascii_uppercase()).into_iter().chain(letters).collect()
}

/// A sort of things as a word in the name of a statement.
fn noun(target: Target) -> &'static str {
    match target {
        Target::Any => "",
        Target::Cluster => "OfCluster",
        Target::Role => "Roles",
        Target::Policy => "Policies",
        Target::InstanceProfile => "InstanceProfiles",
        Target::OidcProvider => "OidcProviders",
        Target::Bucket => "Buckets",
        Target::Queue => "Queues",
        Target::Rule => "Rules",
        Target::LogGroup => "LogGroups",
        Target::Trail => "Trails",
    }
}

fn allow<'a>(sid: String, actions: impl IntoIterator<Item = &'a str>, resources: Vec<Text>) -> Statement {
    Statement {
        sid,
        effect: Effect::Allow,
        actions: actions.into_iter().map(str::to_owned).collect(),
        resources,
        conditions: Vec::new(),
        origin: Origin::Rule("what Terraform does with the kinds of things that the stacks hold"),
    }
}

#[cfg(test)]
mod tests;
