//! Addresses inside a document: `spec.aws.nodeGroups.system.taints[0]`.

use std::fmt;

/// One step of an [`Address`].
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Segment {
    /// A key of a mapping.
    Key(String),
    /// An item of a list, from zero.
    Index(usize),
}

/// The way from the root of a document to one of its nodes.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub struct Address(Vec<Segment>);

impl Address {
    /// The root of a document.
    pub fn root() -> Address {
        Address::default()
    }

    /// An address from dotted words: `Address::of("spec.aws.network")`. For words that are fixed in the
    /// compiler; a key of the user's goes through [`Address::key`].
    pub fn of(dotted: &str) -> Address {
        Address(dotted.split('.').map(|key| Segment::Key(key.to_owned())).collect())
    }

    /// The address of `key` below this one.
    #[must_use]
    pub fn key(&self, key: &str) -> Address {
        let mut segments = self.0.clone();
        segments.push(Segment::Key(key.to_owned()));
        Address(segments)
    }

    /// The address of item `index` below this one.
    #[must_use]
    pub fn index(&self, index: usize) -> Address {
        let mut segments = self.0.clone();
        segments.push(Segment::Index(index));
        Address(segments)
    }

    /// The address one step up; `None` for the root.
    pub fn parent(&self) -> Option<Address> {
        let (_, above) = self.0.split_last()?;
        Some(Address(above.to_vec()))
    }

    /// The steps from the root.
    pub fn segments(&self) -> &[Segment] {
        &self.0
    }
}

impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, segment) in self.0.iter().enumerate() {
            match segment {
                Segment::Key(key) if key.contains(['.', '[', ' ']) || key.is_empty() => {
                    write!(f, "[{key:?}]")?
                }
                Segment::Key(key) if at == 0 => write!(f, "{key}")?,
                Segment::Key(key) => write!(f, ".{key}")?,
                Segment::Index(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
