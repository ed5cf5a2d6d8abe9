//! The whole journey in one function: text in, files and findings out.

mod fleet;
mod origins;

use std::collections::BTreeMap;

use serde_json::{Value, json};

pub use fleet::{Fleet, fleet};

use crate::backend::{kustomize, runbook, terraform};
use crate::check;
use crate::cluster::{self, Cluster, World};
use crate::component::Library;
use crate::diagnostic::{Finding, Severity, Sink};
use crate::ir::{Ir, cold_start};
use crate::lower;
use crate::source::{Address, Files, Origin, ReadError, Sources, Span};
use crate::spec::{self, Chain, Spec};
use crate::syntax::Printed;
use crate::syntax::yaml::{self, Notes, print};

crate::diagnostic! {
    /// A warning is accepted that is not raised.
    ///
    /// The reason it was accepted for is gone; a leftover entry would silence a later, different fault.
    ///
    /// ```yaml,fails
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   allow: [ { code: W0407, reason: "moving to Gateway API in May" } ]
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    ///
    /// Remove the entry:
    ///
    /// ```yaml,passes
    /// apiVersion: clusterc.dev/v1alpha1
    /// kind: Cluster
    /// metadata: { name: demo }
    /// spec:
    ///   kubernetes: { version: "1.35" }
    ///   aws:
    ///     region: eu-west-1
    ///     state: { s3: { bucket: demo-tf-state } }
    ///     access: { admins: { principal: "arn:aws:iam::111122223333:role/admins", policy: cluster-admin } }
    ///   gitops: { flux: { repository: "https://github.com/demo/platform.git" } }
    /// ```
    pub NOTHING_TO_ALLOW = W0199: "a warning is accepted that is not raised"
}

/// Diagnostics of this floor.
pub static CODES: &[&crate::diagnostic::Code] = &[&NOTHING_TO_ALLOW];

/// What a compilation reads.
pub struct Input<'a> {
    /// The path of the spec.
    pub spec: &'a str,
    /// The folder that the output goes to, written as the spec's path is. Apps that lie in it are used in place.
    pub out: &'a str,
    /// The user's files.
    pub files: &'a dyn Files,
    /// The standard library.
    pub library: &'a Library,
}

/// What a compilation gives.
pub struct Compilation {
    /// All files that were read.
    pub sources: Sources,
    /// All findings, by place.
    pub findings: Vec<Finding>,
    /// The output; `None` if there is any error.
    pub output: Option<Output>,
    /// Accepted warnings that were raised: code and reason.
    pub allowed: Vec<(String, String)>,
    /// The files that make the spec.
    pub chain: Chain,
    out: String,
    spec: Option<Spec>,
    meaning: Option<(Cluster, Ir)>,
}

/// The files of one cluster.
pub struct Output {
    /// The cluster's name.
    pub cluster: String,
    /// All files, by path below the output's folder.
    pub files: BTreeMap<String, Printed>,
    /// What was made, part by part.
    pub summary: Vec<SummaryRow>,
    /// The path of the runbook, which is one of the files.
    pub runbook: String,
}

/// A line of the summary.
pub struct SummaryRow {
    /// The part, such as `terraform/platform/cluster`.
    pub part: String,
    /// What it holds, such as `13 files   92 resources`.
    pub detail: String,
}

/// What `clusterc show` prints.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// The cluster as it is meant: defaults applied, addresses carved, components pinned.
    Spec,
    /// The same, and after each value the file and line that set it.
    Origins,
    /// What has to exist.
    Ir,
    /// In which order it comes up.
    Order,
}

/// Compiles a spec.
pub fn compile(input: &Input<'_>) -> Compilation {
    let mut compilation = Compilation {
        sources: Sources::default(),
        findings: Vec::new(),
        output: None,
        allowed: Vec::new(),
        chain: Chain::default(),
        out: input.out.to_owned(),
        spec: None,
        meaning: None,
    };
    let mut sink = Sink::default();
    match input.files.read(input.spec) {
        Ok(text) => run(input, &text, &mut compilation, &mut sink),
        Err(error) => unreadable(input, &error, &mut compilation.sources, &mut sink),
    }
    let allowed = compilation.spec.as_ref().map(|spec| spec.written.spec.allow.clone()).unwrap_or_default();
    for finding in sink.into_sorted() {
        let accepted = allowed
            .iter()
            .find(|entry| entry.code == finding.code.id && finding.code.severity() == Severity::Warning);
        match accepted {
            Some(entry) => compilation.allowed.push((entry.code.clone(), entry.reason.clone())),
            None => compilation.findings.push(compilation.chain.told(finding)),
        }
    }
    if let Some(spec) = compilation.spec.as_ref().filter(|_| compilation.output.is_some()) {
        for (index, entry) in allowed.iter().enumerate() {
            // One spec alone does not show what holds between several.
            let between = check::fleet::CODES.iter().any(|code| code.id == entry.code);
            if !between && !compilation.allowed.iter().any(|(code, _)| *code == entry.code) {
                let place = spec.value(&Address::of("spec.allow").index(index).key("code"));
                let finding = NOTHING_TO_ALLOW
                    .at(place, format!("`{}` is not raised", entry.code))
                    .why("a leftover entry would silence a later, different fault")
                    .help("remove the entry");
                compilation.findings.push(compilation.chain.told(finding));
            }
        }
        compilation.findings.sort_by_key(|finding| finding.primary.span);
    }
    compilation
}

fn unreadable(input: &Input<'_>, error: &ReadError, sources: &mut Sources, sink: &mut Sink) {
    let file = sources.add(input.spec, "");
    sink.report(
        yaml::codes::NOT_YAML
            .at(Span::new(file, 0..0), error.to_string())
            .title(format!("`{}` cannot be read: {error}", input.spec))
            .help("`clusterc init` writes a first spec"),
    );
}

fn run(input: &Input<'_>, text: &str, compilation: &mut Compilation, sink: &mut Sink) {
    let (chain, spec) = spec::decode(input.spec, text, input.files, &mut compilation.sources, sink);
    compilation.chain = chain;
    let Some(spec) = spec else { return };
    let mut world = World {
        library: input.library,
        files: input.files,
        sources: &mut compilation.sources,
        sink: &mut *sink,
    };
    let cluster = cluster::resolve(&spec, &mut world);
    if let Some(cluster) = cluster {
        let ir = lower::lower(&cluster, &spec, input.out, sink);
        let context =
            check::Context { spec: &spec, cluster: &cluster, ir: &ir, sources: &compilation.sources };
        check::check(&context, sink);
        if !sink.has_errors() {
            compilation.output = Some(emit(input, &cluster, &ir));
        }
        compilation.meaning = Some((cluster, ir));
    }
    compilation.spec = Some(spec);
}

fn emit(input: &Input<'_>, cluster: &Cluster, ir: &Ir) -> Output {
    let name = cluster.name.as_str();
    let spec = input.spec.rsplit('/').next().unwrap_or(input.spec);
    let header = format!("Generated by clusterc from {spec}. Do not edit: change the spec and build again.");
    let mut files: BTreeMap<String, Printed> = BTreeMap::new();
    let mut summary = Vec::new();
    let terraform = terraform::emit(&ir.infra, &header);
    for stack in ["foundation", "cluster", "gitops"] {
        let part = format!("terraform/{name}/{stack}");
        let of_stack: Vec<(&String, &Printed)> =
            terraform.iter().filter(|(path, _)| path.starts_with(&format!("{stack}/"))).collect();
        if of_stack.is_empty() {
            continue;
        }
        let resources: usize =
            of_stack.iter().map(|(_, file)| file.text.matches("\nresource \"").count()).sum();
        summary
            .push(SummaryRow { part, detail: counted(of_stack.len(), "file", &[(resources, "resource")]) });
    }
    files.extend(terraform.into_iter().map(|(path, file)| (format!("terraform/{name}/{path}"), file)));
    if let Some(delivery) = &ir.delivery {
        let kube = kustomize::emit(delivery, name, &header);
        let objects =
            delivery.layers.iter().flat_map(|layer| &layer.units).map(|unit| unit.objects.len()).sum();
        let layers = delivery.layers.len();
        let detail = counted(kube.len(), "file", &[(objects, "object"), (layers, "layer")]);
        summary.push(SummaryRow { part: "kube".to_owned(), detail });
        files.extend(kube.into_iter().map(|(path, file)| (format!("kube/{path}"), file)));
    }
    let runbook = format!("runbook/{name}.md");
    summary.push(SummaryRow { part: runbook.clone(), detail: String::new() });
    files.insert(runbook.clone(), runbook::emit(ir, spec));
    Output { cluster: name.to_owned(), files, summary, runbook }
}

fn counted(files: usize, word: &str, others: &[(usize, &str)]) -> String {
    let one = |count: usize, word: &str| format!("{count} {word}{}", if count == 1 { "" } else { "s" });
    let mut out = vec![one(files, word)];
    out.extend(others.iter().map(|(count, word)| one(*count, word)));
    out.join("   ")
}

impl Compilation {
    /// The text of a view; `None` when the spec has faults that leave nothing to show.
    pub fn view(&self, view: View) -> Option<String> {
        let (cluster, ir) = self.meaning.as_ref()?;
        Some(match view {
            View::Spec => tree(&json!(cluster)),
            View::Origins => origins::annotated(cluster, self.spec.as_ref()?, &self.sources),
            View::Ir => tree(&json!(ir)),
            View::Order => order(ir),
        })
    }

    /// Every name in AWS that is derived from the cluster's, with its sort; nothing where faults leave no cluster.
    pub fn derived_names(&self) -> Vec<(&'static str, String)> {
        self.meaning.as_ref().map(|(cluster, ir)| check::names::derived(cluster, ir)).unwrap_or_default()
    }

    /// The place in the spec where something is written; `None` for what is left to its default.
    pub fn locate(&self, address: &Address) -> Option<Span> {
        let spec = self.spec.as_ref()?;
        spec.writes(address).then(|| spec.key(address))
    }

    /// The place in the spec where something is written or, where it is not, the nearest key above it.
    pub fn nearest(&self, address: &Address) -> Option<Span> {
        Some(self.spec.as_ref()?.key(address))
    }

    /// Who asked for a thing, in words: the place in the spec, a default, a component's file, a rule.
    pub fn explain_origin(&self, origin: &Origin) -> String {
        match origin {
            Origin::Rule(why) => format!("rule: {why}"),
            Origin::Component { name, span } => format!("component {name}: {}", self.sources.show(*span)),
            Origin::Spec(address) => match &self.spec {
                Some(spec) if spec.writes(address) => {
                    format!("{address} ({})", self.sources.show(spec.key(address)))
                }
                Some(spec) => {
                    format!("{address} (default; nearest {})", self.sources.show(spec.key(address)))
                }
                None => address.to_string(),
            },
        }
    }

    /// Who asked for which lines of the output, for reviewers: one line for each run of lines of one origin.
    pub fn trace(&self) -> String {
        let Some(output) = &self.output else { return String::new() };
        let mut out = String::new();
        for (path, file) in &output.files {
            let mut start = 0;
            while let Some(origin) = file.lines.get(start) {
                let run = file.lines.iter().skip(start).take_while(|other| *other == origin).count();
                if let Some(origin) = origin {
                    let end = start + run;
                    let lines = if run == 1 { end.to_string() } else { format!("{}-{end}", start + 1) };
                    out.push_str(&format!("{path}:{lines}  {}\n", self.explain_origin(origin)));
                }
                start += run;
            }
        }
        out
    }
}

fn tree(value: &Value) -> String {
    print(value, &Notes::default()).text
}

fn order(ir: &Ir) -> String {
    let mut out = String::new();
    for (index, step) in cold_start(ir).iter().enumerate() {
        out.push_str(&format!("{:>2}. {}: {}\n", index + 1, step.what, step.why));
        out.push_str(&format!("      {}\n", step.parts.join(", ")));
    }
    out
}
