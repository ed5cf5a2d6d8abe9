//! What is printed, by example.

use serde_json::json;

use super::*;
use crate::source::{Address, Origin};

fn check(body: &Body, expected: &str) {
    assert_eq!(print(body, None).text, expected);
}

pub(super) fn reference(text: &str) -> Expression {
    Reference::new(text).unwrap().into()
}

pub(super) fn name() -> Expression {
    Expression::reference(&["local", "name"])
}

#[test]
fn one_thing_after_the_other_as_a_reader_meets_it() {
    let vpc = Block::new("resource", ["aws_vpc", "main"])
        .attr("cidr_block", "10.0.0.0/16")
        .attr("enable_dns_hostnames", true)
        .blank()
        .attr("tags", Expression::object([Entry::new("Name", name())]));
    let subnet = Block::new("resource", ["aws_subnet", "private"])
        .attr("vpc_id", reference("aws_vpc.main.id"))
        .blank()
        .attr(
            "tags",
            Expression::object([
                Entry::new("Name", Expression::template([Part::value(name()), Part::text("-private")])),
                Entry::new("kubernetes.io/role/internal-elb", "1"),
                Entry::new("karpenter.sh/discovery", Expression::template([Part::value(name())])),
            ]),
        )
        .comment("Private.");
    check(
        &Body::new().block(vpc).block(subnet),
        r#"resource "aws_vpc" "main" {
  cidr_block           = "10.0.0.0/16"
  enable_dns_hostnames = true

  tags = { Name = local.name }
}

# Private.
resource "aws_subnet" "private" {
  vpc_id = aws_vpc.main.id

  tags = {
    Name                              = "${local.name}-private"
    "kubernetes.io/role/internal-elb" = "1"
    "karpenter.sh/discovery"          = local.name
  }
}
"#,
    );
}

#[test]
fn what_is_too_wide_once_aligned_is_broken() {
    let wide = Expression::from(json!(["a".repeat(40), "b".repeat(40)]));
    let body = Body::new().attr("a", wide).attr("a_rather_long_key", 1u32);
    let expected =
        format!("a = [\n  \"{}\",\n  \"{}\",\n]\na_rather_long_key = 1\n", "a".repeat(40), "b".repeat(40));
    check(&body, &expected);
}

#[test]
fn policies_hug_their_call() {
    let policy = json!({ "Version": "2012-10-17", "Statement": [{ "Sid": "Why", "Effect": "Allow", "Action": ["s3:Get"] }] });
    check(
        &Body::new().attr("policy", Expression::call("jsonencode", [policy.into()])),
        r#"policy = jsonencode({
  Version = "2012-10-17"
  Statement = [
    {
      Sid    = "Why"
      Effect = "Allow"
      Action = ["s3:Get"]
    },
  ]
})
"#,
    );
}

#[test]
fn text_of_several_lines_is_a_heredoc_only_where_exact() {
    let block = Block::bare("locals").attr("a", "x\n  ${y}\n").attr("bcd", "x\ny").attr("e", "  x\n  y\n");
    check(
        &Body::new().block(block),
        "locals {\n  a   = <<-EOT\n    x\n      $${y}\n  EOT\n  bcd = \"x\\ny\"\n  e   = \"  x\\n  y\\n\"\n}\n",
    );
}

#[test]
fn every_marker_is_escaped_and_a_dollar_before_one_is_kept() {
    let kept = Expression::template([Part::text("$"), Part::value(name())]);
    check(
        &Body::new().attr("a", "$${x}$${y} %{z}").attr("b", kept).attr("c", Expression::Template(vec![])),
        "a = \"$$${x}$$${y} %%{z}\"\nb = \"\\u0024${local.name}\"\nc = \"\"\n",
    );
}

#[test]
fn blank_lines_are_those_asked_for_and_those_around_blocks() {
    let body =
        Body::new().blank().attr("a", 1u32).comment("c").block(Block::bare("b")).block(Block::bare("b"));
    let body = body.attr("d", 1u32).blank().blank().comment("e").attr("f", 1u32).blank();
    check(&body, "a = 1\n\n# c\nb {}\n\nb {}\n\nd = 1\n\n# e\nf = 1\n");
}

#[test]
fn lines_know_who_asked_for_them() {
    let at = |path: &str| Origin::Spec(Address::of(path));
    let entries = vec![Entry::new("x", 1u32).origin(at("x")), Entry::new("y", 1u32).comment("why")];
    let block = Block::bare("b")
        .origin(at("block"))
        .attr("a", 1u32)
        .item(Attribute::new("o", Expression::object(entries)).origin(at("o")).comment("c"));
    let printed = print(&Body::new().block(block), Some("h"));
    let origins: Vec<_> = printed
        .lines
        .iter()
        .map(|origin| match origin {
            Some(Origin::Spec(address)) => address.to_string(),
            _ => "-".to_owned(),
        })
        .collect();
    assert_eq!(
        origins,
        ["-", "-", "block", "block", "o", "o", "x", "o", "o", "o", "block"],
        "{}",
        printed.text
    );
}

#[test]
fn references_are_checked_and_spaced() {
    for text in [
        "aws_vpc.main.id",
        "var.x",
        "a.b[0].c[0].name",
        "a[\"b c\"].d",
        "a[*].b",
        "a.*.b",
        "string",
        "each.value",
    ] {
        assert_eq!(Reference::new(text).unwrap().as_str(), text);
    }
    assert_eq!(Reference::new("a[ b.c ].d").unwrap().as_str(), "a[b.c].d");
    for text in ["", "a + b", "f(x)", "true", "1", "a.", "a b", "\"x\"", "a.b\nc = 1", "${a}", "a # b", "[a]"]
    {
        assert!(Reference::new(text).is_err(), "{text}");
    }
    assert_eq!(
        Reference::of(&["aws_subnet", "us-east-1a", "2.x/y"]).as_str(),
        "aws_subnet.us_east_1a._2_x_y"
    );
}

#[test]
fn identifiers_hold_what_an_identifier_may() {
    let spelled = ["us-east-1a", "1.2", "a/b", "", "é"].map(identifier);
    assert_eq!(spelled, ["us_east_1a", "_1_2", "a_b", "_", "_"]);
}
