//! What must not be shown or sent in the open: names of secrets, their values, and texts that are secrets by their form.

mod masker;

pub use masker::{HIDDEN, Masker, Secrets};

use serde_json::Value as Json;

/// Which names of headers, fields and variables hold secrets.
///
/// `*` stands for anything, a leading `!` takes names out again; the last pattern that fits decides.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mask {
    /// In lower case.
    patterns: Vec<String>,
}

impl Default for Mask {
    /// What is usual.
    fn default() -> Self {
        let usual = [
            "authorization",
            "proxy-authorization",
            "cookie",
            "token",
            "*_token",
            "*-token",
            "!*page_token",
            "*secret*",
            "*password*",
            "*api-key*",
            "*api_key*",
        ];
        Self {
            patterns: usual.map(str::to_owned).to_vec(),
        }
    }
}

impl Mask {
    /// Takes `patterns` instead of what there was.
    pub fn replace(&mut self, patterns: impl IntoIterator<Item = String>) {
        self.patterns.clear();
        self.add(patterns);
    }

    pub fn add(&mut self, patterns: impl IntoIterator<Item = String>) {
        let patterns = patterns.into_iter();
        self.patterns
            .extend(patterns.map(|pattern| pattern.to_ascii_lowercase()));
    }

    /// Whether what is called `name` is a secret, in whatever case.
    pub fn covers(&self, name: &str) -> bool {
        let name = name.to_ascii_lowercase();
        let mut latest = self.patterns.iter().rev();
        let decisive = latest.find(|pattern| fits(pattern.trim_start_matches('!'), &name));
        decisive.is_some_and(|pattern| !pattern.starts_with('!'))
    }

    /// Whether a name in a path or an expression is that of a secret, as in `$.user.token` or `.items[0]["token"]`.
    pub fn covers_some(&self, code: &str) -> bool {
        let mut words = code.split(|character: char| !(character.is_alphanumeric() || "_-".contains(character)));
        words.any(|word| !word.is_empty() && self.covers(word))
    }

    /// The value that is called `name`, with `***` for secrets in it.
    pub fn json(&self, name: &str, value: &Json) -> Json {
        match value {
            _ if self.covers(name) => Json::from(HIDDEN),
            Json::Object(members) => {
                let members = members.iter();
                members
                    .map(|(name, value)| (name.clone(), self.json(name, value)))
                    .collect()
            }
            Json::Array(items) => items.iter().map(|item| self.json("", item)).collect(),
            other => other.clone(),
        }
    }
}

/// The names that a text may read of the environment: `env.NAME`, `@env("NAME")` and the like.
pub fn environment_names(text: &str) -> impl Iterator<Item = &str> {
    const BEFORE: [&str; 5] = ["env.", "ENV.", "@env(\"", "env[\"", "ENV[\""];
    let word = |character: char| character.is_ascii_alphanumeric() || character == '_';
    let pieces = BEFORE.iter().flat_map(move |before| text.split(before).skip(1));
    pieces.filter_map(move |piece| piece.split(|character| !word(character)).next())
}

/// Whether `name` is `pattern` with something for each `*`.
fn fits(pattern: &str, name: &str) -> bool {
    let Some((start, rest)) = pattern.split_once('*') else {
        return pattern == name;
    };
    let Some(name) = name.strip_prefix(start) else {
        return false;
    };
    let mut tails = (0..=name.len()).filter(|at| name.is_char_boundary(*at));
    tails.any(|at| fits(rest, &name[at..]))
}

/// Starts of credentials that providers give out, the least number of characters behind, and what they are.
const ISSUED: [(&str, usize, &str); 14] = [
    ("ghp_", 36, "a GitHub token"),
    ("gho_", 36, "a GitHub token"),
    ("ghs_", 36, "a GitHub token"),
    ("github_pat_", 36, "a GitHub token"),
    ("glpat-", 20, "a GitLab token"),
    ("xoxb-", 24, "a Slack token"),
    ("xoxp-", 24, "a Slack token"),
    ("sk_live_", 16, "a Stripe key"),
    ("rk_live_", 16, "a Stripe key"),
    ("AKIA", 16, "an AWS key"),
    ("AIza", 35, "a Google key"),
    ("npm_", 36, "an npm token"),
    ("hvs.", 24, "a Vault token"),
    ("ya29.", 24, "a Google token"),
];

/// The first secret in `text` that is certain by its form: its bytes and what it is.
pub fn find(text: &str) -> Option<(std::ops::Range<usize>, &'static str)> {
    if let Some(at) = text.find("-----BEGIN ") {
        let line = text[at..].lines().next().unwrap_or_default();
        let is_key = line.trim_end_matches('-').ends_with("PRIVATE KEY");
        return is_key.then_some((at..at + line.len(), "a private key"));
    }
    let mut from = 0;
    let words = text.split(|character: char| !(character.is_ascii_alphanumeric() || "_-.".contains(character)));
    for word in words {
        let range = from..from + word.len();
        from = range.end + text[range.end..].chars().next().map_or(0, char::len_utf8);
        if let Some(kind) = issued(word).or_else(|| web_token(word)) {
            return Some((range, kind));
        }
    }
    None
}

fn issued(word: &str) -> Option<&'static str> {
    let issued = ISSUED.iter().find(|(start, least, _)| {
        let rest = word.strip_prefix(start);
        rest.is_some_and(|rest| rest.len() >= *least && is_random(rest))
    });
    issued.map(|(_, _, kind)| *kind)
}

/// `header.payload.signature`, each in base64.
fn web_token(word: &str) -> Option<&'static str> {
    let object = |part: &str| part.starts_with("eyJ") && part.len() >= 12;
    if !object(word) {
        return None;
    }
    let parts: Vec<_> = word.split('.').collect();
    match parts.as_slice() {
        [header, payload, signature] if object(header) && object(payload) && signature.len() >= 16 => {
            is_random(signature).then_some("a JSON web token")
        }
        _ => None,
    }
}

/// Placeholders such as `xxxx` repeat few characters.
fn is_random(text: &str) -> bool {
    let distinct: std::collections::BTreeSet<_> = text.bytes().collect();
    distinct.len() >= 8
}

#[cfg(test)]
mod tests {
    use super::{Mask, find};

    #[test]
    fn names() {
        let mut mask = Mask::default();
        for name in [
            "Authorization",
            "refresh_token",
            "x-auth-token",
            "X-Api-Key",
            "db_password",
        ] {
            assert!(mask.covers(name), "{name}");
        }
        for name in ["user_id", "next_page_token", "x-request-id", "tokens", "author"] {
            assert!(!mask.covers(name), "{name}");
        }
        mask.add(["x-*-id".to_owned()]);
        assert!(mask.covers("X-Request-Id") && mask.covers("cookie"));
        mask.replace(["cookie".to_owned()]);
        assert!(!mask.covers("x-request-id") && !mask.covers("token") && mask.covers("cookie"));
    }

    #[test]
    fn forms() {
        let random = "a1B2c3D4e5F6g7H8i9J0k1L2m3N4o5P6q7R8";
        let found = |text: &str| find(text).map(|(range, kind)| (text[range].to_owned(), kind));
        let github = format!("ghp_{random}");
        assert_eq!(found(&format!("é {github}!")), Some((github, "a GitHub token")));
        let token = format!("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.{random}");
        assert_eq!(found(&format!("Bearer {token}")), Some((token, "a JSON web token")));
        let key = "-----BEGIN RSA PRIVATE KEY-----";
        assert_eq!(found(&format!("{key}\nabc")), Some((key.to_owned(), "a private key")));
        for text in [
            "Bearer token123",
            "Bearer {{ token }}",
            "ghp_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
            "-----BEGIN CERTIFICATE-----",
            "user.name.surname",
            "",
        ] {
            assert_eq!(found(text), None, "{text}");
        }
    }
}
