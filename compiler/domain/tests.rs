//! What each word accepts and refuses.

use std::str::FromStr;

use proptest::prelude::*;

use super::*;

mod reach;

fn accepts<T: FromStr<Err = Malformed> + ToString>(texts: &[&str]) {
    for text in texts {
        match text.parse::<T>() {
            Ok(word) => assert_eq!(word.to_string(), *text),
            Err(fault) => panic!("refused `{text}`: {fault}"),
        }
    }
}

/// Each text is refused, with a message that contains what stands beside it.
fn refuses<T: FromStr<Err = Malformed>>(cases: &[(&str, &str)]) {
    for (text, wanted) in cases {
        let Err(fault) = text.parse::<T>() else { panic!("accepted `{text}`") };
        assert!(fault.to_string().contains(wanted), "`{text}`: {fault}");
        assert!(!fault.to_string().contains('\n') && !fault.to_string().ends_with('.'), "{fault}");
    }
}

fn word<T: FromStr<Err = Malformed>>(text: &str) -> T {
    text.parse().unwrap_or_else(|fault| panic!("{fault}"))
}

#[test]
fn every_example_is_valid_and_every_format_has_its_own_name() {
    let mut names: Vec<&str> = formats().map(|format| format.name).collect();
    for format in formats() {
        for example in format.examples {
            assert_eq!(check_format(format.name, example), Ok(()));
        }
    }
    names.sort_unstable();
    let count = names.len();
    names.dedup();
    assert_eq!(names.len(), count);
    assert!(count >= 31, "{count}");
}

#[test]
fn a_format_of_others_accepts_everything() {
    assert_eq!(check_format("date-time", "yesterday"), Ok(()));
}

#[test]
fn a_schema_names_format_description_and_examples() {
    let schema = schemars::schema_for!(Quantity);
    let schema = schema.as_value();
    assert_eq!(schema["format"], "quantity");
    assert_eq!(schema["type"], serde_json::json!(["string", "number"]));
    assert!(
        schema["description"]
            .as_str()
            .is_some_and(|text| text.starts_with("A Kubernetes quantity: a number"))
    );
    assert_eq!(schemars::schema_for!(Region).as_value()["type"], "string");
}

#[test]
fn numbers_are_read_as_quantities_and_counts_only() {
    assert_eq!(serde_json::from_str::<Quantity>("100").unwrap().milli(), 100_000);
    assert_eq!(serde_json::from_str::<Quantity>("0.5").unwrap().milli(), 500);
    assert_eq!(serde_json::from_str::<PercentOrCount>("2").unwrap().share(), Share::Count(2));
    assert!(serde_json::from_str::<KubernetesVersion>("1.35").is_err());
    assert_eq!(serde_json::to_string(&word::<Quantity>("1Gi")).unwrap(), "\"1Gi\"");
}

#[test]
fn names() {
    accepts::<ClusterName>(&["a", "prod-eu-1"]);
    refuses::<ClusterName>(&[
        ("", "empty"),
        ("My_Cluster", "`my-cluster` would do"),
        ("1st", "starts with `1`"),
        ("a-", "ends with `-`"),
        ("a\nb", "contains `\\n`"),
        (&"x".repeat(64), "64 characters, 63 are allowed"),
    ]);
    accepts::<InputName>(&["operator_cidr"]);
    refuses::<InputName>(&[("operator-cidr", "`operator_cidr` would do"), ("_x", "starts with")]);
    accepts::<Key>(&["system", "gpu2"]);
    accepts::<Namespace>(&["kube-system", "1password"]);
    accepts::<ObjectName>(&["a.b", "0"]);
    refuses::<ObjectName>(&[("a..b", "nothing between"), ("a.-b", "`-b`"), ("A", "`a` would do")]);
    accepts::<ServiceAccountRef>(&["kube-system/karpenter"]);
    refuses::<ServiceAccountRef>(&[("karpenter", "names no namespace"), ("a/b/c", "contains `/`")]);
    let account: ServiceAccountRef = word("kube-system/karpenter");
    assert_eq!((account.namespace().as_str(), account.name().as_str()), ("kube-system", "karpenter"));
    accepts::<GroupKind>(&["karpenter.sh/NodePool", "Namespace"]);
    refuses::<GroupKind>(&[("apps/v1/Deployment", "version"), ("nodepool", "capital"), ("/X", "API group")]);
    assert_eq!(word::<GroupKind>("Namespace").group(), "");
}

#[test]
fn labels_and_tags() {
    accepts::<LabelKey>(&["team", "example.com/Some_name.x", "a"]);
    refuses::<LabelKey>(&[("a/b/c", "more than one"), ("/x", "prefix"), ("A b", "a space"), ("x/", "empty")]);
    accepts::<LabelValue>(&["", "v1.2_3", "TRUE"]);
    refuses::<LabelValue>(&[("-a", "starts with"), ("a b", "a space")]);
    let key: LabelKey = word("example.com/team");
    assert_eq!((key.prefix(), key.name()), (Some("example.com"), "team"));
    accepts::<TagKey>(&["k8s.io/cluster-autoscaler/enabled", "Größe"]);
    refuses::<TagKey>(&[
        ("aws:x", "keeps for itself"),
        ("AWS:x", "keeps"),
        ("", "empty"),
        ("a{", "contains `{`"),
    ]);
    accepts::<TagValue>(&["", "a b+c"]);
}

#[test]
fn networks() {
    accepts::<Cidr>(&["10.0.0.0/16", "0.0.0.0/0", "10.1.2.3/32"]);
    refuses::<Cidr>(&[
        ("10.0.1.0/16", "the network is `10.0.0.0/16`"),
        ("10.0.0.1", "`10.0.0.1/32`"),
        ("fd00::/8", "IPv6"),
        ("10.0.0.0/33", "no IPv4 network"),
    ]);
    let vpc: Cidr = word("10.0.0.0/16");
    assert_eq!(vpc.subnet(4, 15).unwrap().as_str(), "10.0.240.0/20");
    assert_eq!(vpc.subnet(4, 16), None);
    assert_eq!(vpc.subnet(17, 0), None);
    assert_eq!(word::<Cidr>("0.0.0.0/0").subnet(32, u32::MAX).unwrap().as_str(), "255.255.255.255/32");
    assert_eq!(word::<Cidr>("0.0.0.0/0").subnet(0, 0).unwrap().as_str(), "0.0.0.0/0");
    assert!(vpc.overlaps(&word("10.0.3.0/24")) && vpc.contains(&word("10.0.3.0/24")));
    assert!(!vpc.overlaps(&word("10.1.0.0/24")));
    assert_eq!(word::<Cidr>("172.20.0.0/16").host(10).unwrap().to_string(), "172.20.0.10");
    assert_eq!(word::<Cidr>("10.0.0.0/30").host(4), None);
    assert_eq!(word::<Cidr>("0.0.0.0/0").addresses(), 1 << 32);
}

#[test]
fn places() {
    for partition in Partition::ALL {
        assert!(partition.regions().is_sorted());
        for region in partition.regions() {
            assert_eq!(word::<Region>(region).partition(), *partition);
        }
    }
    refuses::<Region>(&[
        ("us-east1", "`us-east-1`"),
        ("us-east-1a", "its region is `us-east-1`"),
        ("moon", "no AWS region"),
    ]);
    accepts::<ZoneName>(&["eu-central-1c"]);
    refuses::<ZoneName>(&[("us-east-1", "`us-east-1a`"), ("us-esat-1a", "`us-east-1a`"), ("", "no zone")]);
    assert_eq!(word::<Region>("us-west-2").zone('b'), Some(word("us-west-2b")));
    assert_eq!(word::<ZoneName>("us-west-2b").letter(), 'b');
    accepts::<AccountId>(&["012345678901"]);
    refuses::<AccountId>(&[
        ("1234-5678-9012", "`123456789012`"),
        ("12", "exactly 12"),
        ("12345678901a", "12 digits"),
    ]);
}

#[test]
fn principals() {
    accepts::<Arn>(&[
        "arn:aws:s3:::bucket",
        "arn:aws-cn:iam::aws:policy/X",
        "arn:aws:logs:us-east-1:123456789012:log-group:a:*",
    ]);
    refuses::<Arn>(&[
        ("arn:aws:s3", "six fields"),
        ("arn:aws:s3:::", "empty resource"),
        ("arn:moon:s3:::x", "partition"),
    ]);
    let arn: Arn = word("arn:aws:logs:us-east-1:123456789012:log-group:a:*");
    assert_eq!(
        (arn.service(), arn.region(), arn.account(), arn.resource()),
        ("logs", "us-east-1", "123456789012", "log-group:a:*")
    );
    accepts::<PrincipalArn>(&[
        "arn:aws:iam::123456789012:role/a/b/admin",
        "arn:aws:iam::123456789012:user/anna",
    ]);
    refuses::<PrincipalArn>(&[
        ("arn:aws:sts::123456789012:assumed-role/admin/anna", "`arn:aws:iam::123456789012:role/admin`"),
        (
            "arn:aws:sts::123456789012:assumed-role/AWSReservedSSO_x/anna",
            "aws iam get-role --role-name AWSReservedSSO_x",
        ),
        ("arn:aws:sts::123456789012:federated-user/anna", "a session"),
        ("arn:aws:iam::123456789012:role/*", "pattern"),
        ("arn:aws:iam::123456789012:root", "whole account"),
        ("arn:aws:iam::123456789012:group/x", "group"),
        ("arn:aws:iam::12:role/x", "12 digits"),
        ("arn:aws:s3:::x", "not to IAM"),
        ("anna", "six fields"),
    ]);
    assert_eq!(word::<PrincipalArn>("arn:aws:iam::123456789012:role/a/b/admin").name(), "admin");
    refuses::<PolicyName>(&[("service-role/AmazonEBSCSIDriverPolicy", "`AmazonEBSCSIDriverPolicy`")]);
    accepts::<Sid>(&["AllowX"]);
    refuses::<Sid>(&[("allow x", "a space")]);
}

#[test]
fn versions() {
    accepts::<KubernetesVersion>(&["1.35", "1.9"]);
    refuses::<KubernetesVersion>(&[
        ("1.35.2", "write `\"1.35\"`"),
        ("v1.35", "`1.35`"),
        ("1.035", "minor version"),
        ("2.1", "minor version"),
        ("1", "minor version"),
        ("1.35.x", "minor version"),
    ]);
    assert!(word::<KubernetesVersion>("1.9") < word("1.35"));
    assert_eq!(KubernetesVersion::from_minor(34), word("1.34"));
    accepts::<ChartVersion>(&["1.14.1", "v1.21.1", "1.0.0-rc.1+build"]);
    refuses::<ChartVersion>(&[
        ("1.14", "`1.14.0`"),
        ("^1.2.3", "range"),
        ("1.x", "range"),
        ("latest", "three numbers"),
    ]);
}

#[test]
fn quantities() {
    let milli = |text: &str| word::<Quantity>(text).milli();
    let bytes = |text: &str| word::<Quantity>(text).bytes();
    assert_eq!(
        (milli("500m"), milli("2"), milli("0.1"), milli("1.5"), milli(".5")),
        (500, 2000, 100, 1500, 500)
    );
    assert_eq!((milli("1n"), milli("-500m"), milli("5.")), (1, -500, 5000));
    assert_eq!(
        (bytes("1Ki"), bytes("1.5Gi"), bytes("1e3"), bytes("1E"), bytes("1E3")),
        (1024, 1_610_612_736, 1000, 1_000_000_000_000_000_000, 1000)
    );
    assert_eq!((bytes("100m"), bytes("7Ei")), (1, 7 << 60));
    refuses::<Quantity>(&[
        ("", "no quantity"),
        ("1GB", "write `1Gi`"),
        ("4K", "write `4Ki`"),
        ("1.2.3", "no quantity"),
        ("--1", "no quantity"),
        ("8Ei", "more than Kubernetes"),
        ("1 Gi", "no quantity"),
        (&"9".repeat(50), "more than Kubernetes"),
    ]);
    accepts::<PercentOrCount>(&["0%", "100%", "3"]);
    refuses::<PercentOrCount>(&[("101%", "more than the whole"), ("-1", "neither"), ("1.5", "neither")]);
    assert_eq!((word::<PercentOrCount>("33%").of(10), word::<PercentOrCount>("2").of(10)), (3, 2));
}

#[test]
fn times() {
    accepts::<GoDuration>(&["24h", "1h30m", "0s"]);
    refuses::<GoDuration>(&[
        ("30d", "`720h`"),
        ("", "no span"),
        ("1.5h", "no span"),
        ("24", "no span"),
        ("999999999999h", "longer"),
    ]);
    assert_eq!(word::<GoDuration>("1h30m10s").seconds(), 5410);
    accepts::<ExpireAfter>(&["Never", "720h"]);
    refuses::<ExpireAfter>(&[("never", "`Never`"), ("x", "or `Never`")]);
    accepts::<Cron>(&["0 9 * * mon-fri", "*/15 0-6,22 1,15 JAN-MAR 0", "@daily", "* * * * *"]);
    refuses::<Cron>(&[
        ("* * * *", "4 fields"),
        ("60 * * * *", "the minute"),
        ("* * * * 7", "day of week"),
        ("@reboot", "none of"),
        ("5-1 * * * *", "minute"),
        ("*/0 * * * *", "minute"),
    ]);
}

#[test]
fn machines() {
    accepts::<InstanceType>(&["m7g.large", "u7i-12tb.224xlarge", "c7i-flex.large", "m5.metal-24xl"]);
    refuses::<InstanceType>(&[
        ("m7g", "family and size"),
        ("M7g.large", "family"),
        ("a.b.c", "family"),
        (".x", "family"),
    ]);
    let kind: InstanceType = word("m7g.large");
    assert_eq!((kind.family(), kind.size()), ("m7g", "large"));
    accepts::<Architecture>(&["amd64", "arm64"]);
    refuses::<Architecture>(&[("x86_64", "`amd64`, `arm64`")]);
}

#[test]
fn repositories_and_paths() {
    accepts::<GitUrl>(&[
        "ssh://git@github.com/acme/platform.git",
        "https://git.example.com:8443/a/b",
        "ssh://git@host:22/a",
    ]);
    refuses::<GitUrl>(&[
        ("git@github.com:acme/platform.git", "`ssh://git@github.com/acme/platform.git`"),
        ("https://token@github.com/a/b", "credentials"),
        ("ssh://git:pw@github.com/a/b", "credentials"),
        ("http://github.com/a/b", "`https://github.com/a/b`"),
        ("ssh://git@github.com:acme/platform.git", "no number after"),
        ("https://github.com", "no repository address"),
        ("git://x/y", "not `git://`"),
    ]);
    let refused = "https://user:hunter2@github.com/a/b".parse::<GitUrl>().unwrap_err().to_string();
    assert!(!refused.contains("hunter2"));
    let url: GitUrl = word("ssh://git@github.com/acme/platform.git");
    assert_eq!((url.scheme(), url.host(), url.path()), (GitScheme::Ssh, "github.com", "acme/platform"));
    accepts::<GitRef>(&["main", "release/1.2"]);
    refuses::<GitRef>(&[
        ("refs/heads/main", "full reference"),
        ("a..b", "sign"),
        ("a b", "sign"),
        ("/a", "refuses"),
        ("", "empty"),
    ]);
    accepts::<RelativePath>(&["apps/web", ".github"]);
    assert_eq!(word::<RelativePath>("./apps/web").as_str(), "apps/web");
    refuses::<RelativePath>(&[
        ("/etc", "absolute"),
        ("a/../b", "`..`"),
        ("a//b", "too many"),
        ("a/./b", "`.`"),
        ("a\\b", "forward"),
        ("./", "empty"),
        (".", "`.`"),
    ]);
    accepts::<BucketName>(&["acme-tf-state"]);
    refuses::<BucketName>(&[
        ("ab", "too short"),
        ("10.0.0.1", "address"),
        ("xn--a", "keeps"),
        ("Acme", "`acme` would do"),
    ]);
    accepts::<SecretReference>(&["op://infra/platform/role", "env:TOKEN", "aws-sm://x", "vault://a/b"]);
    refuses::<SecretReference>(&[
        ("hunter2", "no reference"),
        ("https://x/y", "no keeper"),
        ("env:a-b", "environment variable"),
        ("op://", "no reference"),
    ]);
    assert!(!"hunter2".parse::<SecretReference>().unwrap_err().to_string().contains("hunter2"));
    assert_eq!(
        (word::<SecretReference>("op://a/b").scheme(), word::<SecretReference>("env:A").locator()),
        ("op", "A")
    );
}

#[test]
fn tolerations_follow_the_scheduler() {
    let taint = |json: &str| serde_json::from_str::<Taint>(json).unwrap();
    let toleration = |json: &str| serde_json::from_str::<Toleration>(json).unwrap();
    let dedicated = taint(r#"{"key":"dedicated","value":"ci","effect":"NoSchedule"}"#);
    let bare = taint(r#"{"key":"x.io/y","effect":"NoExecute"}"#);
    assert_eq!(
        (dedicated.to_string(), bare.to_string()),
        ("dedicated=ci:NoSchedule".into(), "x.io/y:NoExecute".into())
    );
    for (json, first, second) in [
        (r#"{"operator":"Exists"}"#, true, true),
        (r#"{"operator":"Exists","effect":"NoSchedule"}"#, true, false),
        (r#"{"key":"dedicated","operator":"Exists"}"#, true, false),
        (r#"{"key":"dedicated","value":"ci"}"#, true, false),
        (r#"{"key":"dedicated","value":"other"}"#, false, false),
        (r#"{"key":"dedicated"}"#, false, false),
        (r#"{"key":"x.io/y"}"#, false, true),
        (r#"{"value":"ci"}"#, false, false),
    ] {
        let written = toleration(json);
        assert_eq!((written.tolerates(&dedicated), written.tolerates(&bare)), (first, second), "{json}");
    }
    assert!(Toleration::of(&dedicated).tolerates(&dedicated) && Toleration::of(&bare).tolerates(&bare));
    assert_eq!(Toleration::of(&dedicated).fault(), None);
    assert!(toleration(r#"{"value":"ci"}"#).fault().is_some());
    assert!(serde_json::from_str::<Taint>(r#"{"key":"a","effect":"NoSchedule","valeu":"x"}"#).is_err());
}

#[test]
fn near_words_are_found() {
    assert_eq!(nearest("us-east1", ["us-east-1", "us-east-2"]), Some("us-east-1"));
    assert_eq!(nearest("zebra", ["us-east-1"]), None);
}

proptest! {
    #[test]
    fn no_text_makes_a_reader_panic_and_what_is_read_is_spelled_the_same(text in "\\PC{0,24}") {
        for format in formats() {
            if (format.check)(&text).is_ok() {
                prop_assert_eq!(check_format(format.name, &text), Ok(()));
            }
        }
        if let Ok(word) = text.parse::<LabelValue>() {
            prop_assert_eq!(word.to_string(), text);
        }
    }

    #[test]
    fn networks_survive_spelling(address: u32, length in 0_u8..=32) {
        let net = ipnet::Ipv4Net::new(address.into(), length).unwrap();
        let cidr = Cidr::from(net);
        prop_assert_eq!(cidr.to_string().parse::<Cidr>().unwrap(), cidr);
    }

    #[test]
    fn subnets_of_one_length_lie_inside_and_apart(newbits in 1_u8..=8, a in 0_u32..256, b in 0_u32..256) {
        let vpc: Cidr = word("10.0.0.0/16");
        if let (Some(first), Some(second)) = (vpc.subnet(newbits, a), vpc.subnet(newbits, b)) {
            prop_assert!(vpc.contains(&first));
            prop_assert_eq!(first.overlaps(&second), a == b);
        }
    }

    #[test]
    fn quantities_survive_spelling(text in "[0-9]{1,6}(\\.[0-9]{1,3})?(n|u|m|k|M|G|Ki|Mi|Gi|e[0-3])?") {
        let amount: Quantity = word(&text);
        prop_assert_eq!(amount.to_string(), text);
    }

    #[test]
    fn durations_survive_spelling(text in "([0-9]{1,5}[hms]){1,3}") {
        prop_assert_eq!(word::<GoDuration>(&text).to_string(), text);
    }
}

#[test]
fn words_of_grants() {
    accepts::<PolicyArn>(&[
        "arn:aws:iam::aws:policy/job-function/Billing",
        "arn:aws:iam::111122223333:policy/a/b",
    ]);
    refuses::<PolicyArn>(&[
        ("arn:aws:iam::111122223333:role/admins", "is a role, not a policy"),
        ("arn:aws:s3:::bucket", "belongs to `s3`"),
        ("arn:aws:iam::111122223333:policy/", "no valid name"),
    ]);
    accepts::<ManagedPolicy>(&["AmazonEKS_CNI_Policy", "arn:aws:iam::aws:policy/ReadOnlyAccess"]);
    refuses::<ManagedPolicy>(&[
        ("service-role/X", "has a path"),
        ("arn:aws:iam::aws:role/x", "not a policy"),
    ]);
    accepts::<IamPath>(&["/apps/", "/a/b/"]);
    refuses::<IamPath>(&[("apps", "no path of IAM"), ("/apps", "ends with `/`"), ("//", "no path of IAM")]);
    accepts::<ServiceAccountPattern>(&["shop/web", "preview-*/web", "build/*"]);
    refuses::<ServiceAccountPattern>(&[("web", "names no namespace"), ("Shop/web", "no valid namespace")]);
    assert!(word::<ServiceAccountPattern>("build/*").is_pattern());
    accepts::<IssuerUrl>(&["https://token.actions.githubusercontent.com", "https://example.com/a/b"]);
    refuses::<IssuerUrl>(&[("http://example.com", "`https://`"), ("https://example.com/", "at the end")]);
    assert_eq!(word::<IssuerUrl>("https://example.com/a").issuer(), "example.com/a");
    refuses::<Thumbprint>(&[("08:74", "40 digits")]);
}

#[test]
fn the_role_of_a_permission_set_needs_its_path() {
    accepts::<PrincipalArn>(&[
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_Admin_0123",
    ]);
    refuses::<PrincipalArn>(&[(
        "arn:aws:iam::111122223333:role/AWSReservedSSO_Admin_0123",
        "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123",
    )]);
}

#[test]
fn roles_sessions_and_user_names() {
    accepts::<RoleArn>(&["arn:aws:iam::111122223333:role/a/b"]);
    refuses::<RoleArn>(&[("arn:aws:iam::111122223333:user/ann", "is a user"), ("admin", "no ARN")]);
    accepts::<SessionName>(&["ci", "terraform@build"]);
    refuses::<SessionName>(&[("x", "2 to 64"), ("a b", "2 to 64")]);
    accepts::<Username>(&["robot", "admin:{{SessionName}}", "a:b-{{SessionName}}"]);
    refuses::<Username>(&[
        ("system:masters", "keeps for itself"),
        ("{{SessionName}}", "behind a colon"),
        ("a:{{EC2PrivateDNSName}}", "no user name"),
        ("", "no user name"),
    ]);
}
