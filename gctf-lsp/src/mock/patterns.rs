//! Patterns of stubs on texts: regexes that are searched for, and shell patterns.

use super::matching::scalars_equal;
use super::stubs::Matcher;
use serde_json::Value as Json;

/// Patterns on texts, item by item and member by member.
pub(super) fn each(pattern: &Json, actual: &Json, fits: &dyn Fn(&str, &str) -> bool) -> bool {
    match (pattern, actual) {
        (Json::String(pattern), Json::String(text)) => fits(pattern, text),
        (Json::String(pattern), Json::Null) => fits(pattern, ""),
        (Json::String(pattern), other) => fits(pattern, &other.to_string()),
        (Json::Array(patterns), Json::Array(items)) => {
            patterns.len() == items.len() && patterns.iter().zip(items).all(|(left, right)| each(left, right, fits))
        }
        (Json::Object(patterns), Json::Object(members)) => patterns
            .iter()
            .all(|(key, pattern)| each(pattern, members.get(key).unwrap_or(&Json::Null), fits)),
        _ => scalars_equal(pattern, actual),
    }
}

pub(super) fn regex(pattern: &str, text: &str) -> bool {
    regex::Regex::new(pattern).is_ok_and(|regex| regex.is_match(text))
}

pub(super) fn glob(pattern: &str, text: &str) -> bool {
    glob_regex(pattern).is_ok_and(|glob| regex(&glob, text))
}

/// The regex of a shell pattern: `*` and `?` not over `/`, `[…]`, `[!…]`, `\` before what stands for itself.
fn glob_regex(pattern: &str) -> Result<String, String> {
    let mut written = String::from("(?s)^");
    let mut rest = pattern.chars();
    while let Some(character) = rest.next() {
        match character {
            '*' => written.push_str("[^/]*"),
            '?' => written.push_str("[^/]"),
            '[' => {
                let mut class = Vec::new();
                loop {
                    match rest.next() {
                        // At the start a bracket stands for itself.
                        Some(']') if !class.is_empty() && class != ['!'] => break,
                        Some(member) => class.push(member),
                        None => return Err("`[` is not closed: add `]`, or write `\\[`".to_owned()),
                    }
                }
                let (negation, members) = match class.as_slice() {
                    ['!', members @ ..] => ("^", members),
                    members => ("", members),
                };
                let members: String = members.iter().map(|member| class_member(*member)).collect();
                written.push_str(&format!("[{negation}{members}]"));
            }
            '\\' => written.push_str(&regex::escape(&rest.next().unwrap_or('\\').to_string())),
            other => written.push_str(&regex::escape(&other.to_string())),
        }
    }
    written.push('$');
    Ok(written)
}

/// A member of a shell's class as a regex has it; `-` stays a range.
fn class_member(member: char) -> String {
    match member {
        '[' | ']' | '^' | '&' | '~' | '\\' => format!("\\{member}"),
        other => other.to_string(),
    }
}

/// The patterns of a matcher that make no sense, each with the reason.
pub(super) fn bad_patterns(matcher: &Matcher) -> Vec<String> {
    let regexes = texts(matcher.matches.values()).filter_map(|text| {
        let error = regex::Regex::new(text).err()?;
        Some(format!(
            "`{text}` is no regular expression: {}",
            last_line(&error.to_string())
        ))
    });
    let globs = texts(matcher.glob.values()).filter_map(|text| {
        let compiled = glob_regex(text).and_then(|glob| match regex::Regex::new(&glob) {
            Ok(_) => Ok(()),
            Err(error) => Err(last_line(&error.to_string())),
        });
        Some(format!("`{text}` is no pattern: {}", compiled.err()?))
    });
    let inner = matcher.any_of.iter().flat_map(bad_patterns);
    regexes.chain(globs).chain(inner).collect()
}

fn last_line(text: &str) -> String {
    text.lines()
        .last()
        .unwrap_or_default()
        .trim_start_matches("error: ")
        .to_owned()
}

/// All strings in `values`, at every depth.
fn texts<'a>(values: impl Iterator<Item = &'a Json> + 'a) -> Box<dyn Iterator<Item = &'a str> + 'a> {
    Box::new(values.flat_map(|value| match value {
        Json::String(text) => Box::new(std::iter::once(text.as_str())),
        Json::Array(items) => texts(items.iter()),
        Json::Object(members) => texts(members.values()),
        _ => Box::new(std::iter::empty()),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shell_patterns() {
        for (pattern, text, fits) in [
            ("{a,b}[{}]*", "{a,b}}", true),
            ("[]]x", "]x", true),
            ("[^a]", "^", true),
            ("\\*", "*", true),
            ("\\*", "a", false),
            ("a\n*", "a\nb", true),
        ] {
            assert_eq!(glob(pattern, text), fits, "{pattern} {text}");
        }
        assert!(glob_regex("a[b").is_err());
    }
}
