//! What the user wrote for roles, wherever it stands.

use crate::cluster::Cluster;
use crate::domain::ManagedPolicy;
use crate::source::Address;
use crate::spec::{PermissionsBoundary, Statement};

/// Permissions as they are written.
pub(super) struct Grant<'a> {
    /// Where.
    pub(super) address: Address,
    /// Policies that the role carries.
    pub(super) managed_policies: &'a [ManagedPolicy],
    /// Own statements.
    pub(super) statements: &'a [Statement],
}

/// The permissions of all identities, of all roles for identities elsewhere and for people, and of the boundary.
pub(super) fn grants(cluster: &Cluster) -> Vec<Grant<'_>> {
    let own = cluster.identities.iter().map(|(name, identity)| Grant {
        address: Address::of("spec.aws.identities").key(name.as_str()),
        managed_policies: &identity.managed_policies,
        statements: &identity.statements,
    });
    let foreign = cluster.oidc_providers.iter().flat_map(|(provider, written)| {
        let roles = Address::of("spec.aws.oidcProviders").key(provider.as_str()).key("roles");
        written.roles.iter().map(move |(name, role)| Grant {
            address: roles.key(name.as_str()),
            managed_policies: &role.managed_policies,
            statements: &role.statements,
        })
    });
    let boundary = cluster.permissions_boundary.iter().filter_map(|boundary| match boundary {
        PermissionsBoundary::Own(own) => Some(Grant {
            address: Address::of("spec.aws.permissionsBoundary"),
            managed_policies: &[],
            statements: &own.statements,
        }),
        PermissionsBoundary::Existing(_) => None,
    });
    let people = cluster.roles.iter().map(|(name, role)| Grant {
        address: Address::of("spec.aws.roles").key(name.as_str()),
        managed_policies: &role.managed_policies,
        statements: &role.statements,
    });
    own.chain(foreign).chain(people).chain(boundary).collect()
}
