//! Random expressions on random messages of random schemas: the engine never contradicts a type or a finding.
//! `GCTF_FUZZ=N` looks at N schemas.

use super::messages::Random;
use super::{Bench, look};
use crate::expr::Place;
use crate::schema::shape::Shape;
use crate::types::expression::functions::FUNCTIONS;
use crate::types::form::{Form, Kind, Type};
use serde_json::Value as Json;

const SCHEMAS: usize = 6;
const EXPRESSIONS: usize = 60;

const SCALARS: [&str; 14] = [
    "string", "bool", "int32", "uint32", "sint64", "uint64", "int64", "float", "double", "bytes", "E", "Part", "M",
    "fixed32",
];
const WELL_KNOWN: [&str; 9] = [
    "Timestamp",
    "Duration",
    "FieldMask",
    "Struct",
    "Value",
    "ListValue",
    "Any",
    "StringValue",
    "Int64Value",
];
const FIELDS: [&str; 14] = [
    "name", "user_id", "count", "flag", "items", "part", "at", "size", "color", "tags", "total", "extra", "is_new",
    "by_key",
];
const KEYS: [&str; 4] = ["string", "int32", "bool", "uint64"];

/// A proto text with messages `t.M` and `t.Part` and an enum.
fn schema(random: &mut Random) -> String {
    let mut text = String::from("syntax = \"proto3\"; package t;\n");
    for file in ["timestamp", "duration", "field_mask", "struct", "any", "wrappers"] {
        text += &format!("import \"google/protobuf/{file}.proto\";\n");
    }
    for message in ["M", "Part"] {
        text += &format!("message {message} {{\n");
        let start = random.below(FIELDS.len());
        let count = 4 + random.below(6);
        for number in 1..=count {
            let name = FIELDS[(start + number) % FIELDS.len()];
            let ty = match random.one_in(4) {
                true => format!("google.protobuf.{}", random.of(&WELL_KNOWN)),
                false => random.of(&SCALARS).to_owned(),
            };
            text += &match random.below(8) {
                0 | 1 => format!("  repeated {ty} {name} = {number};\n"),
                2 => format!("  map<{}, {ty}> {name} = {number};\n", random.of(&KEYS)),
                3 => format!("  optional {ty} {name} = {number};\n"),
                4 => format!(
                    "  oneof o{number} {{ {ty} {name} = {number}; string alt{number} = {}; }}\n",
                    number + 50
                ),
                _ => format!("  {ty} {name} = {number};\n"),
            };
        }
        text += "}\n";
    }
    text + "enum E { ZERO = 0; ONE = 1; TWO = 2; }\n"
}

/// Makes expressions for one kind of message.
struct Maker<'a> {
    random: Random,
    bench: &'a Bench,
    /// Values that stand in the messages, as literals.
    atoms: Vec<String>,
}

impl<'a> Maker<'a> {
    fn new(bench: &'a Bench, random: Random) -> Self {
        let mut atoms = Vec::new();
        bench.shown.iter().for_each(|shown| collect(&shown.json, &mut atoms));
        let wrong = [
            "0", "1", "-1", "1.5", "\"\"", "\"5\"", "\"ONE\"", "\"TOW\"", "true", "false", "null", "[]", "{}",
        ];
        atoms.extend(wrong.map(str::to_owned));
        Self { random, bench, atoms }
    }

    fn ty(&self, source: &str, input: &Type) -> Type {
        let none = Default::default();
        let mut seen = self.bench.input(&none);
        seen.ty = input.clone();
        look(source, Place::Asserts, &seen).ty.unwrap_or(Type::Unknown)
    }

    fn literal(&mut self) -> String {
        self.random.of(&self.atoms)
    }

    /// An expression that looks at a value of this type.
    fn expression(&mut self, input: &Type, depth: usize) -> String {
        if depth == 0 {
            return self.path(input);
        }
        let depth = depth - 1;
        match self.random.below(20) {
            0..=4 => self.path(input),
            5 | 6 => self.comparison(input, depth),
            7 | 8 => {
                let first = self.expression(input, depth);
                let seen = self.ty(&first, input);
                format!("({first} | {})", self.expression(&seen, depth))
            }
            9..=11 => {
                let first = self.path(input);
                let seen = self.ty(&first, input);
                let function = self.function(&seen, depth);
                format!("({first} | {function})")
            }
            12 => match self.random.below(4) {
                0 => format!("[{}]", self.expression(input, depth)),
                1 => format!("{{a: {}, b: {}}}", self.expression(input, depth), self.literal()),
                2 => format!("({{a: {}}} | .a)", self.expression(input, depth)),
                _ => format!("([{}] | .[0])", self.expression(input, depth)),
            },
            13 => format!("({} // {})", self.expression(input, depth), self.operand(input, depth)),
            14 => {
                let [condition, yes, no] = [0; 3].map(|_| self.expression(input, depth));
                format!("if {condition} then {yes} else {no} end")
            }
            15 => format!("(try {} catch {})", self.expression(input, depth), self.literal()),
            16 | 17 => {
                let op = self.random.of(&[
                    "+",
                    "-",
                    "*",
                    "/",
                    "%",
                    "and",
                    "or",
                    "contains",
                    "startsWith",
                    "matches",
                ]);
                format!("({} {op} {})", self.path(input), self.operand(input, depth))
            }
            18 => self.fold(input, depth),
            _ => {
                let name = self
                    .random
                    .of(&["not", "select", "@len", "@is_uuid", "@is_empty", ":number", ":string"]);
                let inner = self.path(input);
                match name {
                    "not" => format!("({inner} | not)"),
                    "select" => format!("select({})", self.expression(input, depth)),
                    name if name.starts_with(':') => format!("({inner}){name}"),
                    name => format!("{name}({inner})"),
                }
            }
        }
    }

    fn operand(&mut self, input: &Type, depth: usize) -> String {
        match self.random.one_in(2) {
            true => self.literal(),
            false => format!("({})", self.expression(input, depth)),
        }
    }

    fn comparison(&mut self, input: &Type, depth: usize) -> String {
        let op = self.random.of(&["==", "==", "!=", "<", "<=", ">", ">="]);
        let (path, other) = (self.path(input), self.operand(input, depth));
        match self.random.one_in(4) {
            true => format!("({other} {op} {path})"),
            false => format!("({path} {op} {other})"),
        }
    }

    fn fold(&mut self, input: &Type, depth: usize) -> String {
        let source = self.path(input);
        let seen = self.ty(&source, input);
        match self.random.below(4) {
            0 => format!("reduce ({source}) as $x ({}; . + $x)", self.literal()),
            1 => format!("(({source}) as $x | $x | {})", self.expression(&seen, depth)),
            2 => format!("[foreach ({source}) as $x (0; . + 1)]"),
            _ => format!("reduce ({source}) as $x ({}; [$x])", self.literal()),
        }
    }

    fn path(&mut self, input: &Type) -> String {
        let mut path = String::from(".");
        let mut known = input.clone();
        for at in 0..1 + self.random.below(4) {
            let Some(step) = self.step(&known, at == 0) else { break };
            path = format!("{path}{step}").replace("..", ".");
            known = self.ty(&path, input);
        }
        path
    }

    /// A step that mostly fits.
    fn step(&mut self, known: &Type, is_first: bool) -> Option<String> {
        let form = self.form(known)?;
        Some(match (&form, form.kind()) {
            (Form::Of(Shape::Message(message)), _) if !self.random.one_in(8) => {
                let fields: Vec<_> = message.fields().map(|field| field.name().to_owned()).collect();
                format!(".{}", self.random.of(&fields))
            }
            (_, Kind::Array) if !self.random.one_in(8) => self.random.of(&["[]", "[0]", "[1:]", "[-1]"]).to_owned(),
            (_, Kind::Object) if !self.random.one_in(8) => self.random.of(&["[\"a\"]", ".name", "[]"]).to_owned(),
            _ if is_first || self.random.one_in(5) => {
                let steps = [".nope", "[]", "[0]", "[\"x\"]", "[1:]", "[.count]", ".user_id", "?"];
                self.random.of(&steps).to_owned()
            }
            _ => return None,
        })
    }

    fn form(&mut self, known: &Type) -> Option<Form> {
        let forms: Vec<_> = known.present()?.cloned().collect();
        (!forms.is_empty()).then(|| self.random.of(&forms))
    }

    fn function(&mut self, input: &Type, depth: usize) -> String {
        let elements = self.ty(".[]?", input);
        match self.random.below(12) {
            0 => format!("map({})", self.expression(&elements, depth)),
            1 => format!("map(select({}))", self.expression(&elements, depth)),
            2 => format!("any({})", self.expression(&elements, depth)),
            3 => format!("all({})", self.expression(&elements, depth)),
            4 => format!("sort_by({})", self.path(&elements)),
            5 => format!("group_by({})", self.path(&elements)),
            6 => format!("map_values({})", self.expression(&elements, depth)),
            7 => format!("first({})", self.expression(input, depth)),
            8 => self
                .random
                .of(&["length", "type", "tostring", "first", "last", "to_entries", "add"])
                .to_owned(),
            _ => {
                let function = self.random.of(&FUNCTIONS.iter().collect::<Vec<_>>());
                let count = self.random.of(function.arities);
                let arguments: Vec<_> = (0..count).map(|_| self.literal()).collect();
                match arguments.is_empty() {
                    true => function.name.to_owned(),
                    false => format!("{}({})", function.name, arguments.join("; ")),
                }
            }
        }
    }
}

fn collect(value: &Json, atoms: &mut Vec<String>) {
    match value {
        Json::Array(items) => items.iter().for_each(|item| collect(item, atoms)),
        Json::Object(members) => members.values().for_each(|member| collect(member, atoms)),
        atom => atoms.push(atom.to_string()),
    }
}

fn schemas() -> usize {
    let asked = std::env::var("GCTF_FUZZ").ok();
    asked.and_then(|count| count.parse().ok()).unwrap_or(SCHEMAS)
}

#[test]
fn the_engine_contradicts_nothing() {
    let mut wrong = Vec::new();
    for seed in 0..schemas() as u64 {
        let mut random = Random(seed);
        let proto = schema(&mut random);
        let pool = crate::ide::testing::schema(&proto);
        let message = pool.pool().get_message_by_name("t.M").unwrap();
        let mut bench = Bench::new(message, seed, 12);
        bench.steps = 10_000;
        let mut maker = Maker::new(&bench, random);
        for _ in 0..EXPRESSIONS {
            let source = maker.expression(&bench.ty(), 3);
            let found = bench.disagreements(&source, &bench.look(&source), false);
            wrong.extend(found.into_iter().map(|what| format!("{seed}: {what}")));
            broken(&mut maker, &source);
        }
        if wrong.len() > 20 {
            panic!("{}\n{proto}", wrong.join("\n"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Texts that are hardly expressions do no harm.
fn broken(maker: &mut Maker<'_>, source: &str) {
    let mut text: Vec<char> = source.chars().collect();
    for _ in 0..3 {
        let at = maker.random.below(text.len());
        match maker.random.below(3) {
            0 => drop(text.remove(at)),
            1 => text.truncate(at + 1),
            _ => text.insert(
                at,
                maker
                    .random
                    .of(&['(', ')', '.', '"', '$', '|', '[', '{', 'é', ':', '/']),
            ),
        }
        if text.is_empty() {
            return;
        }
        let text: String = text.iter().collect();
        let none = Default::default();
        for place in [Place::Asserts, Place::Extract] {
            let typed = look(&text, place, &maker.bench.input(&none));
            let ranges = typed.findings.iter().map(|finding| finding.range.clone());
            for range in ranges.chain(typed.parts.into_iter().map(|part| part.range)) {
                assert!(text.get(range).is_some(), "{text}");
            }
            super::resolve(&text, place, &maker.bench.input(&none));
        }
    }
}
