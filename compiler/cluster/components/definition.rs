//! Where a component comes from: the standard library, a folder, or a bare chart.

use std::collections::BTreeMap;

use super::codes::*;
use crate::cluster::World;
use crate::component::{self, Chart, ContractSpec, Crds, Definition, KnownVersion, Place, Provides, Runs};
use crate::domain::{self, Key};
use crate::source::{Address, Span};
use crate::spec::{self, ComponentUse, Spec};

pub(super) fn definition(
    spec: &Spec,
    name: &Key,
    entry: &ComponentUse,
    address: &Address,
    world: &mut World<'_>,
) -> Option<Definition> {
    match (&entry.source, &entry.helm) {
        (Some(_), Some(_)) => {
            world.sink.report(
                COMPONENT_SOURCE_UNCLEAR
                    .at(spec.key(&address.key("helm")), "a bare chart")
                    .also(spec.key(&address.key("source")), "a folder of your own")
                    .title(format!("`{name}` is both a folder and a bare chart"))
                    .why("only one of them could be installed, and which one would be a guess")
                    .help("keep `source` or `helm`"),
            );
            None
        }
        (Some(source), None) => {
            let folder = format!("{}{source}", spec.folder(&address.key("source")));
            let asked = spec.value(&address.key("source"));
            component::load(name, &folder, asked, world.files, world.sources, world.sink)
        }
        (None, Some(helm)) => Some(bare_chart(name, helm, spec.key(address))),
        (None, None) => {
            let before = world.library.names().contains(name);
            let found = world.library.definition(name, world.sources, world.sink);
            if !before {
                let known = world.library.names().iter().map(Key::as_str);
                let place = spec.key(address);
                let finding = UNKNOWN_COMPONENT
                    .at(place, "not in the standard library")
                    .title(format!("component `{name}` is unknown"))
                    .why("there is nothing to install under that name");
                world.sink.report(match domain::nearest(name.as_str(), known) {
                    Some(near) => finding.fix(place, near).help(format!("did you mean `{near}`?")),
                    None => finding
                        .help("`clusterc components` lists the standard library")
                        .help("for your own: `source: ./folder`, or `helm: { repository, chart, version, namespace }`"),
                });
            }
            found
        }
    }
}

/// A contract for a chart that has none: only what the spec says.
fn bare_chart(name: &Key, helm: &spec::Helm, place: Span) -> Definition {
    let known = KnownVersion { version: helm.version.clone(), app: String::new(), kubernetes: None };
    Definition {
        name: name.clone(),
        contract: ContractSpec {
            summary: format!("The chart {}.", helm.chart),
            homepage: None,
            retired: None,
            chart: Some(Chart {
                source: helm.repository.clone(),
                name: helm.chart.clone(),
                release: name.to_string(),
                crds: if helm.provides.is_empty() { Crds::None } else { Crds::Folder },
                skip_crds: false,
            }),
            versions: vec![known],
            namespace: helm.namespace.clone(),
            service_accounts: Vec::new(),
            provides: Provides { kinds: helm.provides.clone() },
            needs: component::Needs::default(),
            conflicts: component::Conflicting::default(),
            ports: Vec::new(),
            runs: Runs {
                place: Place::Anywhere,
                tolerations: helm.tolerations.clone(),
                node_selectors: helm.node_selectors.clone(),
                ..Runs::default()
            },
            parameters: None,
        },
        values: None,
        policies: BTreeMap::new(),
        resources: BTreeMap::new(),
        manifests: BTreeMap::new(),
        readme: String::new(),
        place,
    }
}
