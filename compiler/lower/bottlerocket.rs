//! Settings of Bottlerocket as one tree, in the words of its reference.

use serde_json::{Map, Value, json};

use crate::spec::{BootstrapContainer, Bottlerocket, HostContainer};

/// The tree below `settings`: what has fields of its own, and the rest as it was written.
pub(super) fn tree(written: &Bottlerocket) -> Map<String, Value> {
    let mut tree = written.settings.clone();
    for (name, container) in &written.bootstrap_containers {
        insert(&mut tree, &["bootstrap-containers", name.as_str()], bootstrap(container));
    }
    for (name, container) in &written.host_containers {
        insert(&mut tree, &["host-containers", name.as_str()], host(container));
    }
    for (name, value) in &written.sysctls {
        insert(&mut tree, &["kernel", "sysctl", name.as_str()], json!(value));
    }
    tree
}

/// Puts a value below these keys. Where the rest holds the same (an error of its own), the field wins.
fn insert(tree: &mut Map<String, Value>, path: &[&str], value: Value) {
    let Some((first, rest)) = path.split_first() else { return };
    if rest.is_empty() {
        tree.insert((*first).to_owned(), value);
        return;
    }
    let below = tree.entry(*first).or_insert_with(|| json!({}));
    if !below.is_object() {
        *below = json!({});
    }
    if let Value::Object(below) = below {
        insert(below, rest, value);
    }
}

fn bootstrap(container: &BootstrapContainer) -> Value {
    let mut out = Map::new();
    out.insert("source".to_owned(), json!(container.source));
    out.insert("mode".to_owned(), json!(container.mode));
    out.insert("essential".to_owned(), json!(container.essential));
    with_user_data(out, container.user_data.as_deref())
}

fn host(container: &HostContainer) -> Value {
    let mut out = Map::new();
    out.insert("enabled".to_owned(), json!(container.enabled));
    if let Some(source) = &container.source {
        out.insert("source".to_owned(), json!(source));
    }
    if let Some(superpowered) = container.superpowered {
        out.insert("superpowered".to_owned(), json!(superpowered));
    }
    with_user_data(out, container.user_data.as_deref())
}

fn with_user_data(mut out: Map<String, Value>, text: Option<&str>) -> Value {
    if let Some(text) = text {
        out.insert("user-data".to_owned(), json!(base64(text.as_bytes())));
    }
    Value::Object(out)
}

/// Base64 with padding (RFC 4648), as Bottlerocket takes user data of containers.
fn base64(bytes: &[u8]) -> String {
    const DIGITS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut out = String::new();
    for chunk in bytes.chunks(3) {
        let at = |index: usize| u32::from(chunk.get(index).copied().unwrap_or_default());
        let group = at(0) << 16 | at(1) << 8 | at(2);
        for place in 0..4 {
            let digit = usize::try_from(group >> (18 - 6 * place) & 63).unwrap_or_default();
            let is_there = place <= chunk.len();
            let digit = DIGITS.get(digit).copied().filter(|_| is_there).unwrap_or(b'=');
            out.push(char::from(digit));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_is_that_of_the_standard() {
        for (text, encoded) in
            [("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foobar", "Zm9vYmFy")]
        {
            assert_eq!(base64(text.as_bytes()), encoded);
        }
        assert_eq!(base64(&[0xfb, 0xff, 0xfe]), "+//+");
    }

    #[test]
    fn fields_and_the_rest_become_one_tree() {
        let written: Bottlerocket = serde_json::from_value(json!({
            "hostContainers": { "admin": { "userData": "foo" } },
            "sysctls": { "vm.min_free_kbytes": 540672 },
            "settings": { "kernel": { "lockdown": "integrity" }, "motd": "hi" },
        }))
        .unwrap();
        assert_eq!(
            Value::Object(tree(&written)),
            json!({
                "host-containers": { "admin": { "enabled": true, "user-data": "Zm9v" } },
                "kernel": { "lockdown": "integrity", "sysctl": { "vm.min_free_kbytes": "540672" } },
                "motd": "hi",
            })
        );
    }
}
