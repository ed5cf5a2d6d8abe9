//! The settings that the spec writes for the network add-on.

use serde_json::Value;

use crate::check::Context;
use crate::source::Address;

/// The settings below `configuration.env` of the add-on `vpc-cni`.
pub(super) struct Env<'a> {
    all: Option<&'a serde_json::Map<String, Value>>,
    configs: Option<&'a Value>,
    address: Address,
}

impl<'a> Env<'a> {
    pub(super) fn of(context: &Context<'a>) -> Option<Env<'a>> {
        let addon = context.ir.infra.addons.iter().find(|addon| addon.name == "vpc-cni")?;
        let address = addon.address.key("configuration").key("env");
        let all = addon.configuration.get("env").and_then(Value::as_object);
        Some(Env { all, configs: addon.configuration.get("eniConfig"), address })
    }

    /// Each with its name and place.
    pub(super) fn each(&self) -> impl Iterator<Item = (&'a str, &'a Value, Address)> {
        let place = |name: &str| self.address.key(name);
        self.all.into_iter().flatten().map(move |(name, value)| (name.as_str(), value, place(name)))
    }

    /// Where a setting is written that is turned on, or a number above zero.
    pub(super) fn set(&self, name: &str) -> Option<Address> {
        let text = self.all?.get(name)?.as_str()?;
        let is_set = text == "true" || text.parse().is_ok_and(|number: i64| number > 0);
        is_set.then(|| self.address.key(name))
    }

    /// Whether the add-on makes the ENIConfigs that custom networking needs.
    pub(super) fn makes_configs(&self) -> bool {
        self.configs.is_some_and(|configs| configs.get("subnets").is_some())
    }
}
