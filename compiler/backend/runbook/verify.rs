//! How people see that the cluster works: nodes, layers, releases, and that service accounts have their roles.

use serde_json::{Value, json};

use super::{Page, kubeconfig};
use crate::catalog::images;
use crate::ir::{Consumer, Identity, Ir, ServiceAccount};
use crate::source::Address;
use crate::syntax::shell::quoted;

/// Whether everything has come.
pub(super) fn say(page: &mut Page, ir: &Ir) {
    page.chapter("Verify");
    let mut lines = vec![kubeconfig(ir), "kubectl get nodes".to_owned()];
    if let Some(delivery) = &ir.delivery {
        lines.push("flux check".to_owned());
        for kustomization in &delivery.kustomizations {
            let Some(layer) = delivery.layer(&kustomization.layer) else { continue };
            lines.push(format!(
                "kubectl -n flux-system wait kustomization/{} --for=condition=Ready --timeout={}",
                kustomization.name, layer.timeout
            ));
        }
        lines.push("flux get helmreleases --all-namespaces".to_owned());
    }
    if ir.infra.karpenter.is_some() {
        lines.push("kubectl get ec2nodeclasses,nodepools".to_owned());
    }
    page.commands(&lines);
    compare_groups(page, ir);
    find_strangers(page, ir);
    ask_for_roles(page, ir);
}

/// An instance that does not join is shown nowhere in the cluster: only the numbers differ.
fn compare_groups(page: &mut Page, ir: &Ir) {
    if !ir.infra.has_managed_groups() {
        return;
    }
    let (region, name) = (&ir.infra.region, &ir.infra.name);
    let at = Address::of("spec.aws.nodeGroups");
    page.asked_by(
        "Every node group has as many Ready nodes as it wants; instances that do not join show only here:\n",
        at,
    );
    page.commands(&[
        format!("for group in $(aws eks list-nodegroups --region {region} --cluster-name {name} --query 'nodegroups[]' --output text); do"),
        format!(
            "  wanted=$(aws eks describe-nodegroup --region {region} --cluster-name {name} --nodegroup-name \"$group\" \
             --query nodegroup.scalingConfig.desiredSize --output text)"
        ),
        "  ready=$(kubectl get nodes --selector \"eks.amazonaws.com/nodegroup=$group\" --no-headers 2>/dev/null | awk '$2 ~ /^Ready/' | wc -l)".to_owned(),
        "  echo \"$group: $wanted wanted, $ready ready\"".to_owned(),
        "done".to_owned(),
    ]);
}

/// Machines of auto scaling groups say nowhere that they are no nodes.
fn find_strangers(page: &mut Page, ir: &Ir) {
    let region = &ir.infra.region;
    let own = ir.infra.node_groups.iter().filter(|group| group.self_managed().is_some());
    let names: Vec<String> = own.map(|group| format!("{}-{}", ir.infra.name, group.key)).collect();
    if names.is_empty() {
        return;
    }
    let at = Address::of("spec.aws.nodeGroups");
    page.asked_by(
        "EKS does not show self-managed groups. This names their machines that have not joined:\n",
        at,
    );
    page.commands(&[
        format!("for group in {}; do", names.join(" ")),
        format!(
            "  for id in $(aws autoscaling describe-auto-scaling-groups --region {region} --auto-scaling-group-names \
             \"$group\" --query 'AutoScalingGroups[].Instances[].InstanceId' --output text); do"
        ),
        "    kubectl get nodes --output custom-columns=ID:.spec.providerID | grep -q \"$id\" || echo \"$group: $id has not joined\""
            .to_owned(),
        "  done".to_owned(),
        "done".to_owned(),
    ]);
}

/// A pod of each service account of an app says who it is in AWS.
fn ask_for_roles(page: &mut Page, ir: &Ir) {
    let exact = |account: &&ServiceAccount| !account.namespace.contains('*') && !account.name.contains('*');
    let of_apps = ir.infra.identities.iter().filter(|identity| identity.consumer == Consumer::App);
    let asked: Vec<(&Identity, Vec<&ServiceAccount>)> = of_apps
        .map(|identity| (identity, identity.accounts.iter().filter(exact).collect::<Vec<_>>()))
        .filter(|(_, accounts)| !accounts.is_empty())
        .collect();
    if asked.is_empty() {
        return;
    }
    page.say("A pod of each service account says which role it has; without its identity it has none, or the node's:\n");
    if !ir.infra.network.endpoints.is_empty() {
        page.say(
            "`IMAGE` stands for one with the AWS command line, in a registry that the network reaches.\n",
        );
    }
    page.say("```sh");
    for (identity, accounts) in asked {
        for account in accounts {
            page.asked_by(&question(ir, identity, account), identity.address.clone());
        }
    }
    page.say("```\n");
}

fn question(ir: &Ir, identity: &Identity, account: &ServiceAccount) -> String {
    let is_isolated = !ir.infra.network.endpoints.is_empty();
    let image = if is_isolated { "IMAGE" } else { images::AWS_CLI };
    let anywhere: Value = json!([{ "operator": "Exists" }]);
    let pod = json!({ "spec": { "serviceAccountName": account.name, "tolerations": anywhere } });
    format!(
        "kubectl --namespace={} run who-is-{} --rm --stdin --quiet --restart=Never --pod-running-timeout=5m --image={} \
         --overrides={} -- sts get-caller-identity --query Arn --output text   # must name {}-{}",
        account.namespace,
        identity.key,
        image,
        quoted(&pod.to_string()),
        ir.infra.name,
        identity.key
    )
}
