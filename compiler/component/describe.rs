//! What `clusterc components` says of a component.

use serde::Serialize;
use serde_json::{Map, Value};

use super::{ContractSpec, Definition, Library, library};
use crate::diagnostic::Sink;
use crate::source::Sources;

/// A component as `clusterc components` shows it.
#[derive(Debug, Clone, Serialize)]
pub struct Described {
    /// Its name.
    pub name: String,
    /// What it does for the user.
    pub summary: String,
    /// The newest known version of its chart.
    pub version: String,
    /// The version of the software in it.
    pub app: String,
    /// The namespace that it runs in.
    pub namespace: String,
    /// Its whole contract.
    pub contract: Value,
    /// JSON Schema of its parameters.
    pub parameters: Value,
    /// Its README.
    pub readme: String,
    /// Why it should not be used in new clusters, if so.
    pub retired: Option<String>,
}

impl Library {
    /// All components, by name.
    pub fn list(&self) -> Vec<Described> {
        self.names().iter().filter_map(|name| self.find(name.as_str())).collect()
    }

    /// The component of this name.
    pub fn find(&self, name: &str) -> Option<Described> {
        let definition =
            self.definition(&name.parse().ok()?, &mut Sources::default(), &mut Sink::default())?;
        Some(describe(&definition))
    }
}

fn describe(definition: &Definition) -> Described {
    let contract = &definition.contract;
    let newest = contract.versions.first();
    Described {
        name: definition.name.to_string(),
        summary: contract.summary.clone(),
        version: newest.map(|known| known.version.to_string()).unwrap_or_default(),
        app: newest.map(|known| known.app.clone()).unwrap_or_default(),
        namespace: contract.namespace.to_string(),
        contract: serde_json::to_value(contract).unwrap_or_default(),
        parameters: library::parameters(contract),
        readme: definition.readme.clone(),
        retired: contract
            .retired
            .as_ref()
            .map(|retired| format!("since {}: {} Use `{}`.", retired.since, retired.why, retired.instead)),
    }
}

impl ContractSpec {
    /// JSON Schema of the parameters.
    pub fn parameters_schema(&self) -> Value {
        library::parameters(self)
    }

    /// The parameters' defaults, from their schema.
    pub fn parameter_defaults(&self) -> Map<String, Value> {
        self.parameter_schemas()
            .filter_map(|(name, schema)| Some((name, schema.get("default")?.clone())))
            .collect()
    }

    /// The names of all parameters.
    pub fn parameter_names(&self) -> Vec<String> {
        self.parameter_schemas().map(|(name, _)| name).collect()
    }

    fn parameter_schemas(&self) -> impl Iterator<Item = (String, Value)> {
        let schema = library::parameters(self);
        let properties = schema.get("properties").and_then(Value::as_object).cloned().unwrap_or_default();
        properties.into_iter()
    }
}
