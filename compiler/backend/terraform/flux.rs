//! `flux.tf`: Flux' namespace, its credentials, and Flux itself, by the way that the spec chooses.

use super::aws_auth;
use super::gitops::tolerations;
use super::terms::{depends_on, input, list, path, resource, spec, strings, to};
use crate::catalog::flux as catalog;
use crate::ir::{Bootstrap, Infra};
use crate::source::Origin;
use crate::spec::{Bootstrap as Way, GitAuth, Given};
use crate::syntax::hcl::{Attribute, Block, Body, Entry, Expression, Part};

/// Where the charts of the Flux Operator are.
const CHARTS: &str = "oci://ghcr.io/controlplaneio-fluxcd/charts";
const FLUX: &str = "spec.gitops.flux";

pub(super) fn body(infra: &Infra, bootstrap: &Bootstrap) -> Body {
    let mut body = Body::new().block(namespace_block(infra));
    match bootstrap.way {
        Way::Operator => {
            if let Some(auth) = &bootstrap.auth {
                body.push(credentials(auth));
            }
            body.push(operator(bootstrap));
            body.push(instance(infra, bootstrap));
        }
        Way::Terraform => body.push(bootstrap_git(infra, bootstrap)),
        Way::Cli => {}
    }
    body
}

fn at(below: &str) -> Origin {
    spec(&format!("{FLUX}.{below}"))
}

/// The name of Flux' namespace, once it is there.
pub(super) fn namespace() -> Expression {
    path("kubernetes_namespace_v1.flux_system.metadata[0].name")
}

fn namespace_block(infra: &Infra) -> Block {
    let ignore =
        Attribute::new("ignore_changes", list([to(&["metadata"])])).comment("Flux labels its namespace.");
    let namespace = resource("kubernetes_namespace_v1", "flux_system")
        .origin(spec(FLUX))
        .block(Block::bare("metadata").attr("name", "flux-system"))
        .block(Block::bare("lifecycle").item(ignore));
    // Who may come in is known before anything is put in, and forgotten after everything is taken out.
    depends_on(namespace, aws_auth::reference(infra).into_iter().collect())
}

fn credentials(auth: &GitAuth) -> Block {
    let ssh = auth.ssh.iter().flat_map(|ssh| {
        let known_hosts = ssh.known_hosts.iter().map(|hosts| Entry::new("known_hosts", input(&hosts.input)));
        std::iter::once(Entry::new("identity", input(&ssh.private_key.input))).chain(known_hosts)
    });
    let token = auth.token.iter().flat_map(|token| {
        [
            Entry::new("username", token.username.as_str()),
            Entry::new("password", input(&token.password.input)),
        ]
    });
    resource("kubernetes_secret_v1", "git")
        .origin(at("auth"))
        .block(Block::bare("metadata").attr("name", "flux-system").attr("namespace", namespace()))
        .attr("data", Expression::object(ssh.chain(token)))
}

fn release(name: &str, version: Expression) -> Block {
    resource("helm_release", name)
        .origin(at("bootstrap"))
        .attr("name", name)
        .attr("namespace", namespace())
        .attr("repository", CHARTS)
        .attr("chart", name)
        .attr("version", version)
}

fn values(entries: Vec<Entry>) -> Expression {
    list([Expression::call("yamlencode", [Expression::object(entries)])])
}

fn operator(bootstrap: &Bootstrap) -> Block {
    let block = release("flux-operator", catalog::OPERATOR_CHART.into());
    let mut given: Vec<Entry> = Vec::new();
    given.extend(tolerations(bootstrap).map(|tolerations| Entry::new("tolerations", tolerations)));
    given.extend(affinity(bootstrap).map(|affinity| Entry::new("affinity", affinity).origin(at("runsOn"))));
    if given.is_empty() { block } else { block.blank().attr("values", values(given)) }
}

/// The chosen nodes, as the operator's chart takes them.
fn affinity(bootstrap: &Bootstrap) -> Option<Expression> {
    let expressions = bootstrap.selector.iter().map(|(key, value)| {
        Expression::object([
            Entry::new("key", key.as_str()),
            Entry::new("operator", "In"),
            Entry::new("values", strings([value])),
        ])
    });
    let term = Expression::object([Entry::new("matchExpressions", Expression::List(expressions.collect()))]);
    let required = Expression::object([Entry::new("nodeSelectorTerms", list([term]))]);
    let nodes = Expression::object([Entry::new("requiredDuringSchedulingIgnoredDuringExecution", required)]);
    (!bootstrap.selector.is_empty()).then(|| Expression::object([Entry::new("nodeAffinity", nodes)]))
}

/// The newest known release of the minor version; of an unknown one, whatever the operator takes for it.
fn flux_release(bootstrap: &Bootstrap) -> String {
    catalog::find(&bootstrap.version)
        .map_or_else(|| format!("{}.x", bootstrap.version), |minor| minor.release.to_owned())
}

fn instance(infra: &Infra, bootstrap: &Bootstrap) -> Block {
    let mut instance = vec![
        Entry::new("distribution", Expression::object([Entry::new("version", flux_release(bootstrap))]))
            .origin(at("version")),
        Entry::new("components", strings(catalog::CONTROLLERS)),
        Entry::new("cluster", Expression::object([Entry::new("type", "aws")])),
        Entry::new("sync", sync(bootstrap)),
    ];
    if let Some(patches) = patches(bootstrap) {
        instance.push(Entry::new("kustomize", Expression::object([Entry::new("patches", patches)])));
    }
    let instance = vec![Entry::new("instance", Expression::object(instance))];
    let block = release("flux-instance", to(&["helm_release", "flux_operator", "version"]))
        .blank()
        .attr("values", values(instance));
    let mut before = Vec::new();
    if bootstrap.auth.is_some() {
        before.push(to(&["kubernetes_secret_v1", "git"]));
    }
    before.extend(facts(infra));
    depends_on(block, before)
}

/// The facts, which Flux has to find when it starts.
fn facts(infra: &Infra) -> Option<Expression> {
    (!infra.facts.is_empty()).then(|| to(&["kubernetes_config_map_v1", "cluster_facts"]))
}

fn branch(bootstrap: &Bootstrap, before: &str) -> Expression {
    let branch = match &bootstrap.branch {
        Given::Known(branch) => return Expression::string(format!("{before}{branch}")),
        Given::Input(reference) => Part::value(input(&reference.input)),
    };
    match before {
        "" => Expression::template([branch]),
        before => Expression::template([Part::text(before), branch]),
    }
}

fn sync(bootstrap: &Bootstrap) -> Expression {
    let mut sync = vec![
        Entry::new("kind", "GitRepository"),
        Entry::new("url", bootstrap.repository.as_str()).origin(at("repository")),
        Entry::new("ref", branch(bootstrap, "refs/heads/")).origin(at("branch")),
        Entry::new("path", bootstrap.path.as_str()).origin(at("path")),
    ];
    if bootstrap.auth.is_some() {
        let secret = path("kubernetes_secret_v1.git.metadata[0].name");
        sync.push(Entry::new("pullSecret", secret).origin(at("auth")));
    }
    Expression::Object(sync)
}

/// Patches that put Flux' controllers on the nodes that are meant for them.
fn patches(bootstrap: &Bootstrap) -> Option<Expression> {
    let add = |path: &str, value: Expression| {
        Expression::object([Entry::new("op", "add"), Entry::new("path", path), Entry::new("value", value)])
    };
    let mut operations = Vec::new();
    operations.extend(tolerations(bootstrap).map(|value| add("/spec/template/spec/tolerations", value)));
    operations.extend(selector(bootstrap).map(|value| add("/spec/template/spec/nodeSelector", value)));
    let patch = |operations| {
        list([Expression::object([
            Entry::new("target", Expression::object([Entry::new("kind", "Deployment")])),
            Entry::new("patch", Expression::call("yamlencode", [Expression::List(operations)])),
        ])])
    };
    (!operations.is_empty()).then(|| patch(operations))
}

/// The chosen nodes, beside the system that Flux' own manifests select.
fn selector(bootstrap: &Bootstrap) -> Option<Expression> {
    let os = [(catalog::OS_LABEL.0.to_owned(), catalog::OS_LABEL.1.to_owned())];
    let labels = os.into_iter().chain(bootstrap.selector.clone());
    let entries = labels.map(|(key, value)| Entry::new(key, value));
    (!bootstrap.selector.is_empty()).then(|| Expression::object(entries))
}

/// `provider "flux"`: the cluster, and the repository that Flux' own manifests are written to.
pub(super) fn provider(bootstrap: &Bootstrap) -> Block {
    let mut git = vec![
        Entry::new("url", bootstrap.repository.as_str()).origin(at("repository")),
        Entry::new("branch", branch(bootstrap, "")).origin(at("branch")),
    ];
    let auth = bootstrap.auth.as_ref();
    if let Some(ssh) = auth.and_then(|auth| auth.ssh.as_ref()) {
        let user = bootstrap.repository.strip_prefix("ssh://").and_then(|rest| rest.split_once('@'));
        let login = Expression::object([
            Entry::new("username", user.map_or("git", |(user, _)| user)),
            Entry::new("private_key", input(&ssh.private_key.input)),
        ]);
        git.push(Entry::new("ssh", login).origin(at("auth.ssh")));
    }
    if let Some(token) = auth.and_then(|auth| auth.token.as_ref()) {
        let login = Expression::object([
            Entry::new("username", token.username.as_str()),
            Entry::new("password", input(&token.password.input)),
        ]);
        git.push(Entry::new("http", login).origin(at("auth.token")));
    }
    if let Some(author) = &bootstrap.author {
        git.push(Entry::new("author_name", given(&author.name)).origin(at("author")));
        git.push(Entry::new("author_email", given(&author.email)).origin(at("author")));
    }
    if let Some(signing) = &bootstrap.signing {
        git.push(Entry::new("gpg_key_ring", input(&signing.key_ring.input)).origin(at("signing")));
        git.push(Entry::new("gpg_key_id", input(&signing.key_id.input)).origin(at("signing")));
    }
    Block::new("provider", ["flux"])
        .origin(at("bootstrap"))
        .attr("kubernetes", to(&["local", "kubernetes"]))
        .blank()
        .attr("git", Expression::Object(git))
}

fn given(value: &Given<String>) -> Expression {
    match value {
        Given::Known(text) => Expression::string(text),
        Given::Input(reference) => input(&reference.input),
    }
}

fn bootstrap_git(infra: &Infra, bootstrap: &Bootstrap) -> Block {
    let version = Attribute::new("version", format!("v{}", flux_release(bootstrap))).origin(at("version"));
    let mut block = resource("flux_bootstrap_git", "main")
        .origin(at("bootstrap"))
        .item(Attribute::new("path", bootstrap.path.as_str()).origin(at("path")))
        .item(version)
        .attr("namespace", namespace())
        .item(Attribute::new("keep_namespace", true).comment("Terraform owns the namespace, not Flux."));
    if !bootstrap.toleration_keys.is_empty() {
        block = block.attr("toleration_keys", strings(&bootstrap.toleration_keys));
    }
    if !bootstrap.selector.is_empty() {
        block =
            block.item(Attribute::new("kustomization_override", overridden(bootstrap)).origin(at("runsOn")));
    }
    depends_on(block, facts(infra).into_iter().collect())
}

/// Flux' own kustomization, with the patch that chooses its nodes. Tolerations have an argument of their own.
fn overridden(bootstrap: &Bootstrap) -> Expression {
    let only = Bootstrap { toleration_keys: Vec::new(), ..bootstrap.clone() };
    let mut entries = vec![
        Entry::new("apiVersion", "kustomize.config.k8s.io/v1beta1"),
        Entry::new("kind", "Kustomization"),
        Entry::new("resources", strings(catalog::OWN_FILES)),
    ];
    entries.extend(patches(&only).map(|patches| Entry::new("patches", patches)));
    Expression::call("yamlencode", [Expression::object(entries)])
}
