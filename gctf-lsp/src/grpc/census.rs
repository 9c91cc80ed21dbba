//! How many elements encoded descriptors have, counted without decoding them: two bytes can stand for a message that
//! takes hundreds once it is there. Knows the shape of descriptors, and nothing of what they mean.

use prost::encoding::{DecodeContext, WireType, decode_key, decode_varint, skip_field};

/// Most elements of a schema: of real descriptors so many take more than the bytes that a server may send.
pub(super) const MOST: usize = 500_000;

/// What encoded bytes are.
#[derive(Clone, Copy)]
pub(super) enum Part {
    Set,
    File,
    Message,
    Field,
    Oneof,
    Enum,
    EnumValue,
    Service,
    Method,
    Options,
    Sources,
    Location,
    /// A text, a range, or what is unknown.
    Plain,
}

impl Part {
    /// What stands in the field `number`, if it takes room of its own. Places without a comment do not: they are
    /// dropped.
    fn field(self, number: u32) -> Option<Self> {
        Some(match (self, number) {
            (Self::Set, 1) => Self::File,
            (Self::File, 4) | (Self::Message, 3) => Self::Message,
            (Self::File, 5) | (Self::Message, 4) => Self::Enum,
            (Self::File, 6) => Self::Service,
            (Self::File, 7) | (Self::Message, 2 | 6) => Self::Field,
            (Self::File, 9) => Self::Sources,
            (Self::Message, 8) => Self::Oneof,
            (Self::Enum, 2) => Self::EnumValue,
            (Self::Service, 2) => Self::Method,
            (Self::File | Self::Field, 8) | (Self::Message, 7) | (Self::Method, 4) => Self::Options,
            (Self::Enum | Self::EnumValue | Self::Service, 3) | (Self::Oneof, 2) => Self::Options,
            (Self::Sources, 1) => Self::Location,
            (Self::File, 3) | (Self::Message, 5 | 9 | 10) | (Self::Enum, 4 | 5) => Self::Plain,
            (Self::Location, 3 | 4 | 6) | (Self::Options, _) => Self::Plain,
            _ => return None,
        })
    }
}

/// How many elements `encoded` has, its own parts and theirs; no more than one over `most` are counted. What is
/// malformed counts up to the fault, behind which nothing is decoded.
pub(super) fn count(encoded: &[u8], part: Part, most: usize) -> usize {
    let mut found = 0;
    let mut waiting = vec![(part, encoded)];
    while let Some((part, bytes)) = waiting.pop() {
        for (number, content) in parts(bytes) {
            let Some(inner) = part.field(number) else { continue };
            // A place counts by its comments, and the list of places is one of a kind.
            found += usize::from(!matches!(inner, Part::Sources | Part::Location));
            if found > most {
                return found;
            }
            if !matches!(inner, Part::Plain) {
                waiting.push((inner, content));
            }
        }
    }
    found
}

/// The fields of `encoded` that have a length of their own, with their numbers, up to the first fault.
fn parts(mut encoded: &[u8]) -> impl Iterator<Item = (u32, &[u8])> {
    std::iter::from_fn(move || next(&mut encoded))
}

/// The next field with a length of its own, without which `bytes` go on.
fn next<'a>(bytes: &mut &'a [u8]) -> Option<(u32, &'a [u8])> {
    while !bytes.is_empty() {
        let (number, kind) = decode_key(bytes).ok()?;
        if kind != WireType::LengthDelimited {
            skip_field(kind, number, bytes, DecodeContext::default()).ok()?;
            continue;
        }
        let length = usize::try_from(decode_varint(bytes).ok()?).ok()?;
        let (content, rest) = bytes.split_at_checked(length)?;
        *bytes = rest;
        return Some((number, content));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::grpc::descriptor;
    use prost::Message as _;
    use prost_reflect::DescriptorPool;

    #[test]
    fn everything_that_takes_room_is_counted() {
        let file = |text: &str| {
            let schema = crate::ide::testing::schema(text);
            let mut files = descriptor::files(schema.descriptors()).into_iter();
            let file = files.find(|file| file.name() == "shop.proto").unwrap();
            assert!(
                file.source_code_info.is_some() || !text.contains('{'),
                "places are there"
            );
            let mut bytes = file.encode_to_vec();
            // Whatever is behind the fault is never decoded.
            bytes.extend([0x07, 0x22, 0x00]);
            count(&bytes, Part::File, MOST)
        };
        let head = "syntax = \"proto2\"; ";
        let counts = [
            ("", 0),
            ("message A {}", 1),
            ("message A { message B {} enum C { D = 0; } }", 4),
            ("// A comment.\nmessage A { optional int32 b = 1; }", 3),
            (
                "message A { oneof b { int32 c = 1; } reserved 2, 4 to 5; reserved \"d\"; }",
                6,
            ),
            (
                "message A { extensions 5 to 6; } extend A { optional int32 b = 5 [deprecated = true]; }",
                4,
            ),
            (
                "message A {} service S { rpc M(A) returns (A); rpc N(A) returns (A) { option deprecated = true; } }",
                5,
            ),
            (
                "enum A { option allow_alias = true; B = 0; C = 0; reserved 4; reserved \"d\"; }",
                6,
            ),
            ("import \"google/protobuf/any.proto\";", 1),
        ];
        let found: Vec<_> = counts
            .iter()
            .map(|(text, _)| (*text, file(&format!("{head}{text}"))))
            .collect();
        assert_eq!(found, counts);
    }

    #[test]
    fn counting_ends() {
        // Empty messages side by side, and each in the other.
        assert_eq!(count(&[0x22, 0].repeat(1000), Part::File, 10), 11);
        let mut nested = Vec::new();
        for _ in 0..2000 {
            let mut outer = vec![0x1a];
            prost::encoding::encode_varint(nested.len() as u64, &mut outer);
            outer.extend(nested);
            nested = outer;
        }
        assert_eq!(count(&nested, Part::Message, MOST), 2000);
        let known = DescriptorPool::global().encode_to_vec();
        assert!(count(&known, Part::Set, MOST) > 100);
    }
}
