//! Metadata as ordered name and value texts; values of `-bin` names are base64.

use base64::Engine as _;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use tonic::metadata::{AsciiMetadataKey, BinaryMetadataKey, KeyAndValueRef, MetadataMap, MetadataValue};

/// Padded when written, with or without padding when read.
const BASE64: GeneralPurpose = GeneralPurpose::new(
    &STANDARD,
    GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent),
);

/// Metadata for the wire, repeated names in order.
///
/// # Errors
/// A sentence that names the header: reserved, no valid name, no ASCII value, no base64.
pub fn to_wire(pairs: &[(String, String)]) -> Result<MetadataMap, String> {
    let mut map = MetadataMap::new();
    for (name, value) in pairs {
        let name = name.to_ascii_lowercase();
        if name.starts_with("grpc-") {
            return Err(format!("header `{name}`: names that start with `grpc-` are reserved"));
        }
        if name.ends_with("-bin") {
            let key: BinaryMetadataKey = name.parse().map_err(|_| bad_name(&name))?;
            let bytes = BASE64
                .decode(value.trim())
                .map_err(|_| format!("header `{name}`: the value of a `-bin` header is base64"))?;
            map.append_bin(key, MetadataValue::from_bytes(&bytes));
        } else {
            let key: AsciiMetadataKey = name.parse().map_err(|_| bad_name(&name))?;
            let printable = value.bytes().all(|byte| matches!(byte, b' '..=b'~'));
            let value = value.parse().ok().filter(|_| printable);
            let value =
                value.ok_or_else(|| format!("header `{name}`: the value has characters that headers cannot carry"))?;
            map.append(key, value);
        }
    }
    Ok(map)
}

fn bad_name(name: &str) -> String {
    format!("`{name}` is no header name: use letters, digits, `-`, `_` and `.`")
}

/// Metadata as text, in the order of arrival. Some servers join the values of a `-bin` name with commas.
pub fn from_wire(map: &MetadataMap) -> Vec<(String, String)> {
    let mut pairs = Vec::new();
    for pair in map.iter() {
        match pair {
            KeyAndValueRef::Ascii(key, value) => {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                pairs.push((key.as_str().to_owned(), text));
            }
            KeyAndValueRef::Binary(key, value) => {
                let text = String::from_utf8_lossy(value.as_encoded_bytes()).into_owned();
                for part in text.split(',').map(str::trim) {
                    let shown = BASE64
                        .decode(part)
                        .map_or_else(|_| part.to_owned(), |bytes| BASE64.encode(bytes));
                    pairs.push((key.as_str().to_owned(), shown));
                }
            }
        }
    }
    pairs
}

/// Bytes as padded base64.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}

/// The bytes of base64, padded or not.
pub(super) fn decode_base64(text: &str) -> Option<Vec<u8>> {
    BASE64.decode(text).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
            .collect()
    }

    #[test]
    fn metadata_goes_there_and_back() {
        let sent = pairs(&[
            ("X-A", "1"),
            ("x-a", "2"),
            ("x-b-bin", "AP8Q"),
            ("x-c-bin", "YQ"),
            ("user-agent", "me"),
        ]);
        let back = from_wire(&to_wire(&sent).unwrap());
        let expected = pairs(&[
            ("x-a", "1"),
            ("x-a", "2"),
            ("x-b-bin", "AP8Q"),
            ("x-c-bin", "YQ=="),
            ("user-agent", "me"),
        ]);
        let sorted = |mut pairs: Vec<(String, String)>| {
            pairs.sort();
            pairs
        };
        assert_eq!(sorted(back), sorted(expected));
        let joined = http::HeaderMap::from_iter([(
            http::HeaderName::from_static("x-d-bin"),
            http::HeaderValue::from_static("YQ, Yg=="),
        )]);
        let back = from_wire(&MetadataMap::from_headers(joined));
        assert_eq!(back, pairs(&[("x-d-bin", "YQ=="), ("x-d-bin", "Yg==")]));
    }

    #[test]
    fn metadata_that_cannot_be_sent() {
        for (name, value, message) in [
            (
                "grpc-timeout",
                "1",
                "header `grpc-timeout`: names that start with `grpc-` are reserved",
            ),
            ("a b", "1", "`a b` is no header name"),
            ("x-bin", "%", "header `x-bin`: the value of a `-bin` header is base64"),
            (
                "x",
                "é",
                "header `x`: the value has characters that headers cannot carry",
            ),
        ] {
            let error = to_wire(&pairs(&[(name, value)])).unwrap_err();
            assert!(error.starts_with(message), "{error}");
        }
    }
}
