//! What must not be shown or sent in the open: names of secrets, and texts that are secrets by their form.

/// Whether a header, field or variable of this name holds a secret, as is usual.
pub fn is_secret_name(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    let whole = matches!(
        name.as_str(),
        "authorization" | "proxy-authorization" | "cookie" | "token"
    );
    let token = name.ends_with("_token") && !name.ends_with("page_token") || name.ends_with("-token");
    let part = ["secret", "password", "api-key", "api_key"];
    whole || token || part.iter().any(|part| name.contains(part))
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
    let parts: Vec<_> = word.split('.').collect();
    let object = |part: &str| part.starts_with("eyJ") && part.len() >= 12;
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
    use super::{find, is_secret_name};

    #[test]
    fn names() {
        for name in [
            "Authorization",
            "refresh_token",
            "x-auth-token",
            "X-Api-Key",
            "db_password",
        ] {
            assert!(is_secret_name(name), "{name}");
        }
        for name in ["user_id", "next_page_token", "x-request-id", "tokens", "author"] {
            assert!(!is_secret_name(name), "{name}");
        }
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
