//! `certificates.tf`: certificates, and the records that prove whose names they are for.

use super::terms::{data, items, list, name_tag, resource, strings, suffixed, to};
use crate::domain::{HostedZone, ZoneIs};
use crate::ir::{Certificate, Infra};
use crate::source::Origin;
use crate::syntax::hcl::{Attribute, Block, Body, Expression, Reference, identifier};

/// Seconds that resolvers keep a proof.
const TTL: u32 = 300;

pub(super) fn body(infra: &Infra) -> Body {
    let mut body = Body::new();
    let mut zones: Vec<&HostedZone> = Vec::new();
    for certificate in &infra.certificates {
        body.push(block(certificate));
        let Some(zone) = &certificate.zone else { continue };
        if zone.is() == ZoneIs::Name && !zones.contains(&zone) {
            body.push(found(zone, certificate));
            zones.push(zone);
        }
        if certificate.proved.len() > 1 {
            body.push(proofs(certificate));
        }
        body.0.extend(items(certificate.proved.iter().map(|name| record(certificate, zone, name))));
        body.push(validation(certificate));
    }
    body
}

/// The ARN of a certificate, once it can be used.
pub(super) fn arn(certificate: &Certificate) -> Expression {
    match certificate.zone {
        Some(_) => to(&["aws_acm_certificate_validation", &certificate.key, "certificate_arn"]),
        None => to(&["aws_acm_certificate", &certificate.key, "arn"]),
    }
}

/// How the next stack finds an issued certificate: by its name and the tag that this stack gives it.
pub(super) fn find(certificate: &Certificate) -> Block {
    data("aws_acm_certificate", &certificate.key)
        .origin(&certificate.address)
        .attr("domain", certificate.domain.to_string())
        .attr("statuses", strings(["ISSUED"]))
        .attr("most_recent", true)
        .attr("tags", name_tag(suffixed(&certificate.key)))
}

fn block(certificate: &Certificate) -> Block {
    let at = |below: &str| Origin::Spec(certificate.address.key(below));
    let mut block = resource("aws_acm_certificate", &certificate.key)
        .origin(&certificate.address)
        .item(Attribute::new("domain_name", certificate.domain.to_string()).origin(at("domain")));
    if !certificate.alternatives.is_empty() {
        let names = Attribute::new("subject_alternative_names", strings(&certificate.alternatives));
        block = block.item(names.origin(at("alternatives")));
    }
    let lifecycle = Block::bare("lifecycle")
        .origin(Origin::Rule("a load balancer never stands without its certificate"))
        .attr("create_before_destroy", true);
    block
        .attr("validation_method", "DNS")
        .blank()
        .attr("tags", name_tag(suffixed(&certificate.key)))
        .block(lifecycle)
}

fn found(zone: &HostedZone, certificate: &Certificate) -> Block {
    data("aws_route53_zone", zone.as_str())
        .origin(Origin::Spec(certificate.address.key("zone")))
        .attr("name", zone.to_string())
}

fn zone_id(zone: &HostedZone) -> Expression {
    match zone.is() {
        ZoneIs::Id => zone.to_string().into(),
        ZoneIs::Name => to(&["data", "aws_route53_zone", zone.as_str(), "zone_id"]),
    }
}

/// `aws_acm_certificate.KEY.domain_validation_options[*]`, and what is asked of each.
fn options(certificate: &Certificate, field: &str) -> Expression {
    let label = identifier(&certificate.key);
    reference(&format!("aws_acm_certificate.{label}.domain_validation_options[*]{field}"))
}

fn reference(text: &str) -> Expression {
    Reference::new(text).map_or(Expression::Null, Expression::from)
}

fn proofs_name(certificate: &Certificate) -> String {
    identifier(&format!("proofs_{}", certificate.key))
}

/// The proofs by name: the provider has them in no order.
fn proofs(certificate: &Certificate) -> Block {
    let by_name =
        Expression::call("zipmap", [options(certificate, ".domain_name"), options(certificate, "")]);
    Block::bare("locals").origin(&certificate.address).attr(proofs_name(certificate), by_name)
}

/// A field of the proof of a name.
fn proof(certificate: &Certificate, name: &str, field: &str) -> Expression {
    if certificate.proved.len() == 1 {
        // A name and all below it have the same proof.
        let all = Expression::call("distinct", [options(certificate, &format!(".{field}"))]);
        return Expression::call("one", [all]);
    }
    let wanted = std::iter::once(&certificate.domain).chain(&certificate.alternatives);
    let domain = wanted.into_iter().find(|domain| domain.base() == name);
    let key = domain.map_or_else(|| name.to_owned(), ToString::to_string);
    reference(&format!("local.{}[\"{key}\"].{field}", proofs_name(certificate)))
}

fn label(certificate: &Certificate, name: &str) -> String {
    format!("{}-{name}", certificate.key)
}

fn record(certificate: &Certificate, zone: &HostedZone, name: &str) -> Block {
    resource("aws_route53_record", &label(certificate, name))
        .origin(Origin::Spec(certificate.address.key("zone")))
        .attr("zone_id", zone_id(zone))
        .attr("name", proof(certificate, name, "resource_record_name"))
        .attr("type", "CNAME")
        .attr("ttl", TTL)
        .attr("records", list([proof(certificate, name, "resource_record_value")]))
        .item(
            Attribute::new("allow_overwrite", true)
                .comment("A certificate of the same name, elsewhere or before, has the same proof."),
        )
}

fn validation(certificate: &Certificate) -> Block {
    let records =
        certificate.proved.iter().map(|name| to(&["aws_route53_record", &label(certificate, name), "fqdn"]));
    resource("aws_acm_certificate_validation", &certificate.key)
        .origin(Origin::Spec(certificate.address.key("zone")))
        .attr("certificate_arn", to(&["aws_acm_certificate", &certificate.key, "arn"]))
        .attr("validation_record_fqdns", list(records))
}
