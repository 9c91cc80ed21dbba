//! What the format adds to jq's grammar, on the level of tokens: each addition becomes a form that jq's parser
//! takes, which [`precedence`](super::precedence) puts right in the tree. Knows nothing of evaluation.

use super::ExprError;
use jaq_core::load::lex::{StrPart, Tok};
use std::collections::VecDeque;

/// A token of jq's lexer.
pub(super) type Token<'a> = jaq_core::load::lex::Token<&'a str>;

/// The call that stands for parentheses in a parsed tree.
pub(super) const GROUP: &str = "__group";
/// jq has no operator left for the infix words: `a contains b` is parsed as `a //= contains //= b`.
const MARK: &str = "//=";

/// Infix words with the definitions that they stand for.
pub(super) const INFIX: [(&str, &str); 7] = [
    ("contains", "__contains"),
    ("matches", "__matches"),
    ("startsWith", "__startswith"),
    ("startswith", "__startswith"),
    ("endsWith", "__endswith"),
    ("endswith", "__endswith"),
    ("xor", "__xor"),
];

/// Types behind `:` with the definitions that they stand for.
const TYPES: [(&str, &str); 11] = [
    ("bool", "__as_bool"),
    ("uint", "__as_uint"),
    ("number", "__as_number"),
    ("string", "__as_string"),
    ("uuid", "__as_string"),
    ("email", "__as_string"),
    ("url", "__as_string"),
    ("ip", "__as_string"),
    ("regex", "__as_string"),
    ("yaml", "__as_string"),
    ("json", "__as_json"),
];
const TIME_TYPES: [&str; 3] = ["time", "timestamp", "duration"];

const KEYWORDS: [&str; 16] = [
    "if", "then", "elif", "else", "end", "and", "or", "as", "try", "catch", "reduce", "foreach", "def", "label",
    "import", "include",
];

/// Whether `name` is a type that can stand behind `:`.
pub fn is_type(name: &str) -> bool {
    TIME_TYPES.contains(&name) || TYPES.iter().any(|(known, _)| *known == name)
}

/// Rewrites `tokens`; an `end` that is missing at their end is supplied.
pub(super) fn rewrite<'a>(text: &'a str, tokens: Vec<Token<'a>>) -> Result<Vec<Token<'a>>, Vec<ExprError>> {
    let mut rewriter = Rewriter {
        text,
        errors: Vec::new(),
    };
    let mut rewritten = rewriter.sequence(tokens, Inside::Parentheses);
    let count = |word: &str| rewritten.iter().filter(|token| is_word(token, word)).count();
    let missing = count("if").saturating_sub(count("end"));
    rewritten.extend((0..missing).map(|_| word("end")));
    match rewriter.errors.is_empty() {
        true => Ok(rewritten),
        false => Err(rewriter.errors),
    }
}

/// What a sequence of tokens stands in, which decides what `:` means.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Inside {
    Parentheses,
    /// `{…}` and slices have a `:` of their own.
    Other,
}

struct Rewriter<'a> {
    text: &'a str,
    errors: Vec<ExprError>,
}

type Input<'a> = VecDeque<Token<'a>>;

impl<'a> Rewriter<'a> {
    fn sequence(&mut self, tokens: Vec<Token<'a>>, inside: Inside) -> Vec<Token<'a>> {
        let mut input = Input::from(tokens);
        let mut output = Vec::new();
        // Whether a term has just ended, so that an operator follows.
        let mut behind_term = false;
        let mut in_definition = false;
        while let Some(next) = input.front() {
            if !behind_term && begins_term(next) && !in_definition {
                output.extend(self.term(&mut input, inside));
                behind_term = true;
                continue;
            }
            let Some(token) = input.pop_front() else { break };
            let infix = infix_word(&token).filter(|_| behind_term && !in_definition);
            match &token.1 {
                Tok::Word if infix.is_some() => {
                    output.extend([symbol(MARK), word(infix.unwrap_or_default()), symbol(MARK)]);
                    behind_term = false;
                }
                Tok::Word => {
                    in_definition |= token.0 == "def";
                    behind_term = token.0 == "end" || !KEYWORDS.contains(&token.0);
                    output.push(token);
                }
                Tok::Sym => {
                    in_definition &= token.0 != ":";
                    behind_term = behind_term && (token.0 == "?" || token.0.starts_with('.') && token.0 != "..");
                    output.push(token);
                }
                _ => {
                    behind_term = true;
                    output.push(self.nested(token));
                }
            }
        }
        output
    }

    /// One term with everything behind it that binds to it.
    fn term(&mut self, input: &mut Input<'a>, inside: Inside) -> Vec<Token<'a>> {
        let Some(first) = input.pop_front() else {
            return Vec::new();
        };
        let operand_follows = input.front().is_some_and(begins_term) || input.front().is_some_and(|next| next.0 == "-");
        match (&first.1, first.0) {
            (Tok::Word, "not") if operand_follows && !continues_path(&first, input) => {
                let operand = self.term(input, inside);
                return call("__not", operand);
            }
            (Tok::Sym, marks) if marks.starts_with('!') => {
                let operand = self.term(input, inside);
                return marks.chars().fold(operand, |operand, _| call("__not", operand));
            }
            (Tok::Sym, "-") => {
                let operand = self.term(input, inside);
                return std::iter::once(first).chain(operand).collect();
            }
            _ => {}
        }
        let mut term = match &first.1 {
            Tok::Block(_) if first.0.starts_with('(') => self.group(first),
            _ => vec![self.nested(first)],
        };
        while let Some(next) = input.front() {
            let binds = match &next.1 {
                Tok::Sym if next.0 == ":" && inside == Inside::Parentheses => match self.conversion(input, &mut term) {
                    true => continue,
                    false => false,
                },
                Tok::Sym => next.0 == "?" || next.0.starts_with('.') && next.0 != "..",
                Tok::Block(_) if next.0.starts_with('[') => true,
                Tok::Block(_) => takes_arguments(term.last()),
                Tok::Str(_) => term
                    .last()
                    .is_some_and(|last| last.0 == "." || matches!(last.1, Tok::Fmt)),
                Tok::Fmt => term.last().is_some_and(|last| last.0 == "."),
                _ => false,
            };
            match input.pop_front() {
                Some(next) if binds => {
                    let next = self.postfix(next);
                    term.push(next);
                }
                Some(next) => {
                    input.push_front(next);
                    break;
                }
                None => break,
            }
        }
        term
    }

    /// `term:type`; whether the colon was one of these.
    fn conversion(&mut self, input: &mut Input<'a>, term: &mut Vec<Token<'a>>) -> bool {
        let Some(name) = input
            .get(1)
            .filter(|token| matches!(token.1, Tok::Word))
            .map(|token| token.0)
        else {
            return false;
        };
        let function = TYPES
            .iter()
            .find(|(known, _)| *known == name)
            .map(|(_, function)| *function);
        if function.is_none() {
            let message = match TIME_TYPES.contains(&name) {
                true => format!("`:{name}` cannot be evaluated yet: compare the texts"),
                false => {
                    let known = TYPES.iter().map(|(known, _)| *known).chain(TIME_TYPES);
                    let nearest = crate::text::nearest(name, known);
                    let advice = nearest.map_or(String::new(), |nearest| format!("; did you mean `:{nearest}`?"));
                    format!("no type `:{name}`{advice}")
                }
            };
            self.errors.push(ExprError {
                code: "G406",
                range: super::within(self.text, name),
                message,
            });
        }
        input.drain(..2);
        let operand = std::mem::take(term);
        *term = call(function.unwrap_or("__as_json"), operand);
        true
    }

    fn group(&mut self, token: Token<'a>) -> Vec<Token<'a>> {
        let full = token.0;
        match self.nested(token) {
            // Arguments of `reduce` and `foreach`.
            jaq_core::load::lex::Token(_, Tok::Block(inner)) if inner.iter().any(|token| token.0 == ";") => {
                vec![block(full, inner)]
            }
            inner => vec![block(full, vec![word(GROUP), inner, symbol(")")])],
        }
    }

    fn postfix(&mut self, token: Token<'a>) -> Token<'a> {
        match token {
            jaq_core::load::lex::Token(full, Tok::Block(tokens)) if full.starts_with('[') => {
                block(full, self.sequence(tokens, Inside::Other))
            }
            other => self.nested(other),
        }
    }

    /// The token with what stands inside it rewritten.
    fn nested(&mut self, token: Token<'a>) -> Token<'a> {
        let jaq_core::load::lex::Token(full, kind) = token;
        let kind = match kind {
            Tok::Block(tokens) => {
                let inside = match full.starts_with('{') {
                    true => Inside::Other,
                    false => Inside::Parentheses,
                };
                Tok::Block(self.sequence(tokens, inside))
            }
            Tok::Str(parts) => {
                let part = |part| match part {
                    StrPart::Term(token) => StrPart::Term(self.nested(token)),
                    other => other,
                };
                Tok::Str(parts.into_iter().map(part).collect())
            }
            other => other,
        };
        jaq_core::load::lex::Token(full, kind)
    }
}

fn begins_term(token: &Token<'_>) -> bool {
    match &token.1 {
        Tok::Word => !KEYWORDS.contains(&token.0),
        Tok::Sym => token.0.starts_with('.') || !token.0.is_empty() && token.0.bytes().all(|byte| byte == b'!'),
        _ => true,
    }
}

/// Whether `not` is glued to a path, which is jq's `(not).a`.
fn continues_path(not: &Token<'_>, input: &Input<'_>) -> bool {
    let behind = not.0.as_ptr().addr() + not.0.len();
    input
        .front()
        .is_some_and(|next| next.0.as_ptr().addr() == behind && next.0.starts_with(['.', '[']))
}

fn takes_arguments(token: Option<&Token<'_>>) -> bool {
    token.is_some_and(|token| matches!(token.1, Tok::Word | Tok::Fmt))
}

fn infix_word(token: &Token<'_>) -> Option<&'static str> {
    let found = INFIX
        .iter()
        .find(|(name, _)| matches!(token.1, Tok::Word) && *name == token.0);
    found.map(|(_, function)| *function)
}

fn is_word(token: &Token<'_>, name: &str) -> bool {
    matches!(token.1, Tok::Word) && token.0 == name
}

fn word<'a>(name: &'a str) -> Token<'a> {
    jaq_core::load::lex::Token(name, Tok::Word)
}

fn symbol<'a>(text: &'a str) -> Token<'a> {
    jaq_core::load::lex::Token(text, Tok::Sym)
}

fn block<'a>(full: &'a str, tokens: Vec<Token<'a>>) -> Token<'a> {
    jaq_core::load::lex::Token(full, Tok::Block(tokens))
}

/// `name(operand)` as one term.
fn call<'a>(name: &'static str, mut operand: Vec<Token<'a>>) -> Vec<Token<'a>> {
    operand.push(symbol(")"));
    vec![word(name), block("(", operand)]
}
