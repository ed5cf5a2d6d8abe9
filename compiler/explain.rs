//! Every diagnostic, by code: what `clusterc explain` knows.

use std::sync::LazyLock;

use crate::diagnostic::Code;
use crate::{check, cluster, compile, component, domain, spec, syntax};

static ALL: LazyLock<Vec<&'static Code>> = LazyLock::new(|| {
    let floors: [&[&'static Code]; 7] = [
        syntax::yaml::CODES,
        spec::CODES,
        component::CODES,
        cluster::CODES,
        check::CODES,
        check::fleet::CODES,
        compile::CODES,
    ];
    let mut all: Vec<&'static Code> = floors.into_iter().flatten().copied().collect();
    all.sort_by_key(|code| code.id.get(1..).unwrap_or_default());
    all
});

/// All diagnostics, by number.
pub fn all() -> &'static [&'static Code] {
    &ALL
}

/// The diagnostic with this id (`E0301`, in either case) or this name.
pub fn find(word: &str) -> Option<&'static Code> {
    all()
        .iter()
        .find(|code| code.id.eq_ignore_ascii_case(word) || code.name.eq_ignore_ascii_case(word))
        .copied()
}

/// The id or name that looks most like a word.
pub fn similar(word: &str) -> Option<&'static str> {
    domain::nearest(word, all().iter().flat_map(|code| [code.id, code.name]))
}
