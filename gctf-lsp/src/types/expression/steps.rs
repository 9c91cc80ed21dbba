//! Steps of a path.

use super::super::form::{Constant, Form, Kind, Omitted, Type, describe, member};
use super::{Checker, Part, Yield, quoted};
use crate::diagnostic::Diagnostic;
use crate::expr::ast::{Expr, Step, StepKind};
use crate::schema::shape::{Shape, field};
use crate::text::nearest;
use std::ops::Range;

impl Checker<'_> {
    pub(super) fn path(&mut self, base: &Expr<'_>, steps: &[Step<'_>], input: &Type) -> Yield {
        // What a later `?` forgives is everything before it too.
        let forgiven = steps.iter().any(|step| step.optional);
        self.forgiving += usize::from(forgiven);
        let mut known = self.walk(base, input);
        for step in steps {
            let before = known.ty.clone();
            let yielded = self.step(step, &known.ty, input);
            known = Yield {
                ty: yielded.ty,
                may_be_nothing: known.may_be_nothing || yielded.may_be_nothing || step.optional,
            };
            if self.silent == 0 {
                self.parts.push(Part {
                    range: step.range.clone(),
                    input: before,
                    ty: known.ty.clone(),
                });
            }
        }
        self.forgiving -= usize::from(forgiven);
        known
    }

    fn step(&mut self, step: &Step<'_>, known: &Type, input: &Type) -> Yield {
        match &step.kind {
            StepKind::Field(name) => self.named(name, &step.range, &str::to_owned, known).into(),
            StepKind::Index(index) => {
                let of = self.walk(index, input);
                let ty = match index.constant_text() {
                    Some(name) => self.named(&name, &index.bare().range, &quoted, known),
                    None => self.indexed(&of.ty, &step.range, known),
                };
                Yield { ty, ..of }
            }
            StepKind::Slice(from, to) => {
                from.iter().chain(to).for_each(|side| drop(self.walk(side, input)));
                slice(known).into()
            }
            StepKind::Each => Yield {
                ty: self.each(&step.range, known),
                may_be_nothing: true,
            },
        }
    }

    /// The member of `known` under `name`, which is renamed where it is a field's JSON name.
    pub(super) fn named(
        &mut self,
        name: &str,
        range: &Range<usize>,
        write: &dyn Fn(&str) -> String,
        known: &Type,
    ) -> Type {
        let Type::Cases(cases) = known else {
            return Type::Unknown;
        };
        if let Some(proto) = known.proto_name(name).filter(|proto| proto != name) {
            self.rename(range.clone(), write(&proto));
        }
        let mut yielded = Type::NEVER;
        let mut unknown = Vec::new();
        let mut unfit = Vec::new();
        for form in cases {
            match form.kind() {
                Kind::Null => yielded = yielded.or(Type::null()),
                Kind::Object => match member(form, name, self.defaults) {
                    Some(ty) => yielded = yielded.or(ty),
                    None => unknown.push(form),
                },
                _ => unfit.push(form),
            }
            self.note_field(form, name, range);
        }
        let present = cases.iter().filter(|form| form.kind() != Kind::Null).count();
        match present {
            0 => yielded,
            _ if unknown.len() == present => {
                self.unknown_field(name, range, write, &unknown);
                Type::Unknown
            }
            _ if unfit.len() == present => {
                self.unfit_step(range, &unfit, known);
                Type::Unknown
            }
            // Where one of several has no such field, it is null there.
            _ if !unknown.is_empty() => yielded.or(Type::null()),
            _ => yielded,
        }
    }

    fn note_field(&mut self, form: &Form, name: &str, range: &Range<usize>) {
        if let (Form::Of(Shape::Message(message)), 0) = (form, self.silent) {
            self.fields
                .extend(field(message, name).map(|field| (range.clone(), field)));
        }
    }

    fn unknown_field(&mut self, name: &str, range: &Range<usize>, write: &dyn Fn(&str) -> String, forms: &[&Form]) {
        let names: Vec<String> = forms.iter().flat_map(|form| member_names(form)).collect();
        let near = nearest(name, names.iter().map(String::as_str));
        let advice = crate::text::asked(near.as_deref());
        let message = forms.iter().find_map(|form| match form {
            Form::Of(Shape::Message(message)) => Some(message.full_name()),
            _ => None,
        });
        let owner = message.unwrap_or("the object");
        let text = format!("{owner} has no field \"{name}\", so that this is always null{advice}");
        let finding = Diagnostic::warning("G409", range.clone(), text);
        self.say_always(match near {
            Some(near) => finding.with_fix(format!("Change to \"{near}\""), range.clone(), write(&near)),
            None => finding,
        });
    }

    /// A step by name into something that has no members.
    fn unfit_step(&mut self, range: &Range<usize>, forms: &[&Form], known: &Type) {
        let is_list = forms.iter().all(|form| form.kind() == Kind::Array);
        let what = describe(&known.clone().filtered(|form| form.kind() != Kind::Null));
        let text = match (is_list, forms) {
            (true, _) => {
                "an array has no members by name: read its elements by `[]`, or one of them by `[0]`".to_owned()
            }
            (false, [Form::Of(Shape::Timestamp), ..]) => {
                "a time is shown as a string such as \"2024-01-01T12:00:00Z\": compare that, without this step"
                    .to_owned()
            }
            (false, [Form::Of(Shape::Duration), ..]) => {
                "a duration is shown as a string such as \"1.500s\": compare that, without this step".to_owned()
            }
            (false, _) => format!("this is taken from {what}, which has no members: leave the step out"),
        };
        let finding = Diagnostic::warning("G426", range.clone(), text);
        self.say(match is_list {
            true => self.with_elements(finding, range),
            false => self.with_cut(finding, range),
        });
    }

    /// `finding` with a fix that takes the step from every element.
    fn with_elements(&self, finding: Diagnostic, range: &Range<usize>) -> Diagnostic {
        let before = range.start.saturating_sub(1);
        let each = match &self.text[before..range.start] {
            "." if !self.is_behind_a_term(before) => ".[]",
            "." | "[" => "[]",
            _ => return finding,
        };
        finding.with_fix("Read every element", before..before, each)
    }

    fn is_behind_a_term(&self, at: usize) -> bool {
        self.text[..at].ends_with(|last: char| last.is_alphanumeric() || "_?])}\"".contains(last))
    }

    /// `finding` with a fix that leaves the step out, where something stands before it.
    fn with_cut(&self, finding: Diagnostic, range: &Range<usize>) -> Diagnostic {
        let written = &self.text[range.clone()];
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let (start, end) = match () {
            () if written.starts_with('[') => (range.start, range.end),
            () if before.ends_with('.') => (range.start - 1, range.end),
            () if before.ends_with('[') && after.starts_with(']') => (range.start - 1, range.end + 1),
            () => return finding,
        };
        match self.is_behind_a_term(start) {
            true => finding.with_fix(format!("Remove {}", &self.text[start..end]), start..end, ""),
            false => finding,
        }
    }

    /// `[index]` with something that is no constant name.
    fn indexed(&mut self, index: &Type, range: &Range<usize>, known: &Type) -> Type {
        let (Some(cases), Some(indexes)) = (known.cases(), index.cases()) else {
            return Type::Unknown;
        };
        let by_number = !indexes.is_empty() && indexes.iter().all(|form| form.kind() == Kind::Number);
        let by_name = !indexes.is_empty() && indexes.iter().all(|form| form.kind() == Kind::Text);
        let unfit = |form: &Form| match form.kind() {
            Kind::Null => false,
            Kind::Array => by_name,
            Kind::Object => by_number,
            _ => by_number || by_name,
        };
        let present: Vec<_> = cases.iter().filter(|form| form.kind() != Kind::Null).collect();
        if !present.is_empty() && present.iter().all(|form| unfit(form)) {
            self.unfit_index(range, &present, known);
            return Type::Unknown;
        }
        match by_number {
            true => Type::any(cases.iter().map(|form| match (form.kind(), form.element()) {
                (Kind::Null, _) => Type::null(),
                (_, Some(element)) => element.or(Type::null()),
                (Kind::Array, None) => Type::Unknown,
                _ => Type::NEVER,
            })),
            false => Type::any(cases.iter().map(|form| match form {
                Form::Keyed(value) => (**value).clone().or(Type::null()),
                Form::Of(Shape::Map { value, .. }) => Type::of((**value).clone()).or(Type::null()),
                _ => Type::Unknown,
            })),
        }
    }

    fn unfit_index(&mut self, range: &Range<usize>, forms: &[&Form], known: &Type) {
        let all = |kind: Kind| forms.iter().all(|form| form.kind() == kind);
        let index = self.text[range.clone()].trim_matches(['[', ']']);
        let finding = |text: String| Diagnostic::warning("G426", range.clone(), text);
        let finding = match () {
            () if all(Kind::Object) => {
                let finding = finding("an object has no elements by number: name a member, as in `[\"k\"]`".to_owned());
                match (forms, index.parse::<i64>()) {
                    ([Form::Of(Shape::Map { .. })], Ok(_)) => finding.with_fix(
                        format!("Change to \"{index}\""),
                        range.clone(),
                        format!("[\"{index}\"]"),
                    ),
                    _ => finding,
                }
            }
            () if all(Kind::Array) => finding("an array has no members by name: read its elements by `[]`".to_owned()),
            () => {
                let what = describe(&known.clone().filtered(|form| form.kind() != Kind::Null));
                let text = format!("this is taken from {what}, which has no parts: leave the step out");
                self.with_cut(finding(text), range)
            }
        };
        self.say(finding);
    }

    /// `[]`
    fn each(&mut self, range: &Range<usize>, known: &Type) -> Type {
        let Type::Cases(cases) = known else {
            return Type::Unknown;
        };
        let mut present = cases.iter().filter(|form| form.kind() != Kind::Null).peekable();
        let is_there = present.peek().is_some();
        if is_there && present.all(|form| !matches!(form.kind(), Kind::Array | Kind::Object)) {
            let what = describe(&known.clone().filtered(|form| form.kind() != Kind::Null));
            let text = format!("this is taken from {what}, which has no elements: leave the `[]` out");
            self.say(self.with_cut(Diagnostic::warning("G426", range.clone(), text), range));
            return Type::Unknown;
        }
        Type::any(cases.iter().map(elements))
    }
}

/// The names that a step into `form` can have, in both spellings.
fn member_names(form: &Form) -> Vec<String> {
    match form {
        Form::Of(Shape::Message(message)) => message
            .fields()
            .flat_map(|field| [field.name().to_owned(), field.json_name().to_owned()])
            .collect(),
        Form::Object(members) => members.keys().cloned().collect(),
        _ => Vec::new(),
    }
}

/// What `.[]` yields.
pub(super) fn elements(form: &Form) -> Type {
    match form {
        Form::Keyed(value) => (**value).clone(),
        Form::Object(members) => Type::any(members.values().cloned()),
        Form::Of(Shape::Map { value, .. }) => Type::of((**value).clone()),
        Form::Of(Shape::Message(_) | Shape::Any(_)) => Type::Unknown,
        form => form.element().unwrap_or(Type::NEVER),
    }
}

fn slice(known: &Type) -> Type {
    let Type::Cases(cases) = known else {
        return Type::Unknown;
    };
    Type::any(cases.iter().map(|form| match form.kind() {
        Kind::Null => Type::null(),
        Kind::Text => Type::one(Form::Text),
        Kind::Array => form.element().map_or(Type::Unknown, Type::list),
        _ => Type::NEVER,
    }))
}

impl Omitted {
    /// The value that is left out.
    pub(super) fn value(&self) -> Type {
        match self {
            Self::Scalar(constant) => Type::constant(constant.clone()),
            Self::List => Type::list(Type::NEVER),
            Self::Map => Type::one(Form::Object(std::collections::BTreeMap::new())),
        }
    }
}

/// Whether a type is certainly null.
pub(super) fn is_null(ty: &Type) -> bool {
    *ty == Type::constant(Constant::Null)
}
