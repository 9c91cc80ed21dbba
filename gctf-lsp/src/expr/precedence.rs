//! The format's precedence: jq's parser has its own in places (`%` above `*`, `<` above `==`), so chains of
//! operators are put together again. Parentheses are calls of [`GROUP`](super::tokens::GROUP) until then.

use super::Tree;
use super::tokens::{GROUP, INFIX};
use super::trees::{map_children, map_pattern};
use jaq_core::load::parse::{BinaryOp, Term};
use jaq_core::ops::Math;
use std::iter::Peekable;

/// An operator between two terms.
enum Operator<'a> {
    Jq(BinaryOp<&'a str>),
    /// The definition that an infix word stands for.
    Infix(&'a str),
}

impl Operator<'_> {
    /// Higher binds tighter.
    fn level(&self) -> u8 {
        match self {
            Self::Infix("__xor") => 6,
            Self::Infix(_) => 8,
            Self::Jq(operator) => match operator {
                BinaryOp::Pipe(_) => 1,
                BinaryOp::Comma => 2,
                BinaryOp::Alt => 3,
                BinaryOp::Assign | BinaryOp::Update | BinaryOp::UpdateMath(_) | BinaryOp::UpdateAlt => 4,
                BinaryOp::Or => 5,
                BinaryOp::And => 7,
                BinaryOp::Cmp(_) => 8,
                BinaryOp::Math(Math::Add | Math::Sub) => 9,
                BinaryOp::Math(_) => 10,
            },
        }
    }

    fn is_right(&self) -> bool {
        matches!(self.level(), 1 | 3 | 4)
    }
}

/// A tree with its operators by the format's precedence, and without the marks of parentheses.
pub(super) fn settle(tree: Tree<'_>) -> Tree<'_> {
    match tree {
        Term::Call(GROUP, arguments) => arguments.into_iter().next().map_or(Term::Id, settle),
        Term::BinOp(..) => {
            let mut chain = Chain::default();
            chain.flatten(tree);
            chain.join()
        }
        other => map_children(other, &settle),
    }
}

/// Terms with the operators between them, in the order of the text.
#[derive(Default)]
struct Chain<'a> {
    terms: Vec<Tree<'a>>,
    operators: Vec<Operator<'a>>,
}

impl<'a> Chain<'a> {
    fn flatten(&mut self, tree: Tree<'a>) {
        match tree {
            // `T as $x | …` takes the one term before it and everything behind it.
            Term::BinOp(left, BinaryOp::Pipe(Some(pattern)), rest) => {
                self.flatten(*left);
                let bound = self.terms.pop().unwrap_or_default();
                let operator = BinaryOp::Pipe(Some(map_pattern(pattern, &settle)));
                self.terms
                    .push(Term::BinOp(Box::new(bound), operator, Box::new(settle(*rest))));
            }
            Term::BinOp(left, BinaryOp::UpdateAlt, rest) => {
                self.flatten(*left);
                match *rest {
                    Term::BinOp(mark, BinaryOp::UpdateAlt, right) if infix(&mark).is_some() => {
                        self.operators.extend(infix(&mark).map(Operator::Infix));
                        self.flatten(*right);
                    }
                    rest => {
                        self.operators.push(Operator::Jq(BinaryOp::UpdateAlt));
                        self.flatten(rest);
                    }
                }
            }
            Term::BinOp(left, operator, right) => {
                self.flatten(*left);
                self.operators.push(Operator::Jq(operator));
                self.flatten(*right);
            }
            term => self.terms.push(settle(term)),
        }
    }

    fn join(self) -> Tree<'a> {
        let mut terms = self.terms.into_iter();
        let first = terms.next().unwrap_or_default();
        climb(first, &mut self.operators.into_iter().zip(terms).peekable(), 0)
    }
}

/// The definition of the infix word that a mark between two operators names.
fn infix<'a>(mark: &Tree<'a>) -> Option<&'a str> {
    match mark {
        Term::Call(name, arguments) if arguments.is_empty() => {
            INFIX.iter().any(|(_, function)| function == name).then_some(*name)
        }
        _ => None,
    }
}

/// `left` with the operators of at least `level` that follow it.
fn climb<'a, I>(mut left: Tree<'a>, rest: &mut Peekable<I>, level: u8) -> Tree<'a>
where
    I: Iterator<Item = (Operator<'a>, Tree<'a>)>,
{
    while let Some((operator, mut right)) = rest.next_if(|(operator, _)| operator.level() >= level) {
        let own = operator.level();
        let tighter = |next: &Operator<'_>| next.level() > own || next.level() == own && operator.is_right();
        while let Some(next) = rest.peek().map(|(next, _)| next).filter(|next| tighter(next)) {
            let level = next.level();
            right = climb(right, rest, level);
        }
        left = match operator {
            Operator::Infix(function) => Term::Call(function, vec![left, right]),
            Operator::Jq(operator) => Term::BinOp(Box::new(left), operator, Box::new(right)),
        };
    }
    left
}
