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
            let value = value
                .parse()
                .map_err(|_| format!("header `{name}`: the value has characters that headers cannot carry"))?;
            map.append(key, value);
        }
    }
    Ok(map)
}

fn bad_name(name: &str) -> String {
    format!("`{name}` is no header name: use letters, digits, `-`, `_` and `.`")
}

/// Metadata as text, in the order of arrival.
pub fn from_wire(map: &MetadataMap) -> Vec<(String, String)> {
    map.iter()
        .map(|pair| match pair {
            KeyAndValueRef::Ascii(key, value) => {
                let text = String::from_utf8_lossy(value.as_bytes()).into_owned();
                (key.as_str().to_owned(), text)
            }
            KeyAndValueRef::Binary(key, value) => {
                let bytes = value.to_bytes().unwrap_or_default();
                (key.as_str().to_owned(), BASE64.encode(bytes))
            }
        })
        .collect()
}

/// Bytes as padded base64.
pub(super) fn encode_base64(bytes: &[u8]) -> String {
    BASE64.encode(bytes)
}
