//! Types of assertions: 2,000 lines from cold, and one line after an edit.
//!
//! `cargo bench -p gctf-lsp --bench types` prints figures; `benches/README.md` keeps them.

#![expect(clippy::print_stdout, reason = "a bench prints its figures")]

use gctf_lsp::expr::Place;
use gctf_lsp::schema::shape::Shape;
use gctf_lsp::types::expression::{Input, look};
use gctf_lsp::types::form::{Defaults, Type};
use std::collections::BTreeMap;
use std::hint::black_box;
use std::time::{Duration, Instant};

const LINES: usize = 2_000;
const RUNS: usize = 9;

const PROTO: &str = r#"
syntax = "proto3";
package shop;
message Order {
  string id = 1; string customer_id = 2; repeated Item items = 3; Status status = 4; map<string, string> labels = 5;
  int64 total = 6; bool paid = 7; Order parent = 8;
}
message Item { string name = 1; int32 count = 2; Item part = 3; int64 price = 4; }
enum Status { STATUS_UNSPECIFIED = 0; OPEN = 1; CLOSED = 2; }
"#;

/// Lines as people write them, some with a fault; `NNN` is another number on each.
const TEMPLATES: [&str; 12] = [
    ".id == \"NNN\"",
    ".customerId != null and .status == \"OPEN\"",
    ".items | length > NNN",
    ".items[0].name == \"item NNN\"",
    ".items | map(select(.count > NNN)) | length == 1",
    "any(.items[]; .name == \"NNN\" and .part.count == 2)",
    "(.total | tonumber) > NNN",
    ".labels.kNNN | test(\"^a\")",
    ".parent.items[NNN].part.part.name == \"x\"",
    ".items | group_by(.name) | map({name: .[0].name, n: length}) | .[0].n == NNN",
    ".status == \"CLOSD\" or .items[].nmae == \"NNN\"",
    "reduce .items[] as $i (0; . + $i.count) == NNN",
];

fn main() {
    let file = protox::file::File::from_source("shop.proto", PROTO).expect("a proto");
    let mut pool = prost_reflect::DescriptorPool::new();
    pool.add_file_descriptor_proto(file.file_descriptor_proto().clone())
        .expect("a file");
    let order = pool.get_message_by_name("shop.Order").expect("a message");
    let lines: Vec<_> = (0..LINES)
        .map(|number| TEMPLATES[number % TEMPLATES.len()].replace("NNN", &number.to_string()))
        .collect();
    let variables = BTreeMap::new();
    let input = Input {
        ty: Type::of(Shape::of_message(&order)),
        variables: &variables,
        defaults: Defaults::Omitted,
    };
    let all = best(|| lines.iter().map(|line| found(line, &input)).sum());
    println!("{LINES} lines: {:.1} ms", millis(all));
    let slowest = TEMPLATES.iter().map(|line| (best(|| found(line, &input)), line)).max();
    if let Some((time, line)) = slowest {
        println!("the slowest line: {:.3} ms, {line}", millis(time));
    }
}

fn found(line: &str, input: &Input<'_>) -> usize {
    black_box(look(black_box(line), Place::Asserts, input)).findings.len()
}

/// The shortest of several runs.
fn best(work: impl Fn() -> usize) -> Duration {
    let runs = (0..RUNS).map(|_| {
        let start = Instant::now();
        black_box(work());
        start.elapsed()
    });
    runs.min().unwrap_or_default()
}

fn millis(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
