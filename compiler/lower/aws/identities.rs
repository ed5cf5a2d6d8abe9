//! Roles for service accounts (of components, of add-ons, of apps), for identities elsewhere, and their boundary.

use crate::catalog::{addons, policies};
use crate::cluster::{Cluster, Component};
use crate::component::{self, PolicyStatement, condition};
use crate::diagnostic::Sink;
use crate::domain::{IamPath, ManagedPolicy};
use crate::ir::{
    Boundary, Consumer, ForeignRole, Identity, OidcProvider, RoleSettings, ServiceAccount, Stack, Statement,
    Text,
};
use crate::lower::scope::policy_scope;
use crate::source::{Address, Origin};
use crate::spec::{self, Mechanism, OneOrMany, PermissionsBoundary};

/// All identities, by key.
pub(in crate::lower) fn identities(cluster: &Cluster, sink: &mut Sink) -> Vec<Identity> {
    let mut out: Vec<Identity> = Vec::new();
    for component in cluster.components.values() {
        of_component(cluster, component, &mut out, sink);
    }
    of_addons(cluster, &mut out);
    of_apps(cluster, &mut out);
    out.sort_by(|a, b| a.key.cmp(&b.key));
    out
}

fn of_component(cluster: &Cluster, component: &Component, out: &mut Vec<Identity>, sink: &mut Sink) {
    let scope = policy_scope(cluster, component);
    let contract = component.contract();
    let version = component.app.trim_start_matches('v').parse::<semver::Version>().ok();
    let mut is_first = true;
    for account in &contract.service_accounts {
        let Some(identity) = &account.identity else { continue };
        let place = component.definition.place;
        if !identity.when.as_ref().is_none_or(|when| condition(when, place, &scope, sink)) {
            continue;
        }
        let document = identity.policy.as_ref().and_then(|file| component.definition.policies.get(file));
        let statements = document
            .map(|document| component::statements(document, &scope, version.as_ref(), sink))
            .unwrap_or_default();
        let key = if is_first {
            component.name.to_string()
        } else {
            format!("{}-{}", component.name, account.name)
        };
        is_first = false;
        out.push(Identity {
            key,
            accounts: vec![account_of(&contract.namespace, &account.name)],
            mechanism: component.mechanism.unwrap_or_else(|| reaching(cluster.fargate_component(component))),
            managed_policies: identity.managed_policies.iter().map(ToString::to_string).collect(),
            statements: statements.into_iter().map(|one| statement(component, one)).collect(),
            principals: Vec::new(),
            settings: RoleSettings::default(),
            consumer: Consumer::Component(component.name.to_string()),
            origin: Origin::from(&component.address),
            address: component.address.clone(),
        });
    }
}

fn statement(component: &Component, written: PolicyStatement) -> Statement {
    let texts = |values: &[String]| values.iter().map(|value| Text::of(value)).collect();
    let keys = |keys: Vec<(String, OneOrMany)>| {
        keys.into_iter().map(|(key, values)| (Text::of(&key), Statement::values(&values))).collect()
    };
    Statement {
        sid: written.sid,
        effect: written.effect,
        actions: written.actions,
        resources: texts(&written.resources),
        conditions: written.conditions.into_iter().map(|(operator, below)| (operator, keys(below))).collect(),
        origin: Origin::Component { name: component.name.to_string(), span: written.place },
    }
}

fn of_addons(cluster: &Cluster, out: &mut Vec<Identity>) {
    for (name, used) in &cluster.addons {
        let Some(known) = addons::find(name.as_str()) else { continue };
        let Some(account) = known.service_account.filter(|_| !known.policies.is_empty()) else { continue };
        // The network add-on works with the nodes' role; a role of its own is a choice.
        let mechanism = match (name.as_str(), used.written.mechanism) {
            ("vpc-cni", None) => continue,
            (_, chosen) => chosen.unwrap_or_else(|| {
                let mut pods = known.workloads.iter();
                reaching(pods.find_map(|workload| cluster.fargate_addon(known, workload)))
            }),
        };
        out.push(Identity {
            key: name.to_string(),
            accounts: vec![account_of(&known.namespace, &account)],
            mechanism,
            managed_policies: known.policies.iter().map(|policy| (*policy).to_owned()).collect(),
            statements: Vec::new(),
            principals: Vec::new(),
            settings: RoleSettings::default(),
            consumer: Consumer::Addon(name.to_string()),
            origin: Origin::from(&used.address),
            address: used.address.clone(),
        });
    }
}

/// The mechanism that reaches pods which such a selector takes to Fargate: the agent of Pod Identity is on nodes only.
fn reaching(selector: Option<Address>) -> Mechanism {
    if selector.is_some() { Mechanism::Irsa } else { Mechanism::PodIdentity }
}

fn account_of(namespace: &impl ToString, name: &impl ToString) -> ServiceAccount {
    ServiceAccount { namespace: namespace.to_string(), name: name.to_string() }
}

fn of_apps(cluster: &Cluster, out: &mut Vec<Identity>) {
    for (name, written) in &cluster.identities {
        let address = Address::of("spec.aws.identities").key(name.as_str());
        let accounts = written.service_account.all();
        // Pod Identity knows no patterns.
        let derived = match accounts.iter().any(|account| account.is_pattern()) {
            true => Mechanism::Irsa,
            false => reaching(accounts.iter().find_map(|one| cluster.fargate_namespace(one.namespace()))),
        };
        out.push(Identity {
            key: name.to_string(),
            accounts: accounts.iter().map(|one| account_of(&one.namespace(), &one.name())).collect(),
            mechanism: written.mechanism.unwrap_or(derived),
            managed_policies: carried(cluster, &written.managed_policies),
            statements: user_statements(&written.statements, &address),
            principals: written.trust.clone(),
            settings: settings(written.max_session, written.path.as_ref(), written.description.as_ref()),
            consumer: Consumer::App,
            origin: Origin::from(&address),
            address,
        });
    }
}

/// Issuers of identities elsewhere, with the roles that those take.
pub(super) fn oidc_providers(cluster: &Cluster) -> Vec<OidcProvider> {
    let provider = |(key, written): (&crate::domain::Key, &spec::OidcProvider)| {
        let address = Address::of("spec.aws.oidcProviders").key(key.as_str());
        let roles = written.roles.iter().map(|(name, role)| ForeignRole {
            subjects: role.subjects.clone(),
            identity: foreign(
                cluster,
                key.as_str(),
                name.as_str(),
                role,
                address.key("roles").key(name.as_str()),
            ),
        });
        OidcProvider {
            key: key.to_string(),
            issuer: written.url.issuer().to_owned(),
            audiences: written.audiences.clone(),
            thumbprints: written.thumbprints.iter().map(ToString::to_string).collect(),
            exists: written.exists,
            roles: roles.collect(),
            address: address.clone(),
        }
    };
    cluster.oidc_providers.iter().map(provider).collect()
}

fn foreign(
    cluster: &Cluster,
    provider: &str,
    name: &str,
    written: &spec::ForeignRole,
    address: Address,
) -> Identity {
    Identity {
        key: format!("{provider}-{name}"),
        accounts: Vec::new(),
        mechanism: Mechanism::Irsa,
        managed_policies: carried(cluster, &written.managed_policies),
        statements: user_statements(&written.statements, &address),
        principals: Vec::new(),
        settings: settings(written.max_session, written.path.as_ref(), written.description.as_ref()),
        consumer: Consumer::Foreign(provider.to_owned()),
        origin: Origin::from(&address),
        address,
    }
}

/// What limits every role.
pub(super) fn boundary(cluster: &Cluster) -> Option<Boundary> {
    Some(match cluster.permissions_boundary.as_ref()? {
        PermissionsBoundary::Existing(arn) => Boundary::Existing(arn.clone()),
        PermissionsBoundary::Own(own) => Boundary::Own {
            made_in: if cluster.foundation.is_some() { Stack::Foundation } else { Stack::Cluster },
            path: own.path.as_ref().map(ToString::to_string),
            statements: user_statements(&own.statements, &Address::of("spec.aws.permissionsBoundary")),
        },
    })
}

/// Policies that a role carries, each once: one that has a name is called by it.
pub(super) fn carried(cluster: &Cluster, written: &[ManagedPolicy]) -> Vec<String> {
    let mut out: Vec<String> = Vec::new();
    for policy in written {
        let name = policies::POLICIES.iter().map(|row| row.0).find(|name| {
            let arn = name.parse().ok().and_then(|name| policies::arn(&name, cluster.partition));
            arn.as_deref() == Some(policy.as_str())
        });
        let policy = name.map_or_else(|| policy.to_string(), str::to_owned);
        if !out.contains(&policy) {
            out.push(policy);
        }
    }
    out
}

pub(super) fn settings(
    hours: Option<u8>,
    path: Option<&IamPath>,
    description: Option<&String>,
) -> RoleSettings {
    RoleSettings {
        max_session: hours.map(|hours| u32::from(hours) * 3600),
        path: path.map(ToString::to_string),
        description: description.cloned(),
    }
}

pub(super) fn user_statements(written: &[spec::Statement], below: &Address) -> Vec<Statement> {
    let statements = written.iter().enumerate();
    statements
        .map(|(index, one)| user_statement(one, Origin::Spec(below.key("statements").index(index))))
        .collect()
}

fn user_statement(written: &spec::Statement, origin: Origin) -> Statement {
    let conditions = written.conditions.iter().map(|(operator, keys)| {
        let keys = keys.iter().map(|(key, values)| (Text::of(key), Statement::values(values)));
        (operator.clone(), keys.collect())
    });
    Statement {
        sid: written.sid.to_string(),
        effect: written.effect,
        actions: written.actions.clone(),
        resources: written.resources.iter().map(|resource| Text::of(resource)).collect(),
        conditions: conditions.collect(),
        origin,
    }
}
