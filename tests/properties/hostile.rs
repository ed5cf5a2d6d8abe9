//! Nasty texts in every place that takes free text: refused with a finding, or in the output exactly as written.

use std::collections::BTreeSet;

use clusterc::compile::{Compilation, Output};
use clusterc::diagnostic::{Severity, Sink};
use clusterc::source::{Address, MemoryFiles, Segment, Sources};
use clusterc::syntax::yaml::Document;
use libtest_mimic::Trial;
use serde_json::{Value, json};

use super::draw::Draw;
use super::{compiled, law, laws, runbook, said, standard, yaml};

pub(super) fn trials() -> Vec<Trial> {
    let each = Trial::test("properties::each nasty text is refused or survives", || {
        // By hand, for then the runbook has the most commands.
        for text in NASTY {
            one(text, "cli")?;
        }
        Ok(())
    });
    let several = law("several nasty texts are refused or survive", 24, |numbers| {
        let mut draw = Draw::new(numbers);
        let bootstrap = *draw.pick(&BOOTSTRAPS);
        let mut text = (*draw.pick(&NASTY)).to_owned();
        while draw.chance(60) {
            text.push_str(draw.pick::<&str>(&NASTY));
        }
        if draw.chance(5) {
            text = text.repeat(2000);
        }
        one(&text, bootstrap)
    });
    vec![each, several]
}

const BOOTSTRAPS: [&str; 3] = ["cli", "operator", "terraform"];

const NASTY: [&str; 63] = [
    "x",
    "",
    " ",
    " a",
    "a ",
    "\"",
    "'",
    "\\",
    "`",
    "``",
    "a|b",
    "a\\|b",
    "|",
    ">",
    "<!-- a",
    "<b>",
    "```",
    "\n",
    "a\nb\n",
    "a\n```\nb",
    "\n\n  a\n",
    "a\r\nb",
    "\ta",
    "$",
    "$$",
    "$$$",
    "${x}",
    "$${x}",
    "$$${x}",
    "${",
    "%{ if true }",
    "%%{x}",
    "{{ .Values.x }}",
    "${{ cluster.name }}",
    "$(rm -rf /)",
    "`id`",
    "'; --",
    "\"; id; \"",
    "&& id",
    "yes",
    "~",
    "null",
    "1e3",
    "0x1F",
    "007",
    "1_000",
    ".inf",
    "12:30:45",
    "2001-01-01",
    "a: b",
    "a #b",
    "- a",
    "? a",
    "*a",
    "&a",
    "!a",
    "<<",
    "---",
    "EOT",
    "=",
    "ünï✓ 日本 🎉",
    "\u{feff}\u{200b}\u{202e}",
    "\u{e000}input:git_token\u{e001}",
];

/// A spec with all kinds of texts.
const SPEC: &str = r#"
apiVersion: clusterc.dev/v1alpha1
kind: Cluster
metadata: { name: demo, tags: { team: x } }
spec:
  inputs:
    git_token: { type: string, description: x, source: "op://v/x", sensitive: true }
    who: { type: string, description: x, source: "vault://x" }
  kubernetes: { version: "1.35" }
  aws:
    region: eu-west-1
    state: { s3: { bucket: demo-tf-state, prefix: xx } }
    network: { tiers: { private: { newbits: 4, tags: { x: x } }, public: { newbits: 8 } } }
    access:
      admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin, groups: [x], clusterRole: view }
    authentication: api-and-config-map
    roles: { people: { trust: ["arn:aws:iam::111122223333:user/ann"], description: x } }
    nodeGroups:
      system: { instanceTypes: [m7g.xlarge], size: { min: 3, max: 5 }, labels: { x: x } }
    karpenter:
      classes: { default: { tags: { x: x } } }
      pools:
        general:
          labels: { x: x }
          taints: [{ key: x, value: x, effect: NoSchedule }]
          requirements: [{ key: example.com/x, operator: In, values: [x] }]
          limits: { cpu: 100 }
    addons:
      vpc-cni: { configuration: { env: { X: x } } }
    identities:
      web:
        serviceAccount: web/web
        statements:
          - { sid: A, actions: ["s3:Get*"], resources: ["arn:aws:s3:::x"], conditions: { StringLike: { "aws:x": [x] } } }
  components:
    own:
      helm: { repository: "oci://ghcr.io/example/own", chart: own, version: 1.2.3, namespace: own }
      values: { text: x, list: [x], deep: { key: x }, keys: { x: x } }
    aws-load-balancer-controller: {}
    cert-manager: { params: { email: x } }
    envoy-gateway: { params: { gateway: { hostname: x } } }
    external-dns: { params: { zoneIds: [Z1], domains: [x] } }
  apps:
    web:
      source: web
      namespace: web
      images: { web: { name: x, tag: x } }
      patches:
        - { target: { kind: Deployment, name: web }, merge: { metadata: { annotations: { x: x } } } }
  gitops:
    flux:
      repository: https://git.example.com/demo/platform.git
      branch: x
      path: x
      bootstrap: BOOTSTRAP
      auth: { token: { username: x, password: { input: git_token } } }
    facts: { own: x, who: { input: who } }
"#;

/// Every place of [`SPEC`] that takes a text (a mapping takes it as a key): its pointer, the text around the nasty one, and where the whole is found
/// again.
const PLACES: [(&str, &str, &str); 33] = [
    ("/metadata/tags/team", "", "terraform/"),
    ("/spec/inputs/git_token/description", "", "terraform/"),
    ("/spec/inputs/git_token/source", "op://v/", "-"),
    ("/spec/inputs/who/description", "", "-"),
    ("/spec/inputs/who/source", "vault://", "-"),
    ("/spec/aws/state/s3/prefix", "", "-"),
    ("/spec/aws/network/tiers/private/tags/x", "", "terraform/"),
    ("/spec/aws/access/admins/groups/0", "", "terraform/"),
    ("/spec/aws/access/admins/groups/0", "", "terraform/demo/gitops/"),
    ("/spec/aws/access/admins/groups/0", "", "kube/infra/demo/controllers/access/"),
    ("/spec/aws/roles/people/description", "", "terraform/"),
    ("/spec/aws/nodeGroups/system/labels/x", "", "terraform/"),
    ("/spec/aws/karpenter/classes/default/tags/x", "", "kube/infra/"),
    ("/spec/aws/karpenter/pools/general/labels/x", "", "kube/infra/"),
    ("/spec/aws/karpenter/pools/general/taints/0/value", "", "kube/infra/"),
    ("/spec/aws/karpenter/pools/general/requirements/0/values/0", "", "kube/infra/"),
    ("/spec/aws/addons/vpc-cni/configuration/env/X", "", "terraform/"),
    ("/spec/aws/identities/web/statements/0/resources/0", "arn:aws:s3:::", "terraform/"),
    ("/spec/aws/identities/web/statements/0/conditions/StringLike/aws:x/0", "", "terraform/"),
    ("/spec/components/own/values/text", "", "kube/infra/demo/controllers/own/release.yaml"),
    ("/spec/components/own/values/list/0", "", "kube/infra/demo/controllers/own/release.yaml"),
    ("/spec/components/own/values/deep/key", "", "kube/infra/demo/controllers/own/release.yaml"),
    ("/spec/components/own/values/keys", "", "kube/infra/demo/controllers/own/release.yaml"),
    ("/spec/components/cert-manager/params/email", "", "kube/infra/demo/configs/cert-manager/"),
    ("/spec/components/envoy-gateway/params/gateway/hostname", "", "kube/infra/demo/configs/envoy-gateway/"),
    ("/spec/components/external-dns/params/domains/0", "", "kube/infra/demo/controllers/external-dns/"),
    ("/spec/apps/web/images/web/name", "", "kube/apps/demo/web/"),
    ("/spec/apps/web/images/web/tag", "", "kube/apps/demo/web/"),
    ("/spec/apps/web/patches/0/merge/metadata/annotations/x", "", "kube/apps/demo/web/"),
    ("/spec/gitops/flux/branch", "", "-"),
    ("/spec/gitops/flux/path", "", "-"),
    ("/spec/gitops/flux/auth/token/username", "", "-"),
    ("/spec/gitops/facts/own", "", "-"),
];

fn one(text: &str, bootstrap: &str) -> Result<(), String> {
    let plain = parsed(&SPEC.replace("BOOTSTRAP", bootstrap)).ok_or("no YAML")?.value();
    let mut places: Vec<usize> = (0..PLACES.len()).collect();
    for _ in 0..6 {
        let spec = filled(&plain, &places, text);
        let compilation = compile(&spec);
        laws::findings(&compilation).map_err(|fault| format!("{fault}\n{}", yaml(&spec)))?;
        // A text can be so long that the whole file is refused.
        let Some(document) = parsed(&yaml(&spec)) else { return Ok(()) };
        match &compilation.output {
            Some(output) => {
                return survived(output, &plain, &places, text).map_err(|fault| format!("{text:?}: {fault}"));
            }
            None => {
                let before = places.len();
                places.retain(|place| !refused(&compilation, &document, PLACES[*place].0));
                if places.len() == before {
                    return Err(format!("{text:?}: refused, but for no place\n{}", said(&compilation)));
                }
            }
        }
    }
    Err(format!("{text:?}: new findings after each repair"))
}

fn compile(spec: &Value) -> Compilation {
    let web = "apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: web }\n---\napiVersion: v1\nkind: ServiceAccount\nmetadata: { name: web }\n".to_owned();
    compiled(&yaml(spec), &MemoryFiles([("clusters/web/web.yaml".to_owned(), web)].into()), &standard())
}

fn parsed(text: &str) -> Option<Document> {
    let id = Sources::default().add("spec.yaml", text);
    clusterc::syntax::yaml::read(id, text, &mut Sink::default())
}

/// The spec with the text in these places; what else it holds stays as it is.
fn filled(plain: &Value, places: &[usize], text: &str) -> Value {
    let mut spec = plain.clone();
    for (pointer, before, _) in places.iter().map(|place| PLACES[*place]) {
        let node = spec.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}"));
        let whole = format!("{before}{text}");
        *node = if node.is_object() { json!({ whole: "x" }) } else { Value::from(whole) };
    }
    spec
}

/// Whether some error points at this place or at what holds it.
fn refused(compilation: &Compilation, document: &Document, pointer: &str) -> bool {
    let mut address = Address::root();
    for step in pointer.split('/').skip(1) {
        address = match step.parse() {
            Ok(index) => address.index(index),
            Err(_) => address.key(step),
        };
    }
    assert!(!matches!(address.segments(), [Segment::Index(_), ..]));
    let value = document.span(document.find(&address).unwrap());
    let key = document.key_span(&address).unwrap_or(value);
    let errors = compilation.findings.iter().filter(|finding| finding.code.severity() == Severity::Error);
    errors.map(|finding| finding.primary.span).any(|span| {
        let inside = |outer: clusterc::source::Span| {
            outer.start <= span.start && span.start < outer.end.max(outer.start + 1)
        };
        inside(value) || inside(key)
    })
}

/// The text is found again, word for word, and the runbook is of the same shape as with a plain word.
fn survived(output: &Output, plain: &Value, places: &[usize], text: &str) -> Result<(), String> {
    laws::output(output)?;
    let substituting = laws::layers(output)?;
    let mut folders: Vec<(&str, BTreeSet<String>)> = Vec::new();
    for (pointer, before, home) in places.iter().map(|place| PLACES[*place]).filter(|place| place.2 != "-") {
        if !folders.iter().any(|(folder, _)| *folder == home) {
            folders.push((home, texts(output, home, &substituting)?));
        }
        // An empty parameter is one that is not given.
        let absent = text.is_empty() && pointer.contains("/params/");
        let found = absent
            || folders
                .iter()
                .any(|(folder, all)| *folder == home && all.contains(&format!("{before}{text}")));
        if !found {
            let all: Vec<&str> = output
                .files
                .iter()
                .filter(|(path, _)| path.starts_with(home))
                .map(|(_, file)| file.text.as_str())
                .collect();
            return Err(format!("the text of {pointer} is not in {home}\n{}", all.join("\n")));
        }
    }
    let page = |output: &Output| runbook::shape(&output.files[&output.runbook].text);
    let usual = compile(plain);
    let usual =
        page(usual.output.as_ref().ok_or_else(|| format!("the plain spec fails\n{}", said(&usual)))?)?;
    let now = page(output)?;
    match usual.iter().zip(&now).find(|(usual, now)| usual != now) {
        None if usual.len() == now.len() => Ok(()),
        differs => {
            Err(format!("the runbook changes its shape: {differs:?}\n{}", output.files[&output.runbook].text))
        }
    }
}

/// All texts in the files below a folder, as their readers get them.
fn texts(output: &Output, home: &str, substituting: &[(String, bool)]) -> Result<BTreeSet<String>, String> {
    let mut out = BTreeSet::new();
    for (path, file) in output.files.iter().filter(|(path, _)| path.starts_with(home)) {
        if path.ends_with(".tf") {
            out.extend(literals(&file.text));
            continue;
        }
        let flux = substituting.iter().any(|(folder, on)| {
            *on && path.starts_with(&format!("{folder}/")) && !path.starts_with("kube/apps/")
        });
        let mut all = Vec::new();
        strings(&laws::document(path, &file.text)?, &mut all);
        for text in all {
            // A patch is a document in a text.
            if path.starts_with("kube/apps/") && text.starts_with("apiVersion") {
                let mut inside = Vec::new();
                strings(&laws::document(path, &text)?, &mut inside);
                out.extend(inside);
            }
            out.insert(if flux { laws::substituted(&text).0 } else { text });
        }
    }
    Ok(out)
}

fn strings(value: &Value, out: &mut Vec<String>) {
    match value {
        Value::String(text) => out.push(text.clone()),
        Value::Array(items) => items.iter().for_each(|item| strings(item, out)),
        Value::Object(map) => {
            out.extend(map.keys().cloned());
            map.values().for_each(|below| strings(below, out));
        }
        Value::Null | Value::Bool(_) | Value::Number(_) => {}
    }
}

/// The strings of a Terraform file without interpolation, read by hand: the parser that the other laws use leaves
/// some escapes as they are.
fn literals(text: &str) -> Vec<String> {
    let mut out = Vec::new();
    let mut rest = text;
    while let Some(at) = rest.find(['"', '#', '<']) {
        let after = &rest[at..];
        if after.starts_with('#') {
            rest = after.split_once('\n').map_or("", |(_, rest)| rest);
        } else if let Some(heredoc) = after.strip_prefix("<<") {
            let (word, body) = heredoc.split_once('\n').unwrap();
            let end = word.trim_start_matches('-');
            let lines: Vec<&str> = body.lines().take_while(|line| line.trim() != end).collect();
            let blank = |line: &&str| line.len() - line.trim_start_matches(' ').len();
            let indent = match word.starts_with('-') {
                true => lines.iter().filter(|line| !line.is_empty()).map(blank).min().unwrap_or(0),
                false => 0,
            };
            let all: String =
                lines.iter().map(|line| format!("{}\n", line.get(indent..).unwrap_or_default())).collect();
            out.push(all.replace("$${", "${").replace("%%{", "%{"));
            rest = body.split_once(&format!("{end}\n")).map_or("", |(_, rest)| rest);
        } else if let Some(quoted) = after.strip_prefix('"') {
            let (text, behind) = literal(quoted);
            out.extend(text);
            rest = behind;
        } else {
            rest = &after[1..];
        }
    }
    out
}

/// A string after its opening quote, nothing if it holds an interpolation, and what stands behind it.
fn literal(text: &str) -> (Option<String>, &str) {
    let (mut out, mut plain, mut rest) = (String::new(), true, text);
    while let Some(c) = rest.chars().next() {
        let code = |digits: usize| {
            rest.get(2..2 + digits).and_then(|code| char::from_u32(u32::from_str_radix(code, 16).ok()?))
        };
        let (piece, length) = match rest.as_bytes() {
            [b'"', ..] => return (plain.then_some(out), &rest[1..]),
            [b'$' | b'%', again, b'{', ..] if *again == rest.as_bytes()[0] => (rest[1..3].to_owned(), 3),
            [b'$' | b'%', b'{', ..] => {
                plain = false;
                (String::new(), 2)
            }
            [b'\\', b'n', ..] => ("\n".to_owned(), 2),
            [b'\\', b'r', ..] => ("\r".to_owned(), 2),
            [b'\\', b't', ..] => ("\t".to_owned(), 2),
            [b'\\', b'u', ..] => (code(4).unwrap().to_string(), 6),
            [b'\\', b'U', ..] => (code(8).unwrap().to_string(), 10),
            [b'\\', other, ..] => (char::from(*other).to_string(), 2),
            _ => (c.to_string(), c.len_utf8()),
        };
        out.push_str(&piece);
        rest = &rest[length..];
    }
    (None, "")
}
