//! Small helpers on text that every ring needs.

use std::ops::Range;

/// Bytes of a text, and what stands there afterwards.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edit {
    pub range: Range<usize>,
    pub text: String,
}

/// `text` after `edits`, which are in order and do not overlap.
pub fn apply(text: &str, edits: &[Edit]) -> String {
    let mut result = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        result.push_str(&text[at..edit.range.start]);
        result.push_str(&edit.text);
        at = edit.range.end;
    }
    result.push_str(&text[at..]);
    result
}

/// The candidate with the fewest edits to `word`, if that is few enough to be meant: a third of its length,
/// at least one. Case differences count as nothing.
pub fn nearest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<String> {
    let limit = (word.chars().count() / 3).max(1);
    nearest_within(word, candidates, |_| limit).map(str::to_owned)
}

/// The candidate with the fewest edits to `word` among those with at most `limit` of them.
pub fn nearest_within<'a>(
    word: &str,
    candidates: impl IntoIterator<Item = &'a str>,
    limit: impl Fn(&str) -> usize,
) -> Option<&'a str> {
    let folded = fold(word);
    candidates
        .into_iter()
        .map(|candidate| (distance(&folded, &fold(candidate)), candidate))
        .filter(|(distance, candidate)| *distance <= limit(candidate))
        .min_by_key(|(distance, _)| *distance)
        .map(|(_, candidate)| candidate)
}

/// `; did you mean "x"?` for the nearest candidate, nothing where none is near.
pub fn did_you_mean<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> String {
    asked(nearest(word, candidates).as_deref())
}

/// `; did you mean "x"?` for a name, nothing for none.
pub fn asked(name: Option<&str>) -> String {
    name.map_or(String::new(), |name| format!("; did you mean \"{name}\"?"))
}

/// The name that a message asks whether it was meant, as [`did_you_mean`] does, in quotes of either kind.
pub fn meant(message: &str) -> Option<&str> {
    let rest = message.split_once("did you mean ")?.1;
    let quote = rest.chars().next().filter(|quote| matches!(quote, '"' | '`'))?;
    Some(rest[1..].split_once(quote)?.0)
}

/// Lower case without underscores, so that `roomId` is near `room_id`.
fn fold(word: &str) -> Vec<char> {
    word.chars()
        .filter(|character| *character != '_')
        .flat_map(char::to_lowercase)
        .collect()
}

/// Edits (insert, delete, replace, swap neighbours) between two words.
fn distance(left: &[char], right: &[char]) -> usize {
    let width = right.len() + 1;
    let mut rows = vec![0; (left.len() + 1) * width];
    for (at, cell) in rows.iter_mut().take(width).enumerate() {
        *cell = at;
    }
    for row in 1..=left.len() {
        rows[row * width] = row;
        for column in 1..=right.len() {
            let same = left[row - 1] == right[column - 1];
            let replaced = rows[(row - 1) * width + column - 1] + usize::from(!same);
            let removed = rows[(row - 1) * width + column] + 1;
            let inserted = rows[row * width + column - 1] + 1;
            let mut best = replaced.min(removed).min(inserted);
            let swapped =
                row > 1 && column > 1 && left[row - 1] == right[column - 2] && left[row - 2] == right[column - 1];
            if swapped {
                best = best.min(rows[(row - 2) * width + column - 2] + 1);
            }
            rows[row * width + column] = best;
        }
    }
    rows.last().copied().unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn near_and_far() {
        let near = |word| nearest(word, ["room_id", "message", "limit"]);
        assert_eq!(near("roomId").as_deref(), Some("room_id"));
        assert_eq!(near("mesage").as_deref(), Some("message"));
        assert_eq!(near("limti").as_deref(), Some("limit"));
        assert_eq!(near("banana"), None);
    }
}
