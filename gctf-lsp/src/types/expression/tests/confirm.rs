//! What findings claim, put to the engine: the marked part is replaced by one that leaves the expression as soon as
//! the claim does not hold.

use crate::diagnostic::Diagnostic;
use crate::expr::ast::{Expr, Key, Kind, Member, Op, Step, StepKind};
use crate::expr::{Place, parse, read};
use crate::text::{Edit, apply};
use std::ops::Range;

/// Two programs about one finding.
#[derive(Debug)]
pub(super) struct Probe {
    /// Yields `"held"` unless the claim is false for some value that comes by; nothing then.
    pub(super) claim: String,
    /// Yields nothing if a value comes by that the claim speaks of.
    pub(super) reach: String,
    /// Whether the claim leaves values out that hardly anybody means.
    pub(super) ignores_rare: bool,
}

/// The text that stands for the marked part.
struct Replaced {
    range: Range<usize>,
    claim: String,
    reach: String,
    ignores_rare: bool,
}

const UNLESS_NULL: &str = "if . == null then . else break $__out end";
const PRESENT: &str = "if . == null then error(\"absent\") else . end";

/// The programs that put `finding` on `source` to the engine; `None` where no part can stand for it.
pub(super) fn probe(source: &str, place: Place, finding: &Diagnostic) -> Option<Probe> {
    let text = read(source, place, None, |meaning| meaning.text.to_owned()).ok()?;
    let parsed = parse(&text, place).ok()?;
    let seen = Seen { text: &text, finding };
    let replaced = match finding.code {
        "G428" => Some(seen.never_yields(parsed.expression.range.clone())),
        _ => seen.within(&parsed.expression),
    }?;
    let program = |part: String, end: &str| {
        let edit = Edit {
            range: replaced.range.clone(),
            text: part,
        };
        let changed = apply(&text, &[edit]);
        format!("label $__out | (try (\n{changed}\n) catch empty | empty), \"{end}\"")
    };
    Some(Probe {
        claim: program(replaced.claim, "held"),
        reach: program(replaced.reach, "missed"),
        ignores_rare: replaced.ignores_rare,
    })
}

struct Seen<'a> {
    text: &'a str,
    finding: &'a Diagnostic,
}

impl Seen<'_> {
    fn within(&self, expression: &Expr<'_>) -> Option<Replaced> {
        let mut inner = None;
        expression.each_child(&mut |child| {
            if inner.is_none() {
                inner = self.within(child);
            }
        });
        inner.or_else(|| self.own(expression))
    }

    fn own(&self, expression: &Expr<'_>) -> Option<Replaced> {
        let marked = &self.finding.range;
        let whole = &expression.range;
        let starts = |name: &str| *marked == (whole.start..whole.start + name.len());
        match (&expression.kind, self.finding.code) {
            (Kind::Path(base, steps), "G409" | "G426") => self.path(whole.start, base, steps),
            (Kind::Object(members), "G409" | "G426") => self.short_member(members),
            (Kind::Bind(source, _, body), "G409") if self.lies_between(source, body) => {
                Some(self.pattern(&source.range))
            }
            (Kind::Fold(_, source, _, arguments), "G409") if self.lies_between(source, &arguments[0]) => {
                Some(self.pattern(&source.range))
            }
            (Kind::Binary(left, op, operator, right), _) => self.binary(whole, (left, *op, operator, right)),
            (Kind::Plugin(name, _), "G423") if starts(name) => Some(self.always(whole.clone(), "false")),
            (Kind::Call(name, _), "G427") if starts(name) && self.finding.message.contains("fails on") => {
                Some(self.never_yields(whole.clone()))
            }
            (Kind::Plugin(_, arguments) | Kind::Call(_, arguments), "G427")
                if arguments.iter().any(|argument| argument.range == *marked) =>
            {
                Some(self.never_yields(whole.clone()))
            }
            (Kind::Convert(inner, _), "G427") if whole == marked => {
                let (value, rest) = (&self.text[inner.range.clone()], &self.text[inner.range.end..whole.end]);
                Some(Replaced {
                    range: whole.clone(),
                    claim: format!("(({value} | {PRESENT}){rest} | break $__out)"),
                    reach: format!("({value} | {UNLESS_NULL})"),
                    ignores_rare: false,
                })
            }
            _ => None,
        }
    }

    /// Whether what is marked is in the pattern between the two.
    fn lies_between(&self, source: &Expr<'_>, body: &Expr<'_>) -> bool {
        (source.range.end..body.range.start).contains(&self.finding.range.start)
    }

    /// The member that a pattern takes from a source.
    fn pattern(&self, source: &Range<usize>) -> Replaced {
        let name = self.text[self.finding.range.clone()].trim_start_matches('$');
        let text = &self.text[source.clone()];
        Replaced {
            range: source.clone(),
            claim: format!("({text} | (.{name} | {UNLESS_NULL}) as $__x | .)"),
            reach: format!("({text} | {UNLESS_NULL})"),
            ignores_rare: false,
        }
    }

    fn binary(
        &self,
        whole: &Range<usize>,
        (left, op, operator, right): (&Expr<'_>, Op, &Range<usize>, &Expr<'_>),
    ) -> Option<Replaced> {
        let marked = &self.finding.range;
        let marks_side = [whole, &left.range, &right.range].contains(&marked);
        let [left, right, written] = [&left.range, &right.range, operator].map(|range| &self.text[range.clone()]);
        match self.finding.code {
            "G410" | "G411" | "G412" if op.is_order() && marks_side => {
                Some(self.comparison(whole, left, written, right))
            }
            "G423" if operator == marked => Some(self.always(whole.clone(), "false")),
            "G427" if operator == marked => Some(self.fails(whole, left, written, right)),
            _ => None,
        }
    }

    fn path(&self, start: usize, base: &Expr<'_>, steps: &[Step<'_>]) -> Option<Replaced> {
        let marked = &self.finding.range;
        let mut end = base.range.end;
        for step in steps {
            let is_marked = match &step.kind {
                StepKind::Index(index) => index.bare().range == *marked,
                _ => false,
            };
            if is_marked || step.range == *marked {
                let written = &self.text[step.range.clone()];
                let dot = if written.starts_with('[') { "" } else { "." };
                let taken = format!("{dot}{written}");
                return Some(self.step(start..step.range.end, &self.text[start..end], &taken));
            }
            end = step.range.end + usize::from(step.optional);
        }
        None
    }

    /// `{name}`
    fn short_member(&self, members: &[Member<'_>]) -> Option<Replaced> {
        let marked = &self.finding.range;
        let is_marked = |member: &&Member<'_>| match &member.key {
            Key::Name(_, range) | Key::Variable(_, range) => range == marked,
            Key::Computed(key) => key.range == *marked,
        };
        let member = members.iter().find(is_marked)?;
        member.value.is_none().then(|| {
            let name = &self.text[marked.clone()];
            let replaced = self.step(marked.clone(), ".", &format!(".{name}"));
            Replaced {
                claim: format!("{name}: {}", replaced.claim),
                reach: format!("{name}: {}", replaced.reach),
                ..replaced
            }
        })
    }

    /// The step yields null, or nothing, from whatever is there.
    fn step(&self, range: Range<usize>, from: &str, step: &str) -> Replaced {
        let from = match self.finding.code {
            "G426" => format!("({from} | {PRESENT})"),
            _ => format!("({from})"),
        };
        Replaced {
            range,
            claim: format!("({from}{step} | {UNLESS_NULL})"),
            reach: format!("({from} | {UNLESS_NULL})"),
            ignores_rare: false,
        }
    }

    fn always(&self, range: Range<usize>, value: &str) -> Replaced {
        let text = &self.text[range.clone()];
        Replaced {
            claim: format!("(({text}) | if . == {value} then . else break $__out end)"),
            reach: format!("(({text}) | break $__out)"),
            range,
            ignores_rare: false,
        }
    }

    fn never_yields(&self, range: Range<usize>) -> Replaced {
        let text = &self.text[range.clone()];
        Replaced {
            claim: format!("(({text}) | break $__out)"),
            reach: "(break $__out)".to_owned(),
            range,
            ignores_rare: false,
        }
    }

    fn fails(&self, range: &Range<usize>, left: &str, operator: &str, right: &str) -> Replaced {
        let there = match self.finding.message.contains("64-bit") {
            true => "$__l != null and $__r != null",
            false => "true",
        };
        let with = |then: &str| {
            let sides = format!("({left}) as $__l | ({right}) as $__r");
            format!("({sides} | if {there} then {then} else error(\"absent\") end)")
        };
        Replaced {
            range: range.clone(),
            claim: with(&format!("($__l {operator} $__r) | break $__out")),
            reach: with("break $__out"),
            ignores_rare: false,
        }
    }

    fn comparison(&self, range: &Range<usize>, left: &str, operator: &str, right: &str) -> Replaced {
        let message = &self.finding.message;
        let with = |condition: &str, then: &str, other: &str| {
            let sides = format!("({left}) as $__l | ({right}) as $__r");
            format!("({sides} | if {condition} then {then} else {other} end)")
        };
        let (compared, out) = (format!("($__l {operator} $__r)"), "break $__out");
        let always = ["true", "false"]
            .into_iter()
            .find(|value| message.contains(&format!("always {value}")));
        let there = "($__l != null and $__r != null)";
        let (condition, holds, ignores_rare) = match (self.finding.code, always) {
            ("G412", _) => {
                let default = message.rsplit_once(" // ").unwrap().1;
                let default = default.split_once(")`").unwrap().0;
                let expected = message.contains("this holds");
                let (path, of_default) = match message.split_once('`').unwrap().1.split_once('`').unwrap().0 == left {
                    true => ("$__l", format!("({default} {operator} $__r)")),
                    false => ("$__r", format!("($__l {operator} {default})")),
                };
                let holds = format!("({compared} == {expected} and {of_default} == ({expected} | not))");
                (format!("{path} == null"), holds, false)
            }
            ("G411", _) | (_, None) => (there.to_owned(), "(($__l | type) != ($__r | type))".to_owned(), true),
            (_, Some(value)) => ("true".to_owned(), format!("({compared} == {value})"), false),
        };
        Replaced {
            range: range.clone(),
            claim: with(&format!("{condition} and ({holds} | not)"), out, &compared),
            reach: with(&condition, out, &compared),
            ignores_rare,
        }
    }
}
