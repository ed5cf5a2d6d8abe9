//! The stack `gitops`: finds the cluster by its exact name, hands facts to manifests, and brings Flux in.

use std::collections::BTreeSet;

use super::aws_auth;
use super::certificates;
use super::flux;
use super::identities::issuer;
use super::roots::{acting, aws, backend, caller_identity, locals, used, variables, versions};
use super::terms::{
    Stack, data, exact, given, input, items, json, name, path, resource, spec, strings, suffixed, to,
};
use super::volumes::alias_name;
use crate::ir::{Bootstrap, FACTS, HandedSecret, Infra, KarpenterInfra};
use crate::source::Origin;
use crate::spec::Bootstrap as Way;
use crate::syntax::hcl::{Block, Body, Entry, Expression, identifier};

/// Providers beside AWS that outputs are written for.
const KUBERNETES: (&str, &str, &str) = ("kubernetes", "hashicorp/kubernetes", "~> 2.38");
const HELM: (&str, &str, &str) = ("helm", "hashicorp/helm", "~> 3.0");
const FLUX: (&str, &str, &str) = ("flux", "fluxcd/flux", crate::catalog::flux::PROVIDER_CONSTRAINT);

/// The files of the stack; none if nothing is left for Terraform to do.
pub(super) fn files(infra: &Infra) -> Vec<(&'static str, Body)> {
    if !infra.has_gitops_stack() {
        return Vec::new();
    }
    let bootstrap = infra.bootstrap.as_ref().filter(|_| infra.terraform_brings_flux());
    let mut providers = Body::new().block(acting(aws(infra, false), infra)).block(kubernetes());
    let mut others = Vec::new();
    match bootstrap.map(|bootstrap| bootstrap.way) {
        Some(Way::Operator) => {
            let login = Block::new("provider", ["helm"]).origin(login_origin());
            providers.push(login.attr("kubernetes", to(&["local", "kubernetes"])));
            others.push(HELM);
        }
        Some(Way::Terraform) => {
            providers.0.extend(items(bootstrap.map(flux::provider)));
            others.push(FLUX);
        }
        Some(Way::Cli) | None => {}
    }
    others.push(KUBERNETES);
    let facts = if bootstrap.is_some() { facts(infra) } else { Body::new() };
    let flux = bootstrap.map_or_else(Body::new, |bootstrap| flux::body(infra, bootstrap));
    let notifications = if bootstrap.is_some() { notifications(infra) } else { Body::new() };
    let aws_auth = aws_auth::body(infra);
    // Only what all of these use is looked up; how to log in may hold an input.
    let login = Body::new().block(login(infra));
    let used = used([&providers, &login, &facts, &flux, &notifications, &aws_auth]);
    vec![
        ("versions.tf", versions(&others)),
        ("backend.tf", backend(infra, "gitops")),
        ("variables.tf", variables(infra, &used)),
        ("providers.tf", providers),
        ("cluster.tf", cluster(infra, login, &used)),
        ("aws_auth.tf", aws_auth),
        ("facts.tf", facts),
        ("flux.tf", flux),
        ("notifications.tf", notifications),
    ]
}

fn login_origin() -> Origin {
    Origin::Rule("Flux and its facts are put into the cluster")
}

/// `cluster.tf`: what the stack knows of the cluster, by exact names, so that it needs no other stack's state.
fn cluster(infra: &Infra, login: Body, used: &BTreeSet<String>) -> Body {
    let found = data("aws_eks_cluster", "main")
        .origin(Origin::Rule("the cluster is found by its name"))
        .attr("name", name());
    let mut body = Body::new().block(locals(infra)).block(found);
    body.0.extend(login.0);
    body.0.extend(items(caller_identity(used)));
    if used.contains("local.oidc_issuer") {
        body.push(issuer(path("data.aws_eks_cluster.main.identity[0].oidc[0].issuer")));
    }
    body.0.extend(items(roles(infra, used)));
    body.0.extend(items(network(infra, used)));
    if used.contains("local.flux_tolerations") {
        let keys = infra.bootstrap.iter().flat_map(|bootstrap| &bootstrap.toleration_keys).map(|key| {
            Expression::object([Entry::new("key", key.as_str()), Entry::new("operator", "Exists")])
        });
        let origin = Origin::Rule("Flux runs on the fixed nodes, whose taints it has to tolerate");
        body.push(
            Block::bare("locals").origin(origin).attr("flux_tolerations", Expression::List(keys.collect())),
        );
    }
    body
}

/// Roles and the queue, where facts name them.
fn roles(infra: &Infra, used: &BTreeSet<String>) -> Vec<Block> {
    let needs = |kind: &str, label: &str| used.contains(&format!("data.{kind}.{}.arn", identifier(label)));
    let found = |kind: &str, label: &str, name: Expression, origin: &Origin| {
        data(kind, label).origin(origin.clone()).attr("name", name)
    };
    let mut blocks: Vec<Block> = infra
        .identities
        .iter()
        .chain(&infra.roles)
        .chain(infra.foreign_roles())
        .filter(|identity| needs("aws_iam_role", &identity.key))
        .map(|identity| found("aws_iam_role", &identity.key, suffixed(&identity.key), &identity.origin))
        .collect();
    if let Some(key) = infra.disk_key.as_ref().filter(|_| needs("aws_kms_key", "disks")) {
        let origin = Origin::Spec(key.address.clone());
        blocks.push(data("aws_kms_key", "disks").origin(origin).attr("key_id", alias_name(key)));
    }
    let nodes = aws_auth::node_roles(infra).into_iter().filter(|(label, ..)| needs("aws_iam_role", label));
    blocks.extend(nodes.map(|(label, name, origin)| found("aws_iam_role", label, name, &origin)));
    if let Some(karpenter) = &infra.karpenter {
        let origin = spec("spec.aws.karpenter");
        if needs("aws_iam_role", KarpenterInfra::ROLE) {
            blocks.push(found(
                "aws_iam_role",
                KarpenterInfra::ROLE,
                exact(infra, &karpenter.node_role),
                &origin,
            ));
        }
        if needs("aws_sqs_queue", "karpenter") {
            blocks.push(found("aws_sqs_queue", "karpenter", exact(infra, &karpenter.queue), &origin));
        }
    }
    blocks
}

/// Security groups and certificates, where facts name them.
fn network(infra: &Infra, used: &BTreeSet<String>) -> Vec<Block> {
    let needs = |kind: &str, label: &str, field: &str| {
        used.contains(&format!("data.{kind}.{}.{field}", identifier(label)))
    };
    let groups = infra.security_groups.iter().filter(|group| needs("aws_security_group", &group.key, "id"));
    let groups = groups.map(|group| {
        data("aws_security_group", &group.key)
            .origin(group.origin.clone())
            .attr("name", suffixed(&group.key))
            .attr("vpc_id", path("data.aws_eks_cluster.main.vpc_config[0].vpc_id"))
    });
    let issued = infra.certificates.iter().filter(|one| needs("aws_acm_certificate", &one.key, "arn"));
    groups.chain(issued.map(certificates::find)).collect()
}

/// `local.kubernetes`: how providers reach the API. Tokens are fetched when they are needed: they last 15 minutes.
fn login(infra: &Infra) -> Block {
    let Expression::List(mut arguments) = strings(["eks", "get-token", "--cluster-name"]) else {
        return Block::bare("locals");
    };
    arguments.extend([name(), "--region".into(), to(&["local", "region"])]);
    if let Some(assumed) = &infra.assume_role {
        // The tool starts from the shell's credentials, not from the provider's.
        arguments.extend(["--role-arn".into(), given(&assumed.role)]);
    }
    let exec = Expression::object([
        Entry::new("api_version", "client.authentication.k8s.io/v1beta1"),
        Entry::new("command", "aws"),
        Entry::new("args", Expression::List(arguments)),
    ]);
    let authority = path("data.aws_eks_cluster.main.certificate_authority[0].data");
    let access = Expression::object([
        Entry::new("host", to(&["data", "aws_eks_cluster", "main", "endpoint"])),
        Entry::new("cluster_ca_certificate", Expression::call("base64decode", [authority])),
        Entry::new("exec", exec),
    ]);
    Block::bare("locals").origin(login_origin()).attr("kubernetes", access)
}

fn kubernetes() -> Block {
    let from = |steps: &[&str]| to(&[&["local", "kubernetes"], steps].concat());
    let exec = Block::bare("exec")
        .attr("api_version", from(&["exec", "api_version"]))
        .attr("command", from(&["exec", "command"]))
        .attr("args", from(&["exec", "args"]));
    Block::new("provider", ["kubernetes"])
        .origin(login_origin())
        .attr("host", from(&["host"]))
        .attr("cluster_ca_certificate", from(&["cluster_ca_certificate"]))
        .block(exec)
}

/// `facts.tf`: values for manifests. Flux puts them in where the manifests name them.
fn facts(infra: &Infra) -> Body {
    if infra.facts.is_empty() {
        return Body::new();
    }
    let facts = infra.facts.iter().map(|fact| {
        let value = Stack::GitOps.text(&fact.value);
        // JSON's quotes and escapes are YAML's, too.
        let value = if fact.quoted { json(value) } else { value };
        Entry::new(fact.name.clone(), value).origin(fact.origin.clone())
    });
    let metadata = Block::bare("metadata").attr("name", FACTS).attr("namespace", flux::namespace());
    let map = resource("kubernetes_config_map_v1", "cluster_facts")
        .origin(Origin::Rule("manifests name values that only Terraform knows"))
        .block(metadata)
        .attr("data", Expression::object(facts));
    Body::new().block(map)
}

/// `notifications.tf`: tokens and secret addresses of notifications.
fn notifications(infra: &Infra) -> Body {
    let secret = |secret: &HandedSecret| {
        resource("kubernetes_secret_v1", &secret.name)
            .origin(Origin::Spec(secret.address.clone()))
            .block(
                Block::bare("metadata")
                    .attr("name", secret.name.as_str())
                    .attr("namespace", flux::namespace()),
            )
            .attr("data", Expression::object([Entry::new(secret.key, input(&secret.input))]))
    };
    infra.handed_secrets.iter().fold(Body::new(), |body, one| body.block(secret(one)))
}

/// What Flux' pods tolerate, if any of the fixed nodes is tainted.
pub(super) fn tolerations(bootstrap: &Bootstrap) -> Option<Expression> {
    (!bootstrap.toleration_keys.is_empty()).then(|| to(&["local", "flux_tolerations"]))
}
