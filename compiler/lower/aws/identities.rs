//! Roles for service accounts: of components, of add-ons, of apps.

use crate::catalog::addons;
use crate::cluster::{Cluster, Component};
use crate::component::{self, PolicyStatement, condition};
use crate::diagnostic::Sink;
use crate::ir::{Consumer, Identity, Statement, Text};
use crate::lower::scope::policy_scope;
use crate::source::{Address, Origin};
use crate::spec::{self, Mechanism, OneOrMany};

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
            namespace: contract.namespace.to_string(),
            service_account: account.name.to_string(),
            mechanism: component.mechanism.unwrap_or(Mechanism::PodIdentity),
            managed_policies: identity.managed_policies.iter().map(ToString::to_string).collect(),
            statements: statements.into_iter().map(|one| statement(component, one)).collect(),
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
            (_, chosen) => chosen.unwrap_or(Mechanism::PodIdentity),
        };
        out.push(Identity {
            key: name.to_string(),
            namespace: known.namespace.to_owned(),
            service_account: account.to_owned(),
            mechanism,
            managed_policies: known.policies.iter().map(|policy| (*policy).to_owned()).collect(),
            statements: Vec::new(),
            consumer: Consumer::Addon(name.to_string()),
            origin: Origin::from(&used.address),
            address: used.address.clone(),
        });
    }
}

fn of_apps(cluster: &Cluster, out: &mut Vec<Identity>) {
    for (name, written) in &cluster.identities {
        let address = Address::of("spec.aws.identities").key(name.as_str());
        let statements = written.statements.iter().enumerate();
        out.push(Identity {
            key: name.to_string(),
            namespace: written.service_account.namespace().to_string(),
            service_account: written.service_account.name().to_string(),
            mechanism: written.mechanism.unwrap_or(Mechanism::PodIdentity),
            managed_policies: written.managed_policies.iter().map(ToString::to_string).collect(),
            statements: statements
                .map(|(index, one)| user_statement(one, Origin::Spec(address.key("statements").index(index))))
                .collect(),
            consumer: Consumer::App,
            origin: Origin::from(&address),
            address,
        });
    }
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
