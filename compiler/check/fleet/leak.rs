//! No environment speaks of another one.

use super::{Member, same_account};
use crate::diagnostic::{Finding, Sink};
use crate::lower::manifests::AppObject;
use crate::source::{Address, Span};
use crate::syntax::yaml::{Document, Kind, NodeId};

/// Where names of other clusters belong, or say nothing.
const NAMES_BELONG: [&str; 9] = [
    "metadata.name",
    "spec.allow",
    "spec.aws.network.peers",
    "spec.aws.state",
    "spec.gitops",
    "extends",
    "kind",
    "apiVersion",
    "spec.inputs",
];

crate::diagnostic! {
    /// A spec holds the account or the name of another cluster of the run.
    ///
    /// What was meant for one environment then reaches the other: a canary that uses production's role, certificate or queue. The
    /// account is found anywhere, ARNs included; the cluster's name in values of the spec but those of `gitops`, `state` and
    /// `peers`. Manifests of apps are looked at as well, there for names with a dash, unless the spec patches the object. Where it
    /// is meant, such as images of a shared registry, the spec that does it may say so under `spec.allow`.
    ///
    /// ```yaml,member=other.yaml
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: production }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "444455556666"
    ///     state: { s3: { bucket: production-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::444455556666:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: staging }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: staging-tf-state } }
    ///     encryption: { secrets: "arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Give each environment its own:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: staging }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     account: "111122223333"
    ///     state: { s3: { bucket: staging-tf-state } }
    ///     encryption: { secrets: "arn:aws:kms:eu-west-1:111122223333:key/1234abcd-12ab-34cd-56ef-1234567890ab" }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub LEAK = W0925: "a spec speaks of another environment"
}

pub(in crate::check) fn check(members: &[Member<'_>], sink: &mut Sink) {
    for member in members.iter().filter(|member| !member.allows(&LEAK)) {
        let mut values = Vec::new();
        let document = &member.context.spec.document;
        leaves(document, document.root(), &Address::root(), &mut values);
        for (index, (address, text, span)) in values.iter().enumerate() {
            // One alias or base may be met twice.
            if values.iter().take(index).any(|(_, _, other)| other == span) {
                continue;
            }
            let found = members.iter().find_map(|other| leaked(member, other, address, text));
            if let Some((what, other, place)) = found {
                sink.report(report(member, other, *span, &what, place));
            }
        }
        in_manifests(members, member, sink);
    }
}

/// What the manifests of a member's apps hold of others; what the spec patches is its own business.
fn in_manifests(members: &[Member<'_>], member: &Member<'_>, sink: &mut Sink) {
    let objects = member.context.app_objects();
    for object in objects.iter().filter(|object| !is_patched(member, object)) {
        let mut values = Vec::new();
        leaves(object.document, object.document.root(), &Address::root(), &mut values);
        for (address, text, span) in &values {
            // A cluster's name with a dash is no word of the language, and others are.
            let leaked = |other| {
                let name = || {
                    leaked(member, other, address, text).filter(|(_, other, _)| other.name().contains('-'))
                };
                foreign_account(member, other, text).or_else(name)
            };
            if let Some((what, other, place)) = members.iter().find_map(leaked) {
                let finding = report(member, other, *span, &what, place);
                sink.report(
                    finding.help("or make it a variable, `${NAME}`, that `gitops.facts` of each spec sets"),
                );
            }
        }
    }
}

fn is_patched(member: &Member<'_>, object: &AppObject<'_>) -> bool {
    let app = member.context.cluster.apps.get(object.app);
    app.into_iter()
        .flat_map(|app| &app.written.patches)
        .any(|patch| patch.target.kind == object.kind() && patch.target.name.as_str() == object.name())
}

fn report(member: &Member<'_>, other: &Member<'_>, span: Span, what: &str, place: Span) -> Finding {
    let finding = LEAK
        .at(member.placed(span), format!("holds {what} of `{}`", other.name()))
        .also(place, format!("which is set here for `{}`", other.name()))
        .title(format!("`{}` speaks of {what} of `{}`", member.name(), other.name()))
        .why("what was meant for one environment would reach the other")
        .help("set the value in the overlay of each environment")
        .help(format!("if it is shared on purpose, say so under `spec.allow` of `{}`", member.name()));
    member.told(other.told(finding))
}

/// What of `other` a value of `member` holds, and where `other` sets it.
fn leaked<'m, 'a>(
    member: &Member<'_>,
    other: &'m Member<'a>,
    address: &Address,
    text: &str,
) -> Option<(String, &'m Member<'a>, Span)> {
    if let Some(found) = foreign_account(member, other, text) {
        return Some(found);
    }
    let name = other.name();
    if name == member.name() || belongs(address) {
        return None;
    }
    // The own name may contain the other one, as `prow-canary` does `prow`.
    let rest = if member.name().contains(name) { text.replace(member.name(), " ") } else { text.to_owned() };
    // A plain word such as `production` must stand alone; a name with a dash is no word of the language.
    let joined = |sign: char| sign.is_alphanumeric() || (!name.contains('-') && matches!(sign, '-' | '_'));
    let found = holds(&rest, name, joined);
    found.then(|| ("the name".to_owned(), other, other.value(&Address::of("metadata.name"))))
}

/// The account of `other` in a value of `member`.
fn foreign_account<'m, 'a>(
    member: &Member<'_>,
    other: &'m Member<'a>,
    text: &str,
) -> Option<(String, &'m Member<'a>, Span)> {
    let id = other.account().filter(|_| !same_account(member, other))?;
    let found = holds(text, &id, |sign| sign.is_ascii_digit());
    found.then(|| (format!("the account `{id}`"), other, other.value(&Address::of("spec.aws.account"))))
}

/// Whether `text` holds `word`, not as a part of a longer one.
fn holds(text: &str, word: &str, joined: impl Fn(char) -> bool) -> bool {
    text.match_indices(word).any(|(at, _)| {
        let before = text.get(..at).and_then(|text| text.chars().next_back());
        let after = text.get(at + word.len()..).and_then(|text| text.chars().next());
        !before.is_some_and(&joined) && !after.is_some_and(&joined)
    })
}

fn belongs(address: &Address) -> bool {
    let text = address.to_string();
    let below = |start: &str| {
        text.strip_prefix(start).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
    };
    NAMES_BELONG.iter().any(|start| below(start)) || text.ends_with(".source") || text.contains(".helm.")
}

fn leaves(document: &Document, node: NodeId, address: &Address, out: &mut Vec<(Address, String, Span)>) {
    match document.kind(node) {
        Kind::Scalar { text, .. } => out.push((address.clone(), text.to_owned(), document.span(node))),
        Kind::Seq(items) => {
            for (index, item) in items.iter().enumerate() {
                leaves(document, *item, &address.index(index), out);
            }
        }
        Kind::Map(entries) => {
            for entry in entries {
                leaves(document, entry.value, &address.key(&entry.key), out);
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_word_is_found_only_as_a_whole() {
        let digits = |sign: char| sign.is_ascii_digit();
        assert!(holds("arn:aws:iam::111122223333:role/x", "111122223333", digits));
        assert!(!holds("1111222233334", "111122223333", digits));
        let plain = |sign: char| sign.is_alphanumeric() || sign == '-';
        assert!(holds("https://staging.example.com", "staging", plain));
        assert!(!holds("letsencrypt-staging", "staging", plain));
    }

    #[test]
    fn names_belong_where_they_name_things_outside() {
        assert!(belongs(&Address::of("spec.aws.network.peers").index(0)));
        assert!(belongs(&Address::of("spec.apps.web.source")));
        assert!(!belongs(&Address::of("spec.aws.networks")));
        assert!(!belongs(&Address::of("spec.components.web.values.host")));
    }
}
