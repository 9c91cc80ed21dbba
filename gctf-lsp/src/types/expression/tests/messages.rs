//! Messages by chance, the same for the same seed.

use crate::schema::shape::{enum_values, is_closed};
use prost_reflect::{DynamicMessage, EnumDescriptor, FieldDescriptor, Kind, MapKey, MessageDescriptor, Value};
use std::collections::HashMap;

/// Numbers by chance (SplitMix64).
#[derive(Clone, Debug)]
pub(super) struct Random(pub(super) u64);

impl Random {
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    pub(super) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    pub(super) fn one_in(&mut self, count: usize) -> bool {
        self.below(count) == 0
    }

    pub(super) fn of<T: Clone>(&mut self, items: &[T]) -> T {
        items[self.below(items.len())].clone()
    }
}

/// How many of its fields a message has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fill {
    All,
    None,
    Some,
}

/// What messages are made of.
#[derive(Clone, Copy, Debug)]
pub(super) struct Making {
    pub(super) fill: Fill,
    /// Whether enums may have numbers without a name, and floats be no finite numbers.
    pub(super) rare: bool,
}

const MAX_DEPTH: usize = 2;

const TEXTS: [&str; 16] = [
    "a",
    "Ada",
    "RED",
    "5",
    "-3",
    "1.5",
    "true",
    "NaN",
    "2024-01-01T12:00:00Z",
    "1.5s",
    "a b c",
    "{\"a\": 1}",
    "[1]",
    "550e8400-e29b-41d4-a716-446655440000",
    "ada@example.org",
    "äöü 😀",
];

impl Making {
    pub(super) fn message(self, random: &mut Random, descriptor: &MessageDescriptor) -> DynamicMessage {
        self.nested(random, descriptor, 0)
    }

    fn nested(self, random: &mut Random, descriptor: &MessageDescriptor, depth: usize) -> DynamicMessage {
        if let Some(known) = self.well_known(random, descriptor, depth) {
            return known;
        }
        let mut message = DynamicMessage::new(descriptor.clone());
        // In another order each time, so that each member of a oneof has its turn.
        let mut fields: Vec<_> = descriptor.fields().collect();
        for at in (1..fields.len()).rev() {
            fields.swap(at, random.below(at + 1));
        }
        for field in fields {
            let wanted = match (self.fill, depth) {
                (Fill::All, 0) => true,
                (Fill::None, _) => false,
                (_, 0) => random.one_in(2),
                // Deeper down little is enough, or messages that hold themselves would grow without end.
                (_, _) => descriptor.fields().len() < 9 && !random.one_in(4) || random.one_in(5),
            };
            let is_deep = matches!(field.kind(), Kind::Message(_)) && depth >= MAX_DEPTH;
            if wanted && !is_deep {
                let value = self.field(random, &field, depth);
                message.set_field(&field, value);
            }
        }
        message
    }

    fn count(self, random: &mut Random) -> usize {
        match self.fill {
            Fill::All => 1 + random.below(3),
            _ => random.below(3),
        }
    }

    fn field(self, random: &mut Random, field: &FieldDescriptor, depth: usize) -> Value {
        if let (true, Kind::Message(entry)) = (field.is_map(), field.kind()) {
            let (key, value) = (entry.map_entry_key_field().kind(), entry.map_entry_value_field().kind());
            let entries = (0..self.count(random))
                .map(|_| (map_key(random, &key), self.value(random, &value, depth)))
                .collect::<HashMap<_, _>>();
            return Value::Map(entries);
        }
        if field.is_list() {
            let count = self.count(random);
            return Value::List((0..count).map(|_| self.value(random, &field.kind(), depth)).collect());
        }
        let mut tries = (0..16).map(|_| self.value(random, &field.kind(), depth));
        let is_shown = |value: &Value| matches!(value, Value::Message(_)) || !value.is_default(&field.kind());
        match self.fill {
            Fill::All => tries
                .find(is_shown)
                .unwrap_or_else(|| Value::default_value_for_field(field)),
            _ => self.value(random, &field.kind(), depth),
        }
    }

    fn value(self, random: &mut Random, kind: &Kind, depth: usize) -> Value {
        let small = random.below(7) as i32 - 3;
        match kind {
            Kind::Bool => Value::Bool(random.one_in(2)),
            Kind::Int32 | Kind::Sint32 | Kind::Sfixed32 => Value::I32(random.of(&[small, small, i32::MAX, i32::MIN])),
            Kind::Uint32 | Kind::Fixed32 => Value::U32(random.of(&[small.unsigned_abs(), 7, u32::MAX])),
            Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => {
                Value::I64(random.of(&[small.into(), small.into(), i64::MAX, i64::MIN]))
            }
            Kind::Uint64 | Kind::Fixed64 => Value::U64(random.of(&[small.unsigned_abs().into(), 7, u64::MAX])),
            Kind::Float if self.rare && random.one_in(4) => {
                Value::F32(random.of(&[f32::NAN, f32::INFINITY, f32::NEG_INFINITY]))
            }
            Kind::Double if self.rare && random.one_in(4) => {
                Value::F64(random.of(&[f64::NAN, f64::INFINITY, f64::NEG_INFINITY]))
            }
            Kind::Float => Value::F32(random.of(&[small as f32, 0.1, -2.5, 1e30])),
            Kind::Double => Value::F64(random.of(&[f64::from(small), 0.1, -2.5, 1e300])),
            Kind::String => Value::String(match random.one_in(8) {
                true => String::new(),
                false => random.of(&TEXTS).to_owned(),
            }),
            Kind::Bytes => Value::Bytes(random.of(&TEXTS).as_bytes()[..1].to_vec().into()),
            Kind::Enum(descriptor) => Value::EnumNumber(self.number(random, descriptor)),
            Kind::Message(message) => Value::Message(self.nested(random, message, depth + 1)),
        }
    }

    fn number(self, random: &mut Random, descriptor: &EnumDescriptor) -> i32 {
        if self.rare && random.one_in(4) && !is_closed(descriptor) {
            return random.of(&[77, -77, i32::MAX]);
        }
        let numbers: Vec<_> = enum_values(descriptor).map(|(_, number)| number).collect();
        random.of(&numbers)
    }

    /// Messages that have to hold what their JSON form can show.
    fn well_known(self, random: &mut Random, descriptor: &MessageDescriptor, depth: usize) -> Option<DynamicMessage> {
        let mut message = DynamicMessage::new(descriptor.clone());
        let mut set = |name: &str, value: Value| message.set_field_by_name(name, value);
        match descriptor.full_name() {
            "google.protobuf.Timestamp" => {
                set("seconds", Value::I64(random.of(&[0, 1_704_110_400, 951_782_400, -5])));
                set("nanos", Value::I32(random.of(&[0, 500_000_000, 1_000, 1])));
            }
            "google.protobuf.Duration" => {
                let sign = random.of(&[1, -1]);
                set("seconds", Value::I64(i64::from(sign) * random.of(&[0, 1, 3_600])));
                set("nanos", Value::I32(sign * random.of(&[0, 500_000_000, 1])));
            }
            "google.protobuf.FieldMask" => {
                let paths = ["name", "part.id", "user_id"].map(|path| Value::String(path.to_owned()));
                set("paths", Value::List(paths[..random.below(4)].to_vec()));
            }
            "google.protobuf.Any" => self.any(random, descriptor, &mut message),
            "google.protobuf.Value" => {
                let names = ["null_value", "number_value", "string_value", "bool_value", "list_value"];
                let field = descriptor.get_field_by_name(random.of(&names)).unwrap();
                let value = match field.name() {
                    "number_value" => Value::F64(random.of(&[0.0, 1.5, -7.0])),
                    _ => self.value(random, &field.kind(), depth + 1),
                };
                message.set_field(&field, value);
            }
            _ => return None,
        }
        Some(message)
    }

    fn any(self, random: &mut Random, descriptor: &MessageDescriptor, any: &mut DynamicMessage) {
        use prost::Message as _;
        let pool = descriptor.parent_pool();
        let names = ["google.protobuf.Duration", "google.protobuf.StringValue", "t.Part"];
        if random.one_in(4) {
            return;
        }
        let Some(inner) = pool.get_message_by_name(random.of(&names)) else {
            return;
        };
        let url = format!("type.googleapis.com/{}", inner.full_name());
        let value = self.nested(random, &inner, MAX_DEPTH).encode_to_vec();
        any.set_field_by_name("type_url", Value::String(url));
        any.set_field_by_name("value", Value::Bytes(value.into()));
    }
}

fn map_key(random: &mut Random, kind: &Kind) -> MapKey {
    let number = random.below(4) as i32;
    match kind {
        Kind::Bool => MapKey::Bool(random.one_in(2)),
        Kind::String => MapKey::String(random.of(&["a", "b", "name", "x y", "5"]).to_owned()),
        Kind::Uint32 | Kind::Fixed32 => MapKey::U32(number.unsigned_abs()),
        Kind::Uint64 | Kind::Fixed64 => MapKey::U64(number.unsigned_abs().into()),
        Kind::Int64 | Kind::Sint64 | Kind::Sfixed64 => MapKey::I64((number - 2).into()),
        _ => MapKey::I32(number - 2),
    }
}
