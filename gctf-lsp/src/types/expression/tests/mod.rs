//! Tables of expressions with what is said about them and what they yield. A finding is believed only if the engine
//! confirms it on many messages; so is a type.

mod admits;
mod comparisons;
mod confirm;
mod corpus;
mod engine;
mod fixes;
mod flow;
mod functions;
mod messages;
mod random;
mod steps;

use super::super::form::{Defaults, Type, describe};
use super::{Input, Typed, look, resolve};
use crate::diagnostic::{Change, Diagnostic};
use crate::expr::{Bounds, Engine, Place, Program, to_val};
use crate::schema::json;
use crate::schema::shape::Shape;
use admits::admits;
use expect_test::Expect;
use jaq_json::Val;
use messages::{Fill, Making, Random};
use prost_reflect::MessageDescriptor;
use serde_json::Value as Json;
use std::collections::BTreeMap;
use std::sync::Arc;

/// A message as a reply shows it.
struct Shown {
    json: Json,
    value: Val,
    rare: bool,
}

/// What stands between the columns of a table.
const COLUMN: &str = " ⇒ ";

/// Expressions on one type of message.
struct Bench {
    engine: Engine,
    message: MessageDescriptor,
    place: Place,
    defaults: Defaults,
    /// Of one evaluation.
    steps: u64,
    shown: Vec<Shown>,
    /// Variables with the expressions that they come from.
    extracted: Vec<(&'static str, &'static str)>,
}

impl Bench {
    fn new(message: MessageDescriptor, seed: u64, count: usize) -> Self {
        let mut bench = Self {
            engine: Engine::new(),
            message,
            place: Place::Asserts,
            defaults: Defaults::Omitted,
            steps: 100_000,
            shown: Vec::new(),
            extracted: Vec::new(),
        };
        bench.make(seed, count);
        bench
    }

    fn make(&mut self, seed: u64, count: usize) {
        let mut random = Random(seed);
        let all = [Fill::All, Fill::None, Fill::Some, Fill::Some, Fill::All];
        let kinds = (0..count).map(|at| (all[at % all.len()], at % 4 == 3));
        let defaults = match self.defaults {
            Defaults::Shown => json::Defaults::Shown,
            _ => json::Defaults::Omitted,
        };
        let made = kinds.map(|(fill, rare)| {
            let json = json::shown(&Making { fill, rare }.message(&mut random, &self.message), defaults);
            let value = to_val(&json);
            Shown { json, value, rare }
        });
        self.shown = made.collect();
    }

    fn of(proto: &str, message: &str) -> Self {
        let schema = crate::ide::testing::schema(proto);
        let message = schema.pool().get_message_by_name(message).unwrap();
        Self::new(message, 7, 30)
    }

    fn ty(&self) -> Type {
        Type::of(Shape::of_message(&self.message))
    }

    fn types(&self) -> BTreeMap<String, Type> {
        let mut types = BTreeMap::new();
        for (name, source) in &self.extracted {
            let input = self.input(&types);
            let ty = look(source, Place::Extract, &input).ty.unwrap();
            types.insert((*name).to_owned(), ty);
        }
        types
    }

    fn input<'a>(&self, variables: &'a BTreeMap<String, Type>) -> Input<'a> {
        Input {
            ty: self.ty(),
            variables,
            defaults: self.defaults,
        }
    }

    fn look(&self, source: &str) -> Typed {
        look(source, self.place, &self.input(&self.types()))
    }

    /// The program that a run evaluates, whatever is said against it.
    fn compile(&self, source: &str, place: Place) -> Result<Arc<Program>, String> {
        let types = self.types();
        let resolved = resolve(source, place, &self.input(&types)).text;
        let names: Vec<_> = self.extracted.iter().map(|(name, _)| *name).collect();
        let program = self.engine.compile(&resolved, place, &names);
        program
            .map(Arc::new)
            .map_err(|errors| format!("{resolved}: {errors:?}"))
    }

    fn outputs(&self, program: &Arc<Program>, shown: &Shown) -> Option<Vec<Json>> {
        let bounds = Bounds {
            steps: self.steps,
            ..Bounds::default()
        };
        let call = serde_json::json!({ "headers": [["h", "1"]], "trailers": [], "elapsed_ms": 1,
            "total_elapsed_ms": 2, "message_count": 1, "index": 1, "environment": { "HOME": "/" } });
        let mut globals = vec![to_val(&call)];
        for (_, source) in &self.extracted {
            let program = Arc::new(self.engine.compile(source, Place::Extract, &[]).unwrap());
            let value = self
                .engine
                .evaluate(&program, shown.value.clone(), vec![to_val(&call)], bounds);
            globals.push(to_val(value.ok()?.first()?));
        }
        self.engine.evaluate(program, shown.value.clone(), globals, bounds).ok()
    }

    /// Puts everything that is said about `source` to the engine; what it does not agree with.
    fn disagreements(&self, source: &str, typed: &Typed, must_be_reached: bool) -> Vec<String> {
        let mut wrong = Vec::new();
        for finding in &typed.findings {
            let told = format!("{source}: {} {}", finding.code, finding.message);
            wrong.extend(
                self.contradiction(source, finding, must_be_reached)
                    .map(|why| format!("{told}: {why}")),
            );
            // Where expressions are made by chance, a fix may well bring up what it stood in front of.
            let bad_fix = self.bad_fix(source, finding).filter(|_| must_be_reached);
            wrong.extend(bad_fix.map(|why| format!("{told}: {why}")));
        }
        let Some(ty) = &typed.ty else {
            return wrong;
        };
        // What has no meaning for another reason, such as an unknown function, yields nothing.
        if let Ok(program) = self.compile(source, self.place) {
            let yielded = self.shown.iter().filter_map(|shown| self.outputs(&program, shown));
            let strange = yielded.flatten().find(|value| !admits(ty, value));
            wrong.extend(strange.map(|value| format!("{source}: yields {value}, which is no {}", describe(ty))));
        }
        wrong
    }

    fn contradiction(&self, source: &str, finding: &Diagnostic, must_be_reached: bool) -> Option<String> {
        let Some(probe) = confirm::probe(source, self.place, finding) else {
            return Some("nothing can confirm it".to_owned());
        };
        let programs = [&probe.claim, &probe.reach].map(|program| self.compile(program, self.place));
        let [Ok(claim), Ok(reach)] = programs else {
            return Some(format!("cannot be confirmed: {programs:?}"));
        };
        let spoken_of = || self.shown.iter().filter(|shown| !(probe.ignores_rare && shown.rare));
        let refuted = spoken_of().find(|shown| self.outputs(&claim, shown) == Some(Vec::new()));
        if let Some(shown) = refuted {
            return Some(format!("not so for {} by {}", shown.json, probe.claim));
        }
        let is_reached = spoken_of().any(|shown| self.outputs(&reach, shown) == Some(Vec::new()));
        (must_be_reached && !is_reached).then(|| format!("is never reached by {}", probe.reach))
    }

    /// What is wrong with a fix: it has to leave an expression that does not have the finding.
    fn bad_fix(&self, source: &str, finding: &Diagnostic) -> Option<String> {
        let is_same = |other: &&Diagnostic| (other.code, &other.message) == (finding.code, &finding.message);
        let same = self.look(source).findings.iter().filter(is_same).count();
        finding.fixes.iter().find_map(|fix| {
            let Change::Edits(edits) = &fix.change else {
                return Some("is no edit".to_owned());
            };
            let fixed = crate::text::apply(source, edits);
            let after = self.look(&fixed);
            match after.ty.is_some() && after.findings.iter().filter(is_same).count() < same {
                true => None,
                false => Some(format!("{} leads to {fixed} with {:?}", fix.title, after.findings)),
            }
        })
    }

    /// Compares a table with what is said, and puts it to the engine.
    fn check(&self, table: &Expect) {
        let data = table.data();
        let sources = data.lines().map(|line| line.split(COLUMN).next().unwrap().trim());
        let mut lines = String::new();
        let mut wrong = Vec::new();
        for source in sources.filter(|source| !source.is_empty()) {
            let typed = self.look(source);
            lines.push_str(&row(source, &typed));
            wrong.extend(self.disagreements(source, &typed, true));
        }
        table.assert_eq(&lines);
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn row(source: &str, typed: &Typed) -> String {
    let mut columns = vec![source.to_owned()];
    columns.push(typed.ty.as_ref().map_or("cannot be read".to_owned(), describe));
    if !typed.findings.is_empty() {
        let mut findings: Vec<_> = typed.findings.iter().collect();
        findings.sort_by_key(|finding| finding.range.start);
        let marks = findings
            .iter()
            .map(|finding| format!("{}@{}", finding.code, &source[finding.range.clone()]));
        columns.push(marks.collect::<Vec<_>>().join(" · "));
    }
    columns.join(COLUMN) + "\n"
}

/// A message with everything that proto3 has.
const THING: &str = r#"
syntax = "proto3";
package t;
import "google/protobuf/any.proto";
import "google/protobuf/duration.proto";
import "google/protobuf/empty.proto";
import "google/protobuf/field_mask.proto";
import "google/protobuf/struct.proto";
import "google/protobuf/timestamp.proto";
import "google/protobuf/wrappers.proto";
message Thing {
  string name = 1; optional string nick = 2; string display_name = 3; string home = 4 [json_name = "address"];
  bool flag = 5; optional bool maybe = 6;
  int32 count = 7; uint32 size = 8; optional int32 limit = 9;
  int64 big = 10; uint64 total = 11; optional int64 maybe_big = 12;
  float ratio = 13; double exact = 14; bytes blob = 15; optional double rate = 16;
  Color color = 17; optional Color tint = 18; repeated Color colors = 19;
  oneof choice { string word = 20; int64 amount = 21; Part piece = 22; Color shade = 23; }
  Part part = 24; repeated Part parts = 25; repeated string tags = 26; repeated int32 numbers = 27;
  repeated int64 ids = 28; repeated bool switches = 29; repeated double reals = 30;
  map<string, string> labels = 31; map<string, int32> counts = 32; map<int32, string> by_number = 33;
  map<bool, Part> by_flag = 34; map<int64, int64> by_id = 35; map<string, Part> by_name = 36;
  map<string, Color> paints = 37; map<string, int64> totals = 38;
  google.protobuf.Timestamp at = 40; google.protobuf.Duration ttl = 41; google.protobuf.FieldMask mask = 42;
  google.protobuf.Struct extra = 43; google.protobuf.Value anything = 44; google.protobuf.ListValue list = 45;
  google.protobuf.NullValue nothing = 46; google.protobuf.Any detail = 47; google.protobuf.Empty empty = 48;
  google.protobuf.StringValue text_box = 50; google.protobuf.BoolValue bool_box = 51;
  google.protobuf.Int32Value int_box = 52; google.protobuf.Int64Value long_box = 53;
  google.protobuf.UInt32Value uint_box = 54; google.protobuf.UInt64Value ulong_box = 55;
  google.protobuf.FloatValue float_box = 56; google.protobuf.DoubleValue double_box = 57;
  google.protobuf.BytesValue bytes_box = 58;
  repeated google.protobuf.Timestamp times = 60; map<string, google.protobuf.Duration> spans = 61;
  Thing parent = 62; repeated Thing children = 63;
}
message Part { string id = 1; int32 amount = 2; Color color = 3; Part inner = 4; int64 weight = 5; bool is_new = 6; }
enum Color { option allow_alias = true; COLOR_UNSPECIFIED = 0; RED = 1; GREEN = 2; CRIMSON = 1; }
"#;

/// The same for proto2: presence everywhere, closed enums, groups and extensions.
const OLD: &str = r#"
syntax = "proto2";
package t;
message Old {
  required string name = 1; optional bool flag = 2 [default = true]; optional int32 count = 3;
  optional int64 big = 4; optional Size size = 5; repeated Size sizes = 6;
  optional group Inner = 7 { optional string id = 1; }
  extensions 100 to 200;
}
extend Old { optional string more = 100; }
enum Size { SMALL = 1; LARGE = 2; }
"#;
