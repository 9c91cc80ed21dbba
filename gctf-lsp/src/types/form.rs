//! What values can be, as replies show them: the types of expressions.

use crate::schema::shape::{Shape, enum_values, field};
use prost_reflect::{EnumDescriptor, FieldDescriptor, Kind as FieldKind};
use std::collections::BTreeMap;

/// The values that an expression can yield.
#[derive(Clone, Debug, PartialEq)]
pub enum Type {
    /// Anything.
    Unknown,
    /// One of these; none where nothing can be yielded.
    Cases(Vec<Form>),
}

/// Values of one kind.
#[derive(Clone, Debug, PartialEq)]
pub enum Form {
    /// This value alone.
    Constant(Constant),
    /// The null that stands for a field that is left out, since it is at this default.
    Omitted(Omitted),
    /// Any number.
    Number,
    /// Any string.
    Text,
    /// An array that the expression builds.
    List(Box<Type>),
    /// An object that the expression builds, with these members.
    Object(BTreeMap<String, Type>),
    /// An object of unknown keys.
    Keyed(Box<Type>),
    /// What a field of this form shows when it is there.
    Of(Shape),
    /// The number of an enum's value that the schema does not name.
    Unnamed(EnumDescriptor),
    /// One of the strings that stand for a float that is no finite number.
    NotFinite,
}

/// How floats that are no finite numbers are shown.
pub const NOT_FINITE: [&str; 3] = ["NaN", "Infinity", "-Infinity"];

/// A value without parts.
#[derive(Clone, Debug, PartialEq)]
pub enum Constant {
    Null,
    Bool(bool),
    Number(f64),
    Text(String),
}

/// The default of a field that is not shown.
#[derive(Clone, Debug, PartialEq)]
pub enum Omitted {
    Scalar(Constant),
    List,
    Map,
}

/// jq's kinds of values, in jq's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Null,
    Bool,
    Number,
    Text,
    Array,
    Object,
}

/// What becomes of fields at their default.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Defaults {
    /// Fields without presence are left out.
    #[default]
    Omitted,
    /// `emit_defaults`: they are shown.
    Shown,
    /// One or the other.
    Uncertain,
}

/// More alternatives than these are anything.
const MAX_CASES: usize = 24;

impl Type {
    /// Nothing that is ever yielded.
    pub const NEVER: Self = Self::Cases(Vec::new());

    pub fn null() -> Self {
        Self::constant(Constant::Null)
    }

    pub fn bool() -> Self {
        Self::Cases([true, false].map(|value| Form::Constant(Constant::Bool(value))).into())
    }

    pub fn constant(constant: Constant) -> Self {
        Self::one(Form::Constant(constant))
    }

    pub fn one(form: Form) -> Self {
        Self::Cases(vec![form])
    }

    pub fn list(element: Self) -> Self {
        Self::one(Form::List(Box::new(element)))
    }

    /// A value of this form that is there.
    pub fn of(shape: Shape) -> Self {
        match shape {
            Shape::Value => Self::Unknown,
            Shape::Bool => Self::bool(),
            Shape::Struct => Self::one(Form::Keyed(Box::new(Self::Unknown))),
            Shape::ListValue => Self::list(Self::Unknown),
            Shape::Float | Shape::Double => Self::Cases(vec![Form::Of(shape), Form::NotFinite]),
            Shape::Enum(descriptor) if descriptor.full_name() == "google.protobuf.NullValue" => Self::null(),
            Shape::Enum(descriptor) if !crate::schema::shape::is_closed(&descriptor) => Self::Cases(vec![
                Form::Of(Shape::Enum(descriptor.clone())),
                Form::Unnamed(descriptor),
            ]),
            _ => Self::one(Form::Of(shape)),
        }
    }

    /// What a message shows for a field.
    pub fn of_field(field: &FieldDescriptor, defaults: Defaults) -> Self {
        let shape = Shape::of_field(field);
        let has_parts = field.is_list() || field.is_map();
        let present = Self::of(shape.clone());
        if !has_parts && field.supports_presence() {
            return present.or(Self::null());
        }
        match (defaults, default(&shape)) {
            (Defaults::Shown, _) => present,
            (Defaults::Omitted, Some(Omitted::Scalar(Constant::Bool(false)))) => Self::Cases(vec![
                Form::Constant(Constant::Bool(true)),
                Form::Omitted(Omitted::Scalar(Constant::Bool(false))),
            ]),
            (Defaults::Omitted, Some(default)) => present.or(Self::one(Form::Omitted(default))),
            _ => present.or(Self::null()),
        }
    }

    /// Either of the two.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        let (Self::Cases(mut cases), Self::Cases(others)) = (self, other) else {
            return Self::Unknown;
        };
        for form in others {
            if !cases.contains(&form) {
                cases.push(form);
            }
        }
        match cases.len() {
            0..=MAX_CASES => Self::Cases(cases),
            _ => Self::Unknown,
        }
    }

    /// Any of these.
    pub fn any(types: impl IntoIterator<Item = Self>) -> Self {
        types.into_iter().fold(Self::NEVER, Self::or)
    }

    /// The alternatives, if they are known.
    pub fn cases(&self) -> Option<&[Form]> {
        match self {
            Self::Unknown => None,
            Self::Cases(cases) => Some(cases),
        }
    }

    /// The alternatives for which `keep` says so.
    #[must_use]
    pub fn filtered(self, keep: impl Fn(&Form) -> bool) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::Cases(cases) => Self::Cases(cases.into_iter().filter(keep).collect()),
        }
    }

    /// Whether it can be true, and whether it can be null or false.
    pub fn truth(&self) -> (bool, bool) {
        match self {
            Self::Unknown => (true, true),
            Self::Cases(cases) => (
                cases.iter().any(|form| !form.is_falsy()),
                cases.iter().any(Form::is_falsy),
            ),
        }
    }

    /// The one form that it has where it is there at all.
    pub fn shape(&self) -> Option<&Shape> {
        let mut shapes = self.cases()?.iter().filter_map(|form| match form {
            Form::Of(shape) => Some(Some(shape)),
            form if form.kind() == Kind::Null => None,
            Form::Unnamed(_) | Form::NotFinite => None,
            _ => Some(None),
        });
        let first = shapes.next()??;
        shapes.next().is_none().then_some(first)
    }

    /// The proto name of the field that `key` names, where all alternatives that are there agree on it.
    pub fn proto_name(&self, key: &str) -> Option<String> {
        let mut names = self.present()?.map(|form| form.proto_name(key));
        let first = names.next()??;
        names.all(|name| name.as_ref() == Some(&first)).then_some(first)
    }

    /// What the member under `key` is, without a word on what has none.
    #[must_use]
    pub fn member(&self, key: &str, defaults: Defaults) -> Self {
        match self.cases() {
            None => Self::Unknown,
            Some(cases) => Self::any(cases.iter().map(|form| match form.kind() {
                Kind::Null => Self::null(),
                Kind::Object => member(form, key, defaults).unwrap_or_else(Self::null),
                _ => Self::NEVER,
            })),
        }
    }

    /// The alternatives but null.
    pub fn present(&self) -> Option<impl Iterator<Item = &Form>> {
        Some(self.cases()?.iter().filter(|form| form.kind() != Kind::Null))
    }

    /// The kinds of its values but null; none where they are unknown.
    pub fn kinds(&self) -> Vec<Kind> {
        let mut kinds: Vec<_> = self.present().into_iter().flatten().map(Form::kind).collect();
        kinds.sort();
        kinds.dedup();
        kinds
    }
}

impl Form {
    pub fn kind(&self) -> Kind {
        match self {
            Self::Omitted(_) | Self::Constant(Constant::Null) => Kind::Null,
            Self::Constant(Constant::Bool(_)) => Kind::Bool,
            Self::Constant(Constant::Number(_)) | Self::Number | Self::Unnamed(_) => Kind::Number,
            Self::Constant(Constant::Text(_)) | Self::Text | Self::NotFinite => Kind::Text,
            Self::List(_) => Kind::Array,
            Self::Object(_) | Self::Keyed(_) => Kind::Object,
            Self::Of(shape) => match shape {
                Shape::Message(_) | Shape::Map { .. } | Shape::Struct | Shape::Any(_) | Shape::Value => Kind::Object,
                Shape::List(_) | Shape::ListValue => Kind::Array,
                Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double => Kind::Number,
                Shape::Bool => Kind::Bool,
                Shape::String | Shape::Int64 | Shape::Uint64 | Shape::Bytes | Shape::Enum(_) => Kind::Text,
                Shape::Timestamp | Shape::Duration | Shape::FieldMask => Kind::Text,
            },
        }
    }

    /// Whether it is null or false.
    pub fn is_falsy(&self) -> bool {
        self.kind() == Kind::Null || *self == Self::Constant(Constant::Bool(false))
    }

    /// What an array's elements are; `None` for what is no array.
    pub fn element(&self) -> Option<Type> {
        match self {
            Self::List(element) => Some((**element).clone()),
            Self::Of(Shape::List(element)) => Some(Type::of((**element).clone())),
            _ => None,
        }
    }

    fn proto_name(&self, key: &str) -> Option<String> {
        match self {
            Self::Of(shape) => shape.proto_name(key),
            _ => None,
        }
    }

    /// Whether it is what hardly anybody means by a field of its type.
    pub fn is_rare(&self) -> bool {
        matches!(self, Self::Unnamed(_) | Self::NotFinite)
    }

    /// Whether it is a 64-bit integer, which is shown as a string.
    pub fn is_long(&self) -> bool {
        matches!(self, Self::Of(shape) if shape.is_long())
    }
}

impl Kind {
    /// With its article, as a sentence says it.
    pub fn described(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "a boolean",
            Self::Number => "a number",
            Self::Text => "a string",
            Self::Array => "an array",
            Self::Object => "an object",
        }
    }

    /// As jq's `type` names it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Null => "null",
            Self::Bool => "boolean",
            Self::Number => "number",
            Self::Text => "string",
            Self::Array => "array",
            Self::Object => "object",
        }
    }
}

/// What a field of this form without presence is when it is left out.
fn default(shape: &Shape) -> Option<Omitted> {
    Some(Omitted::Scalar(match shape {
        Shape::List(_) => return Some(Omitted::List),
        Shape::Map { .. } => return Some(Omitted::Map),
        Shape::Bool => Constant::Bool(false),
        Shape::Int32 | Shape::Uint32 | Shape::Float | Shape::Double => Constant::Number(0.0),
        Shape::String | Shape::Bytes => Constant::Text(String::new()),
        Shape::Int64 | Shape::Uint64 => Constant::Text("0".to_owned()),
        Shape::Enum(descriptor) => {
            Constant::Text(enum_values(descriptor).find(|(_, number)| *number == 0)?.0.to_owned())
        }
        _ => return None,
    }))
}

/// How a reader sees a type, such as `string or null`, or `list of shop.Item`.
pub fn describe(ty: &Type) -> String {
    let Type::Cases(cases) = ty else {
        return "any value".to_owned();
    };
    let mut names: Vec<String> = Vec::new();
    let mut add = |name: String| {
        if !names.contains(&name) {
            names.push(name);
        }
    };
    let is_bool = [true, false].map(|value| cases.contains(&Form::Constant(Constant::Bool(value)))) == [true; 2];
    for form in cases.iter().filter(|form| form.kind() != Kind::Null) {
        match form {
            Form::Constant(Constant::Bool(_)) if is_bool => add("bool".to_owned()),
            form if form.is_rare() => {}
            form => add(describe_form(form)),
        }
    }
    if cases.iter().any(|form| form.kind() == Kind::Null) {
        add("null".to_owned());
    }
    match names.is_empty() {
        true => "nothing".to_owned(),
        false => names.join(" or "),
    }
}

fn describe_form(form: &Form) -> String {
    match form {
        Form::Constant(Constant::Text(text)) => serde_json::Value::from(text.as_str()).to_string(),
        Form::Constant(Constant::Number(number)) => number.to_string(),
        Form::Constant(Constant::Bool(value)) => value.to_string(),
        Form::Constant(Constant::Null) | Form::Omitted(_) => "null".to_owned(),
        Form::Number | Form::Unnamed(_) => "number".to_owned(),
        Form::Text | Form::NotFinite => "string".to_owned(),
        Form::List(element) => match &**element {
            Type::Unknown => "array".to_owned(),
            element => format!("array of {}", describe(element)),
        },
        Form::Object(members) => {
            let members: Vec<_> = members
                .iter()
                .take(6)
                .map(|(name, ty)| format!("{name}: {}", describe(ty)))
                .collect();
            format!("{{{}}}", members.join(", "))
        }
        Form::Keyed(_) => "object".to_owned(),
        Form::Of(shape) => describe_shape(shape),
    }
}

/// A form as proto names it, with how it is shown where that is not plain.
pub fn describe_shape(shape: &Shape) -> String {
    match shape {
        Shape::Message(message) => message.full_name().to_owned(),
        Shape::List(element) => format!("array of {}", describe_shape(element)),
        Shape::Map { key, value } => format!("map of {} by {}", describe_shape(value), key_name(key)),
        Shape::String => "string".to_owned(),
        Shape::Bool => "bool".to_owned(),
        Shape::Int32 => "int32".to_owned(),
        Shape::Uint32 => "uint32".to_owned(),
        Shape::Int64 => "string (int64)".to_owned(),
        Shape::Uint64 => "string (uint64)".to_owned(),
        Shape::Float => "float".to_owned(),
        Shape::Double => "double".to_owned(),
        Shape::Bytes => "string (base64)".to_owned(),
        Shape::Enum(descriptor) => format!("string ({})", descriptor.full_name()),
        Shape::Timestamp => "string (time)".to_owned(),
        Shape::Duration => "string (duration)".to_owned(),
        Shape::FieldMask => "string (field mask)".to_owned(),
        Shape::Struct => "object".to_owned(),
        Shape::Value => "any value".to_owned(),
        Shape::ListValue => "array".to_owned(),
        Shape::Any(_) => "object (Any)".to_owned(),
    }
}

fn key_name(key: &FieldKind) -> &'static str {
    match key {
        FieldKind::Bool => "bool",
        FieldKind::String => "string",
        _ => "integer",
    }
}

/// What a member of an object can be: `None` where the type of the object says that there is no such field.
pub fn member(form: &Form, name: &str, defaults: Defaults) -> Option<Type> {
    match form {
        Form::Object(members) => members.get(name).cloned(),
        Form::Keyed(value) => Some((**value).clone().or(Type::null())),
        Form::Of(Shape::Map { value, .. }) => Some(Type::of((**value).clone()).or(Type::null())),
        Form::Of(Shape::Message(message)) => match field(message, name) {
            Some(field) => Some(Type::of_field(&field, defaults)),
            // An extension.
            None if name.starts_with('[') => Some(Type::Unknown),
            None => None,
        },
        _ => Some(Type::Unknown),
    }
}
