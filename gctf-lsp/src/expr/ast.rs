//! The syntax of an expression as it was written, parentheses included. Every node knows its bytes.

use std::ops::Range;

/// A part of an expression.
#[derive(Clone, Debug)]
pub(crate) struct Expr<'a> {
    pub(crate) kind: Kind<'a>,
    pub(crate) range: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum Kind<'a> {
    /// `.`
    Identity,
    /// `..`
    Recurse,
    Number(&'a str),
    /// A string, behind a format such as `@base64` or not.
    Text(Option<&'a str>, Vec<Piece<'a>>),
    Regex {
        pattern: &'a str,
        flags: &'a str,
    },
    Array(Option<Box<Expr<'a>>>),
    Object(Vec<Member<'a>>),
    /// With its `$`.
    Variable(&'a str),
    /// A function of jq or of the expression, or a format such as `@base64`.
    Call(&'a str, Vec<Expr<'a>>),
    /// With its `@`.
    Plugin(&'a str, Vec<Expr<'a>>),
    /// Parentheses.
    Group(Box<Expr<'a>>),
    Negative(Box<Expr<'a>>),
    /// `!` or `not` in front of a term.
    Not(Box<Expr<'a>>),
    Binary(Box<Expr<'a>>, Op, Range<usize>, Box<Expr<'a>>),
    /// `source as $x | body`, with alternatives behind `?//`.
    Bind(Box<Expr<'a>>, Vec<Pattern<'a>>, Box<Expr<'a>>),
    Label(&'a str, Box<Expr<'a>>),
    Break(&'a str),
    /// `reduce` or `foreach`.
    Fold(&'a str, Box<Expr<'a>>, Pattern<'a>, Vec<Expr<'a>>),
    Try(Box<Expr<'a>>, Option<Box<Expr<'a>>>),
    If(Vec<(Expr<'a>, Expr<'a>)>, Option<Box<Expr<'a>>>),
    Ternary(Box<Expr<'a>>, Box<Expr<'a>>, Box<Expr<'a>>),
    Define(Box<Definition<'a>>, Box<Expr<'a>>),
    Path(Box<Expr<'a>>, Vec<Step<'a>>),
    /// `term:type`; the name of the type.
    Convert(Box<Expr<'a>>, &'a str),
}

#[derive(Clone, Debug)]
pub(crate) enum Piece<'a> {
    Raw(&'a str),
    Escape(char),
    Interpolation(Expr<'a>),
}

#[derive(Clone, Debug)]
pub(crate) struct Member<'a> {
    pub(crate) key: Key<'a>,
    pub(crate) value: Option<Expr<'a>>,
}

/// A key of an object or of an object pattern.
#[derive(Clone, Debug)]
pub(crate) enum Key<'a> {
    Name(&'a str, Range<usize>),
    /// With its `$`.
    Variable(&'a str, Range<usize>),
    /// A string, or any expression in parentheses.
    Computed(Expr<'a>),
}

#[derive(Clone, Debug)]
pub(crate) enum Pattern<'a> {
    Variable(&'a str),
    Array(Vec<Pattern<'a>>),
    Object(Vec<(Key<'a>, Option<Pattern<'a>>)>),
}

#[derive(Clone, Debug)]
pub(crate) struct Definition<'a> {
    pub(crate) name: &'a str,
    pub(crate) parameters: Vec<&'a str>,
    pub(crate) body: Expr<'a>,
}

/// A step of a path.
#[derive(Clone, Debug)]
pub(crate) struct Step<'a> {
    pub(crate) kind: StepKind<'a>,
    pub(crate) optional: bool,
    /// Of a field its name.
    pub(crate) range: Range<usize>,
}

#[derive(Clone, Debug)]
pub(crate) enum StepKind<'a> {
    Field(&'a str),
    Index(Expr<'a>),
    Slice(Option<Expr<'a>>, Option<Expr<'a>>),
    Each,
}

/// Operators between two terms.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Op {
    Pipe,
    Comma,
    Alternative,
    Assign,
    Update,
    UpdateAlternative,
    UpdateAdd,
    UpdateSubtract,
    UpdateMultiply,
    UpdateDivide,
    UpdateRemainder,
    Or,
    Xor,
    And,
    Equal,
    NotEqual,
    Less,
    LessEqual,
    Greater,
    GreaterEqual,
    Contains,
    Matches,
    StartsWith,
    EndsWith,
    Add,
    Subtract,
    Multiply,
    Divide,
    Remainder,
}

/// Levels of precedence; a higher one binds tighter.
pub(crate) const PIPE: u8 = 1;
pub(crate) const COMPARISON: u8 = 8;

impl Op {
    pub(crate) fn level(self) -> u8 {
        match self {
            Self::Pipe => PIPE,
            Self::Comma => 2,
            Self::Alternative => 3,
            Self::Or => 5,
            Self::Xor => 6,
            Self::And => 7,
            Self::Add | Self::Subtract => 9,
            Self::Multiply | Self::Divide | Self::Remainder => 10,
            _ if self.is_update() => 4,
            _ => COMPARISON,
        }
    }

    /// Whether `a op b op c` is `a op (b op c)`.
    pub(crate) fn is_right(self) -> bool {
        matches!(self, Self::Pipe | Self::Alternative)
    }

    /// Whether it assigns.
    pub(crate) fn is_update(self) -> bool {
        matches!(
            self,
            Self::Assign
                | Self::Update
                | Self::UpdateAlternative
                | Self::UpdateAdd
                | Self::UpdateSubtract
                | Self::UpdateMultiply
                | Self::UpdateDivide
                | Self::UpdateRemainder
        )
    }

    /// Whether it is one of jq's comparisons, which order values.
    pub(crate) fn is_order(self) -> bool {
        matches!(
            self,
            Self::Equal | Self::NotEqual | Self::Less | Self::LessEqual | Self::Greater | Self::GreaterEqual
        )
    }
}

/// Operators written as signs, longer ones before those that they begin with.
pub(super) const SIGNS: [(&str, Op); 22] = [
    ("//=", Op::UpdateAlternative),
    ("//", Op::Alternative),
    ("|=", Op::Update),
    ("+=", Op::UpdateAdd),
    ("-=", Op::UpdateSubtract),
    ("*=", Op::UpdateMultiply),
    ("/=", Op::UpdateDivide),
    ("%=", Op::UpdateRemainder),
    ("==", Op::Equal),
    ("!=", Op::NotEqual),
    ("<=", Op::LessEqual),
    (">=", Op::GreaterEqual),
    ("<", Op::Less),
    (">", Op::Greater),
    ("=", Op::Assign),
    ("|", Op::Pipe),
    (",", Op::Comma),
    ("+", Op::Add),
    ("-", Op::Subtract),
    ("*", Op::Multiply),
    ("/", Op::Divide),
    ("%", Op::Remainder),
];

/// Operators written as words.
pub(super) const WORDS: [(&str, Op); 9] = [
    ("or", Op::Or),
    ("xor", Op::Xor),
    ("and", Op::And),
    ("contains", Op::Contains),
    ("matches", Op::Matches),
    ("startsWith", Op::StartsWith),
    ("startswith", Op::StartsWith),
    ("endsWith", Op::EndsWith),
    ("endswith", Op::EndsWith),
];

/// What an expression stands in, which decides what it may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Place {
    /// A line of ASSERTS: has `:type`, no ternary.
    Asserts,
    /// The value of a line of EXTRACT: has the ternary, no `:type`.
    Extract,
}

impl<'a> Expr<'a> {
    /// The expression inside any parentheses around it.
    pub(crate) fn bare(&self) -> &Self {
        match &self.kind {
            Kind::Group(inner) => inner.bare(),
            _ => self,
        }
    }

    /// The text of a string without interpolations and format.
    pub(crate) fn constant_text(&self) -> Option<String> {
        let Kind::Text(None, pieces) = &self.bare().kind else {
            return None;
        };
        let mut text = String::new();
        for piece in pieces {
            match piece {
                Piece::Raw(raw) => text.push_str(raw),
                Piece::Escape(character) => text.push(*character),
                Piece::Interpolation(_) => return None,
            }
        }
        Some(text)
    }

    /// Calls `visit` with the expressions directly inside.
    pub(crate) fn each_child<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr<'a>)) {
        match &self.kind {
            Kind::Text(_, pieces) => pieces.iter().for_each(|piece| match piece {
                Piece::Interpolation(inner) => visit(inner),
                Piece::Raw(_) | Piece::Escape(_) => {}
            }),
            Kind::Array(items) => items.iter().for_each(|inner| visit(inner)),
            Kind::Object(members) => members.iter().for_each(|member| {
                member
                    .key
                    .computed()
                    .into_iter()
                    .chain(&member.value)
                    .for_each(&mut *visit);
            }),
            Kind::Call(_, arguments) | Kind::Plugin(_, arguments) => arguments.iter().for_each(visit),
            Kind::Group(inner) | Kind::Negative(inner) | Kind::Not(inner) => visit(inner),
            Kind::Label(_, inner) | Kind::Convert(inner, _) => visit(inner),
            Kind::Binary(left, _, _, right) => [left, right].into_iter().for_each(|side| visit(side)),
            Kind::Bind(source, patterns, body) => {
                visit(source);
                patterns.iter().for_each(|pattern| pattern.each_key(visit));
                visit(body);
            }
            Kind::Fold(_, source, pattern, arguments) => {
                visit(source);
                pattern.each_key(visit);
                arguments.iter().for_each(visit);
            }
            Kind::Try(body, catch) => std::iter::once(body).chain(catch).for_each(|inner| visit(inner)),
            Kind::If(branches, otherwise) => {
                branches
                    .iter()
                    .flat_map(|(condition, then)| [condition, then])
                    .for_each(&mut *visit);
                otherwise.iter().for_each(|inner| visit(inner));
            }
            Kind::Ternary(condition, yes, no) => [condition, yes, no].into_iter().for_each(|inner| visit(inner)),
            Kind::Define(definition, rest) => [&definition.body, rest].into_iter().for_each(visit),
            Kind::Path(base, steps) => {
                visit(base);
                for step in steps {
                    match &step.kind {
                        StepKind::Index(index) => visit(index),
                        StepKind::Slice(from, to) => from.iter().chain(to).for_each(&mut *visit),
                        StepKind::Field(_) | StepKind::Each => {}
                    }
                }
            }
            Kind::Identity | Kind::Recurse | Kind::Number(_) | Kind::Regex { .. } => {}
            Kind::Variable(_) | Kind::Break(_) => {}
        }
    }
}

impl<'a> Key<'a> {
    pub(crate) fn computed(&self) -> Option<&Expr<'a>> {
        match self {
            Self::Computed(expression) => Some(expression),
            Self::Name(..) | Self::Variable(..) => None,
        }
    }
}

impl<'a> Pattern<'a> {
    /// The variables that it sets, with their `$`.
    pub(crate) fn variables(&self) -> Vec<&'a str> {
        match self {
            Self::Variable(name) => vec![name],
            Self::Array(items) => items.iter().flat_map(Self::variables).collect(),
            Self::Object(entries) => {
                let names = entries.iter().flat_map(|(key, value)| {
                    let own = match key {
                        Key::Variable(name, _) => Some(*name),
                        _ => None,
                    };
                    own.into_iter().chain(value.iter().flat_map(Self::variables))
                });
                names.collect()
            }
        }
    }

    pub(crate) fn each_key<'e>(&'e self, visit: &mut dyn FnMut(&'e Expr<'a>)) {
        match self {
            Self::Variable(_) => {}
            Self::Array(items) => items.iter().for_each(|item| item.each_key(visit)),
            Self::Object(entries) => entries.iter().for_each(|(key, value)| {
                key.computed().into_iter().for_each(&mut *visit);
                value.iter().for_each(|value| value.each_key(visit));
            }),
        }
    }
}
