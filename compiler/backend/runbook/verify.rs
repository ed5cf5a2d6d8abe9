//! The runbook's chapter about how to see that everything has come.

use super::{Page, kubeconfig};
use crate::ir::Ir;
use crate::source::Address;

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
}

/// An instance that does not join is shown nowhere in the cluster: only the numbers differ.
fn compare_groups(page: &mut Page, ir: &Ir) {
    if ir.infra.node_groups.is_empty() {
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
