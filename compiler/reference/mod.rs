//! Every key of a spec, with its type, default and meaning: read from the schema, which the types of `spec` give.

mod describe;
mod page;
mod read;

pub use page::page;

/// A mapping of the language and its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// Where it is written first, such as `spec.aws.nodeGroups.NAME`.
    pub path: String,
    /// The key that tells it from other mappings that can be written there instead.
    pub variant: Option<String>,
    /// What it is.
    pub about: String,
    /// Its keys.
    pub fields: Vec<Field>,
}

impl Section {
    /// What no other section is called, such as `spec.gitops.facts.NAME (output)`.
    pub fn heading(&self) -> String {
        match &self.variant {
            None => self.path.clone(),
            Some(variant) => format!("{} ({variant})", self.path),
        }
    }
}

/// A key of a mapping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Field {
    /// The key.
    pub name: String,
    /// What may be written, in words.
    pub kind: String,
    /// What happens without it.
    pub presence: Presence,
    /// What it means.
    pub about: String,
    /// The words that it may be, each with its meaning.
    pub words: Vec<(String, String)>,
    /// The headings of the sections that describe what is below it: one for each mapping that it may be or hold.
    pub below: Vec<String>,
}

/// What happens when a key is left out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Presence {
    /// That is an error.
    Required,
    /// It takes this value.
    Default(String),
    /// What its meaning says.
    Optional,
}

/// A kind of text with a form of its own, such as a CIDR.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// Its name in types.
    pub name: String,
    /// What it is.
    pub about: String,
    /// What it looks like.
    pub examples: Vec<String>,
}

/// What a word in a question stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Answer {
    /// A mapping with keys of its own; several, if it may be one or another.
    Sections(Vec<Section>),
    /// One key, with the path of the mapping that it is in.
    Field(String, Field),
    /// Several keys have this name: their paths.
    Several(Vec<String>),
}

/// All mappings, from the outermost inwards, each once.
pub fn sections() -> Vec<Section> {
    read::Reader::of_language().sections()
}

/// The mappings that are described below a key.
pub fn below(field: &Field) -> Vec<Section> {
    sections().into_iter().filter(|section| field.below.contains(&section.heading())).collect()
}

/// All kinds of text that have a form of their own, by name.
pub fn words() -> Vec<Word> {
    read::Reader::of_language().words()
}

/// Looks up a path (`spec.aws.nodeGroups.system.disk`, with or without `spec.`, any word for a name) or a single key
/// that some mapping has.
///
/// # Errors
///
/// The nearest path or key, if there is one, when nothing is called so.
pub fn find(question: &str) -> Result<Answer, Option<String>> {
    let sections = sections();
    let wanted: Vec<&str> = question.split('.').filter(|part| !part.is_empty()).collect();
    for start in [&[][..], &["spec"][..]] {
        let path: Vec<&str> = start.iter().copied().chain(wanted.iter().copied()).collect();
        if let Some(answer) = read::walk(&sections, &path) {
            return Ok(answer);
        }
    }
    let [key] = wanted.as_slice() else { return Err(nearest_path(&sections, question)) };
    let all = sections.iter().flat_map(|section| section.fields.iter().map(move |field| (section, field)));
    let found: Vec<(&Section, &Field)> = all.filter(|(_, field)| field.name == *key).collect();
    match found.as_slice() {
        [] => {
            let keys = sections.iter().flat_map(|section| &section.fields).map(|field| field.name.as_str());
            Err(crate::domain::nearest(key, keys).map(str::to_owned))
        }
        [(section, field)] => Ok(answer(&sections, section, field)),
        several => Ok(Answer::Several(
            several.iter().map(|(section, field)| join(&section.path, &field.name)).collect(),
        )),
    }
}

/// The mapping below a key, where it has one right below it, or else the key.
fn answer(sections: &[Section], section: &Section, field: &Field) -> Answer {
    let path = join(&section.path, &field.name);
    let below: Vec<Section> = sections.iter().filter(|other| other.path == path).cloned().collect();
    match below.is_empty() {
        true => Answer::Field(section.path.clone(), field.clone()),
        false => Answer::Sections(below),
    }
}

fn nearest_path(sections: &[Section], question: &str) -> Option<String> {
    let paths: Vec<String> = sections
        .iter()
        .flat_map(|section| section.fields.iter().map(|field| join(&section.path, &field.name)))
        .collect();
    let question =
        if question.starts_with("spec.") { question.to_owned() } else { format!("spec.{question}") };
    crate::domain::nearest(&question, paths.iter().map(String::as_str)).map(str::to_owned)
}

/// A key below a path.
fn join(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}

#[cfg(test)]
mod tests;
