//! Secrets that External Secrets copies from AWS into the cluster.

use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::domain::{GoDuration, Key, Namespace, Region, RemoteSecret, SecretKeyName, fixed};

/// Secrets that are copied from AWS into the cluster. The component `external-secrets` comes by itself.
#[derive(Debug, Clone, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalSecrets {
    /// Further stores, by name. `aws-secrets-manager` and `aws-parameter-store`, in the cluster's region, need not be
    /// written.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub stores: BTreeMap<Key, SecretStore>,
    /// The Secrets, by name. Unless the component has a `prefix`, its role reads what is named here and nothing else.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub secrets: BTreeMap<Key, ExternalSecret>,
}

/// Where secrets are kept: a ClusterSecretStore.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct SecretStore {
    /// The service.
    pub service: SecretService,
    /// The region; the cluster's without it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub region: Option<Region>,
}

/// A service of AWS that keeps secrets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
pub enum SecretService {
    /// AWS Secrets Manager.
    SecretsManager,
    /// Parameter Store of AWS Systems Manager.
    ParameterStore,
}

impl SecretService {
    /// The store for this service that every cluster may name.
    pub fn given_store(self) -> &'static str {
        match self {
            SecretService::SecretsManager => "aws-secrets-manager",
            SecretService::ParameterStore => "aws-parameter-store",
        }
    }

    /// The service as External Secrets spells it.
    pub fn spelled(self) -> &'static str {
        match self {
            SecretService::SecretsManager => "SecretsManager",
            SecretService::ParameterStore => "ParameterStore",
        }
    }
}

/// A Secret, in one or several namespaces.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct ExternalSecret {
    /// The namespaces that it is made in. Something else has to make them.
    #[schemars(length(min = 1))]
    pub namespaces: Vec<Namespace>,
    /// The store.
    #[serde(default = "ExternalSecret::default_store")]
    pub store: Key,
    /// How often it is compared with the store.
    #[serde(default = "ExternalSecret::default_refresh")]
    pub refresh: GoDuration,
    /// The keys of the Secret, and what each of them holds.
    #[schemars(extend("minProperties" = 1))]
    pub keys: BTreeMap<SecretKeyName, RemoteKey>,
}

impl ExternalSecret {
    fn default_store() -> Key {
        fixed(SecretService::SecretsManager.given_store())
    }

    fn default_refresh() -> GoDuration {
        fixed("1h")
    }
}

/// What a key of a Secret holds.
#[derive(Debug, Clone, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RemoteKey {
    /// The secret's name in the store.
    pub from: RemoteSecret,
    /// The key inside it, where it is a JSON object.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(length(min = 1))]
    pub property: Option<String>,
}
