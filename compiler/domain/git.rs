//! Git repositories, branches, and paths in them.

use super::word::{shown, words};

words! {
    /// The address of a Git repository, `https://` or `ssh://`, without credentials.
    GitUrl((GitScheme, String, String)) = "git-url" by git_url, like ["ssh://git@github.com/acme/platform.git", "https://github.com/acme/platform.git"];

    /// The name of a Git branch.
    GitRef = "git-branch" by branch, like ["main", "release/1.2"];

    /// A path below some folder: forward slashes, no `/` at its start, no `..`.
    ///
    /// A `./` at its start is left out.
    RelativePath = "relative-path" by relative_path, without "./", like ["kube", "apps/web"];
}

/// How a Git repository is reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum GitScheme {
    /// HTTP over TLS.
    Https,
    /// Secure shell.
    Ssh,
}

impl GitUrl {
    /// How the repository is reached.
    pub fn scheme(&self) -> GitScheme {
        self.parts.0
    }

    /// The host, without user and port.
    pub fn host(&self) -> &str {
        &self.parts.1
    }

    /// The path of the repository on the host, without `/` at its start and `.git` at its end.
    pub fn path(&self) -> &str {
        &self.parts.2
    }
}

impl RelativePath {
    /// The names along the path.
    pub fn segments(&self) -> impl Iterator<Item = &str> {
        self.text.split('/')
    }

    /// The path of `below` under this one.
    #[must_use]
    pub fn join(&self, below: &RelativePath) -> RelativePath {
        RelativePath { parts: (), text: format!("{}/{}", self.text, below.text) }
    }
}

fn git_url(text: &str) -> Result<(GitScheme, String, String), String> {
    let wrong = || {
        format!(
            "{} is no repository address; write one such as `ssh://git@github.com/acme/platform.git`",
            shown(text)
        )
    };
    if text.chars().any(|c| {
        c.is_whitespace() || c.is_control() || matches!(c, '"' | '\'' | '\\' | '$' | '`' | '<' | '>')
    }) {
        return Err(format!("{} contains a sign that no repository address has", shown(text)));
    }
    let (scheme, rest) = match text.split_once("://") {
        Some(("https", rest)) => (GitScheme::Https, rest),
        Some(("ssh", rest)) => (GitScheme::Ssh, rest),
        Some(("http", rest)) => {
            return Err(format!("{} is not encrypted; write `https://{rest}`", shown(text)));
        }
        Some((other, _)) => {
            return Err(format!("Flux reads `https://` and `ssh://`, not {}", shown(&format!("{other}://"))));
        }
        None => return Err(scp_form(text).unwrap_or_else(wrong)),
    };
    let (authority, path) = rest.split_once('/').ok_or_else(wrong)?;
    let (user, host) =
        authority.rsplit_once('@').map_or((None, authority), |(user, host)| (Some(user), host));
    // The message must not repeat what is a secret.
    if user.is_some_and(|user| scheme == GitScheme::Https || user.contains(':')) {
        return Err(
            "the repository address holds credentials; leave them out and give them as a secret".to_owned()
        );
    }
    let (host, port) = host.split_once(':').map_or((host, None), |(host, port)| (host, Some(port)));
    if port.is_some_and(|port| port.parse::<u16>().is_err()) {
        return Err(format!("{} has no number after `{host}:`; write `{host}/` and the path", shown(text)));
    }
    let host_holds = host
        .split('.')
        .all(|part| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || c == '-'));
    if !host_holds || text.contains(['?', '#']) {
        return Err(wrong());
    }
    let path = path.trim_end_matches('/').trim_end_matches(".git");
    if path.is_empty() || path.split('/').any(|part| matches!(part, "" | "." | "..")) {
        return Err(wrong());
    }
    Ok((scheme, host.to_owned(), path.to_owned()))
}

/// The message for `git@host:path`, which Git itself takes and Flux does not.
fn scp_form(text: &str) -> Option<String> {
    let (login, path) = text.split_once(':')?;
    let known = login.contains('@') && !login.contains('/') && !path.is_empty();
    known.then(|| {
        format!("Flux does not read the short form; write `ssh://{login}/{}`", path.trim_start_matches('/'))
    })
}

fn branch(text: &str) -> Result<(), String> {
    let fault =
        |what: &str| Err(format!("{} {what}; write the name of a branch, such as `main`", shown(text)));
    if text.is_empty() || text.len() > 255 {
        return fault("is empty or longer than 255 bytes");
    }
    if text.starts_with("refs/") {
        return fault("is a full reference");
    }
    let odd = |c: char| c.is_whitespace() || c.is_control() || "~^:?*[\\\"'$`".contains(c);
    if text.contains(odd) || text.contains("..") || text.contains("@{") || text == "@" {
        return fault("has a sign that no branch name has");
    }
    let part = |part: &str| !part.is_empty() && !part.starts_with('.') && !part.ends_with(".lock");
    if text.starts_with('-') || text.ends_with('.') || !text.split('/').all(part) {
        return fault("starts or ends in a way that Git refuses");
    }
    Ok(())
}

fn relative_path(text: &str) -> Result<(), String> {
    let name = shown(text);
    if text.is_empty() {
        return Err("the path is empty; write the names from the folder down, such as `apps/web`".to_owned());
    }
    if text.starts_with('/') || text.starts_with('~') || text.get(1..3) == Some(":/") {
        return Err(format!("{name} is an absolute path; write it from the folder down, such as `apps/web`"));
    }
    if let Some(odd) = text.chars().find(|c| c.is_control() || matches!(c, '\\' | '"' | '$' | '`')) {
        return Err(format!(
            "{name} contains {}; use forward slashes and plain names",
            shown(&odd.to_string())
        ));
    }
    match text.split('/').find(|part| matches!(*part, "" | "." | "..")) {
        Some("..") => Err(format!("{name} leaves its folder by `..`; name something inside it")),
        Some("") => Err(format!("{name} has a `/` too many")),
        Some(_) => Err(format!("{name} has a part `.`, which says nothing; leave it out")),
        None => Ok(()),
    }
}
