//! From the written expression to jq's own terms, whose slices are of the expression's text.

use super::Tree;
use super::ast::{Definition, Expr, Key, Kind, Member, Op, Pattern, Piece, Step, StepKind};
use jaq_core::load::lex::StrPart;
use jaq_core::load::parse::{BinaryOp, Def, Pattern as JqPattern, Term};
use jaq_core::ops::{Cmp, Math};
use jaq_core::path::{Opt, Part, Path};

/// What the whole expression sees, for plugins that look at it from behind a pipe.
const MESSAGE: &str = "$__message";
/// The input and the value of a binding with alternatives.
const INPUT: &str = "$__input";
const VALUE: &str = "$__value";

/// The whole of an expression as jq's term.
pub(super) fn program<'a>(expression: &Expr<'a>) -> Tree<'a> {
    let mut lowering = Lowering { sees_message: false };
    let tree = lowering.term(expression);
    match lowering.sees_message {
        true => bind(Term::Id, MESSAGE, tree),
        false => tree,
    }
}

struct Lowering {
    /// Whether something looks at the message.
    sees_message: bool,
}

fn binary<'a>(left: Tree<'a>, op: BinaryOp<&'a str>, right: Tree<'a>) -> Tree<'a> {
    Term::BinOp(Box::new(left), op, Box::new(right))
}

fn pipe<'a>(left: Tree<'a>, right: Tree<'a>) -> Tree<'a> {
    binary(left, BinaryOp::Pipe(None), right)
}

fn bind<'a>(value: Tree<'a>, name: &'a str, body: Tree<'a>) -> Tree<'a> {
    binary(value, BinaryOp::Pipe(Some(JqPattern::Var(name))), body)
}

fn plain(text: &str) -> Tree<'_> {
    Term::Str(None, vec![StrPart::Str(text)])
}

impl Lowering {
    fn boxed<'a>(&mut self, expression: &Expr<'a>) -> Box<Tree<'a>> {
        Box::new(self.term(expression))
    }

    fn all<'a>(&mut self, expressions: &[Expr<'a>]) -> Vec<Tree<'a>> {
        expressions.iter().map(|expression| self.term(expression)).collect()
    }

    fn term<'a>(&mut self, expression: &Expr<'a>) -> Tree<'a> {
        match &expression.kind {
            Kind::Identity => Term::Id,
            Kind::Recurse => Term::Recurse,
            Kind::Number(number) => digits(number),
            Kind::Text(format, pieces) => Term::Str(*format, self.pieces(pieces)),
            Kind::Regex { pattern, flags } => regex(pattern, flags),
            Kind::Array(items) => Term::Arr(items.as_ref().map(|items| self.boxed(items))),
            Kind::Object(members) => Term::Obj(members.iter().map(|member| self.member(member)).collect()),
            // The environment of the run, not of the process.
            Kind::Variable("$ENV") => Term::Call("env", Vec::new()),
            Kind::Variable(name) => Term::Var(name),
            Kind::Call(name, arguments) => Term::Call(name, self.all(arguments)),
            Kind::Plugin(name, arguments) => self.plugin(name, arguments),
            Kind::Group(inner) => self.term(inner),
            Kind::Negative(inner) => Term::Neg(self.boxed(inner)),
            Kind::Not(inner) => Term::Call("__not", vec![self.term(inner)]),
            Kind::Binary(left, op, _, right) => self.binary(left, *op, right),
            Kind::Bind(source, patterns, body) => self.bind(source, patterns, body),
            Kind::Label(name, body) => Term::Label(name, self.boxed(body)),
            Kind::Break(name) => Term::Break(name),
            Kind::Fold(word, source, pattern, arguments) => {
                let (source, pattern) = (self.boxed(source), self.pattern(pattern));
                Term::Fold(word, source, pattern, self.all(arguments))
            }
            Kind::Try(body, catch) => {
                let body = self.boxed(body);
                Term::TryCatch(body, catch.as_ref().map(|catch| self.boxed(catch)))
            }
            Kind::If(branches, otherwise) => {
                let branches = branches
                    .iter()
                    .map(|(condition, then)| (self.term(condition), self.term(then)));
                let branches = branches.collect();
                Term::IfThenElse(branches, otherwise.as_ref().map(|last| self.boxed(last)))
            }
            Kind::Ternary(condition, yes, no) => {
                let branches = vec![(self.term(condition), self.term(yes))];
                Term::IfThenElse(branches, Some(self.boxed(no)))
            }
            Kind::Define(definition, rest) => {
                let definitions = vec![self.definition(definition)];
                Term::Def(definitions, self.boxed(rest))
            }
            Kind::Path(base, steps) => self.path(base, steps),
            Kind::Convert(inner, name) => {
                let known = super::TYPES.iter().find(|(known, _)| known == name);
                Term::Call(
                    known.map_or("__as_json", |(_, function)| function),
                    vec![self.term(inner)],
                )
            }
        }
    }

    fn pieces<'a>(&mut self, pieces: &[Piece<'a>]) -> Vec<StrPart<&'a str, Tree<'a>>> {
        let piece = |piece: &Piece<'a>| match piece {
            Piece::Raw(raw) => StrPart::Str(*raw),
            Piece::Escape(character) => StrPart::Char(*character),
            Piece::Interpolation(inner) => StrPart::Term(self.term(inner)),
        };
        pieces.iter().map(piece).collect()
    }

    fn member<'a>(&mut self, member: &Member<'a>) -> (Tree<'a>, Option<Tree<'a>>) {
        let key = self.key(&member.key);
        (key, member.value.as_ref().map(|value| self.term(value)))
    }

    fn key<'a>(&mut self, key: &Key<'a>) -> Tree<'a> {
        match key {
            Key::Name(name, _) => plain(name),
            Key::Variable("$ENV", _) => Term::Call("env", Vec::new()),
            Key::Variable(name, _) => Term::Var(name),
            Key::Computed(expression) => self.term(expression),
        }
    }

    fn plugin<'a>(&mut self, written: &'a str, arguments: &[Expr<'a>]) -> Tree<'a> {
        let name = crate::spec::plugins::find(written).map_or(written, |plugin| plugin.name);
        let mut arguments = self.all(arguments);
        if name == "@schema" && arguments.len() == 1 {
            self.sees_message = true;
            arguments.insert(0, Term::Var(MESSAGE));
        }
        Term::Call(name, arguments)
    }

    fn binary<'a>(&mut self, left: &Expr<'a>, op: Op, right: &Expr<'a>) -> Tree<'a> {
        let moment = [left, right].into_iter().find_map(moment).filter(|_| op.is_order());
        let (mut left, mut right) = (self.term(left), self.term(right));
        if let Some(function) = moment {
            left = Term::Call(function, vec![left]);
            right = Term::Call(function, vec![right]);
        }
        match operator(op) {
            Operator::Jq(op) => binary(left, op, right),
            Operator::Function(name) => Term::Call(name, vec![left, right]),
        }
    }

    fn bind<'a>(&mut self, source: &Expr<'a>, patterns: &[Pattern<'a>], body: &Expr<'a>) -> Tree<'a> {
        let source = self.term(source);
        let body = self.term(body);
        if let [pattern] = patterns {
            let op = BinaryOp::Pipe(Some(self.pattern(pattern)));
            return binary(source, op, body);
        }
        // Each alternative sets the variables of the others to null and is left for the next one by an error.
        let names: Vec<_> = patterns.iter().flat_map(Pattern::variables).collect();
        let attempt = |lowering: &mut Self, pattern: &Pattern<'a>| {
            let own = BinaryOp::Pipe(Some(lowering.pattern(pattern)));
            let inner = binary(Term::Var(VALUE), own, body.clone());
            let nulls = names.iter().filter(|name| !pattern.variables().contains(name));
            nulls.fold(inner, |inner, name| bind(Term::Call("null", Vec::new()), name, inner))
        };
        let mut rest: Option<Tree<'a>> = None;
        for pattern in patterns.iter().rev() {
            let own = attempt(self, pattern);
            rest = Some(match rest {
                None => own,
                Some(next) => {
                    let catch = pipe(Term::Var(INPUT), next);
                    Term::TryCatch(Box::new(own), Some(Box::new(catch)))
                }
            });
        }
        bind(Term::Id, INPUT, bind(source, VALUE, rest.unwrap_or_default()))
    }

    fn pattern<'a>(&mut self, pattern: &Pattern<'a>) -> JqPattern<&'a str> {
        match pattern {
            Pattern::Variable(name) => JqPattern::Var(name),
            Pattern::Array(items) => JqPattern::Arr(items.iter().map(|item| self.pattern(item)).collect()),
            Pattern::Object(entries) => {
                let mut lowered: Vec<(Tree<'a>, JqPattern<&'a str>)> = Vec::new();
                for (key, value) in entries {
                    let name = match key {
                        Key::Variable(name, _) => {
                            lowered.push((plain(&name[1..]), JqPattern::Var(*name)));
                            plain(&name[1..])
                        }
                        other => self.key(other),
                    };
                    lowered.extend(value.as_ref().map(|value| (name, self.pattern(value))));
                }
                JqPattern::Obj(lowered)
            }
        }
    }

    fn definition<'a>(&mut self, definition: &Definition<'a>) -> Def<&'a str> {
        let body = self.term(&definition.body);
        // A parameter `$x` is also the function `x`.
        let values = definition.parameters.iter().filter(|name| name.starts_with('$'));
        let functions: Vec<_> = values
            .map(|name| Def {
                name: &name[1..],
                args: Vec::new(),
                body: Term::Var(*name),
            })
            .collect();
        Def {
            name: definition.name,
            args: definition.parameters.clone(),
            body: match functions.is_empty() {
                true => body,
                false => Term::Def(functions, Box::new(body)),
            },
        }
    }

    fn path<'a>(&mut self, base: &Expr<'a>, steps: &[Step<'a>]) -> Tree<'a> {
        let base = self.boxed(base);
        let step = |step: &Step<'a>| {
            let part = match &step.kind {
                StepKind::Field(name) => Part::Index(plain(name)),
                StepKind::Index(index) => Part::Index(self.term(index)),
                StepKind::Slice(from, to) => {
                    let from = from.as_ref().map(|from| self.term(from));
                    Part::Range(from, to.as_ref().map(|to| self.term(to)))
                }
                StepKind::Each => Part::Range(None, None),
            };
            let optional = match step.optional {
                true => Opt::Optional,
                false => Opt::Essential,
            };
            (part, optional)
        };
        Term::Path(base, Path(steps.iter().map(step).collect()))
    }
}

enum Operator<'a> {
    Jq(BinaryOp<&'a str>),
    Function(&'static str),
}

fn operator<'a>(op: Op) -> Operator<'a> {
    Operator::Jq(match op {
        Op::Pipe => BinaryOp::Pipe(None),
        Op::Comma => BinaryOp::Comma,
        Op::Alternative => BinaryOp::Alt,
        Op::Assign => BinaryOp::Assign,
        Op::Update => BinaryOp::Update,
        Op::UpdateAlternative => BinaryOp::UpdateAlt,
        Op::UpdateAdd => BinaryOp::UpdateMath(Math::Add),
        Op::UpdateSubtract => BinaryOp::UpdateMath(Math::Sub),
        Op::UpdateMultiply => BinaryOp::UpdateMath(Math::Mul),
        Op::UpdateDivide => BinaryOp::UpdateMath(Math::Div),
        Op::UpdateRemainder => BinaryOp::UpdateMath(Math::Rem),
        Op::Or => BinaryOp::Or,
        Op::And => BinaryOp::And,
        Op::Equal => BinaryOp::Cmp(Cmp::Eq),
        Op::NotEqual => BinaryOp::Cmp(Cmp::Ne),
        Op::Less => BinaryOp::Cmp(Cmp::Lt),
        Op::LessEqual => BinaryOp::Cmp(Cmp::Le),
        Op::Greater => BinaryOp::Cmp(Cmp::Gt),
        Op::GreaterEqual => BinaryOp::Cmp(Cmp::Ge),
        Op::Add => BinaryOp::Math(Math::Add),
        Op::Subtract => BinaryOp::Math(Math::Sub),
        Op::Multiply => BinaryOp::Math(Math::Mul),
        Op::Divide => BinaryOp::Math(Math::Div),
        Op::Remainder => BinaryOp::Math(Math::Rem),
        Op::Xor => return Operator::Function("__xor"),
        Op::Contains => return Operator::Function("__contains"),
        Op::Matches => return Operator::Function("__matches"),
        Op::StartsWith => return Operator::Function("__startswith"),
        Op::EndsWith => return Operator::Function("__endswith"),
    })
}

/// The conversion that makes a comparison one of instants or lengths.
fn moment(side: &Expr<'_>) -> Option<&'static str> {
    match &side.bare().kind {
        Kind::Convert(_, "time" | "timestamp") => Some("__instant"),
        Kind::Convert(_, "duration") => Some("__length"),
        _ => None,
    }
}

/// jq's numbers have no `_` and a digit on both sides of the point.
fn digits(number: &str) -> Tree<'_> {
    if !number.starts_with('.') && !number.contains('_') && !number.ends_with('.') {
        return Term::Num(number);
    }
    let first = number.starts_with('.').then_some(StrPart::Str("0"));
    let last = number.ends_with('.').then_some(StrPart::Str("0"));
    let pieces = number.split('_').map(StrPart::Str);
    let whole = first.into_iter().chain(pieces).chain(last).collect();
    pipe(Term::Str(None, whole), Term::Call("tonumber", Vec::new()))
}

/// The pattern as a text: its flags in front of it, its `\/` without the backslash that ended it nowhere.
fn regex<'a>(pattern: &'a str, flags: &str) -> Tree<'a> {
    let mut parts = Vec::new();
    for flag in ["i", "m", "s"].into_iter().filter(|flag| flags.contains(flag)) {
        parts.extend([StrPart::Str("(?"), StrPart::Str(flag), StrPart::Str(")")]);
    }
    let mut rest = pattern;
    while let Some(at) = rest.find('\\') {
        let end = at + 1 + rest[at + 1..].chars().next().map_or(0, char::len_utf8);
        let kept = if rest[at..end].ends_with('/') { at } else { end };
        parts.push(StrPart::Str(&rest[..kept]));
        if kept == at {
            parts.push(StrPart::Str("/"));
        }
        rest = &rest[end..];
    }
    parts.push(StrPart::Str(rest));
    Term::Str(None, parts)
}
