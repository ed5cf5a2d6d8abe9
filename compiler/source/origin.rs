//! Who asked for a thing in the output.

use super::{Address, Span};

/// Who asked for a thing in the output. `clusterc trace` prints it; errors about output point to it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub enum Origin {
    /// A place in the spec. Where the spec does not write it, it is the default of that place.
    Spec(Address),
    /// A place in a component's own file.
    Component {
        /// The component.
        name: String,
        /// The leaf in its file.
        span: Span,
    },
    /// A rule of the compiler; the words say why the thing is there.
    Rule(&'static str),
}

impl From<&Address> for Origin {
    fn from(address: &Address) -> Origin {
        Origin::Spec(address.clone())
    }
}
