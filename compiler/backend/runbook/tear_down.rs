//! The runbook's chapter about how the cluster goes: the reverse of the cold start.

use super::{Page, access, foundation, kubeconfig};
use crate::ir::{Infra, Ir};
use crate::source::Address;

/// How everything goes, and nothing is left in the account.
pub(super) fn say(page: &mut Page, ir: &Ir) {
    let infra = &ir.infra;
    let name = &infra.name;
    page.chapter("Tear down");
    page.say(
        "In this order: what controllers made in AWS (load balancers, volumes, Karpenter's instances) is not in \
         Terraform's state and keeps the network from going.\n",
    );
    page.commands(&[kubeconfig(ir)]);
    access::keep_config_map(page, ir);
    if infra.protect {
        let at = Address::of("spec.aws.protect");
        page.step_for("Lift the protection", at.clone());
        page.asked_by(
            "AWS and Terraform refuse to delete what is protected. Write `protect: false` in the spec, build again, and:\n",
            at,
        );
        page.commands(&[format!("terraform -chdir=terraform/{name}/cluster apply")]);
    }
    if infra.bootstrap.is_some() {
        controllers(page);
    }
    if infra.karpenter.is_some() {
        karpenter(page, infra);
    }
    if infra.bootstrap.is_some() {
        page.step("Flux");
        if infra.terraform_brings_flux() {
            page.commands(&[format!("terraform -chdir=terraform/{name}/gitops destroy")]);
        } else {
            page.commands(&["flux uninstall --silent".to_owned()]);
        }
    }
    page.step("The cluster and its network");
    let mut lines = vec![format!("terraform -chdir=terraform/{name}/cluster destroy")];
    if !infra.control_plane.logs.is_empty() {
        lines.push(format!(
            "aws logs delete-log-group --region {} --log-group-name /aws/eks/{name}/cluster   # if EKS made it once more",
            infra.region
        ));
    }
    page.commands(&lines);
    if infra.trail.as_ref().is_some_and(|trail| !trail.delete_with_cluster) {
        page.asked_by(
            "The trail's bucket is kept while it holds events: empty it first, or set `deleteWithCluster`.\n",
            Address::of("spec.aws.audit.cloudTrail.deleteWithCluster"),
        );
    }
    foundation::tear_down(page, infra);
}

/// What brings things back is stopped, and what controllers made goes while they still run.
fn controllers(page: &mut Page) {
    page.step("Stop Flux from bringing things back");
    page.commands(&["flux suspend kustomization --all".to_owned()]);
    page.step("Let controllers remove what they made");
    page.say("Load balancers, then the claims of volumes; a claim goes when its pods do:\n");
    page.commands(&[
        "kubectl delete ingress --all --all-namespaces --ignore-not-found".to_owned(),
        "kubectl get crd gateways.gateway.networking.k8s.io >/dev/null 2>&1 && \
         kubectl delete gateways.gateway.networking.k8s.io --all --all-namespaces --timeout=10m"
            .to_owned(),
        "kubectl get services --all-namespaces --field-selector spec.type=LoadBalancer --no-headers \
         -o custom-columns=NS:.metadata.namespace,N:.metadata.name | \
         while read -r ns svc; do kubectl -n \"$ns\" delete service \"$svc\" --timeout=10m; done"
            .to_owned(),
        "kubectl delete persistentvolumeclaims --all --all-namespaces --wait=false   # deletes data: skip what must stay"
            .to_owned(),
        "kubectl delete deployments,statefulsets,jobs,cronjobs --all --namespace=NAMESPACE   # each namespace with claims"
            .to_owned(),
        "kubectl wait --for=delete persistentvolumes --all --timeout=10m   # those with reclaim policy Retain stay"
            .to_owned(),
    ]);
}

fn karpenter(page: &mut Page, infra: &Infra) {
    let name = &infra.name;
    page.step("Karpenter's nodes, while its controller still runs");
    page.commands(&[
        "kubectl delete nodepools --all --timeout=20m".to_owned(),
        "kubectl wait --for=delete nodeclaims --all --timeout=20m".to_owned(),
        "kubectl delete ec2nodeclasses --all --timeout=10m".to_owned(),
        format!(
            "aws ec2 describe-instances --region {} --filters Name=tag:kubernetes.io/cluster/{name},Values=owned \
             Name=tag-key,Values=karpenter.sh/nodepool Name=instance-state-name,Values=pending,running,stopping \
             --query 'Reservations[].Instances[].InstanceId' --output text   # must print nothing",
            infra.region
        ),
    ]);
}
