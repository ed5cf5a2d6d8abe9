//! Clusters for tests: a small one, a full one, and one without a way to the internet.

use std::collections::BTreeMap;

use serde::de::DeserializeOwned;
use serde_json::{Value, json};

use crate::catalog::access::AccessPolicy;
use crate::catalog::ami::{Driver, OperatingSystem};
use crate::catalog::logs::LogType;
use crate::catalog::volumes::VolumeType;
use crate::cluster::Tier;
use crate::domain::{Architecture, CapacityType, Partition, Region};
use crate::ir::*;
use crate::source::{Address, Origin};
use crate::spec::{self, DataEvents, DiskKey, Effect, Given, Mechanism, SecretsKey, SecretsKeyWord, Support};

fn of<T: DeserializeOwned>(value: Value) -> T {
    serde_json::from_value(value).unwrap()
}

fn at(dotted: &str) -> Origin {
    Origin::Spec(Address::of(dotted))
}

fn tags(pairs: &[(&str, &str)]) -> BTreeMap<String, String> {
    pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
}

/// Subnets and route tables of two zones; `nat` leads private subnets out.
fn network(nat: bool) -> Network {
    let mut subnets = Vec::new();
    let tiers: &[(Tier, u8)] = if nat {
        &[(Tier::Public, 50), (Tier::Private, 0), (Tier::Intra, 101)]
    } else {
        &[(Tier::Private, 0), (Tier::Intra, 101)]
    };
    for (tier, first) in tiers {
        for (index, zone) in [(0, "us-east-1a"), (1, "us-east-1b")] {
            let cidr = match tier {
                Tier::Private => format!("10.0.{}.0/20", 16 * index),
                _ => format!("10.0.{}.0/24", first + index),
            };
            let role = match tier {
                Tier::Public => tags(&[("kubernetes.io/role/elb", "1")]),
                Tier::Private => tags(&[
                    ("karpenter.sh/discovery", "platform"),
                    ("kubernetes.io/cluster/platform", "shared"),
                    ("kubernetes.io/role/internal-elb", "1"),
                ]),
                _ => tags(&[]),
            };
            subnets.push(Subnet {
                key: format!("{}-{zone}", tier.word()),
                tier: *tier,
                zone: of(json!(zone)),
                cidr: of(json!(cidr)),
                tags: role,
                public_ips: false,
                ipv6: None,
                route_table: tier.word().to_owned(),
                origin: Origin::Spec(tier.address()),
            });
        }
    }
    let tables = tiers.iter().map(|(tier, _)| RouteTable {
        key: tier.word().to_owned(),
        tier: *tier,
        way_out: match tier {
            Tier::Public => WayOut::Internet,
            Tier::Private if nat => WayOut::Nat("main".to_owned()),
            _ => WayOut::Nowhere,
        },
    });
    Network {
        cidr: of(json!("10.0.0.0/16")),
        secondary_cidrs: vec![],
        nat_gateways: if nat {
            vec![NatGateway { key: "main".to_owned(), subnet: "public-us-east-1a".to_owned() }]
        } else {
            vec![]
        },
        route_tables: tables.collect(),
        subnets,
        endpoints: vec![],
        ipv6: false,
        subnet_groups: vec![],
        flow_logs: None,
    }
}

fn volume(device: &str, size: &str) -> Volume {
    Volume {
        device: device.to_owned(),
        size: of(json!(size)),
        kind: VolumeType::Gp3,
        iops: None,
        throughput: None,
        key: DiskKey::default(),
        is_further: false,
        origin: Origin::Rule("a test asks for it"),
    }
}

fn group(key: &str, os: OperatingSystem, ami_type: &str) -> NodeGroup {
    NodeGroup {
        key: key.to_owned(),
        os,
        arch: Architecture::Arm64,
        driver: Driver::None,
        image: None,
        upkeep: Upkeep::Managed(Managed {
            ami_type: ami_type.to_owned(),
            version: None,
            release: None,
            force_update: false,
            update_timeout: None,
            max_unavailable: "33%".to_owned(),
        }),
        instance_types: of(json!(["t4g.medium", "c6g.medium", "m6g.medium"])),
        capacity: CapacityType::Spot,
        size: of(json!({ "min": 1, "max": 5, "desired": 3 })),
        subnets: ["private-us-east-1a", "private-us-east-1b"].map(str::to_owned).into(),
        tier: Tier::Private,
        monitoring: false,
        ssh_key: None,
        max_pods: None,
        user_data: None,
        scaling_tags: vec![],
        volumes: vec![volume(os.data_device(), "50Gi")],
        labels: BTreeMap::new(),
        taints: of(json!([{ "key": "CriticalAddonsOnly", "value": "true", "effect": "NoSchedule" }])),
        generation: None,
        metadata: of(json!({})),
        placement: None,
        enclave: false,
        ebs_optimized: None,
        address: Address::of("spec.aws.nodeGroups").key(key),
    }
}

fn addon(name: &str, moment: Moment) -> Addon {
    Addon {
        name: name.to_owned(),
        version: "newest".to_owned(),
        configuration: serde_json::Map::new(),
        overwrite: true,
        moment,
        identity: None,
        tolerates: vec![],
        address: Address::of("spec.aws.addons").key(name),
    }
}

/// A statement that allows one action on one resource.
pub(crate) fn statement(sid: &str, resource: &str) -> Statement {
    Statement {
        sid: sid.to_owned(),
        effect: Effect::Allow,
        actions: vec!["sqs:ReceiveMessage".to_owned()],
        resources: vec![Text::of(resource)],
        conditions: vec![],
        origin: Origin::Rule("a test asks for it"),
    }
}

fn identity(key: &str, mechanism: Mechanism, consumer: Consumer) -> Identity {
    Identity {
        key: key.to_owned(),
        accounts: vec![ServiceAccount { namespace: "kube-system".to_owned(), name: key.to_owned() }],
        mechanism,
        managed_policies: vec![],
        statements: vec![],
        principals: vec![],
        settings: RoleSettings::default(),
        consumer,
        origin: at("spec.aws.identities").clone(),
        address: Address::of("spec.aws.identities").key(key),
    }
}

/// The smallest cluster: one group, the add-ons that every cluster has, no Flux.
pub(crate) fn minimal() -> Infra {
    let region: Region = of(json!("us-east-1"));
    Infra {
        name: "platform".to_owned(),
        partition: Partition::Aws.as_str().to_owned(),
        region: region.to_string(),
        account: None,
        tags: BTreeMap::new(),
        foundation: None,
        state: of(json!({ "bucket": "acme-tf-state" })),
        inputs: BTreeMap::new(),
        network: network(true),
        node_security_group: SecurityGroup { tags: BTreeMap::new(), from_control_plane: vec![] },
        control_plane: ControlPlane {
            version: "1.35".to_owned(),
            support: Support::Standard,
            tier: Tier::Intra,
            private: true,
            public: vec![],
            service_cidr: of(json!("172.20.0.0/16")),
            secrets_key: SecretsKey::Word(SecretsKeyWord::None),
            logs: vec![],
            log_days: 90,
        },
        node_role: Role {
            suffix: "node".to_owned(),
            managed_policies: ["AmazonEKSWorkerNodePolicy", "AmazonEC2ContainerRegistryPullOnly"]
                .map(str::to_owned)
                .into(),
        },
        disk_key: None,
        self_managed_role: Role {
            suffix: "self-managed-node".to_owned(),
            managed_policies: vec!["AmazonEKSWorkerNodePolicy".to_owned()],
        },
        node_groups: vec![NodeGroup {
            taints: vec![],
            ..group("system", OperatingSystem::Al2023, "AL2023_ARM_64_STANDARD")
        }],
        fargate: vec![],
        identities: vec![],
        oidc_providers: vec![],
        boundary: None,
        access: vec![],
        authentication: spec::Authentication::Api,
        aws_auth: None,
        roles: vec![],
        assume_role: None,
        addons: vec![
            addon("kube-proxy", Moment::BeforeNodes),
            addon("vpc-cni", Moment::BeforeNodes),
            Addon { version: "default".to_owned(), ..addon("coredns", Moment::AfterNodes) },
        ],
        karpenter: None,
        trail: None,
        security_groups: vec![],
        traffic_rules: vec![],
        bastion: None,
        certificates: vec![],
        protect: false,
        bootstrap: None,
        facts: vec![],
        handed_secrets: vec![],
    }
}

fn inputs() -> Value {
    json!({
        "operator_cidr": { "type": "cidr", "description": "The address that may reach the API." },
        "access_role": { "type": "iam-role-arn" },
        "account": { "type": "account-id" },
        "branch": { "type": "branch" },
        "deploy_key": { "type": "string" },
        "known_hosts": { "type": "string" },
        "git_email": { "type": "string" },
        "gpg_ring": { "type": "string", "sensitive": true },
        "gpg_id": { "type": "string" },
        "key_arn": { "type": "arn" },
        "unused": { "type": "string" },
    })
}

/// A cluster with all that can be asked for. Names follow seed system 001.
pub(crate) fn platform(way: spec::Bootstrap) -> Infra {
    let mut infra = minimal();
    infra.tags = tags(&[("Environment", "dev"), ("team", "data")]);
    infra.account = Some(of(json!({ "input": "account" })));
    infra.state = of(json!({ "bucket": "acme-tf-state", "region": "us-east-2", "prefix": "clusters" }));
    infra.inputs = of(inputs());
    infra.network.secondary_cidrs = of(json!(["100.64.0.0/16"]));
    if let Some(subnet) = infra.network.subnets.last_mut() {
        subnet.cidr = of(json!("100.64.0.0/24"));
    }
    infra.node_security_group = SecurityGroup {
        tags: tags(&[("karpenter.sh/discovery", "platform"), ("kubernetes.io/cluster/platform", "owned")]),
        from_control_plane: [(9443, "load balancer webhook"), (10250, "metrics-server"), (9443, "keda")]
            .map(|(port, why)| OpenPort { port, why: why.to_owned(), origin: Origin::Rule("a webhook") })
            .into(),
    };
    infra.control_plane.public = of(json!([{ "input": "operator_cidr" }, "198.51.100.0/24"]));
    infra.control_plane.secrets_key = SecretsKey::Word(SecretsKeyWord::Managed);
    infra.control_plane.logs = vec![LogType::Api, LogType::Audit];
    let mut bottlerocket = group("bottle-rocket", OperatingSystem::Bottlerocket, "BOTTLEROCKET_ARM_64");
    bottlerocket.labels = of(json!({ "pool": "one", "acme.dev/tier": "b" }));
    let data = Volume { iops: Some(4000), throughput: Some(250), ..volume("/dev/xvdb", "100G") };
    bottlerocket.volumes = vec![volume("/dev/xvda", "4Gi"), data];
    infra.node_groups =
        vec![group("karpenter", OperatingSystem::Al2023, "AL2023_ARM_64_STANDARD"), bottlerocket];
    infra.disk_key =
        Some(KeyForDisks { alias: "ebs".to_owned(), address: Address::of("spec.aws.nodeGroups") });
    infra.node_role.managed_policies.push("AmazonSSMManagedInstanceCore".to_owned());
    infra.access = vec![
        Access {
            key: "cluster-poweruser".to_owned(),
            principal: of(json!({ "input": "access_role" })),
            policy: Some(AccessPolicy::ClusterAdmin),
            namespaces: vec![],
            groups: vec![],
            cluster_role: None,
            username: None,
        },
        Access {
            key: "developers".to_owned(),
            principal: of(json!("arn:aws:iam::123456789012:role/developers")),
            policy: Some(AccessPolicy::Edit),
            namespaces: vec!["web".to_owned(), "api".to_owned()],
            groups: vec!["developers".to_owned()],
            cluster_role: None,
            username: None,
        },
    ];
    identities(&mut infra);
    infra.karpenter = Some(KarpenterInfra {
        queue: "Karpenter-platform".to_owned(),
        node_role: "Karpenter-platform".to_owned(),
        instance_profile: false,
        managed_policies: ["AmazonEKSWorkerNodePolicy", "AmazonSSMManagedInstanceCore"]
            .map(str::to_owned)
            .into(),
        discovery: SharedTag { key: "karpenter.sh/discovery".to_owned(), value: "platform".to_owned() },
        buys_spot: true,
        version: semver::Version::new(1, 14, 1),
    });
    infra.trail = Some(Trail {
        data_events: vec![DataEvents::Sqs, DataEvents::S3],
        multi_region: true,
        retention_days: 90,
        delete_with_cluster: true,
    });
    flux(&mut infra, way);
    infra
}

fn identities(infra: &mut Infra) {
    let mut karpenter =
        identity("karpenter", Mechanism::PodIdentity, Consumer::Component("karpenter".to_owned()));
    let node_role = Deferred::NodeRoleArn.mark();
    karpenter.statements = vec![
        statement("AllowQueue", &Deferred::QueueArn.mark()),
        Statement {
            conditions: vec![(
                "StringEquals".to_owned(),
                vec![
                    (Text::of("iam:PassedToService"), vec![Text::of("ec2.amazonaws.com")]),
                    (Text::of("aws:ResourceTag/x"), vec![Text::of("${aws:PrincipalTag/x}"), Text::of("b")]),
                ],
            )],
            ..statement("AllowPass", &node_role)
        },
        statement(
            "AllowProfiles",
            &format!("arn:aws:iam::{}:instance-profile/*", Deferred::AccountId.mark()),
        ),
    ];
    let mut ebs = identity(
        "aws-ebs-csi-driver",
        Mechanism::PodIdentity,
        Consumer::Addon("aws-ebs-csi-driver".to_owned()),
    );
    ebs.managed_policies = vec!["AmazonEBSCSIDriverPolicy".to_owned()];
    let mut cni = identity("vpc-cni", Mechanism::Irsa, Consumer::Addon("vpc-cni".to_owned()));
    cni.managed_policies = vec!["AmazonEKS_CNI_Policy".to_owned()];
    let mut long = identity("long", Mechanism::Irsa, Consumer::App);
    long.statements = (0..40)
        .map(|index| statement(&format!("Read{index}"), &format!("arn:aws:sqs:*:*:{}", "q".repeat(300))))
        .collect();
    infra.identities = vec![karpenter, ebs, cni, long];
    let driver = addon("aws-ebs-csi-driver", Moment::AfterNodes);
    infra.addons.push(Addon {
        identity: Some("aws-ebs-csi-driver".to_owned()),
        version: "v1.50.0-eksbuild.1".to_owned(),
        overwrite: false,
        ..driver
    });
    infra.addons.push(addon("eks-pod-identity-agent", Moment::BeforeNodes));
    for addon in &mut infra.addons {
        if addon.name == "vpc-cni" {
            addon.identity = Some("vpc-cni".to_owned());
            addon.configuration =
                of(json!({ "env": { "ENABLE_PREFIX_DELEGATION": "true", "WARM_PREFIX_TARGET": "1" } }));
        }
    }
}

fn flux(infra: &mut Infra, way: spec::Bootstrap) {
    infra.bootstrap = Some(Bootstrap {
        way,
        version: "2.9".to_owned(),
        repository: "ssh://git@github.com/acme/platform.git".to_owned(),
        branch: of(json!({ "input": "branch" })),
        path: "kube/clusters/platform".to_owned(),
        auth: Some(of(json!({
            "ssh": { "privateKey": { "input": "deploy_key" }, "knownHosts": { "input": "known_hosts" } }
        }))),
        author: Some(of(json!({ "name": "platform", "email": { "input": "git_email" } }))),
        signing: Some(of(json!({ "keyRing": { "input": "gpg_ring" }, "keyId": { "input": "gpg_id" } }))),
        selector: BTreeMap::new(),
        toleration_keys: vec!["CriticalAddonsOnly".to_owned()],
    });
    let fact = |deferred: Deferred| FactValue {
        name: deferred.name(),
        value: Text::deferred(deferred),
        origin: at("spec.gitops.facts"),
    };
    infra.facts = [
        Deferred::AccountId,
        Deferred::VpcId,
        Deferred::ClusterEndpoint,
        Deferred::OidcIssuer,
        Deferred::QueueArn,
        Deferred::DiskKeyArn,
        Deferred::NodeRoleArn,
        Deferred::RoleArn("aws-ebs-csi-driver".to_owned()),
    ]
    .map(fact)
    .into();
}

/// A cluster whose nodes reach AWS only through VPC endpoints.
pub(crate) fn isolated() -> Infra {
    let mut infra = platform(spec::Bootstrap::Operator);
    infra.network = network(false);
    let services = ["ec2", "ecr.api", "ecr.dkr", "eks-auth", "s3", "sqs", "sts"];
    infra.network.endpoints = services
        .map(|service| VpcEndpoint {
            service: service.to_owned(),
            is_gateway: service == "s3",
            why: format!("Nodes need {service}."),
        })
        .into();
    infra.account = Some(of(json!("123456789012")));
    infra.control_plane.public = vec![];
    infra.control_plane.secrets_key = SecretsKey::Existing(of(json!({ "input": "key_arn" })));
    if let Some(karpenter) = &mut infra.karpenter {
        karpenter.instance_profile = true;
        karpenter.version = semver::Version::new(1, 9, 0);
    }
    if let Some(bootstrap) = &mut infra.bootstrap {
        bootstrap.branch = Given::Known(of(json!("main")));
        bootstrap.repository = "https://github.com/acme/platform.git".to_owned();
        bootstrap.auth = Some(of(json!({ "token": { "password": { "input": "deploy_key" } } })));
    }
    infra
}
