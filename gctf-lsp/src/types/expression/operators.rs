//! Operators between two terms, and conversions.

use super::super::form::{Constant, Form, Kind, Omitted, Type, describe};
use super::compare::{by_kind_alone, verdict};
use super::{Checker, Yield, either, is_literal, verdicts};
use crate::diagnostic::{Change, Diagnostic};
use crate::expr::Place;
use crate::expr::ast::{self, Expr, Op};
use crate::schema::shape::{Shape, enum_name, enum_values};
use crate::text::{Edit, nearest};
use prost_reflect::EnumDescriptor;
use std::ops::Range;

/// A side of an operator with what it yields.
type Sided<'s, 'e> = (&'s Expr<'e>, &'s Type);

impl Checker<'_> {
    pub(super) fn binary(
        &mut self,
        whole: &Expr<'_>,
        left: &Expr<'_>,
        op: Op,
        range: &Range<usize>,
        right: &Expr<'_>,
        input: &Type,
    ) -> Yield {
        match op {
            Op::Pipe => return self.pipe(left, right, input),
            Op::Alternative => return self.alternative(left, right, input),
            Op::Comma => {
                let (left, right) = (self.walk(left, input), self.walk(right, input));
                return Yield {
                    may_be_nothing: left.may_be_nothing && right.may_be_nothing,
                    ty: left.ty.or(right.ty),
                };
            }
            _ if op.is_update() => return self.update(left, op, right, input),
            _ => {}
        }
        let sides = [self.walk(left, input), self.walk(right, input)];
        let (left, right) = ((left, &sides[0].ty), (right, &sides[1].ty));
        let ty = match op {
            Op::And | Op::Or | Op::Xor => logic(op, left.1, right.1),
            Op::Contains | Op::Matches | Op::StartsWith | Op::EndsWith => self.text_operator(op, range, left, right),
            op if op.is_order() => self.comparison(whole, left, op, right),
            op => self.arithmetic(op, range, left, right),
        };
        Yield {
            ty,
            may_be_nothing: sides.iter().any(|side| side.may_be_nothing),
        }
    }

    fn pipe(&mut self, left: &Expr<'_>, right: &Expr<'_>, input: &Type) -> Yield {
        // That it is grouped otherwise than it looks is said, and that alone.
        let is_trap = [left, right]
            .into_iter()
            .any(|side| matches!(&side.kind, ast::Kind::Binary(_, Op::And | Op::Or | Op::Xor, ..)));
        self.forgiving += usize::from(is_trap);
        let first = self.walk(left, input);
        let second = self.walk(right, &first.ty);
        self.forgiving -= usize::from(is_trap);
        Yield {
            may_be_nothing: first.may_be_nothing || second.may_be_nothing,
            ..second
        }
    }

    fn alternative(&mut self, left: &Expr<'_>, right: &Expr<'_>, input: &Type) -> Yield {
        let first = self.forgive(|checker| checker.walk(left, input));
        let second = self.walk(right, input);
        let truthy = first.ty.filtered(|form| !form.is_falsy());
        either(truthy.into(), second)
    }

    fn update(&mut self, left: &Expr<'_>, op: Op, right: &Expr<'_>, input: &Type) -> Yield {
        let changed = self.walk(left, input).ty;
        // What stands behind `|=` looks at what is changed, everything else at the input.
        let seen = if op == Op::Update { &changed } else { input };
        self.walk(right, seen);
        Type::Unknown.into()
    }

    fn comparison(&mut self, whole: &Expr<'_>, left: Sided<'_, '_>, op: Op, right: Sided<'_, '_>) -> Type {
        let converts = |(side, _): &Sided<'_, '_>| {
            matches!(
                &side.bare().kind,
                ast::Kind::Convert(_, "time" | "timestamp" | "duration")
            )
        };
        if converts(&left) || converts(&right) {
            return Type::bool();
        }
        let both = verdict(op, left.1, right.1, |_| true);
        let there = |form: &Form| form.kind() != Kind::Null && !form.is_rare();
        match () {
            () if is_literal(left.0) && is_literal(right.0) => {}
            () if !is_equality(op) && by_kind_alone(left.1, right.1, there) => self.misordered(whole, left, right),
            () if self.omitted_default(whole, left, op, right, false) => {}
            () if self.omitted_default(whole, right, op, left, true) => {}
            () => self.one_sided(whole, left, op, right),
        }
        match (both.can_hold, both.can_fail) {
            (false, false) => Type::NEVER,
            (holds, fails) => verdicts(holds, fails),
        }
    }

    /// Says where a comparison always comes to the same by the types of its sides.
    fn one_sided(&mut self, whole: &Expr<'_>, left: Sided<'_, '_>, op: Op, right: Sided<'_, '_>) {
        let Some(holds) = verdict(op, left.1, right.1, |_| true).always() else {
            return;
        };
        let always = if holds { "true" } else { "false" };
        let (range, reason) = reason(left, right);
        let range = range.unwrap_or_else(|| whole.range.clone());
        let finding = Diagnostic::warning("G410", range, format!("this is always {always}: {reason}"));
        self.say(self.with_cure(finding, left, right));
    }

    fn misordered(&mut self, whole: &Expr<'_>, left: Sided<'_, '_>, right: Sided<'_, '_>) {
        let is_long = |(_, ty): &Sided<'_, '_>| {
            let mut present = ty.present().into_iter().flatten().peekable();
            present.peek().is_some() && present.all(Form::is_long)
        };
        let is_number =
            |side: &Sided<'_, '_>| side.1.clone().filtered(|form| !form.is_rare()).kinds() == [Kind::Number];
        let long = match () {
            () if is_long(&left) && is_number(&right) => left.0,
            () if is_number(&left) && is_long(&right) => right.0,
            () => {
                let (left, right) = (described(left.1), described(right.1));
                let text = format!("{left} and {right} are ordered by their kinds alone: compare values of one kind");
                let finding = Diagnostic::warning("G410", whole.range.clone(), text);
                return self.say(finding);
            }
        };
        let written = &self.text[long.range.clone()];
        let (number, title) = match self.place {
            Place::Asserts => (format!("{written}:number"), "Add :number"),
            Place::Extract => (format!("({written} | tonumber)"), "Use tonumber"),
        };
        let message =
            format!("64-bit integers are shown as strings, which are never ordered as numbers are: write `{number}`");
        let finding = Diagnostic::error("G411", long.range.clone(), message);
        self.say(finding.with_fix(title, long.range.clone(), number));
    }

    /// `finding` with what makes the literal one that the other side can be.
    fn with_cure(&self, finding: Diagnostic, left: Sided<'_, '_>, right: Sided<'_, '_>) -> Diagnostic {
        let (path, literal) = match (is_literal(left.0), is_literal(right.0)) {
            (false, true) => (left, right.0),
            (true, false) => (right, left.0),
            _ => return finding,
        };
        let written = &self.text[literal.range.clone()];
        let change = |finding: Diagnostic, name: &str| {
            finding.with_fix(
                format!("Change to \"{name}\""),
                literal.range.clone(),
                format!("\"{name}\""),
            )
        };
        let is_whole = written
            .trim_start_matches('-')
            .bytes()
            .all(|byte| byte.is_ascii_digit());
        match (path.1.shape(), literal.constant_text()) {
            (Some(Shape::Enum(descriptor)), Some(text)) => {
                let near = || nearest(&text, enum_values(descriptor).map(|(name, _)| name));
                match shown_name(descriptor, &text).map(str::to_owned).or_else(near) {
                    Some(name) => change(finding, &name),
                    None => finding,
                }
            }
            (Some(Shape::Enum(descriptor)), None) => {
                match written.parse().ok().and_then(|number| enum_name(descriptor, number)) {
                    Some(name) => change(finding, name),
                    None => finding,
                }
            }
            (Some(Shape::Int64 | Shape::Uint64 | Shape::String), None) if is_whole => {
                finding.with_fix("Write as a string", literal.range.clone(), format!("\"{written}\""))
            }
            (Some(shape), Some(text)) if is_number_of(shape, &text) => {
                finding.with_fix("Write as a number", literal.range.clone(), text)
            }
            _ => finding,
        }
    }

    fn text_operator(&mut self, op: Op, range: &Range<usize>, left: Sided<'_, '_>, right: Sided<'_, '_>) -> Type {
        let (Some(lefts), Some(rights)) = (left.1.cases(), right.1.cases()) else {
            return Type::bool();
        };
        let can_hold = lefts
            .iter()
            .any(|left| rights.iter().any(|right| text_holds(op, left, right)));
        if !can_hold && !lefts.is_empty() && !rights.is_empty() {
            let what = described(left.1);
            let other = described(right.1);
            let text = format!(
                "this is never true for {what} on the left and {other} on the right: compare with `==`, or give it strings"
            );
            self.say(Diagnostic::warning("G423", range.clone(), text));
        }
        verdicts(can_hold, true)
    }

    fn arithmetic(&mut self, op: Op, range: &Range<usize>, left: Sided<'_, '_>, right: Sided<'_, '_>) -> Type {
        let (Some(lefts), Some(rights)) = (left.1.cases(), right.1.cases()) else {
            return Type::Unknown;
        };
        let mut yielded = Type::NEVER;
        let mut works = lefts.is_empty() || rights.is_empty();
        let mut works_when_there = false;
        for left in lefts {
            for right in rights {
                let Some(ty) = computed(op, left, right) else { continue };
                yielded = yielded.or(ty);
                works = true;
                works_when_there |= left.kind() != Kind::Null && right.kind() != Kind::Null;
            }
        }
        // Of a 64-bit integer and a number, only one that is left out can be added to.
        let is_long = |ty: &Type| ty.present().into_iter().flatten().any(Form::is_long);
        let long = (is_long(left.1) && right.1.kinds() == [Kind::Number])
            || (is_long(right.1) && left.1.kinds() == [Kind::Number]);
        if works && (works_when_there || !long) {
            return yielded;
        }
        let text = match long {
            true => "64-bit integers are shown as strings: write `:number` behind them".to_owned(),
            false => format!(
                "{} and {} cannot be combined by this operator",
                described(left.1),
                described(right.1)
            ),
        };
        let finding = Diagnostic::warning("G427", range.clone(), text);
        let side = if is_long(left.1) { left.0 } else { right.0 };
        let at = side.range.end;
        let fix = Change::Edits(vec![Edit {
            range: at..at,
            text: ":number".to_owned(),
        }]);
        self.say(match long && self.place == Place::Asserts {
            true => finding.with_change("Add :number", fix),
            false => finding,
        });
        Type::Unknown
    }

    /// `term:type`
    pub(super) fn convert(&mut self, whole: &Expr<'_>, inner: &Expr<'_>, name: &str, input: &Type) -> Yield {
        let yielded = self.walk(inner, input);
        let kinds: &[Kind] = match name {
            "bool" => &[Kind::Bool],
            "number" | "uint" => &[Kind::Number, Kind::Text],
            "time" | "timestamp" | "duration" => &[Kind::Number, Kind::Text],
            "json" => &[Kind::Array, Kind::Object],
            _ => &[Kind::Text],
        };
        let Type::Cases(cases) = &yielded.ty else {
            return Yield {
                ty: match name {
                    "number" | "uint" => Type::one(Form::Number).or(Type::null()),
                    _ => Type::Unknown,
                },
                ..yielded
            };
        };
        let fits = |form: &Form| form.kind() == Kind::Null || kinds.contains(&form.kind());
        let present = cases.iter().filter(|form| form.kind() != Kind::Null).count();
        if present > 0 && !cases.iter().any(|form| form.kind() != Kind::Null && fits(form)) {
            let text = format!("{} is no `:{name}`, so that this fails", described(&yielded.ty));
            self.say(Diagnostic::warning("G427", whole.range.clone(), text));
            return Type::Unknown.into();
        }
        let ty = Type::any(cases.iter().filter(|form| fits(form)).map(|form| match (name, form) {
            ("number" | "uint", Form::Omitted(Omitted::Scalar(Constant::Text(default)))) => number_of(default),
            ("number" | "uint", form) if form.kind() == Kind::Text => Type::one(Form::Number),
            _ => Type::one(form.clone()),
        }));
        Yield { ty, ..yielded }
    }
}

/// The null that stands for a default, where the field is made a number of.
fn number_of(default: &str) -> Type {
    match default.parse() {
        Ok(number) => Type::one(Form::Omitted(Omitted::Scalar(Constant::Number(number)))),
        Err(_) => Type::null(),
    }
}

fn is_equality(op: Op) -> bool {
    matches!(op, Op::Equal | Op::NotEqual)
}

fn logic(op: Op, left: &Type, right: &Type) -> Type {
    let ((left_holds, left_fails), (right_holds, right_fails)) = (left.truth(), right.truth());
    match op {
        Op::And => verdicts(left_holds && right_holds, left_fails || (left_holds && right_fails)),
        Op::Or => verdicts(left_holds || (left_fails && right_holds), left_fails && right_fails),
        _ => verdicts(
            (left_holds && right_fails) || (left_fails && right_holds),
            (left_holds && right_holds) || (left_fails && right_fails),
        ),
    }
}

/// Whether `contains` and the like can be true.
fn text_holds(op: Op, left: &Form, right: &Form) -> bool {
    match (op, left.kind()) {
        (Op::Contains, Kind::Array) => match left.element() {
            Some(element) => verdict(Op::Equal, &element, &Type::one(right.clone()), |_| true).can_hold,
            None => true,
        },
        (Op::Contains, Kind::Object) | (_, Kind::Text) => right.kind() == Kind::Text,
        _ => false,
    }
}

/// What arithmetic yields; `None` where it fails.
fn computed(op: Op, left: &Form, right: &Form) -> Option<Type> {
    let same = left.kind() == right.kind();
    let built = |kind: Kind| match kind {
        Kind::Number => Type::one(Form::Number),
        Kind::Text => Type::one(Form::Text),
        Kind::Array => match (left.element(), right.element()) {
            (Some(left), Some(right)) => Type::list(left.or(right)),
            _ => Type::list(Type::Unknown),
        },
        _ => Type::one(Form::Keyed(Box::new(Type::Unknown))),
    };
    let kinds = (left.kind(), right.kind());
    match (op, kinds) {
        (Op::Add, (Kind::Null, _)) => Some(Type::one(right.clone())),
        (Op::Add, (_, Kind::Null)) => Some(Type::one(left.clone())),
        (Op::Add, (kind, _)) if same && kind != Kind::Bool => Some(built(kind)),
        (Op::Subtract, (Kind::Array, Kind::Array)) => left
            .element()
            .map_or(Some(Type::Unknown), |element| Some(Type::list(element))),
        (Op::Multiply, (Kind::Object, Kind::Object)) => Some(built(Kind::Object)),
        (Op::Multiply, (Kind::Text, Kind::Number) | (Kind::Number, Kind::Text)) => {
            Some(Type::one(Form::Text).or(Type::null()))
        }
        (Op::Divide, (Kind::Text, Kind::Text)) => Some(Type::list(Type::one(Form::Text))),
        (Op::Add, _) => None,
        (_, (Kind::Number, Kind::Number)) => Some(Type::one(Form::Number)),
        _ => None,
    }
}

/// Why two types never agree, and what shows it best.
fn reason(left: Sided<'_, '_>, right: Sided<'_, '_>) -> (Option<Range<usize>>, String) {
    let (path, literal) = match (is_literal(left.0), is_literal(right.0)) {
        (false, true) => (left, right),
        (true, false) => (right, left),
        _ => {
            let (left, right) = (described(left.1), described(right.1));
            return (None, format!("the sides are {left} and {right}"));
        }
    };
    let place = Some(literal.0.range.clone());
    let is_text = literal.1.kinds() == [Kind::Text];
    let text = match (path.1.shape(), is_text) {
        (Some(Shape::Enum(descriptor)), true) => {
            let text = literal.0.constant_text().unwrap_or_default();
            match shown_name(descriptor, &text) {
                Some(name) => format!("{} shows this value as \"{name}\"", descriptor.full_name()),
                None => {
                    let near = nearest(&text, enum_values(descriptor).map(|(name, _)| name));
                    let advice = crate::text::asked(near.as_deref());
                    format!("{} has no value \"{text}\"{advice}", descriptor.full_name())
                }
            }
        }
        (Some(Shape::Enum(_)), false) => "an enum is shown by its name, so write that".to_owned(),
        (Some(Shape::Int64 | Shape::Uint64), false) => {
            "64-bit integers are shown as strings, so write one in quotes".to_owned()
        }
        (Some(Shape::Int64 | Shape::Uint64), true) => "64-bit integers are shown as plain digits".to_owned(),
        (Some(Shape::Timestamp), true) => "a time is shown in UTC such as \"2024-01-01T12:00:00Z\"".to_owned(),
        (Some(Shape::Duration), true) => "a duration is shown as seconds such as \"1.500s\"".to_owned(),
        (Some(Shape::Bytes), true) => "bytes are shown as padded base64".to_owned(),
        (Some(Shape::Int32 | Shape::Uint32 | Shape::Float), _) if literal.1.kinds() == [Kind::Number] => {
            format!("{} never has this value", described(path.1))
        }
        _ => format!("what it is compared with is {}", described(path.1)),
    };
    (place, text)
}

/// The name that an enum's value is shown with, by any of its names.
fn shown_name<'a>(descriptor: &'a EnumDescriptor, name: &str) -> Option<&'a str> {
    let (_, number) = enum_values(descriptor).find(|(own, _)| *own == name)?;
    enum_name(descriptor, number)
}

/// A type as a sentence names it, without the null that it can be.
fn described(ty: &Type) -> String {
    match ty.kinds().as_slice() {
        [] => "null".to_owned(),
        [kind] if ty.shape().is_none() => kind.described().to_owned(),
        _ => describe(&ty.clone().filtered(|form| form.kind() != Kind::Null)),
    }
}

/// Whether `text` is a number that a field of this form could show.
fn is_number_of(shape: &Shape, text: &str) -> bool {
    let is_number = matches!(shape, Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double);
    is_number && text.parse::<f64>().is_ok_and(f64::is_finite) && text.bytes().all(|byte| !byte.is_ascii_whitespace())
}

/// The constant that a type is, if it is one.
pub(super) fn constant(ty: &Type) -> Option<&Constant> {
    match ty.cases()? {
        [Form::Constant(constant)] => Some(constant),
        _ => None,
    }
}
