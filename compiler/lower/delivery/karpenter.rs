//! Karpenter's classes and pools, as custom resources of the configs layer.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use crate::catalog::volumes::VolumeType;
use crate::cluster::{Cluster, Karpenter, NodeClass};
use crate::domain::{ExpireAfter, Key, Taint};
use crate::ir::{Deferred, Kustomization, Object, Placement, SharedTag, Unit, UnitKind, Volume};
use crate::lower::tags::{discovery, public_discovery};
use crate::lower::user_data::{self, Start};
use crate::lower::volumes::volumes;
use crate::source::{Address, Origin};
use crate::spec::{Budget, DiskKey, DiskKeyWord, Given, NodePool, NodeSubnets};

pub(super) fn unit(cluster: &Cluster) -> Option<Unit> {
    let karpenter = cluster.karpenter.as_ref()?;
    let classes = karpenter.classes.iter().map(|(name, class)| node_class(cluster, karpenter, name, class));
    let pools = karpenter.pools.iter().map(|(name, pool)| node_pool(name, pool));
    let kinds = ["karpenter.k8s.aws/EC2NodeClass", "karpenter.sh/NodePool"];
    Some(Unit {
        name: "karpenter".to_owned(),
        kind: UnitKind::Component,
        objects: classes.chain(pools).collect(),
        kustomization: Kustomization::default(),
        copies: BTreeMap::new(),
        provides: Vec::new(),
        needs: kinds.iter().filter_map(|kind| kind.parse().ok()).collect(),
        substitute: true,
        placement: Placement::default(),
        address: Address::of("spec.aws.karpenter"),
    })
}

fn node_class(cluster: &Cluster, karpenter: &Karpenter, name: &Key, class: &NodeClass) -> Object {
    let SharedTag { key, value } = discovery(cluster);
    let select = json!([{ "tags": { key: value } }]);
    let written = &class.written;
    let is_public = written.subnets == NodeSubnets::Public;
    let subnets = if is_public { public_discovery(cluster) } else { discovery(cluster) };
    let mut spec = Map::new();
    if cluster.is_isolated() {
        // IAM has no VPC endpoint, so Karpenter cannot make the profile itself.
        spec.insert("instanceProfile".to_owned(), json!(karpenter.node_role));
    } else {
        spec.insert("role".to_owned(), json!(karpenter.node_role));
    }
    spec.insert(
        "amiSelectorTerms".to_owned(),
        json!([{ "alias": format!("{}@{}", written.os, written.image) }]),
    );
    spec.insert("subnetSelectorTerms".to_owned(), json!([{ "tags": { subnets.key: subnets.value } }]));
    spec.insert("securityGroupSelectorTerms".to_owned(), select);
    if is_public {
        spec.insert("associatePublicIPAddress".to_owned(), json!(true));
    }
    spec.insert("blockDeviceMappings".to_owned(), devices(class));
    if written.instance_store {
        spec.insert("instanceStorePolicy".to_owned(), json!("RAID0"));
    }
    if written.monitoring {
        spec.insert("detailedMonitoring".to_owned(), json!(true));
    }
    if let Some(kubelet) = &written.kubelet {
        spec.insert("kubelet".to_owned(), json!(user_data::kubelet(kubelet)));
    }
    let start = Start {
        os: written.os,
        // Karpenter itself tells the kubelet.
        kubelet: None,
        bottlerocket: written.bottlerocket.as_ref(),
        scripts: &written.user_data,
        local_storage: None,
        // Karpenter tells the node of the cluster, too.
        join: None,
    };
    let start = user_data::user_data(&start);
    if let Some(start) = &start {
        spec.insert("userData".to_owned(), json!(start.text));
    }
    let mut tags: BTreeMap<String, String> =
        cluster.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())).collect();
    tags.extend(written.tags.iter().map(|(key, value)| (key.to_string(), value.to_string())));
    if !tags.is_empty() {
        spec.insert("tags".to_owned(), json!(tags));
    }
    let body = json!({
        "apiVersion": "karpenter.k8s.aws/v1",
        "kind": "EC2NodeClass",
        "metadata": { "name": name },
        "spec": spec,
    });
    let mut object = Object::new(format!("class-{name}.yaml"), body, Origin::from(&class.address));
    let selectors = Origin::Rule("the tag that the cluster's private subnets and node security group carry");
    let subnets = if is_public { Origin::Spec(class.address.key("subnets")) } else { selectors.clone() };
    let fields = [
        ("/spec/role", Origin::Spec(Address::of("spec.aws.karpenter.nodeRoleName"))),
        (
            "/spec/instanceProfile",
            Origin::Rule("IAM cannot be reached from this network, so Terraform makes the profile"),
        ),
        ("/spec/amiSelectorTerms", Origin::Spec(class.address.key("image"))),
        ("/spec/subnetSelectorTerms", subnets),
        ("/spec/associatePublicIPAddress", Origin::Spec(class.address.key("subnets"))),
        ("/spec/securityGroupSelectorTerms", selectors),
        ("/spec/blockDeviceMappings", Origin::Spec(class.address.key("disk"))),
        ("/spec/detailedMonitoring", Origin::Spec(class.address.key("monitoring"))),
        ("/spec/kubelet", Origin::Spec(class.address.key("kubelet"))),
        ("/spec/userData", Origin::Spec(class.address.key(start.map_or("userData", |one| one.field)))),
        ("/spec/tags", Origin::Spec(Address::of("metadata.tags"))),
    ];
    for (at, origin) in fields.into_iter().filter(|(at, _)| object.body.pointer(at).is_some()) {
        object.origins.insert(at.to_owned(), origin);
    }
    object
}

/// Disks as block devices: the one for images and pods is the root volume of Karpenter's arithmetic.
fn devices(class: &NodeClass) -> Value {
    let written = &class.written;
    let all = volumes(written.os, &written.disk, &written.disks, &class.address);
    let root = written.os.data_device();
    // The disk that Bottlerocket starts from holds nothing but its image; it is named where a key is chosen.
    let by_default =
        |volume: &Volume| volume.device != root && !volume.is_further && volume.key == DiskKey::default();
    let device = |volume: &Volume| {
        let is_root = !volume.is_further && volume.device == root;
        let mut device = Map::new();
        device.insert("deviceName".to_owned(), json!(volume.device));
        if is_root {
            device.insert("rootVolume".to_owned(), json!(true));
        }
        device.insert("ebs".to_owned(), ebs(volume));
        Value::Object(device)
    };
    all.iter().filter(|volume| !by_default(volume)).map(device).collect()
}

fn ebs(volume: &Volume) -> Value {
    let mut ebs = Map::new();
    ebs.insert("volumeSize".to_owned(), json!(volume.size));
    ebs.insert("volumeType".to_owned(), json!(volume.kind));
    if let Some(iops) = volume.iops {
        ebs.insert("iops".to_owned(), json!(iops));
    }
    if let (Some(throughput), VolumeType::Gp3) = (volume.throughput, volume.kind) {
        ebs.insert("throughput".to_owned(), json!(throughput));
    }
    ebs.insert("encrypted".to_owned(), json!(volume.key != DiskKey::Word(DiskKeyWord::None)));
    let key = match &volume.key {
        DiskKey::Word(DiskKeyWord::Managed) => Some(Deferred::DiskKeyArn.mark()),
        DiskKey::Word(DiskKeyWord::Aws | DiskKeyWord::None) => None,
        DiskKey::Existing(Given::Known(arn)) => Some(arn.to_string()),
        DiskKey::Existing(Given::Input(reference)) => Some(Deferred::Input(reference.input.clone()).mark()),
    };
    if let Some(key) = key {
        ebs.insert("kmsKeyID".to_owned(), json!(key));
    }
    ebs.insert("deleteOnTermination".to_owned(), json!(true));
    Value::Object(ebs)
}

fn node_pool(name: &Key, pool: &NodePool) -> Object {
    let address = Karpenter::pool_address(name);
    let mut template = Map::new();
    let group = "karpenter.k8s.aws";
    let class = Karpenter::class_of(pool);
    template
        .insert("nodeClassRef".to_owned(), json!({ "group": group, "kind": "EC2NodeClass", "name": class }));
    template.insert("requirements".to_owned(), Value::Array(requirements(pool)));
    if !pool.taints.is_empty() {
        template.insert("taints".to_owned(), taints(&pool.taints));
    }
    if !pool.startup_taints.is_empty() {
        template.insert("startupTaints".to_owned(), taints(&pool.startup_taints));
    }
    if let Some(expire) = &pool.expire_after {
        template.insert("expireAfter".to_owned(), json!(expire));
    }
    if let Some(grace) = &pool.termination_grace_period {
        template.insert("terminationGracePeriod".to_owned(), json!(grace));
    }
    let mut node = Map::new();
    if !pool.labels.is_empty() {
        node.insert("metadata".to_owned(), json!({ "labels": pool.labels }));
    }
    node.insert("spec".to_owned(), Value::Object(template));
    let mut spec = Map::new();
    spec.insert("template".to_owned(), Value::Object(node));
    spec.insert("disruption".to_owned(), disruption(pool));
    if !pool.limits.is_empty() {
        spec.insert("limits".to_owned(), json!(pool.limits));
    }
    if let Some(weight) = pool.weight {
        spec.insert("weight".to_owned(), json!(weight));
    }
    let body = json!({
        "apiVersion": "karpenter.sh/v1",
        "kind": "NodePool",
        "metadata": { "name": name },
        "spec": spec,
    });
    let mut object = Object::new(format!("pool-{name}.yaml"), body, Origin::from(&address));
    let fields = [
        ("/spec/template/spec/nodeClassRef", "class"),
        ("/spec/template/spec/taints", "taints"),
        ("/spec/template/spec/startupTaints", "startupTaints"),
        ("/spec/template/spec/expireAfter", "expireAfter"),
        ("/spec/template/spec/terminationGracePeriod", "terminationGracePeriod"),
        ("/spec/template/metadata/labels", "labels"),
        ("/spec/disruption", "disruption"),
        ("/spec/limits", "limits"),
        ("/spec/weight", "weight"),
    ];
    for (at, field) in fields.into_iter().filter(|(at, _)| object.body.pointer(at).is_some()) {
        object.origins.insert(at.to_owned(), Origin::Spec(address.key(field)));
    }
    for (index, (field, _)) in requirement_fields(pool).into_iter().enumerate() {
        object
            .origins
            .insert(format!("/spec/template/spec/requirements/{index}"), Origin::Spec(address.key(field)));
    }
    object
}

fn requirements(pool: &NodePool) -> Vec<Value> {
    requirement_fields(pool).into_iter().map(|(_, requirement)| requirement).collect()
}

/// Requirements, each with the field that asks for it.
fn requirement_fields(pool: &NodePool) -> Vec<(&'static str, Value)> {
    let one_of = |key: &str, values: Vec<String>| json!({ "key": key, "operator": "In", "values": values });
    let words = |words: Vec<&str>| words.into_iter().map(str::to_owned).collect::<Vec<_>>();
    let mut out = vec![("os", one_of("kubernetes.io/os", words(vec!["linux"])))];
    let arch: Vec<&str> = pool.arch.iter().map(|arch| arch.as_str()).collect();
    out.push((
        "arch",
        one_of("kubernetes.io/arch", words(if arch.is_empty() { vec!["amd64"] } else { arch })),
    ));
    let capacity: Vec<&str> = pool.capacity.iter().map(|capacity| capacity.as_str()).collect();
    let capacity = words(if capacity.is_empty() { vec!["on-demand"] } else { capacity });
    out.push(("capacity", one_of("karpenter.sh/capacity-type", capacity)));
    if !pool.instance_types.is_empty() {
        let types = pool.instance_types.iter().map(ToString::to_string).collect();
        out.push(("instanceTypes", one_of("node.kubernetes.io/instance-type", types)));
    }
    for (key, is_category) in
        [("karpenter.k8s.aws/instance-category", true), ("karpenter.k8s.aws/instance-family", false)]
    {
        let of_kind = pool.families.iter().filter(|word| word.is_category() == is_category);
        let values: Vec<String> = of_kind.map(|word| word.0.clone()).collect();
        if !values.is_empty() {
            out.push(("families", one_of(key, values)));
        }
    }
    if let Some(generation) = pool.newer_than_generation {
        let values = [generation.to_string()];
        let requirement =
            json!({ "key": "karpenter.k8s.aws/instance-generation", "operator": "Gt", "values": values });
        out.push(("newerThanGeneration", requirement));
    }
    if !pool.zones.is_empty() {
        let zones = pool.zones.iter().map(ToString::to_string).collect();
        out.push(("zones", one_of("topology.kubernetes.io/zone", zones)));
    }
    for requirement in &pool.requirements {
        let mut value = Map::new();
        value.insert("key".to_owned(), json!(requirement.key));
        value.insert("operator".to_owned(), json!(requirement.operator));
        if !requirement.values.is_empty() {
            value.insert("values".to_owned(), json!(requirement.values));
        }
        if let Some(least) = requirement.min_values {
            value.insert("minValues".to_owned(), json!(least));
        }
        out.push(("requirements", Value::Object(value)));
    }
    out
}

fn taints(taints: &[Taint]) -> Value {
    json!(taints)
}

fn disruption(pool: &NodePool) -> Value {
    let written = &pool.disruption;
    let after = match &written.after {
        ExpireAfter::Never => "Never".to_owned(),
        ExpireAfter::After(duration) => duration.to_string(),
    };
    let mut out = Map::new();
    out.insert("consolidationPolicy".to_owned(), json!(written.consolidate.word()));
    out.insert("consolidateAfter".to_owned(), json!(after));
    if !written.budgets.is_empty() {
        out.insert("budgets".to_owned(), Value::Array(written.budgets.iter().map(budget).collect()));
    }
    Value::Object(out)
}

fn budget(budget: &Budget) -> Value {
    let mut out = Map::new();
    out.insert("nodes".to_owned(), json!(budget.nodes.to_string()));
    if !budget.reasons.is_empty() {
        out.insert("reasons".to_owned(), json!(budget.reasons));
    }
    if let Some(schedule) = &budget.schedule {
        out.insert("schedule".to_owned(), json!(schedule));
    }
    if let Some(duration) = &budget.duration {
        out.insert("duration".to_owned(), json!(duration));
    }
    Value::Object(out)
}
