//! Names: of clusters, of spec entries, and of Kubernetes things.

use super::word::{Shape, lower, lower_digit_hyphen, lower_or_digit, shown, words};

words! {
    /// The name of a cluster: small letters, digits and `-`, starting with a letter, at most 63 characters.
    ///
    /// EKS itself takes 100 characters and capital letters; the name also becomes a label value and part of object
    /// names, which do not.
    ClusterName = "cluster-name" by cluster_name, like ["platform", "prod-eu-1"];

    /// The name of an entry of a map in the spec, such as a node group, pool or component: small letters, digits and
    /// `-`, starting with a letter, at most 63 characters.
    ///
    /// It becomes part of Terraform addresses (which must not start with a digit) and of Kubernetes object names.
    Key = "key" by key, like ["system", "gpu-workers"];

    /// The name of an input, which becomes a Terraform variable: small letters, digits and `_`, starting with a letter,
    /// at most 64 characters.
    InputName = "input-name" by input_name, like ["operator_cidr"];

    /// A Kubernetes namespace: small letters, digits and `-`, at most 63 characters.
    Namespace = "namespace" by namespace, like ["kube-system", "payments"];

    /// A namespace, or a pattern of namespaces: `*` stands for any characters, `?` for one.
    NamespacePattern = "namespace-pattern" by namespace_pattern, like ["payments", "preview-*"];

    /// The name of a Kubernetes object: small letters, digits, `-` and `.`, at most 253 characters.
    ObjectName = "object-name" by object_name, like ["web", "default.example"];

    /// A Kubernetes service account, written `namespace/name`.
    ServiceAccountRef((Namespace, ObjectName)) = "service-account" by service_account, like ["kube-system/karpenter"];

    /// A kind of Kubernetes object, written `group/Kind`, or `Kind` alone for the core group.
    GroupKind((String, String)) = "group-kind" by group_kind, like ["karpenter.sh/NodePool", "Namespace"];
}

impl ServiceAccountRef {
    /// The namespace of the account.
    pub fn namespace(&self) -> &Namespace {
        &self.parts.0
    }

    /// The name of the account in its namespace.
    pub fn name(&self) -> &ObjectName {
        &self.parts.1
    }
}

impl NamespacePattern {
    /// Whether a namespace is meant.
    pub fn matches(&self, namespace: &str) -> bool {
        let pattern: Vec<char> = self.text.chars().collect();
        let name: Vec<char> = namespace.chars().collect();
        // Which beginnings of the name the pattern so far stands for, by their length.
        let mut reached = vec![false; name.len() + 1];
        reached.iter_mut().take(1).for_each(|start| *start = true);
        for sign in pattern {
            let steps = reached.iter().scan(false, |seen, here| {
                *seen |= *here;
                Some(*seen)
            });
            reached = match sign {
                '*' => steps.collect(),
                sign => {
                    let fits = |c: &char| sign == '?' || sign == *c;
                    let moved = reached.iter().zip(&name).map(|(here, c)| *here && fits(c));
                    std::iter::once(false).chain(moved).collect()
                }
            };
        }
        reached.last().copied().unwrap_or(false)
    }
}

impl GroupKind {
    /// The API group; empty for the core group.
    pub fn group(&self) -> &str {
        &self.parts.0
    }

    /// The kind.
    pub fn kind(&self) -> &str {
        &self.parts.1
    }
}

fn cluster_name(text: &str) -> Result<(), String> {
    let rule = "a cluster name has small letters, digits and `-`, starts with a letter, ends with a letter or digit, \
                and has at most 63 characters";
    Shape { rule, most: 63, first: lower, inner: lower_digit_hyphen, last: lower_or_digit }.check(text)
}

fn key(text: &str) -> Result<(), String> {
    let rule = "a name in the spec has small letters, digits and `-`, starts with a letter, ends with a letter or \
                digit, and has at most 63 characters";
    Shape { rule, most: 63, first: lower, inner: lower_digit_hyphen, last: lower_or_digit }.check(text)
}

fn input_name(text: &str) -> Result<(), String> {
    let rule = "an input is named by small letters, digits and `_`, starts with a letter, and has at most 64 characters";
    let inner = |c| lower_or_digit(c) || c == '_';
    let checked = Shape { rule, most: 64, first: lower, inner, last: inner }.check(text);
    checked.map_err(|fault| match text.contains('-') {
        true => format!("{fault}; `{}` would do", text.replace('-', "_")),
        false => fault,
    })
}

fn namespace(text: &str) -> Result<(), String> {
    let rule = "a namespace has small letters, digits and `-`, starts and ends with a letter or digit, and has at most \
                63 characters";
    Shape { rule, most: 63, first: lower_or_digit, inner: lower_digit_hyphen, last: lower_or_digit }
        .check(text)
}

fn namespace_pattern(text: &str) -> Result<(), String> {
    let rule = "a pattern of namespaces has small letters, digits, `-`, and `*` and `?` in place of others, and at most \
                63 characters";
    let outer = |c| lower_or_digit(c) || matches!(c, '*' | '?');
    let inner = |c| lower_digit_hyphen(c) || matches!(c, '*' | '?');
    Shape { rule, most: 63, first: outer, inner, last: outer }.check(text)
}

/// The rule of DNS subdomains, which object names and the prefixes of label keys share.
pub(super) fn object_name(text: &str) -> Result<(), String> {
    let rule = "an object name has small letters, digits, `-` and `.`, each part between dots starts and ends with a \
                letter or digit, and it has at most 253 characters";
    let inner = |c| lower_digit_hyphen(c) || c == '.';
    Shape { rule, most: 253, first: lower_or_digit, inner, last: lower_or_digit }.check(text)?;
    let part = |part: &str| part.starts_with(lower_or_digit) && part.ends_with(lower_or_digit);
    match text.split('.').find(|name| !part(name)) {
        Some("") => Err(format!("{} has nothing between two dots; {rule}", shown(text))),
        Some(odd) => {
            Err(format!("the part {} of {} starts or ends with `-`; {rule}", shown(odd), shown(text)))
        }
        None => Ok(()),
    }
}

fn service_account(text: &str) -> Result<(Namespace, ObjectName), String> {
    let Some((namespace, name)) = text.split_once('/') else {
        return Err(format!("{} names no namespace; write `namespace/name`", shown(text)));
    };
    let namespace = namespace.parse().map_err(|fault| format!("before the `/`: {fault}"))?;
    let name = name.parse().map_err(|fault| format!("after the `/`: {fault}"))?;
    Ok((namespace, name))
}

fn group_kind(text: &str) -> Result<(String, String), String> {
    let (group, kind) = text.rsplit_once('/').unwrap_or(("", text));
    if group.contains('/') {
        return Err(format!(
            "{} has a version in it; write the group and the kind, such as `apps/Deployment`",
            shown(text)
        ));
    }
    if !group.is_empty() || text.starts_with('/') {
        object_name(group)
            .map_err(|_| format!("{} is no API group; write one like `karpenter.sh`", shown(group)))?;
    }
    let rule = "a kind starts with a capital letter and has letters and digits, such as `NodePool`";
    let (first, inner) = (|c: char| c.is_ascii_uppercase(), |c: char| c.is_ascii_alphanumeric());
    Shape { rule, most: 63, first, inner, last: inner }.check(kind)?;
    Ok((group.to_owned(), kind.to_owned()))
}

#[cfg(test)]
mod tests {
    use super::NamespacePattern;

    #[test]
    fn a_pattern_of_namespaces_means_whole_names() {
        let means = |pattern: &str, name: &str| pattern.parse::<NamespacePattern>().unwrap().matches(name);
        for (pattern, name) in [
            ("shop", "shop"),
            ("preview-*", "preview-"),
            ("*", "any"),
            ("p?-*-x", "p1-a-b-x"),
            ("a*b*c", "abbc"),
        ] {
            assert!(means(pattern, name), "{pattern} {name}");
        }
        for (pattern, name) in
            [("shop", "shops"), ("preview-*", "preview"), ("p?", "p"), ("a*b*c", "abb"), ("?", "ab")]
        {
            assert!(!means(pattern, name), "{pattern} {name}");
        }
        assert!("Shop".parse::<NamespacePattern>().is_err() && "-x".parse::<NamespacePattern>().is_err());
    }
}
