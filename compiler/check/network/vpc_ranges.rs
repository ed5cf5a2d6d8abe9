//! AWS takes the VPC's further ranges beside its first.

use crate::check::Context;
use crate::diagnostic::Sink;
use crate::domain::{Cidr, fixed};
use crate::source::Address;

crate::diagnostic! {
    /// A further range of the VPC is of a family that AWS does not join with that of the first range.
    ///
    /// The private families 10.0.0.0/8, 172.16.0.0/12 and 192.168.0.0/16 do not mix, no private one joins a public range or
    /// 100.64.0.0/10, and 198.19.0.0/16 joins nothing (VPC user guide, 2026). The VPC is made, and then the apply stops.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { cidr: 10.0.0.0/16, secondaryCidrs: [ 192.168.0.0/20 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take a range of the same family, or of 100.64.0.0/10, which joins every private one:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { cidr: 10.0.0.0/16, secondaryCidrs: [ 10.1.0.0/16, 100.64.0.0/16 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub RANGES_DO_NOT_MIX = E0333: "AWS does not take this range beside the VPC's first"
}

crate::diagnostic! {
    /// A VPC has five IPv4 ranges at most, the first one counted, unless AWS has raised the account's quota.
    ///
    /// The apply stops at the sixth.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { secondaryCidrs: [ 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16, 10.5.0.0/16 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Take fewer and larger ranges:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     network: { secondaryCidrs: [ 10.1.0.0/16, 10.2.0.0/16, 10.3.0.0/16, 10.4.0.0/16 ] }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub MANY_RANGES = W0334: "the VPC has more ranges than AWS grants unasked"
}

/// IPv4 ranges of one VPC, unless the quota is raised (VPC quotas, 2026).
const GRANTED: usize = 5;

pub(in crate::check) fn check(context: &Context<'_>, sink: &mut Sink) {
    let network = &context.cluster.network;
    let address = Address::of("spec.aws.network.secondaryCidrs");
    for (index, range) in network.secondary_cidrs.iter().enumerate() {
        let Some(help) = refused(&network.cidr, range) else { continue };
        sink.report(
            RANGES_DO_NOT_MIX
                .at(
                    context.spec.value(&address.index(index)),
                    "of a family that does not join the first range",
                )
                .also(
                    context.spec.value(&Address::of("spec.aws.network.cidr")),
                    format!("the VPC starts with {}", network.cidr),
                )
                .title(format!("AWS does not take {range} beside {}", network.cidr))
                .why("the VPC is made, and then the apply stops at this range")
                .help(help),
        );
    }
    if network.secondary_cidrs.len() >= GRANTED {
        let all = network.secondary_cidrs.len() + 1;
        sink.report(
            MANY_RANGES
                .at(context.spec.value(&address), format!("with the first one these are {all}"))
                .why(format!("without a raised quota AWS refuses the range after number {GRANTED}"))
                .help("take fewer and larger ranges, or have the quota raised and accept this warning"),
        );
    }
}

/// A family of addresses that AWS tells apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Family {
    Ten,
    SeventeenTwo,
    NineteenTwo,
    Nineteen,
    Other,
}

fn family(range: &Cidr) -> Family {
    let families = [
        (Family::Ten, fixed::<Cidr>("10.0.0.0/8")),
        (Family::SeventeenTwo, fixed("172.16.0.0/12")),
        (Family::NineteenTwo, fixed("192.168.0.0/16")),
        (Family::Nineteen, fixed("198.19.0.0/16")),
    ];
    let found = families.into_iter().find(|(_, all)| all.contains(range));
    found.map_or(Family::Other, |(family, _)| family)
}

/// What to write instead, if AWS refuses `range` in a VPC that starts with `first`.
fn refused(first: &Cidr, range: &Cidr) -> Option<&'static str> {
    let (own, other) = (family(first), family(range));
    if other == Family::Nineteen {
        return Some("AWS keeps 198.19.0.0/16 for itself: take another range");
    }
    let fits = match (own, other) {
        (Family::Nineteen | Family::Other, other) => other == Family::Other,
        (own, other) => own == other || other == Family::Other,
    };
    match own {
        _ if fits => None,
        Family::Ten => Some("take a range of 10.0.0.0/8, or of 100.64.0.0/10"),
        Family::SeventeenTwo => Some("take a range of 172.16.0.0/12, or of 100.64.0.0/10"),
        Family::NineteenTwo => Some("take a range of 192.168.0.0/16, or of 100.64.0.0/10"),
        Family::Nineteen | Family::Other => {
            Some("take a range of 100.64.0.0/10, or start with a private `cidr`")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn private_families_do_not_mix() {
        let refuses =
            |first: &str, range: &str| refused(&first.parse().unwrap(), &range.parse().unwrap()).is_some();
        assert!(!refuses("10.0.0.0/16", "10.1.0.0/16"));
        assert!(!refuses("192.168.0.0/20", "100.64.0.0/16"));
        assert!(refuses("172.16.0.0/16", "10.0.0.0/16"));
        assert!(refuses("100.64.0.0/16", "10.0.0.0/16"));
        assert!(refuses("10.0.0.0/16", "198.19.0.0/20"));
    }
}
