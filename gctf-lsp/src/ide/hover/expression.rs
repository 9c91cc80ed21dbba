//! What a part of an expression means, and what it can be.

use super::Hover;
use super::json::{of_field, of_value};
use crate::expr::tokens::{Token, TokenKind, tokens};
use crate::ide::context::Context;
use crate::ide::element::Element;
use crate::ide::last;
use crate::ide::lines::TypedLine;
use crate::ide::parts::{self, around, step_type, touches};
use crate::ide::spot;
use crate::ide::words;
use crate::spec::functions::{self, Kind};
use crate::spec::plugins;
use crate::syntax::{Body, Section};
use crate::types::form::{Constant, Form, Type, describe};

/// The hover at `offset` of the document in an expression of `section`, or on a type behind a name of EXTRACT; the
/// range is of the document. `on_variable` says where a variable comes from.
pub(super) fn on_expression(
    context: &Context<'_>,
    section: &Section,
    offset: usize,
    on_variable: impl FnOnce() -> Option<Hover>,
) -> Option<Hover> {
    if let Some(found) = on_annotation(section, offset) {
        return Some(found);
    }
    let expression = spot::expression(context, section, offset)?;
    let (code, start) = (expression.code.as_str(), expression.range.start);
    let lines = parts::lines(context);
    let line = lines.at(offset).filter(|line| line.range == expression.range);
    let on_element = line.and_then(|line| on_element(context, line, code, offset));
    on_element
        .or_else(|| {
            let tokens = tokens(code);
            let token = token_at(&tokens, offset - start)?;
            let found = match token.kind {
                TokenKind::Variable => on_variable()?,
                _ => Hover {
                    range: token.range.start + start..token.range.end + start,
                    markdown: of_word(code, token, &tokens)?,
                },
            };
            let part = line.and_then(|line| around(line, &token.range));
            Some(Hover {
                markdown: with_type(found.markdown, part.map(|part| &part.ty)),
                ..found
            })
        })
        .or_else(|| on_part(line?, code, offset - start))
}

/// The token at `offset`; of two, the one that is a word.
fn token_at(tokens: &[Token], offset: usize) -> Option<&Token> {
    let is_mark = |token: &&Token| matches!(token.kind, TokenKind::Open | TokenKind::Close | TokenKind::Mark);
    let touched = tokens.iter().filter(|token| touches(&token.range, offset));
    touched.min_by_key(|token| (is_mark(token), token.kind == TokenKind::Operator))
}

/// A field that a step names, or a value of an enum.
fn on_element(context: &Context<'_>, line: &TypedLine, code: &str, offset: usize) -> Option<Hover> {
    let (element, range) = parts::element(context, offset)?;
    let own = range.start - line.range.start..range.end - line.range.start;
    let markdown = match element {
        Element::Field(field) => {
            let typed = with_type(of_field(context, &field), step_type(line, code, &own));
            match last::value_of_step(context, &code[..own.end]) {
                Some(value) => format!("{typed}\n\nLast run: `{}`", cut(&value)),
                None => typed,
            }
        }
        Element::EnumValue(value) => of_value(&context.source_info(), &value),
        _ => return None,
    };
    Some(Hover { range, markdown })
}

/// The `:type` behind a name that EXTRACT sets.
fn on_annotation(section: &Section, offset: usize) -> Option<Hover> {
    let Body::Extract(lines) = &section.body else {
        return None;
    };
    let mut annotations = lines.iter().filter_map(|line| line.annotation.as_ref());
    let annotation = annotations.find(|annotation| touches(&annotation.range, offset))?;
    Some(Hover {
        range: annotation.range.clone(),
        markdown: shown(&functions::find(Kind::Type, &format!(":{}", annotation.text))?),
    })
}

/// What a word of the language means.
fn of_word(code: &str, token: &Token, tokens: &[Token]) -> Option<String> {
    let text = &code[token.range.clone()];
    let kind = match token.kind {
        TokenKind::Plugin => {
            return of_plugin(text).or_else(|| functions::find(Kind::Format, text).map(|word| shown(&word)));
        }
        TokenKind::Name if is_defined(code, text, tokens) => return None,
        TokenKind::Name => Kind::Function,
        TokenKind::Keyword => Kind::Keyword,
        TokenKind::Operator => Kind::Operator,
        TokenKind::Type => Kind::Type,
        _ => return None,
    };
    functions::find(kind, text)
        .map(|word| shown(&word))
        .or_else(|| of_branch(text))
}

/// Words that stand inside of what another begins.
fn of_branch(word: &str) -> Option<String> {
    let begins = match word {
        "then" | "elif" | "else" | "end" => "if",
        "catch" => "try",
        _ => return None,
    };
    functions::find(Kind::Keyword, begins).map(|word| shown(&word))
}

/// Whether the expression defines a function of this name.
fn is_defined(code: &str, name: &str, tokens: &[Token]) -> bool {
    let texts = |pair: &[Token]| [0, 1].map(|at: usize| code[pair[at].range.clone()].to_owned());
    tokens.windows(2).any(|pair| texts(pair) == ["def", name])
}

fn of_plugin(name: &str) -> Option<String> {
    let plugin = plugins::find(name)?;
    let signature = format!("{} → {}", plugin.signature(), plugin.returns.as_str());
    Some(format!("```gctf\n{signature}\n```\n\n{}", words::of_plugin(plugin)))
}

fn shown(word: &functions::Function) -> String {
    let forms: Vec<_> = word.forms().collect();
    format!("```jq\n{}\n```\n\n{}", forms.join("\n"), words::of_function(word))
}

/// The smallest part of the expression that is no literal, with its type.
fn on_part(line: &TypedLine, code: &str, offset: usize) -> Option<Hover> {
    let part = around(line, &(offset..offset))?;
    let is_literal = match part.ty.cases() {
        Some([Form::Constant(Constant::Null | Constant::Bool(_) | Constant::Number(_) | Constant::Text(_))]) => {
            describe(&part.ty) == code[part.range.clone()]
        }
        Some(_) => false,
        None => true,
    };
    (!is_literal).then(|| Hover {
        range: line.of_document(&part.range),
        markdown: format!(
            "```jq\n{}\n```\n\n{}",
            cut(&code[part.range.clone()]),
            type_line(&part.ty)
        ),
    })
}

/// Most characters of a part that are shown.
const MOST: usize = 200;

fn cut(text: &str) -> String {
    match text.char_indices().nth(MOST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

fn with_type(markdown: String, ty: Option<&Type>) -> String {
    match ty.filter(|ty| **ty != Type::Unknown) {
        Some(ty) => format!("{markdown}\n\n{}", type_line(ty)),
        None => markdown,
    }
}

fn type_line(ty: &Type) -> String {
    format!("Type here: `{}`", describe(ty))
}
