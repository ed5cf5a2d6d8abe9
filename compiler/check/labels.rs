//! What Terraform calls things: names that come from keys of the user's own may meet each other, or the compiler's.

use super::derived::{Derived, called, place};
use crate::ir::{Access, Direction, Identity, Infra, Ir, KarpenterInfra, SelfManaged, Spread, spread};
use crate::source::Address;
use crate::spec::{Mechanism, SecretsKey, SecretsKeyWord};
use crate::syntax::hcl::identifier;

/// Names of blocks that may come out the same though their keys differ. Where two blocks have the same name only if the two
/// things have the same name in AWS, that is what is looked at.
pub(in crate::check) fn all(ir: &Ir) -> Vec<Derived> {
    let infra = &ir.infra;
    [rules(infra), proofs(infra), roles(infra), policies(infra), entries(infra), associations(infra)].concat()
}

fn label(what: String, sort: &'static str, text: &str, address: Address) -> Derived {
    let name = identifier(text);
    Derived { what, sort, own: name.len(), name, limit: usize::MAX, address }
}

fn rules(infra: &Infra) -> Vec<Derived> {
    let rule = |rule: &crate::ir::TrafficRule| {
        let sort = match rule.direction {
            Direction::Ingress => "Terraform name of an ingress rule",
            Direction::Egress => "Terraform name of an egress rule",
        };
        let at = place(&rule.origin);
        label(format!("`{at}`"), sort, &rule.key, at)
    };
    infra.traffic_rules.iter().map(rule).collect()
}

fn proofs(infra: &Infra) -> Vec<Derived> {
    let certificates = infra.certificates.iter().filter(|one| one.zone.is_some());
    let names = certificates.flat_map(|one| one.proved.iter().map(move |name| (one, name)));
    let proof = |(one, name): (&crate::ir::Certificate, &_)| {
        let what = format!("the proof of `{name}`");
        label(what, "Terraform name of a record", &format!("{}-{name}", one.key), one.address.clone())
    };
    names.map(proof).collect()
}

/// Karpenter's role has a name in AWS that starts with another word.
fn roles(infra: &Infra) -> Vec<Derived> {
    let sort = "Terraform name of an IAM role";
    let fixed = infra.karpenter.iter().map(|_| {
        let at = Address::of("spec.aws.karpenter");
        label("the role of Karpenter's nodes".to_owned(), sort, KARPENTER, at)
    });
    let same = infra.all_identities().filter(|identity| identifier(&identity.key) == KARPENTER);
    fixed.chain(same.map(|it| label(called("role", it), sort, &it.key, it.address.clone()))).collect()
}

/// The control plane's policy for its key stands beside the policies of identities.
fn policies(infra: &Infra) -> Vec<Derived> {
    let sort = "Terraform name of a policy";
    let has_key = !matches!(infra.control_plane.secrets_key, SecretsKey::Word(SecretsKeyWord::None));
    let fixed = has_key.then(|| {
        let at = Address::of("spec.aws.encryption.secrets");
        label("the control plane's policy for its key".to_owned(), sort, KEY_POLICY, at)
    });
    let is_inline =
        |it: &&Identity| !it.statements.is_empty() && matches!(spread(&it.statements), Spread::Inline(_));
    let same = infra.all_identities().filter(|it| identifier(&it.key) == KEY_POLICY).filter(is_inline);
    fixed
        .into_iter()
        .chain(same.map(|it| label(called("policy", it), sort, &it.key, it.address.clone())))
        .collect()
}

/// Nodes that EKS does not let in by itself have entries beside those of people.
fn entries(infra: &Infra) -> Vec<Derived> {
    if !infra.authentication.has_entries() {
        return Vec::new();
    }
    let sort = "Terraform name of an access entry";
    let karpenter = infra.karpenter.iter().map(|_| {
        let at = Address::of("spec.aws.karpenter");
        label("the entry of Karpenter's nodes".to_owned(), sort, KARPENTER, at)
    });
    let own = infra.has_self_managed_groups().then(|| {
        let at = Address::of("spec.aws.nodeGroups");
        label("the entry of self-managed nodes".to_owned(), sort, SELF_MANAGED, at)
    });
    let people = infra.access.iter().map(|entry: &Access| {
        label(format!("access entry `{}`", entry.key), sort, &entry.key, entry.address())
    });
    karpenter.chain(own).chain(people).collect()
}

/// An identity with several service accounts has an association for each, by the names of all three.
fn associations(infra: &Infra) -> Vec<Derived> {
    let sort = "Terraform name of a Pod Identity association";
    let identities = || infra.identities.iter().filter(|it| it.mechanism == Mechanism::PodIdentity);
    let further = identities().flat_map(|it| {
        it.accounts.iter().skip(1).map(move |account| {
            let text = format!("{}-{}-{}", it.key, account.namespace, account.name);
            label(format!("`{account}` of identity `{}`", it.key), sort, &text, it.address.clone())
        })
    });
    let further: Vec<Derived> = further.collect();
    let same = |it: &&Identity| further.iter().any(|one| one.name == identifier(&it.key));
    let first = identities().filter(same);
    let first: Vec<Derived> =
        first.map(|it| label(format!("identity `{}`", it.key), sort, &it.key, it.address.clone())).collect();
    [further, first].concat()
}

const KARPENTER: &str = KarpenterInfra::ROLE;
const SELF_MANAGED: &str = SelfManaged::ROLE;
const KEY_POLICY: &str = "cluster_secrets";
