//! jq's functions by the kinds of values that they take and yield. A test holds the table to what the engine does.

use super::super::form::{Form, Kind, Type};
use Kind::{Array, Bool, Null, Number, Object, Text};

/// What a function takes and yields.
pub(super) struct Function {
    pub(super) name: &'static str,
    /// Numbers of arguments.
    pub(super) arities: &'static [usize],
    /// Kinds of its input; on all others it fails, whatever its arguments are.
    pub(super) takes: &'static [Kind],
    pub(super) yields: Out,
}

/// What a function yields.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Out {
    Unknown,
    Bool,
    Number,
    Text,
    /// A string or nothing.
    SomeText,
    Texts,
    Numbers,
    /// Its input.
    Input,
    /// A number or null.
    NumberOrNull,
}

const ANY: &[Kind] = &[Null, Bool, Number, Text, Array, Object];
const NUMBER: &[Kind] = &[Number];
const TEXT: &[Kind] = &[Text];
const ARRAY: &[Kind] = &[Array];
const PARTS: &[Kind] = &[Array, Object];
const FEW: &[usize] = &[0];
const ONE: &[usize] = &[1];
const TWO: &[usize] = &[2];
const REGEX: &[usize] = &[1, 2];
const SUB: &[usize] = &[2, 3];

const fn function(name: &'static str, arities: &'static [usize], takes: &'static [Kind], yields: Out) -> Function {
    Function {
        name,
        arities,
        takes,
        yields,
    }
}

/// Those that are not followed more closely, by name.
pub(super) const FUNCTIONS: &[Function] = &[
    function("abs", FEW, &[Number, Text, Array, Object], Out::Unknown),
    function("acos", FEW, NUMBER, Out::Number),
    function("acosh", FEW, NUMBER, Out::Number),
    function("all", &[0, 1], PARTS, Out::Bool),
    function("all", &[2], ANY, Out::Bool),
    function("any", &[0, 1], PARTS, Out::Bool),
    function("any", &[2], ANY, Out::Bool),
    function("ascii", FEW, NUMBER, Out::Text),
    function("ascii_downcase", FEW, TEXT, Out::Text),
    function("ascii_upcase", FEW, TEXT, Out::Text),
    function("asin", FEW, NUMBER, Out::Number),
    function("asinh", FEW, NUMBER, Out::Number),
    function("atan", FEW, NUMBER, Out::Number),
    function("atan2", TWO, ANY, Out::Number),
    function("atanh", FEW, NUMBER, Out::Number),
    function("bsearch", ONE, ARRAY, Out::Number),
    function("capture", REGEX, TEXT, Out::Unknown),
    function("cbrt", FEW, NUMBER, Out::Number),
    function("ceil", FEW, NUMBER, Out::Number),
    function("combinations", FEW, PARTS, Out::Unknown),
    function("contains", ONE, ANY, Out::Bool),
    function("copysign", TWO, ANY, Out::Number),
    function("cos", FEW, NUMBER, Out::Number),
    function("cosh", FEW, NUMBER, Out::Number),
    function("drem", TWO, ANY, Out::Number),
    function("endswith", ONE, TEXT, Out::Bool),
    function("env", FEW, ANY, Out::Unknown),
    function("erf", FEW, NUMBER, Out::Number),
    function("erfc", FEW, NUMBER, Out::Number),
    function("exp", FEW, NUMBER, Out::Number),
    function("exp10", FEW, NUMBER, Out::Number),
    function("exp2", FEW, NUMBER, Out::Number),
    function("explode", FEW, TEXT, Out::Numbers),
    function("expm1", FEW, NUMBER, Out::Number),
    function("fabs", FEW, NUMBER, Out::Number),
    function("fdim", TWO, ANY, Out::Number),
    function("flatten", &[0, 1], ANY, Out::Unknown),
    function("floor", FEW, NUMBER, Out::Number),
    function("fmax", TWO, ANY, Out::Number),
    function("fmin", TWO, ANY, Out::Number),
    function("fmod", TWO, ANY, Out::Number),
    function("frexp", FEW, NUMBER, Out::Unknown),
    function("from_entries", FEW, PARTS, Out::Unknown),
    function("fromdate", FEW, TEXT, Out::Number),
    function("fromdateiso8601", FEW, TEXT, Out::Number),
    function("fromjson", FEW, TEXT, Out::Unknown),
    function("gamma", FEW, NUMBER, Out::Number),
    function("gmtime", FEW, NUMBER, Out::Numbers),
    function("gsub", SUB, TEXT, Out::Text),
    function("has", ONE, &[Null, Text, Array, Object], Out::Bool),
    function("have_decnum", FEW, ANY, Out::Bool),
    function("have_literal_numbers", FEW, ANY, Out::Bool),
    function("hypot", TWO, ANY, Out::Number),
    function("ilogb", FEW, NUMBER, Out::Number),
    function("implode", FEW, ARRAY, Out::Text),
    function("IN", &[1, 2], ANY, Out::Bool),
    function("in", ONE, ANY, Out::Bool),
    function("index", ONE, &[Text, Array], Out::NumberOrNull),
    function("indices", ONE, &[Text, Array], Out::Numbers),
    function("infinite", FEW, ANY, Out::Number),
    function("inside", ONE, ANY, Out::Bool),
    function("isempty", ONE, ANY, Out::Bool),
    function("isfinite", FEW, ANY, Out::Bool),
    function("isinfinite", FEW, ANY, Out::Bool),
    function("isnan", FEW, ANY, Out::Bool),
    function("isnormal", FEW, ANY, Out::Bool),
    function("isvalid", ONE, ANY, Out::Bool),
    function("j0", FEW, NUMBER, Out::Number),
    function("j1", FEW, NUMBER, Out::Number),
    function("join", ONE, ARRAY, Out::Text),
    function("ldexp", TWO, ANY, Out::Number),
    function("length", FEW, &[Null, Number, Text, Array, Object], Out::Number),
    function("lgamma", FEW, NUMBER, Out::Number),
    function("localtime", FEW, NUMBER, Out::Numbers),
    function("log", FEW, NUMBER, Out::Number),
    function("log10", FEW, NUMBER, Out::Number),
    function("log1p", FEW, NUMBER, Out::Number),
    function("log2", FEW, NUMBER, Out::Number),
    function("logb", FEW, NUMBER, Out::Number),
    function("ltrim", FEW, TEXT, Out::Text),
    function("match", REGEX, TEXT, Out::Unknown),
    function("mktime", FEW, ARRAY, Out::Number),
    function("nan", FEW, ANY, Out::Number),
    function("nearbyint", FEW, NUMBER, Out::Number),
    function("nextafter", TWO, ANY, Out::Number),
    function("nexttoward", TWO, ANY, Out::Number),
    function("now", FEW, ANY, Out::Number),
    function("pow", TWO, ANY, Out::Number),
    function("pow10", FEW, NUMBER, Out::Number),
    function("range", &[1, 2], ANY, Out::Number),
    function("remainder", TWO, ANY, Out::Number),
    function("reverse", FEW, ARRAY, Out::Input),
    function("rindex", ONE, &[Text, Array], Out::NumberOrNull),
    function("rint", FEW, NUMBER, Out::Number),
    function("round", FEW, NUMBER, Out::Number),
    function("rtrim", FEW, TEXT, Out::Text),
    function("scan", REGEX, TEXT, Out::Unknown),
    function("significand", FEW, NUMBER, Out::Number),
    function("sin", FEW, NUMBER, Out::Number),
    function("sinh", FEW, NUMBER, Out::Number),
    function("sort", FEW, ARRAY, Out::Input),
    function("sort_by", ONE, ARRAY, Out::Input),
    function("split", REGEX, TEXT, Out::Texts),
    function("splits", REGEX, TEXT, Out::SomeText),
    function("sqrt", FEW, NUMBER, Out::Number),
    function("startswith", ONE, TEXT, Out::Bool),
    function("strflocaltime", ONE, &[Number, Array], Out::Text),
    function("strftime", ONE, &[Number, Array], Out::Text),
    function("strptime", ONE, TEXT, Out::Numbers),
    function("sub", SUB, TEXT, Out::Text),
    function("tan", FEW, NUMBER, Out::Number),
    function("tanh", FEW, NUMBER, Out::Number),
    function("test", REGEX, TEXT, Out::Bool),
    function("toboolean", FEW, &[Bool, Text], Out::Bool),
    function("todate", FEW, NUMBER, Out::Text),
    function("todateiso8601", FEW, NUMBER, Out::Text),
    function("tojson", FEW, ANY, Out::Text),
    function("tonumber", FEW, &[Number, Text], Out::Number),
    function("tostring", FEW, ANY, Out::Text),
    function("transpose", FEW, PARTS, Out::Unknown),
    function("trim", FEW, TEXT, Out::Text),
    function("trunc", FEW, NUMBER, Out::Number),
    function("unique", FEW, ARRAY, Out::Input),
    function("unique_by", ONE, ARRAY, Out::Input),
    function("utf8bytelength", FEW, TEXT, Out::Number),
    // What these yield is followed in the walk.
    function("add", FEW, PARTS, Out::Unknown),
    function("group_by", ONE, ARRAY, Out::Unknown),
    function("keys", FEW, PARTS, Out::Unknown),
    function("keys_unsorted", FEW, PARTS, Out::Unknown),
    function("map", ONE, PARTS, Out::Unknown),
    function("map_values", ONE, PARTS, Out::Unknown),
    function("max", FEW, ARRAY, Out::Unknown),
    function("max_by", ONE, ARRAY, Out::Unknown),
    function("min", FEW, ARRAY, Out::Unknown),
    function("min_by", ONE, ARRAY, Out::Unknown),
    function("to_entries", FEW, PARTS, Out::Unknown),
    function("with_entries", ONE, PARTS, Out::Unknown),
    function("first", FEW, &[Null, Array, Object], Out::Unknown),
    function("last", FEW, &[Null, Array, Object], Out::Unknown),
];

/// Functions whose first argument has to be a string.
pub(super) const TAKE_TEXT: [&str; 11] = [
    "test",
    "match",
    "capture",
    "scan",
    "splits",
    "split",
    "sub",
    "gsub",
    "startswith",
    "endswith",
    "strftime",
];

/// The function of this name, with so many arguments.
pub(super) fn find(name: &str, count: usize) -> Option<&'static Function> {
    FUNCTIONS
        .iter()
        .find(|function| function.name == name && function.arities.contains(&count))
}

impl Out {
    pub(super) fn ty(self, input: &Type) -> Type {
        match self {
            Self::Unknown => Type::Unknown,
            Self::Bool => Type::bool(),
            Self::Number => Type::one(Form::Number),
            Self::NumberOrNull => Type::one(Form::Number).or(Type::null()),
            Self::Text | Self::SomeText => Type::one(Form::Text),
            Self::Texts => Type::list(Type::one(Form::Text)),
            Self::Numbers => Type::list(Type::one(Form::Number)),
            Self::Input => input.clone(),
        }
    }
}
